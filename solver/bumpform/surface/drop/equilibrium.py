"""An equilibrium with its numbers, each with an estimate of its error.

A surface is solved on two meshes, the second with twice the elements; what the two
differ by is the error of the coarser one and so bounds that of the finer, which is
reported. The meshes are refined until that bound is small.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from bumpform.brief import brief
from bumpform.errors import ConvergenceError
from bumpform.geometry.curve import Arc, Line, PolynomialCurve
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Station
from bumpform.quick import cached_property, quick, replace
from bumpform.surface.drop.contact import LineAt
from bumpform.surface.drop.drop import Drop
from bumpform.surface.drop.newton import Surface, solve, stiffness
from bumpform.surface.drop.path import Move, Trail
from bumpform.units.measured import Measured

#: Elements of the first mesh of a reported solve; doubled until the error is small enough.
FIRST_ELEMENTS, LAST_ELEMENTS = 4, 128
#: Newton's step after which a solve on the first mesh stops: what is left is its square.
FIRST_TOLERANCE = 1e-5
#: Error, relative to the drop's size, up to which the mesh is refined.
ACCURACY = 1e-9
#: Difference of two meshes from which on what they tell may be the best that there is; and how
#: much more of it there is on the finest one where round-off has grown.
AGREED, GROWN = 1e-6, 10.0
#: Least part of the difference between two meshes that is taken for the finer one's error, and
#: how much slower than the differences the errors may fall (they fall by 2⁷ or more).
LEAST, SAFETY = 1 / 8, 4.0
#: Part of every error estimate that stands for round-off, relative to what a value is summed from.
ROUND_OFF = 2e-13
#: How many more of Newton's last steps, which are round-off, a solution may be off by: where it is
#: ill-conditioned, round-off in the forces that every step repeats moves it further than one step.
SETTLED = 100.0
#: How much an element is curved where a meridian is widest, rad, below which that place is less
#: well known; measured on films, which have the shortest elements.
STRAIGHT = 0.06
#: How much more an element may be turned than moved, over its length; measured: 2.9.
TURNING = 4.0


#: Least error of a number that is read off the curve, in terms of the curve's own. Where
#: the surface is widest depends on its slope, which is less exact; a body above is at its end.
_SHARE = {
    "apex_z_m": 1.0,
    "top_z_m": 1.0,
    "max_radius_m": 1.0,
    "max_radius_z_m": 10.0,
    "outer.r_m": 0.1,
    "outer.z_m": 0.1,
    "top.z_m": 1.0,
    "standoff_m": 1.0,
    **{f"{end}.angle_deg": 1.0 for end in ("outer", "inner", "top")},
}


class Doubt(NamedTuple):
    """How far off a solved surface may lie, m, and by how much it may be turned, rad."""

    place: float
    slope: float


#: Of solid that nothing has been solved for.
CERTAIN = Doubt(0.0, 0.0)


@quick
@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A liquid at rest.

    Attributes
    ----------
    drop : Drop
    lines : tuple of LineAt
        The contact lines, outer one first.
    surface : Surface
        The finest solve, scaled by the drop's length.
    values : dict of str to float
        top_z_m, max_radius_m, max_radius_z_m, area_m2, pressure_Pa (at z = 0), energy_J;
        apex_z_m where the surface reaches the axis; r_m, z_m, angle_deg of every line, as
        "outer.r_m"; standoff_m and joint_force_N where it carries a body.
    errors : dict of str to float
        Estimate of the error of each value.
    path : tuple of Move
        How its lines came to rest, from where the deposit touched the solid; empty where
        no history was followed.
    """

    drop: Drop
    lines: tuple[LineAt, ...]
    surface: Surface
    values: dict[str, float]
    errors: dict[str, float]
    path: tuple[Move, ...] = ()

    __repr__ = brief

    @cached_property
    def curve(self) -> PolynomialCurve:
        """The free surface in metres, from the outer contact line to its other end."""
        return self.surface.curve(self.drop.length)

    @cached_property
    def edge(self) -> Edge:
        """All of that surface as an edge, of no region yet."""
        return Edge(self.curve, self.curve.breaks[0], self.curve.breaks[-1])

    def reached(self, trail: Trail) -> Equilibrium:
        """The same, with the way to it."""
        angles = [self.values[f"{line.end}.angle_deg"] for line in self.lines]
        lift = self.surface.end.lift * self.drop.length if self.surface.end else 0.0
        return replace(self, path=trail.ended(self.lines, angles, lift))

    @property
    def name(self) -> str:
        """What it is, and what its lines rest on, in words."""
        first = self.lines[0]
        if len(self.lines) == 1:
            return f"cap on {first.feature} ({first.state})"
        last = self.lines[1]
        kind = "ring" if last.solid.is_inner else "joint"
        return f"{kind} from {first.feature} ({first.state}) to {last.feature} ({last.state})"

    @cached_property
    def measured(self) -> dict[str, Measured]:
        """The values, each with its error."""
        return {name: Measured(value, self.errors[name]) for name, value in self.values.items()}

    @cached_property
    def doubt(self) -> Doubt:
        """How far off the surface may be anywhere."""
        # where it is widest is found along the surface: an error of that place is none of the shape
        lengths = (n for n in self.errors if n.endswith("_m") and n != "max_radius_z_m")
        place = max(self.errors[n] for n in lengths)
        return Doubt(place, _turned(place / self.drop.length, self.surface))

    @cached_property
    def turned(self) -> float:
        """How far off its directions at the contact lines may be, rad."""
        return math.radians(max(e for n, e in self.errors.items() if n.endswith("angle_deg")))

    def on_solid(self, doubt: Doubt) -> Equilibrium:
        """The same, where the solid beneath is itself known to an error only.

        Every length moves by as much as the solid, every other number by its grain. A line that
        slides on a solved surface meets Young's angle against its slope: all turns with that.
        """
        if doubt == CERTAIN:
            return self
        scale = _scales(self.values, _sizes(self.drop, self.values))
        grain = _grains(self.values, self.surface, self.drop, scale, 1.0)
        solved = [
            line
            for line in self.lines
            if not isinstance(line.solid.profile.pieces[line.station.piece].curve, Line | Arc)
        ]
        share = doubt.place / self.drop.length
        if any(line.state == "free" for line in solved):
            share = max(share, doubt.slope)
        errors = {name: e + share * grain[name] for name, e in self.errors.items()}
        for line in solved:
            errors[f"{line.end}.angle_deg"] += math.degrees(doubt.slope)
        return replace(self, errors=errors)

    @property
    def station(self) -> Station:
        """Where the outer line is."""
        return self.lines[0].station

    @property
    def state(self) -> str:
        """State of the outer line: "free" or "pinned"."""
        return self.lines[0].state

    @property
    def feature(self) -> str:
        """What the outer line stands on, in words."""
        return self.lines[0].feature

    @property
    def admissible(self) -> tuple[float, float]:
        """Gibbs' bounds of the outer line's angle, rad."""
        return self.lines[0].admissible


def lines_at(lines: tuple[LineAt, ...], surface: Surface) -> tuple[LineAt, ...]:
    """The lines where a solve has moved them."""
    ends = (surface.start, surface.end)
    return tuple(
        LineAt(line.solid, Station(line.station.piece, end.u), line.state)
        for line, end in zip(lines, ends, strict=False)
        if end is not None
    )


def measure(surface: Surface, lines: tuple[LineAt, ...], drop: Drop) -> dict[str, float]:
    """Numbers of a solved surface, SI; see ``Equilibrium.values``."""
    length, tension, survey = drop.length, drop.surface_tension, surface.survey
    values = {
        "top_z_m": survey.top_z * length,
        "max_radius_m": survey.widest_r * length,
        "max_radius_z_m": survey.widest_z * length,
        "area_m2": 2.0 * math.pi * survey.area * length**2,
        "pressure_Pa": surface.pressure * tension / length,
        "energy_J": drop.energy_unit * surface.energy(),
    }
    if surface.end is None:
        values["apex_z_m"] = float(surface.x[-1, 1] * length)
    for line, end in zip(lines, (surface.start, surface.end), strict=False):
        if end is not None:
            r, z = end.place
            name = line.end
            values[f"{name}.r_m"], values[f"{name}.z_m"] = r * length, z * length
            values[f"{name}.angle_deg"] = math.degrees(line.solid.angle(surface, line.station))
    if len(lines) == 2 and lines[1].solid.hangs:
        values |= measure_body(surface, lines, drop)
    return values


def measure_body(surface: Surface, lines: tuple[LineAt, ...], drop: Drop) -> dict[str, float]:
    """Those of the body that the last line is on."""
    assert surface.end is not None
    return {
        "standoff_m": lines[1].solid.reference + surface.end.lift * drop.length,
        "joint_force_N": drop.force_unit * surface.force_on_body(),
    }


def _sizes(drop: Drop, names: Iterable[str]) -> dict[str, float]:
    """What an error of 1 relative to the drop's size is for each value."""
    length, tension = drop.length, drop.surface_tension
    degree = 180.0 / math.pi
    others = {
        "area_m2": length**2,
        "pressure_Pa": tension / length,
        "energy_J": tension * length**2,
        "joint_force_N": tension * length,
        "outer.angle_deg": degree,
        "inner.angle_deg": degree,
        "top.angle_deg": degree,
    }
    return {name: others.get(name, length) for name in names}


def _scales(values: dict[str, float], size: dict[str, float]) -> dict[str, float]:
    """What errors are relative to: each value, or the drop's size where it is larger."""
    return {name: max(size[name], abs(v)) for name, v in values.items()}


def _grains(
    values: dict[str, float],
    surface: Surface,
    drop: Drop,
    scale: dict[str, float],
    off: float,
) -> dict[str, float]:
    """What each value moves by when all lengths are off by 1 relative to the drop's, at random.

    Its scale (twice that of an area), or that of the terms that cancel in it. Of all but lengths
    it is the more, the wider a surface is than its ends are apart: where thin, it turns more. The
    force on a body, and the pressure under it, as its height is off by ``off``, scaled.
    """
    widest = max(drop.length, values["max_radius_m"])
    found = {
        **scale,
        "area_m2": 2.0 * scale["area_m2"],
        "energy_J": max(scale["energy_J"], drop.surface_tension * values["area_m2"]),
        "max_radius_z_m": 10.0 * scale["max_radius_z_m"],  # by the slope, see _SHARE
    }
    for end in ("outer", "inner", "top"):
        if f"{end}.r_m" in values:  # the pull of the whole surface on a line of this radius
            name = f"{end}.angle_deg"
            found[name] = scale[name] * widest / values[f"{end}.r_m"]
    apart = drop.length * math.dist(surface.x[0].tolist(), surface.x[-1].tolist())
    slender = max(1.0, values["max_radius_m"] / apart)
    found = {
        name: grain if name.endswith("_m") else slender * grain for name, grain in found.items()
    }
    if "joint_force_N" in values:
        head = max(scale["joint_force_N"], math.pi * widest**2 * scale["pressure_Pa"])
        # of one that floats the height is where the force is the load
        stiff = 0.0 if surface.load is not None else stiffness(surface)
        lifted = 0.0 if math.isinf(stiff) else drop.force_unit * abs(stiff) * off
        found["joint_force_N"] = head + lifted
        radius = values["top.r_m"]
        pull = 2.0 * math.pi * radius * drop.surface_tension * math.radians(found["top.angle_deg"])
        found["pressure_Pa"] = min(
            found["pressure_Pa"] + lifted / (math.pi * radius**2),
            (found["joint_force_N"] + pull) / (math.pi * radius**2),
        )
    return found


def _thick(values: dict[str, float], drop: Drop) -> float:
    """Scaled thickness of the liquid where it lies level, and the height that it lies at.

    Round-off in a volume and in heights moves a body above by as much of this.
    """
    level = drop.volume / (math.pi * values["max_radius_m"] ** 2)
    return (level + max(abs(values["top_z_m"]), abs(values["outer.z_m"]))) / drop.length


def _turned(off: float, surface: Surface) -> float:
    """Error of the slopes of a surface that is known to lie off by this, scaled, at most, rad."""
    return TURNING * off * surface.elements / surface.survey.length


def _upright(surface: Surface) -> float:
    """How many times less well the height is known at which a surface is widest: the straighter.

    That is where it stands upright: off by its slope's error over its curvature there.
    """
    found = surface.survey
    if found.widest_r <= max(float(surface.x[0, 0]), float(surface.x[-1, 0])):
        return 1.0  # at a line
    curvature = abs(surface.pressure - surface.bond * found.widest_z - 1.0 / found.widest_r)
    turn = curvature * found.length / surface.elements
    return max(1.0, STRAIGHT / max(turn, STRAIGHT * ROUND_OFF))


def _told(
    drop: Drop,
    lines: tuple[LineAt, ...],
    finer: Surface,
    fine: dict[str, float],
    apart: dict[str, float],
    share: float,
    scale: dict[str, float],
) -> tuple[Equilibrium, float]:
    """What a mesh tells, with its errors, and the largest of them, relative to its size.

    ``apart``: by what the numbers differ from those of the coarser mesh; ``share`` of it is left.
    """
    grain, length = _grains(fine, finer, drop, scale, _thick(fine, drop)), finer.survey.length
    noise = ROUND_OFF + SETTLED * finer.step * length
    errors = {name: share * apart[name] + noise * grain[name] for name in fine}
    largest = max(errors[name] / scale[name] for name in fine)
    errors["max_radius_z_m"] = min(errors["max_radius_z_m"] * _upright(finer), drop.length * length)
    return Equilibrium(drop, lines, finer, fine, errors), largest


def accurate(first: Surface, lines: tuple[LineAt, ...], drop: Drop) -> Equilibrium:
    """Equilibrium from a solve on the first mesh, refined until its error is small.

    The lines may have left their pieces, or their edges may not hold them: see
    ``LineAt.holds``.

    Raises
    ------
    ConvergenceError
    """
    surface = first.evened()
    if surface is not first:
        try:
            surface = solve(surface, tolerance=FIRST_TOLERANCE)
        except ConvergenceError:  # a soft joint: where the nodes have crowded, it is at rest
            surface = first
    coarse, before = measure(surface, lines_at(lines, surface), drop), 0.0
    size, best, least = _sizes(drop, coarse), None, math.inf
    while True:
        finer = solve(surface.refined())
        # two numbers may agree by chance; the curves they are read from differ by this
        off = finer.moved
        if finer.step > 1e-12:  # one more step tells how far round-off moves the solution
            finer = solve(finer)
            off += finer.moved
        moved = lines_at(lines, finer)
        fine = measure(finer, moved, drop)
        scale = _scales(fine, size)
        apart = {
            name: max(abs(fine[name] - coarse[name]), _SHARE.get(name, 0.0) * off * size[name])
            for name in fine
        }
        # a later stage may stand on this surface (on no joint), and feel its slopes
        turned = 0.0 if "standoff_m" in fine else _turned(off, finer)
        worst = max(turned, *(apart[name] / scale[name] for name in fine))
        # what two meshes differ by is the error of the coarser; that of the finer is less, as
        # soon as a third has shown how fast it falls
        share = 1.0 if before == 0.0 else min(1.0, max(LEAST, SAFETY * worst / before))
        last = finer.elements >= LAST_ELEMENTS
        told = partial(_told, drop, moved, finer, fine, apart, share, scale)
        if share * worst < AGREED and worst < least:
            best, least = told, worst
        if share * worst < ACCURACY or last:
            found, largest = told()
            if max(share * worst, largest) < ACCURACY:
                return found
            if last and best is not None and worst > GROWN * least:
                return best()[0]  # it agreed far better: round-off has grown since
            if last:
                return found
        before = worst
        surface, coarse = finer, fine
