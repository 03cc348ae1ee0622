"""Whether a liquid that freezes and shrinks has a solid: its surface between held lines, shot."""

from __future__ import annotations

import math

import numpy as np
import shapely
from record import Moment, young
from second import Walk
from shots import ShotError, from_line, newton
from sides import Side

from bumpform.case.case import Case
from bumpform.materials.materials import Materials
from bumpform.process.mounts.mounted import Mounted

#: How deep a surface lies in solid that enters it, relative to V^(1/3).
DEEP = 3e-5


def frozen(case: Case, moment: Moment) -> tuple[str, str]:
    """What a shot says of a refused solid: verdict and words, as `refusals.confirm`.

    The lines are held where the liquid's were at the peak; in cooling they hardly move.
    """
    stage = moment.stage
    liquid = next((q for q in (stage, *stage.bodies) if q.refusal and q.equilibrium), None)
    if liquid is None or isinstance(liquid, Mounted):
        return "open", "a joint"
    materials = Materials(case.materials, case.wetting)
    melt = liquid.melt
    volume = math.fsum(
        mass / materials.solid_density(solder)
        for solder, mass in zip(melt.solders, melt.masses, strict=True)
    )
    angle, profile = young(case, melt), stage.solids.profile
    side = Side(profile, tuple(angle(p.material) for p in profile), "outer")
    drop = melt.drop(case.steps[moment.index].gravity_in(case.gravity))
    bond = drop.density * drop.gravity * volume ** (2.0 / 3.0) / drop.surface_tension
    lines = liquid.equilibrium.lines
    shots = Walk(side, volume, bond)
    try:
        if len(lines) == 1:
            if shots.shot(*lines[0].station) is None:
                return "confirmed", "no surface of the solid's volume has its edge there"
            curve = shots.curve(*lines[0].station)
        else:
            curve = _ring(side, lines, volume, bond, liquid.equilibrium)
    except ShotError as error:
        return "confirmed", f"no surface of the solid's volume has its edges there: {error}"
    if not shapely.LineString(curve).is_simple:
        return "confirmed", "the solid's surface crosses itself"
    deep = side.depth(curve) / volume ** (1.0 / 3.0)
    share = f"{volume / melt.volume:.4f} of the liquid's volume"
    if deep > DEEP:
        return "confirmed", f"{share}: the solid's surface lies {deep:.2g} V^(1/3) in what is there"
    return "missed", f"{share}: the solid's surface enters nothing"


def _ring(side: Side, lines, volume: float, bond: float, near) -> np.ndarray:
    """The surface of a ring between two held lines, m; the liquid's is the guess."""
    length = volume ** (1.0 / 3.0)
    (r0, z0, _), (r1, z1, _) = (side.place(*line.station) for line in lines)
    under = [side.under(*line.station)[0] / length**3 for line in lines]
    goal = np.array([r1 / length, z1 / length, 0.5 / math.pi - under[0] + under[1]])
    curve = near.curve.point(np.linspace(0.0, near.curve.breaks[-1], 400)) / length
    steps = np.diff(curve, axis=0)
    pressure = near.values["pressure_Pa"] * length / near.drop.surface_tension
    guess = [pressure, math.atan2(steps[0, 1], steps[0, 0]), np.hypot(*steps.T).sum()]

    def miss(x):
        path = from_line(r0 / length, z0 / length, float(x[1]), float(x[0]), bond, float(x[2]))
        end = path.end.real[:, 0]
        columns = [path.end.imag[:, k] / 1e-40 for k in (0, 1)]
        jacobian = np.stack([*columns, path.slope], axis=1)[[0, 1, 3]]
        return end[[0, 1, 3]] - goal, jacobian, path

    _, path, _ = newton(miss, np.array(guess), tolerance=1e-9, steps=40)
    return path.polyline(12) * length
