"""Whether a liquid stands upright, by the three-dimensional energy of its displaced surface.

The surface is moved along its normal by w(s) cos(mφ), its lines along the solid where they are
free, its volume kept; the energy of what results is computed by quadrature. A displacement that
lowers it proves a lean; w is the weakest of a collocation of the second variation's equation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from bumpform.materials.materials import Materials
from second_variation import POINTS, End, Meridian, chebyshev, energy_quotient, lowest
from shooting import Cone, Sphere

MODES = (0, 1, 2)
#: An eigenvalue nearer to zero than this, in σ/L², is neutral or too near to tell.
NEAR = 1e-5


def upright(run):
    """What both judges say of every solved stage that can be displaced here.

    Returns
    -------
    agreed : list of [id, verdict]
    differ : list of [id, words]
    """
    said = {}
    for entry in run.result["conditions"]:
        if entry["id"] == "stands-upright":
            said.setdefault(entry["stage"], []).append(entry["verdict"])
    library = Materials(run.case.materials, run.case.wetting)
    agreed, differ = [], []
    for moment in run.history:
        stage = moment.state.stage
        if stage is None or stage.refusal is not None:
            continue
        name, product = moment.step.name, said.get(moment.step.name, [])
        for liquid in getattr(stage, "liquids", (stage,)):
            meridian = meridian_of(liquid, liquid.equilibrium, library)
            if meridian is None:
                continue
            verdict, words = judge(meridian)
            # of several liquids one leaning is enough for the stage
            same = verdict in product and (verdict == "fails" or "fails" not in product)
            if same or (verdict == "holds" and len(getattr(stage, "bodies", ())) > 0):
                agreed.append(["stands-upright", verdict])
            elif verdict != "near":
                text = f"stands-upright: product {product}, second {verdict} ({words})"
                differ.append(["stands-upright", f"{name}: {text}"])
    return agreed, differ


def judge(meridian):
    """("holds", "fails" or "near", the energies by mode)."""
    found = {}
    for mode in MODES:
        value, w = lowest(meridian, mode)
        found[mode] = value, energy_quotient(meridian, mode, w)
    words = ", ".join(f"m = {m}: {v:.3g}, energy {e:.3g}" for m, (v, e) in found.items())
    # the energy decides; where the equation says otherwise, w was no good
    if any(abs(v) < NEAR or (v < 0.0) != (e < 0.0) for v, e in found.values()):
        return "near", words
    return ("fails" if any(e < 0.0 for _, e in found.values()) else "holds"), words


def meridian_of(stage, found, library):
    """Meridian at Chebyshev points; None where a line slides on a bent roof."""
    drop = found.drop
    length = drop.volume ** (1.0 / 3.0)
    curve = found.curve
    places = [np.asarray(curve.point(curve.breaks[i])) / length for i in (0, -1)]
    ends = [
        _end(stage, line, place, length, library)
        for line, place in zip(found.lines, places, strict=False)
    ]
    if None in ends:
        return None
    if len(ends) == 1:
        ends.append(End())
    t = np.linspace(curve.breaks[0], curve.breaks[-1], 4001)
    rate = np.asarray(curve.derivative(t)) / length
    speed = CubicSpline(t, np.hypot(*rate.T)).antiderivative()
    s = speed(t)
    x, _, _ = chebyshev(POINTS)
    goal = 0.5 * s[-1] * (x + 1.0)
    at = CubicSpline(s, t)(goal)
    at[0], at[-1] = t[0], t[-1]
    points = np.asarray(curve.point(at)) / length
    slope = np.asarray(curve.derivative(at))
    phi = np.unwrap(np.arctan2(slope[:, 1], slope[:, 0]))
    r, z = points.T.copy()
    if ends[1].solid is None:
        r[-1] = 0.0
        phi += math.pi - phi[-1]
    pressure = found.values["pressure_Pa"] * length / drop.surface_tension
    capillarity = drop.density * drop.gravity * length**2 / drop.surface_tension
    return Meridian(goal, r, z, phi, pressure, capillarity, tuple(ends))


@dataclass(frozen=True)
class Bent(Sphere):
    """Curved solid by its arc length from a line: t times the radius of curvature there."""

    points: CubicSpline
    along: float

    def place(self, t):
        s = self.along + t * self.radius
        (r, z), (dr, dz) = self.points(s), self.points(s, 1)
        return float(r), float(z), math.atan2(dz, dr), 0.0


def bent(piece, u, length):
    """Curved solid of a piece of profile about its place u."""
    at = np.linspace(0.0, 1.0, 4001)
    rate = np.asarray(piece.derivative(at)) / length
    arc = CubicSpline(at, np.hypot(*rate.T)).antiderivative()
    points = CubicSpline(arc(at), np.asarray(piece.point(at)) / length)
    d1, d2 = points(arc(u), 1), points(arc(u), 2)
    convex = float(d1[1] * d2[0] - d1[0] * d2[1])  # positive where it turns clockwise
    return None if abs(convex) < 1e-6 else Bent(1.0 / convex, 0.0, points, float(arc(u)))


def _end(stage, line, place, length, library):
    """End of a line at a scaled place; None where it slides on what is not modelled here."""
    sides = {"outer": (1, 1), "top": (1, 0), "inner": (-1, -1)}[line.end]
    r, z = (float(c) for c in place)
    if line.state == "pinned":
        return End(Cone(r, z, 0.0), 0.0, None, *sides)
    piece = line.solid.profile.pieces[line.station.piece]
    angle = stage.melt.contact_angle(piece.material, library)
    if not piece.is_straight:
        if line.end == "top":
            return None
        solid = bent(piece, line.station.u, length)
        return None if solid is None else End(solid, 0.0, angle, *sides)
    d = piece.tangent(0.5)
    if line.end == "top" and abs(d[1]) > 1e-12:
        return None
    solid = Cone(r, z, math.atan2(d[1], d[0]))
    return End(solid, 0.0, angle, *sides)
