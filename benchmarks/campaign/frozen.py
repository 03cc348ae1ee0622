"""Whether a liquid that freezes and shrinks has a solid: its surface between held lines, shot."""

from __future__ import annotations

import math

import numpy as np
import shapely
from record import Moment, young
from second import Walk
from shapely.affinity import translate
from shots import Path, ShotError, from_line, newton
from sides import Side
from verify import roof_force

from bumpform.case.case import Case
from bumpform.materials.materials import Materials
from bumpform.process.mounts.mounted import Mounted

#: How deep a surface lies in solid that enters it, relative to V^(1/3).
DEEP = 3e-5
#: Nearer to the other solid, relative to V^(1/3), a joint's line has no room for a surface.
SHUT = 1e-6


def frozen(case: Case, moment: Moment) -> tuple[str, str]:
    """What a shot says of a refused solid: verdict and words, as `refusals.confirm`.

    The lines are held where the liquid's were at the peak; in cooling they hardly move.
    """
    stage = moment.stage
    liquid = next((q for q in (stage, *stage.bodies) if q.refusal and q.equilibrium), None)
    if liquid is None:
        return "open", "no liquid of its own is refused"
    melt = liquid.melt
    materials = Materials(case.materials, case.wetting)
    volume = math.fsum(
        mass / materials.solid_density(solder)
        for solder, mass in zip(melt.solders, melt.masses, strict=True)
    )
    if isinstance(liquid, Mounted) and liquid.gap is None:
        return _joint(case, moment, liquid, volume)
    angle, profile = young(case, melt), stage.solids.profile
    side = Side(profile, tuple(angle(p.material) for p in profile), "outer")
    drop = melt.drop(case.steps[moment.index].gravity_in(case.gravity))
    size = volume ** (1.0 / 3.0)
    bond = drop.density * drop.gravity * size**2 / drop.surface_tension
    lines = liquid.equilibrium.lines
    shots = Walk(side, volume, bond)
    try:
        if len(lines) == 1:
            if shots.shot(*lines[0].station) is None:
                return "confirmed", "no surface of the solid's volume has its edge there"
            curve = shots.curve(*lines[0].station)
        else:
            ring, _ = _bridge(side, side, liquid.equilibrium, size, bond, 0.0, None)
            curve = ring.polyline(12) * size
    except ShotError as error:
        return "confirmed", f"no surface of the solid's volume has its edges there: {error}"
    if not shapely.LineString(curve).is_simple:
        return "confirmed", "the solid's surface crosses itself"
    return _entering(side.depth(curve), volume, melt.volume)


def _entering(depth: float, volume: float, liquid: float) -> tuple[str, str]:
    """What is said of a solid's surface that lies so deep in what is there, m."""
    deep, share = depth / volume ** (1.0 / 3.0), f"{volume / liquid:.4f} of the liquid's volume"
    if deep > DEEP:
        return "confirmed", f"{share}: the solid's surface lies {deep:.2g} V^(1/3) in what is there"
    if depth > 0.0:  # polylines do not tell
        return "open", f"{share}: the solid's surface grazes what is there, by {1e9 * depth:.2g} nm"
    return "missed", f"{share}: the solid's surface enters nothing"


def _joint(case: Case, moment: Moment, stage: Mounted, volume: float) -> tuple[str, str]:
    """The solid of a joint: the package where it is held, or where its load brings it."""
    melt, found = stage.melt, stage.equilibrium
    angle, size = young(case, melt), volume ** (1.0 / 3.0)
    below, above = (
        Side(line.solid.profile, tuple(angle(p.material) for p in line.solid.profile), line.end)
        for line in found.lines
    )
    drop = melt.drop(case.steps[moment.index].gravity_in(case.gravity))
    bond = drop.density * drop.gravity * size**2 / drop.surface_tension
    top = above.place(*found.lines[1].station)[1]
    lift = found.values["top.z_m"] - top
    lowest = lift + stage.touch.height - found.values["standoff_m"]
    load, shut = None, ""
    if stage.held_by == "liquid":
        load = stage.load / (2.0 * math.pi * drop.surface_tension * size)
    no_room = "confirmed", "where the package lies on solid, a line has no room for a surface"
    shuts = load is not None and _room(below, above, found, lowest) < SHUT * size
    try:
        path, rise = _bridge(below, above, found, size, bond, lift, load)
        if load is not None and rise < lowest:
            if shuts:
                return no_room
            shut = f"{1e6 * (lowest - rise):.3g} µm lower it would lie in solid; there, "
            path, rise = _bridge(below, above, found, size, bond, lowest, None)
    except ShotError as error:
        lost = "confirmed", f"no surface of the solid's volume has its edges there: {error}"
        return no_room if shuts else lost
    curve = path.polyline(12) * size
    if not shapely.LineString(curve).is_simple:
        return "confirmed", f"{shut}the solid's surface crosses itself"
    verdict, words = _entering(
        max(below.depth(curve), above.depth(curve - (0.0, rise))), volume, melt.volume
    )
    return verdict, shut + words


def _room(below: Side, above: Side, found, lift: float) -> float:
    """Least distance of a joint's lines from the other solid, the package lifted so far, m."""
    first, last = (
        shapely.Point(side.place(*line.station)[:2])
        for side, line in zip((below, above), found.lines, strict=True)
    )
    down, up = (translate(p, 0.0, z) for p, z in ((first, -lift), (last, lift)))
    return min(shapely.distance(down, above.body), shapely.distance(up, below.body))


def _bridge(
    below: Side, above: Side, found, size: float, bond: float, lift: float, load: float | None
) -> tuple[Path, float]:
    """The surface between a ring's or a joint's lines, held, and the package's lift, m.

    The liquid's is the guess. A load/2πσV^(1/3) finds the height where the solid has its volume
    under it.
    """
    (r0, z0, _), (r1, z1, _) = (
        side.place(*line.station) for side, line in zip((below, above), found.lines, strict=True)
    )
    under, face = (
        side.under(*line.station)[0] / size**3
        for side, line in zip((below, above), found.lines, strict=True)
    )
    curve = found.curve.point(np.linspace(0.0, found.curve.breaks[-1], 400)) / size
    steps = np.diff(curve, axis=0)
    pressure = found.values["pressure_Pa"] * size / found.drop.surface_tension
    guess = [pressure, math.atan2(steps[0, 1], steps[0, 0]), np.hypot(*steps.T).sum(), lift / size]

    def miss(x):
        path = from_line(r0 / size, z0 / size, float(x[1]), float(x[0]), bond, float(x[2]))
        end, by = path.end.real[:, 0], path.end.imag / 1e-40
        goal = np.array([r1 / size, z1 / size + x[3], 0.5 / math.pi - under + face])
        rows, f = np.zeros((4, 4)), np.zeros(4)
        f[:3], f[3] = end[[0, 1, 3]] - goal, x[3] - lift / size
        rows[:3, :3] = np.stack([by[:, 0], by[:, 1], path.slope], axis=1)[[0, 1, 3]]
        rows[1, 3], rows[3, 3] = -1.0, 1.0
        if load is not None:
            force, d = roof_force(end, by, np.zeros(6), path.slope, float(x[0]), bond)
            f[3], rows[3] = force + bond * face - load, (*d[:3], 0.0)
        return f, rows, path

    x, path, _ = newton(miss, np.array(guess), tolerance=1e-9, steps=40)
    return path, float(x[3]) * size
