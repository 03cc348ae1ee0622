"""The stages of a run as the flow takes them, and where the flow ends beside their equilibria."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from bumpform.materials.materials import Materials
from bumpform.process.mounts.mounted import Mounted

from .curve import SEGMENT, Curve, Line
from .flow import Body, Lost, Numbers, flow
from .meeting import Broken
from .wall import Wall

#: How far a body above has sunk into what melts at the start; radius of the least foot of a
#: deposit, and angle from which on it is given one.
SUNK, FOOT, OVERHANG = 0.06, 0.12, 2.8


@dataclass(frozen=True, eq=False)
class Rest:
    """Where the flow of a stage has ended.

    Attributes
    ----------
    values : dict of str to float
        Lengths named as an equilibrium's, m.
    steps : int
    events : tuple of str
    why : str
        Why it has come to no rest; empty where it has.
    curve : Curve
    """

    values: dict[str, float]
    steps: int
    events: tuple[str, ...]
    why: str
    curve: Curve


def stages(run) -> dict:
    """The moments of a run at which something melts, by the step's name."""
    return {
        m.step.name: m
        for m in run.history
        if m.step.do in ("reflow", "mount") and m.before is not None and m.state.stage is not None
    }


def rest(
    run, name: str, outline=None, standoff: float | None = None, segment: float = SEGMENT
) -> Rest:
    """Where the flow of a stage ends, begun with its deposit, or with another free surface.

    Parameters
    ----------
    run : Run
    name : str
        Of the stage.
    outline : ndarray, shape (n, 2), optional
        Points of that surface, from its outer contact line on, m.
    standoff : float, optional
        Of the body above then, m.
    segment : float
        Length of the curve's segments, of V^(1/3).

    Raises
    ------
    Lost
        If how it begins is not known.
    """
    curve, floor, numbers, body, length = begun(run.case, stages(run)[name], outline, standoff)
    curve = replace(curve, segment=segment)
    steps, events, why = 0, [], ""
    try:
        for now, event in flow(curve, floor, numbers, body):
            curve, steps = now, steps + 1
            events += [event] if event else []
    except (Lost, Broken) as error:
        why = str(error)
    return Rest(values(curve, length), steps, tuple(events), why, curve)


def values(curve: Curve, length: float) -> dict[str, float]:
    """Its lengths, m."""
    found = {"apex_z_m": float(curve.x[-1, 1])} if curve.on_axis else {}
    for line in curve.lines:
        found |= {f"{line.end}.r_m": float(line.point[0]), f"{line.end}.z_m": float(line.point[1])}
        if line.end == "top":
            found["standoff_m"] = float(line.wall.outline[0, 1])
    return {key: value * length for key, value in found.items()}


def apart(values: dict[str, float], others: dict[str, float], length: float) -> float:
    """Largest difference of lengths, relative to a length; infinite of another kind."""
    kinds = ("apex_z_m", "standoff_m")
    theirs = {k for k in others if k in kinds or k.endswith((".r_m", ".z_m"))}
    if set(values) != theirs:
        return math.inf
    return max(abs(values[k] - others[k]) for k in theirs) / length


def begun(case, moment, outline=None, standoff: float | None = None):
    """Curve, floor, numbers, body above and the length L of a stage as it begins to melt.

    Raises
    ------
    Lost
        If the flow does not know how it begins.
    """
    stage, stack = moment.state.stage, moment.before.stack
    materials = Materials(case.materials, case.wetting)
    if stage.bodies:
        raise Lost("several liquids")
    drop = stage.equilibrium.drop  # its numbers alone; gravity as the assembly is held
    length = drop.volume ** (1.0 / 3.0)

    def wall(profile, *, upper=False):
        angles = [stage.melt.contact_angle(p.material, materials) for p in profile.pieces]
        return Wall.of(profile, np.cos(angles), length, upper=upper)

    floor, roof, body = wall(stage.solids.profile), None, None
    numbers = Numbers(drop.density * drop.gravity * length**2 / drop.surface_tension, 0.5 / math.pi)
    if isinstance(stage, Mounted):
        if stage.gap is not None:
            raise Lost("a joint that has stayed open")
        roof, body = wall(stage.package.at(0.0).profile, upper=True), _body(stage, drop)
        if roof.outline[0, 1] < 0.0:
            raise Lost("a pillar, or solder that stays solid, stands out of the package's pad")
    if outline is not None:
        curve = _placed(floor, roof, outline / length, standoff, length)
        return curve, floor, numbers, body, length
    if any(region.name.startswith("package ") for region in stack.regions):
        raise Lost("a joint that melts again")
    curve = deposit(stack, stage.melted, floor, length)
    if roof is not None:
        if any(region.kind == "solder" for region in stage.brought.stack.regions):
            raise Lost("solder that the package brings along")
        if not curve.on_axis:
            raise Lost("a joint on a ring")
        curve = _under(curve, roof, stage, stack, length)
    return curve, floor, numbers, body, length


def deposit(stack, melted, floor: Wall, length: float) -> Curve:
    """The outline of a deposit."""
    x = _outline(stack, melted) / length
    lines = (held(Line("outer", floor, *floor.nearest(x[0]))),)
    if x[-1, 0] > 1e-6:
        return Curve(x, (*lines, held(Line("inner", floor, *floor.nearest(x[-1])))))
    x[-1, 0] = 0.0
    curve = Curve(x, lines)
    return _with_foot(curve) if _rests_on_nothing(curve) else curve


def _placed(floor: Wall, roof: Wall | None, x, standoff, length) -> Curve:
    """A free surface on the solids of a stage."""
    x = np.array(x)
    lines = (held(Line("outer", floor, *floor.nearest(x[0]))),)
    if roof is not None and standoff is not None:
        roof = roof.raised(standoff / length)
        lines = (*lines, held(Line("top", roof, *roof.nearest(x[-1]))))
    elif x[-1, 0] > 1e-6:
        lines = (*lines, held(Line("inner", floor, *floor.nearest(x[-1]))))
    else:
        x[-1, 0] = 0.0
    for node, line in zip((0, -1), lines, strict=False):
        x[node] = line.point
    return Curve(x, lines)


def held(line: Line) -> Line:
    ends = line.wall.ends
    near = int(np.argmin(np.abs(ends[1:-1] - line.s))) if len(ends) > 2 else 0
    if len(ends) > 2 and abs(ends[near + 1] - line.s) < 1e-9 and line.wall.holds(near):
        return Line(line.end, line.wall, near, float(ends[near + 1]), True)
    return line


def _outline(stack, melted) -> np.ndarray:
    """The free outline of what melts, from its outer end on, its pieces cut up, m."""
    pieces = stack.profile.pieces
    shown = [k for k, piece in enumerate(pieces) if piece.region in melted]
    if not shown or shown[-1] - shown[0] + 1 != len(shown):
        raise Lost("its surface is in several parts")
    parts = [pieces[k].point(np.linspace(0.0, 1.0, 60)) for k in range(shown[0], shown[-1] + 1)]
    points = np.vstack([parts[0], *(p[1:] for p in parts[1:])])[::-1]
    return np.ascontiguousarray(points)


def _rests_on_nothing(curve: Curve) -> bool:
    line = curve.lines[0]
    piece = line.piece + (1 if line.held else 0)
    steep = OVERHANG < line.angle(curve.x[1] - curve.x[0], piece) < 1.5 * math.pi
    return bool(line.point[0] < FOOT or steep)


def _with_foot(curve: Curve) -> Curve:
    """With the line further out, where a ball stands on a point or on a rim."""
    line = curve.lines[0]
    s = line.s + FOOT
    new = Line(line.end, line.wall, line.wall.piece(s), s)
    far = np.hypot(*(curve.x - curve.x[0]).T) > 2.0 * FOOT
    kept = curve.x[int(np.argmax(far)) :]
    return Curve(np.vstack([np.linspace(new.point, kept[0], 12)[:-1], kept]), (new,))


def _body(stage, drop) -> Body:
    """What holds a package, presses it or drives it."""
    length, load = drop.volume ** (1.0 / 3.0), None
    if stage.load is not None:
        load = stage.load / (2.0 * math.pi * drop.surface_tension * length)
    goal = 0.0 if stage.standoff is None else stage.standoff / length
    return Body(stage.touch.height / length, load, goal)


def _under(curve, roof, stage, stack, length) -> Curve:
    """The outline up to a body above that has sunk a little into it."""
    meets = stage.package.touch(stack.profile).height
    height = max(stage.touch.height, meets - SUNK * length) / length
    if height * length >= meets:
        raise Lost("solid holds the body above off what melts")
    roof = roof.raised(height)
    outline = roof.outline
    over = curve.x[:, 1] >= np.interp(curve.x[:, 0], outline[:, 0], outline[:, 1])
    k = int(np.argmax(over))
    if not over.any() or k < 2:
        raise Lost("the body above does not reach what melts")
    top = held(Line("top", roof, *roof.nearest(curve.x[k])))
    return Curve(np.vstack([curve.x[:k], top.point]), (*curve.lines, top))
