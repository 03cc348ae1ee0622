"""Where a gradient flow of the curve goes from a stage's deposits, for stages that are refused.

`tests/curve_flow` moves a polyline downhill in energy: no solver, no search, no rule of history. A
package comes down on the liquids' shapes as the flow has left them, by envelopes of polylines.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely
from record import Moment, young

from bumpform.case.case import Case
from bumpform.errors import CaseError
from bumpform.geometry.profile import Profile
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.melt import Melt
from bumpform.process.reflows.reflow import Liquid, first_touch
from bumpform.stack.stack import Stack

sys.path.append(str(Path(__file__).parents[2] / "tests"))

from curve_flow.curve import Curve, Line
from curve_flow.flow import Body, Lost, Numbers, flow
from curve_flow.meeting import Broken
from curve_flow.stages import deposit, held
from curve_flow.wall import Wall

#: Length of segments with which a rest is looked at again: at a neck the curve's may be coarse.
FINER = 0.5
#: Steps, and touches of solid, after which a flow is given up.
MOST, MEETS = 2500, 300
#: What is said of a curve at rest that lies deep in solid.
IN_SOLID = "it rests in solid that it has jumped into"
#: How deep a curve at rest lies in solid that it enters, relative to V^(1/3).
DEEP = 1e-3
#: Shortest piece of solid at whose corner a polyline is followed, relative to V^(1/3).
SMALL = 0.01
#: Radius of a neck that parts, and how far down liquid may run, relative to V^(1/3).
NECK, FAR = 0.04, 6.0
#: How far a package sinks into a liquid at first, relative to its V^(1/3).
SUNK = 0.03
#: Gap that is none, relative to V^(1/3).
FLUSH = 1e-6
#: Radii at which envelopes are compared.
RADII = 4000
METAL = ("pad", "metal", "solder", "core")


@dataclass(frozen=True, eq=False)
class End:
    """Where a flow has ended.

    Attributes
    ----------
    kind : str
        "rests", "edge" (a line at the model's outer end), "closes" (a line runs into the axis),
        "splits" (its surface comes to what it covers), "parts" (at a neck, or it crosses itself),
        "falls", "corner" (it comes back to one that it does not fill), "lost".
    words : str
    curve : Curve or None
    length : float, m
    """

    kind: str
    words: str
    curve: Curve | None
    length: float

    @property
    def height(self) -> float:
        """Standoff of a package, m."""
        assert self.curve is not None
        return self.curve.lines[1].wall.lift * self.length


@dataclass(frozen=True, eq=False)
class Scene:
    """What a liquid is on, and its numbers.

    Attributes
    ----------
    solids : Stack
    melt : Melt
    gravity : float, m/s²
    angle : function of a material to Young's angle, rad
    """

    solids: Stack
    melt: Melt
    gravity: float
    angle: object

    @property
    def length(self) -> float:
        """V^(1/3), m."""
        return self.melt.volume ** (1.0 / 3.0)

    @property
    def numbers(self) -> Numbers:
        """For the flow."""
        drop = self.melt.drop(self.gravity)
        bond = drop.density * self.gravity * self.length**2 / drop.surface_tension
        return Numbers(bond, 0.5 / math.pi)

    def wall(self, profile: Profile, *, upper: bool = False) -> Wall:
        """A profile for the flow; where no angle is known, its cosine is NaN."""
        cosines = [self._cosine(p.material) for p in profile.pieces]
        return Wall.of(profile, cosines, self.length, upper=upper)

    def _cosine(self, material: str) -> float:
        try:
            return math.cos(self.angle(material))
        except CaseError:  # a package that stays apart asks for none
            return math.nan


def drop_end(case: Case, moment: Moment, liquid: Liquid) -> End:
    """Where the liquid of a reflow ends."""
    gravity = case.steps[moment.index].gravity_in(case.gravity)
    scene = Scene(moment.stage.solids, liquid.melt, gravity, young(case, liquid.melt))
    return _alone(scene, moment.before.stack, liquid.melted)


def _alone(scene: Scene, stack: Stack, names: tuple[str, ...]) -> End:
    floor = scene.wall(scene.solids.profile)
    try:
        curve = deposit(stack, names, floor, scene.length)
    except Lost:  # its outline is in parts: a cone, or an arch
        outer, inner = first_touch(stack, scene.solids, names)
        ends = [scene.solids.profile.point(s) / scene.length for s in (outer, inner) if s]
        top = ends[0] + [0.0, 0.5]
        points = [ends[0], top, ends[1] if inner else np.array([0.0, top[1]])]
        lines = [held(Line("outer", floor, *floor.nearest(ends[0])))]
        if inner:
            lines.append(held(Line("inner", floor, *floor.nearest(ends[1]))))
        curve = Curve(_filled(points), tuple(lines))
    return ended(curve, floor, scene, None)


def _filled(points: list[np.ndarray]) -> np.ndarray:
    parts = [np.linspace(a, b, 60)[:-1] for a, b in pairwise(points)]
    return np.vstack([*parts, points[-1]])


def ended(curve: Curve, floor: Wall, scene: Scene, body: Body | None) -> End:
    """Follow the flow to its end; where it rests, on from there with finer segments."""
    coarse = _ended(curve, floor, scene, body)
    if coarse.kind != "rests":
        return coarse
    finer = replace(coarse.curve, segment=FINER * coarse.curve.segment)
    fine = _ended(finer, floor, scene, body)
    same = fine.kind == "rests" or (fine.kind == "lost" and fine.words != IN_SOLID)
    return coarse if same else fine


def _ended(curve: Curve, floor: Wall, scene: Scene, body: Body | None) -> End:
    events: list[str] = []
    left: set[float] = set()
    last = curve

    def end(kind: str, words: str = "") -> End:
        told = "; ".join([*events[-4:], *([words] if words else [])])
        return End(kind, told, last, scene.length)

    if any(np.isnan(wall.cosines).any() for wall in (floor, *(line.wall for line in curve.lines))):
        return end("lost", "an angle is not known")
    try:
        for now, event in flow(curve, floor, scene.numbers, body, MOST):
            before, last = last, now
            if event:
                events.append(event)
                if event.startswith("meets") and _leaves_some(before, now):
                    return end("splits", "it meets what it covers, and leaves some behind")
                if not shapely.LineString(now.x).is_simple:
                    return end("parts", "it crosses itself")
                if event == "leaves a corner":
                    place = round(now.lines[0].s, 2)
                    if place in left:
                        return end("corner")
                    left.add(place)
                if len(events) > MEETS:
                    return end("lost", "it meets solid again and again")
            kind = _over(now)
            if kind:
                return end(kind)
    except Broken as error:
        return end("closes" if "axis" in str(error) and "film" not in str(error) else "splits",
                   str(error))  # fmt: skip
    except Lost as error:
        return end("lost", str(error))
    if any("corner" in event for event in events) and min(np.diff(floor.ends)) < SMALL:
        return end("lost", "solid with pieces too small for it")
    if _deep(last, floor) > DEEP:
        return End("lost", IN_SOLID, last, scene.length)
    if scene.numbers.bond and _on_one_cylinder(last):
        return end("lost", "it creeps along a post, which holds no weight")
    for line in last.lines:
        if line.piece == len(line.wall.spans) - 1 and line.s > line.wall.ends[-1] - 1e-6:
            return end("edge")
    return end("rests")


def _leaves_some(before: Curve, now: Curve) -> bool:
    """Whether a line has gone back to where the curve met solid, past what the liquid covers."""
    outwards = {"outer": 1.0, "top": 1.0, "inner": -1.0}
    pairs = [(a, b) for a in before.lines for b in now.lines if a.end == b.end]
    return any(outwards[a.end] * (a.s - b.s) > NECK for a, b in pairs)


def _on_one_cylinder(curve: Curve) -> bool:
    """Whether both lines are on one upright side: their pulls are equal, and bear no weight."""
    if len(curve.lines) < 2 or curve.lines[0].piece != curve.lines[1].piece:
        return False
    first, last = (line.point[0] for line in curve.lines)
    return curve.lines[1].end == "inner" and abs(first - last) < FLUSH


def _deep(curve: Curve, floor: Wall) -> float:
    """How deep a curve lies in solid, but beside its lines."""
    found = [0.0]
    walls = [floor, *(line.wall for line in curve.lines if line.end == "top")]
    for wall in walls:
        edge = shapely.LineString(wall.outline)
        far = wall.outline[:, 1].max() + 9.0 if wall.upper else wall.outline[:, 1].min() - 9.0
        ring = np.vstack([wall.outline, [[wall.outline[-1, 0], far], [0.0, far]]])
        solid = shapely.make_valid(shapely.Polygon(ring))
        inside = shapely.intersection(shapely.LineString(curve.x[1:-1]), solid)
        if not inside.is_empty:
            fine = shapely.segmentize(inside, DEEP)
            points = shapely.points(shapely.get_coordinates(fine))
            found.append(float(shapely.distance(points, edge).max()))
    return max(found)


def _over(curve: Curve) -> str:
    """Whether a curve has a neck that parts, or runs away."""
    r, z = curve.x.T
    if curve.on_axis:
        low = np.flatnonzero((r[1:-1] < r[:-2]) & (r[1:-1] < r[2:]) & (r[1:-1] < NECK))
        if len(low):
            return "parts"
        return "falls" if z[-1] < min(curve.lines[0].point[1], 0.0) - FAR else ""
    if curve.lines[1].end == "top" and r.min() < NECK:
        return "parts"
    return ""


@dataclass(frozen=True, eq=False)
class Meeting:
    """How a package comes down on what has melted.

    Attributes
    ----------
    lowest : float, m
        At which what is solid touches.
    meets, joins : float, m
        At which liquid meets anything, and what it joins.
    ring : float, m
        Radius at which it first meets anything.
    flat : (float, float) or None
        Radii, m, between which solid lies flat on solid at the lowest height.
    end : End or None
        Where the joint's flow ends, or that of a liquid that has no rest before; None where the
        package stays apart.
    """

    lowest: float
    meets: float
    joins: float
    ring: float
    end: End | None
    flat: tuple[float, float] | None = None


def joint_end(case: Case, moment: Moment) -> Meeting:
    """Where the liquid of a mount ends."""
    stage, before = moment.stage, moment.before
    assert isinstance(stage, Mounted)
    step = case.steps[moment.index]
    gravity, placed = step.gravity_in(case.gravity), before.placed
    standoff = (step if placed is None else placed.step).standoff
    above = {region.name for region in stage.brought.stack.regions}
    names = tuple(n for n in stage.melted if n not in above)
    hung = tuple(n for n in stage.melted if n in above)
    scene = Scene(stage.solids, stage.melt, gravity, young(case, stage.melt))
    floor = scene.wall(stage.solids.profile)
    roof = scene.wall(stage.package.at(0.0).profile, upper=True)
    length = scene.length
    lowest = _touch(floor.outline, roof.outline)[0] * length
    flat = _flat(floor.outline, roof.outline, length)
    drop = scene.melt.drop(gravity)
    load = stage.load
    scaled = None if load is None else load / (2.0 * math.pi * drop.surface_tension * length)
    body = Body(lowest / length, scaled, (standoff or 0.0) / length)
    stack = before.stack.without(*(n for n in above if _has(before.stack, n)))
    if placed is not None and placed.joint is not None:
        foot, _ = first_touch(stack, stage.solids, names)
        r, z = placed.line
        roof = roof.raised(placed.standoff / length)
        first = stage.solids.profile.point(foot) / length
        last = np.array([r / length, (placed.standoff - z) / length])
        curve = _between(floor, roof, _filled([first, last]))
        end = ended(curve, floor, scene, body)
        return Meeting(lowest, math.inf, math.inf, math.nan, end, flat)
    parts: list[np.ndarray | None] = []
    for own, solids, region, down in (
        (stack, stage.solids, names, gravity),
        (stage.brought.stack, stage.package.stack, hung, -gravity),
    ):
        if not region:
            parts.append(None)
            continue
        melt = _melt(case, moment, region)
        alone = Scene(solids, melt, down, young(case, melt))
        end = _alone(alone, own, region)
        if end.kind != "rests":
            return Meeting(lowest, math.nan, math.nan, math.nan, end)
        assert end.curve is not None
        parts.append(end.curve.x * end.length / length)
    below, upper = parts
    up = None if upper is None else upper * (1.0, -1.0)
    metal = [_metal(stage.solids.profile, stage.solids, length),
             _metal(stage.package.at(0.0).profile, stage.package.stack, length)]  # fmt: skip
    every, joins = [], []
    for low, high, joined in (
        (below, up, True), (below, roof.outline, False), (floor.outline, up, False)
    ):  # fmt: skip
        if low is None or high is None:
            continue
        every.append(_touch(low, high))
        joins += [_touch(low, high)[0]] if joined else []
    joins += [_touch(below, m)[0] for m in metal[1] if below is not None]
    joins += [_touch(m, up)[0] for m in metal[0] if up is not None]
    (meets, ring), reach = max(every), max(joins, default=-math.inf) * length
    meets, ring = meets * length, ring * length
    if reach <= lowest or (load is None and step.lifted and (standoff or 0.0) > reach):
        return Meeting(lowest, meets, reach, ring, None)
    height = max(lowest, reach - SUNK * length) / length
    roof = roof.raised(height)
    curve = _set_down(floor, roof, below, None if up is None else up + np.array([0.0, height]))
    if curve is None:
        return Meeting(lowest, meets, reach, ring, End("lost", "they do not cross", None, length))
    return Meeting(lowest, meets, reach, ring, ended(curve, floor, scene, body), flat)


def _has(stack: Stack, name: str) -> bool:
    return any(region.name == name for region in stack.regions)


def _melt(case: Case, moment: Moment, names: tuple[str, ...]) -> Melt:
    """The liquid of some regions of a stage."""
    from bumpform.materials.materials import Materials
    from bumpform.process.reflows.melt import fuse
    from bumpform.process.stages import setting_of

    step, materials = case.steps[moment.index], Materials(case.materials, case.wetting)
    contents = dict(moment.before.contents)
    if step.do == "mount":
        contents = setting_of(moment.before, step, step.peak_K, case, materials).contents
    return fuse([contents[n] for n in names], step.peak_K, materials)


def _metal(profile: Profile, stack: Stack, length: float) -> list[np.ndarray]:
    kinds = {region.name: region.kind for region in stack.regions}
    return [p.sample(48) / length for p in profile.pieces if kinds[p.region] in METAL]


def _touch(low: np.ndarray, high: np.ndarray) -> tuple[float, float]:
    """How far up a polyline has to be shifted to stay off one below it, and where; −∞ beside it."""
    start = max(low[:, 0].min(), high[:, 0].min())
    stop = min(low[:, 0].max(), high[:, 0].max())
    if stop < start:
        return -math.inf, math.nan
    r = np.linspace(start, stop, RADII)
    gap = _envelope(low, r, 1.0) - _envelope(high, r, -1.0)
    gap = np.where(np.isfinite(gap), gap, -math.inf)
    return float(gap.max()), float(r[gap.argmax()])


def _flat(low: np.ndarray, high: np.ndarray, length: float) -> tuple[float, float] | None:
    """Outermost radii, m, between which one polyline lies on another as it comes down, or None."""
    r = np.linspace(0.0, min(low[:, 0].max(), high[:, 0].max()), RADII)
    gap = _envelope(low, r, 1.0) - _envelope(high, r, -1.0)
    at = np.flatnonzero(gap > gap.max() - FLUSH)
    at = np.split(at, np.flatnonzero(np.diff(at) > 1) + 1)[-1]
    return None if len(at) < 3 else (float(r[at[0]]) * length, float(r[at[-1]]) * length)


def _envelope(x: np.ndarray, r: np.ndarray, up: float) -> np.ndarray:
    """The highest (or lowest) z of a polyline at radii; infinite where it is not."""
    found = np.full(len(r), -math.inf)
    for (r0, z0), (r1, z1) in pairwise(x):
        low, high = min(r0, r1) - 1e-12, max(r0, r1) + 1e-12
        at = slice(*np.searchsorted(r, [low, high]))
        if abs(r1 - r0) < 1e-12:
            z = np.full(len(r[at]), max(up * z0, up * z1))
        else:
            z = up * (z0 + (r[at] - r0) * (z1 - z0) / (r1 - r0))
        found[at] = np.maximum(found[at], z)
    return up * found


def _between(floor: Wall, roof: Wall, x: np.ndarray) -> Curve:
    lines = (
        held(Line("outer", floor, *floor.nearest(x[0]))),
        held(Line("top", roof, *roof.nearest(x[-1]))),
    )
    x = x.copy()
    x[0], x[-1] = lines[0].point, lines[1].point
    return Curve(x, lines)


def _set_down(floor: Wall, roof: Wall, below, upper) -> Curve | None:
    """The surface of liquids that have just met each other, or solid."""
    low = below if below is not None else _walk(floor.outline)
    high = upper if upper is not None else _walk(roof.outline)
    crossing = shapely.intersection(shapely.LineString(low), shapely.LineString(high))
    places = shapely.get_coordinates(crossing)
    if not len(places):
        return None
    place = places[int(np.argmax(places[:, 0]))]
    x = [_part(low, place) if below is not None else place[None],
         _part(high, place)[::-1] if upper is not None else place[None]]  # fmt: skip
    both = np.vstack([x[0][:-1], x[1]]) if below is not None else x[1]
    return _between(floor, roof, both) if len(both) > 2 else None


def _walk(outline: np.ndarray) -> np.ndarray:
    kept = np.concatenate([[True], np.hypot(*np.diff(outline, axis=0).T) > 1e-12])
    return outline[kept]


def _part(x: np.ndarray, place: np.ndarray) -> np.ndarray:
    """A polyline from its start to a place on it."""
    line = shapely.LineString(x)
    far = line.project(shapely.Point(place))
    s = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(x, axis=0).T))])
    return np.vstack([x[s < far - 1e-9], place])
