"""Where a melt has ended, beside the equilibrium and the alternatives that the stage lists."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from bumpform.melting.beginning.start import Start
from bumpform.melting.motion.overdamped import Step
from bumpform.melting.motion.ringing import Left
from bumpform.melting.shapes.shape import Shape
from bumpform.process.explore import explore
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.bodies import in_words
from bumpform.process.reflows.reflow import Liquid, Stage
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.units.measured import Measured
from bumpform.units.units import format_length

#: Lengths off by less than this, in units of L, are of one rest.
SAME = 5e-3
#: How well a mesh tells where a rest is, in units of L.
KNOWN = 1e-4


@dataclass(frozen=True)
class End:
    """What a melt has come to.

    Attributes
    ----------
    settles_at : str
        "equilibrium", "alternative N" in the order of the stage's list from 1, or "none".
    differences : dict of str to float
        Of the melt's numbers less those of that rest; where it is none, of the equilibrium if that
        has the same lines.
    why : str
        Why it is none.
    stopped : bool
        Whether it has come to no rest.
    """

    settles_at: str
    differences: dict[str, float] = field(default_factory=dict)
    why: str = ""
    stopped: bool = False


def numbers(start: Start, step: Step) -> dict[str, float]:
    """Numbers of a moment, named and measured as those of an equilibrium, SI.

    Of a body above, ``energy_J`` leaves its load out, as an equilibrium's does;
    ``energy_with_load_J`` adds what the load has where the body is. ``kinetic_J``, that of the
    body included, is there as long as inertia is.
    """
    drop, shape = start.drop, step.shape
    length, tension = drop.length, drop.surface_tension
    values: dict[str, float] = {}
    if shape.on_axis:
        values["apex_z_m"] = float(shape.nodes[-1, 1]) * length
    for line in shape.lines:
        r, z = (float(c) for c in line.place())
        values[f"{line.end}.r_m"], values[f"{line.end}.z_m"] = r * length, z * length
        values[f"{line.end}.angle_deg"] = math.degrees(shape.angle_told(line))
    if shape.end is not None and shape.end.end == "top":
        values["standoff_m"] = shape.end.wall.lift * length  # the pad's, whatever stands on it
    unit = drop.energy_unit
    values["energy_J"] = unit * shape.balance(start.fluid.bond)[0]
    if start.body is not None and start.body.load is not None:
        with_load = shape.balance(start.fluid.bond, start.body.load)[0]
        values["energy_with_load_J"] = unit * with_load
    if step.kinetic is not None:
        values["kinetic_J"] = unit * step.kinetic
    if step.field is not None:
        values["pressure_Pa"] = float(step.field.pressure.mean()) * tension / length
    return values


def way_left(start: Start, shape: Shape) -> float:
    """How far the surface on the axis is from the equilibrium's, in units of L; 0 without both."""
    rest = None if start.rest is None else start.rest.equilibrium
    if not shape.on_axis or rest is None or "apex_z_m" not in rest.values:
        return 0.0
    return abs(float(shape.nodes[-1, 1]) - rest.values["apex_z_m"] / start.drop.length)


def within_reach(start: Start, left: Left, end: End) -> list[str] | None:
    """Other rests than that which a melt has ended at that its energy allowed it still.

    They are those that the stage lists and, of a stage's own liquid, those that ``--landscape``
    finds beside them; the energy only falls, so without one the melt ends where it does. None where
    they are not compared: where a fixture does work. A load's energy is part of both.
    """
    rest_of, body = start.rest, start.body
    if rest_of is None or (body is not None and body.load is None):
        return None
    unit = start.drop.energy_unit
    return [
        name
        for name, rest in [*_listed(rest_of), *_found(start)]
        if name != end.settles_at
        and rest.values["energy_J"] + unit * _raised(start, rest) < unit * left.energy
    ]


def _raised(start: Start, rest: Equilibrium) -> float:
    """Energy of the load where a rest has the body, per 2π, counted as a shape's is."""
    if start.body is None:
        return 0.0
    return start.body.pressed * rest.values["standoff_m"] / start.drop.length


def placed(start: Start, values: dict[str, float]) -> dict[str, float]:
    """The numbers as they are over the stack, of liquid that hangs under a package too."""
    if start.turned is None:
        return values
    return {k: start.turned - v if k.endswith("z_m") else v for k, v in values.items()}


def settled(starts: tuple[Start, ...], steps: tuple[Step, ...]) -> End:
    """Where all liquids of a stage have come to: one's end, or the first that is no equilibrium."""
    if len(starts) == 1:
        return settled_at(starts[0], steps[0])
    ends = [settled_at(start, step) for start, step in zip(starts, steps, strict=True)]
    differences = dict(ends[0].differences)
    for k, end in enumerate(ends[1:], 1):
        differences |= {f"body {k}.{name}": v for name, v in end.differences.items()}
    chosen = next((k for k, e in enumerate(ends) if e.settles_at != "equilibrium"), 0)
    why = ends[chosen].why
    if why:
        why = f"{in_words(starts[chosen].melted)}: {why}"
    return End(ends[chosen].settles_at, differences, why)


def settled_at(start: Start, step: Step) -> End:
    """Which of the listed rests a liquid has ended at."""
    rest_of = start.rest
    if rest_of is None or _opened(start) is not None:
        return End("none", {}, _no_such_liquid(start))
    if rest_of.equilibrium is None:
        return End("none", {}, "the stage lists no equilibrium")
    here, length = numbers(start, step), start.drop.length
    name, rest = min(_listed(rest_of), key=lambda one: _apart(here, one[1], length))
    if _apart(here, rest, length) < SAME:
        return End(name, _differences(here, rest))
    why = "it rests where neither the equilibrium nor an alternative is"
    for name, rest in _found(start):
        if _apart(here, rest, length) < SAME:
            which = f"it is {name}: the {rest.name}"
            return End(name.partition(" (")[0], _differences(here, rest), which)
    alike = _lengths(here) == _lengths(rest_of.equilibrium.values)
    return End("none", _differences(here, rest_of.equilibrium) if alike else {}, why)


def _listed(stage: Stage | Mounted | Liquid) -> list[tuple[str, Equilibrium]]:
    """The rests that a stage lists, by name."""
    others = [(f"alternative {k}", a.equilibrium) for k, a in enumerate(stage.alternatives, 1)]
    reached = stage.equilibrium
    return [("equilibrium", reached), *others] if reached is not None else others


def _found(start: Start) -> list[tuple[str, Equilibrium]]:
    """The rests that a stage's whole landscape has beside those that it lists, by name."""
    stage, length = start.stage, start.drop.length
    if stage is not start.rest or stage.searched != "near":
        return []
    explored = explore(stage, start.name)
    listed = [rest for _, rest in _listed(stage)]
    return [
        (f"alternative {k} (of those that run --landscape lists in result.json)", other.equilibrium)
        for k, other in enumerate(explored.alternatives if explored is not None else (), 1)
        if all(_apart(other.equilibrium.values, rest, length) > SAME for rest in listed)
    ]


def _opened(start: Start) -> Measured | None:
    """The gap that a stage has where a joint has come of the melt."""
    stage = start.stage
    return stage.gap if start.body is not None and isinstance(stage, Mounted) else None


def _no_such_liquid(start: Start) -> str:
    names, stage = in_words(start.melted), start.stage
    join = "joins" if len(start.melted) == 1 else "join"
    missing = _opened(start)
    if missing is not None and isinstance(stage, Mounted):
        hangs = stage.hung is not None and set(start.melted) <= set(stage.hung.melted)
        other = "what is below" if hangs else "the package"
        if missing.value < KNOWN * start.drop.length:
            return (
                f"{names} {join} {other}; the stage has the two apart by less than a mesh "
                "tells of where they rest, and the joint open"
            )
        return (
            f"{names} {join} {other} before coming to rest; at rest without it, as the stage has "
            f"it, the gap is {format_length(missing.value)} too wide, and the joint stays open"
        )
    if start.body is not None:
        return f"{names} {join} the package, and the stage has more in its joint"
    if isinstance(stage, Mounted) and stage.gap is None:
        return f"{names} and the package stay apart, and the stage has a joint of them"
    return f"{names} end by themselves, and the stage has no such liquid"


def _apart(here: Mapping[str, float], rest: Equilibrium, length: float) -> float:
    """Largest difference of lengths from a rest, in units of L; infinite of another kind."""
    mine, theirs = _lengths(here), _lengths(rest.values)
    if mine != theirs:
        return math.inf
    return max(abs(here[k] - rest.values[k]) for k in mine) / length


def _lengths(values: Mapping[str, float]) -> set[str]:
    """Names of those by which a rest is known."""
    return {k for k in values if k in ("apex_z_m", "standoff_m") or k.endswith((".r_m", ".z_m"))}


def _differences(here: dict[str, float], rest: Equilibrium) -> dict[str, float]:
    return {name: here[name] - rest.values[name] for name in here if name in rest.values}
