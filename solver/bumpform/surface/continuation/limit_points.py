"""How far a state goes: the largest and the smallest volume, load or gravity at which it exists.

From a solved equilibrium its branch is followed both ways, the contact lines as they are, to
the first place where the state ends: at a fold, where it loses its stability sidewise or to
another branch, where an edge lets a line go, or where a line or the surface meets something.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

import numpy as np

from bumpform.errors import ConvergenceError
from bumpform.geometry.curve import PolynomialCurve
from bumpform.geometry.profile import Station
from bumpform.quick import replace
from bumpform.surface.continuation.branch import (
    MAX_STEPS,
    PARAMETERS,
    Point,
    first_point,
    parameter_of,
    walk,
)
from bumpform.surface.drop.contact import LineAt
from bumpform.surface.drop.drop import Drop
from bumpform.surface.drop.equilibrium import ROUND_OFF, Equilibrium, lines_at, measure
from bumpform.surface.drop.newton import Surface
from bumpform.surface.drop.penetration import find_penetration
from bumpform.surface.drop.reference_element import reference_mesh
from bumpform.surface.drop.stability import ELEMENTS, NEUTRAL, analyse

#: Growth of a parameter and shrinkage of a volume past which a branch has no end.
GROWTH, SHRINKAGE = 1e3, 1e-6
#: Error of the parameter, relative to its size, up to which the mesh is refined.
ACCURACY, LAST_ELEMENTS = 1e-10, 128
#: Relative error of a place where surface and solid touch, which polylines tell; and where a
#: mode is neutral, for the round-off of its eigenvalue.
LEAST_ERROR = {"touches": 1e-4, "neutral": 1e-9}
#: Elements up to which the eigenvalue of m = 1 is taken.
EIGEN_ELEMENTS = 32
#: Elements on which a branch is walked at the most; more than ``ELEMENTS`` where those fail.
FINEST_WALK = 4 * ELEMENTS
#: Part of a step within which two events are one.
SAME = 1e-6


#: Ways in which a branch of states may end.
type EndKind = Literal["fold", "unpins", "runs onto", "touches", "neutral"]


@dataclass(frozen=True, eq=False)
class TurningPoint:
    """Where a state ends along one parameter.

    Attributes
    ----------
    parameter : "volume", "load" or "gravity"
    value, error : float, m³, N or m/s²
    kind : EndKind
        "fold": no such state exists beyond; "unpins": an edge lets a line go; "runs onto": a
        sliding line comes to the end of its piece; "touches": the surface meets a solid, the axis
        or itself; "neutral": it exists beyond, but is no minimum.
    detail : str
        Which mode, line or edge, in words.
    equilibrium : Equilibrium
        The last state.
    """

    parameter: str
    value: float
    error: float
    kind: EndKind
    detail: str
    equilibrium: Equilibrium

    @property
    def is_fold(self) -> bool:
        """Whether no such state exists beyond."""
        return self.kind == "fold"


class _Event(NamedTuple):
    """A way in which a state may end: at the zero of a margin that is positive before."""

    kind: EndKind
    detail: str
    margin: Callable[[Point], float]

    @property
    def crosses(self) -> bool:
        """Whether another branch crosses there."""
        return self.kind == "neutral"


def turning_points(
    equilibrium: Equilibrium, parameter: str
) -> tuple[TurningPoint | None, TurningPoint | None]:
    """Ends of a state's branch, with its contact lines pinned or sliding as they are.

    Parameters
    ----------
    equilibrium : Equilibrium
    parameter : "volume", "load" or "gravity"
        Of the load, negative values pull. A joint held at its height is taken to float under
        the load that it carries there.

    Returns
    -------
    TurningPoint or None, TurningPoint or None
        Where the parameter falls, and where it grows; None where it goes on without an end: to
        1000 times (a millionth of) the volume, or a load or Bond number of 1000.

    Raises
    ------
    ValueError
        If the equilibrium has no such parameter.
    ConvergenceError
        Where a branch cannot be followed.
    """
    return (
        turning_point(equilibrium, parameter, -1.0),
        turning_point(equilibrium, parameter, 1.0),
    )


def turning_point(
    equilibrium: Equilibrium, parameter: str, direction: float, *, leaning: bool = False
) -> TurningPoint | None:
    """One end of the branch: where the parameter grows (+1) or falls (−1).

    See ``turning_points``; with ``leaning``, it does not end where the state begins to lean.
    """
    surface = _start(equilibrium, parameter)
    while True:
        try:
            start = first_point(surface, parameter, direction)
            return _follow(equilibrium, start, direction, leaning)
        except ConvergenceError:
            if surface.elements >= FINEST_WALK:
                raise
        surface = surface.refined()


def _follow(
    equilibrium: Equilibrium, start: Point, direction: float, leaning: bool
) -> TurningPoint | None:
    """Walk from a point of the branch to the first event."""
    events = list(_events(equilibrium, start, direction, leaning))
    before = [event.margin(start) for event in events]
    for here, stride, there in islice(walk(start), MAX_STEPS):
        after = [event.margin(there) for event in events]
        # a margin that is zero from the start counts when it falls
        passed = [e for e, a, b in zip(events, before, after, strict=True) if b < min(a, 0.0)]
        if passed:
            places = [(_locate(e, here, stride), e) for e in passed]
            # a fold is listed first: it is neutral, too
            first = min(s for s, _ in places)
            event = next(e for s, e in places if s <= first + SAME * stride)
            return _exact(equilibrium, event, here, stride)
        before = [max(a, 0.0) for a in after]
        if _endless(start, there, direction):
            break
    return None


def _start(equilibrium: Equilibrium, parameter: str) -> Surface:
    """The surface to start from, on a mesh that is fast to walk with.

    Raises
    ------
    ValueError
    """
    if parameter not in PARAMETERS:
        raise ValueError(f"parameter must be one of {', '.join(PARAMETERS)}: {parameter!r}")
    surface, drop = equilibrium.surface, equilibrium.drop
    if parameter == "gravity" and drop.density == 0.0:
        raise ValueError("a liquid without density has no Bond number to follow")
    if parameter == "load" and surface.load is None:
        if not equilibrium.lines[-1].solid.hangs:
            raise ValueError("only a joint carries a load")
        surface = replace(surface, load=surface.force_on_body())
    if surface.elements > ELEMENTS:
        x = surface.mesh.curve(surface.x).point(reference_mesh(ELEMENTS).xi * surface.elements)
        surface = replace(surface, x=x)
    return surface


def _endless(start: Point, there: Point, direction: float) -> bool:
    """Whether the parameter has grown, or shrunk, past what has a meaning."""
    if there.parameter == "volume":
        return not SHRINKAGE < there.value / start.value < GROWTH
    return direction * there.value > GROWTH * _size(there.surface, there.parameter)


def _size(surface: Surface, parameter: str) -> float:
    """What a load (of surface tension round the widest place) or a Bond number of 1 is, scaled."""
    length = float(np.abs(surface.x).max())
    return {"volume": surface.volume, "load": length, "gravity": length**-2}[parameter]


def _events(
    equilibrium: Equilibrium, start: Point, direction: float, leaning: bool
) -> Iterator[_Event]:
    """Every way in which the state may end."""
    most = "largest" if direction > 0.0 else "smallest"
    yield _Event(
        "fold",
        f"no such shape has a {'larger' if direction > 0.0 else 'smaller'} {start.parameter}: "
        f"two branches meet at the {most}",
        lambda p: direction * p.rate,
    )
    if start.stiffness > 0.0:
        yield _Event("neutral", "m = 0: the shape gives way to another", lambda p: p.stiffness)
    if not leaning and _sidewise(start) > NEUTRAL:
        yield _Event("neutral", "m = 1: the liquid gives way to one side", _sidewise)
    for which, line in enumerate(equilibrium.lines):
        yield from _line_events(line, which, equilibrium.drop.length)
    yield _Event(
        "touches",
        "the free surface meets the solid, the axis or itself",
        lambda p: -1.0 if _touches(equilibrium, p.surface) else 1.0,
    )


def _sidewise(point: Point) -> float:
    try:
        return analyse(point.surface, (1,), elements=EIGEN_ELEMENTS).lowest[1]
    except np.linalg.LinAlgError:  # a curve across the axis has no second variation
        return -1.0


def _line_events(line: LineAt, which: int, scale: float) -> Iterator[_Event]:
    solid, station = line.solid, line.station

    def place(point: Point) -> float:
        end = point.surface.end if which else point.surface.start
        assert end is not None
        return end.u

    def angle(point: Point) -> float:
        return solid.angle(point.surface, station)

    if line.state == "pinned":
        low, high = line.admissible
        wetted = solid.profile.pieces[station.piece].feature
        dry = solid.across(station).feature
        what = f"the {line.end} line leaves the edge {line.feature}"
        yield _Event("unpins", f"{what} back over the {wetted}", lambda p: angle(p) - low)
        yield _Event("unpins", f"{what} on to the {dry}", lambda p: high - angle(p))
        return
    last = len(solid.profile) - 1
    least = solid.neck(station.piece, scale)
    inwards = (
        solid.feature(solid.vertex(Station(station.piece, 0.0))) if station.piece else "the axis"
    )
    outwards = (
        solid.feature(solid.vertex(Station(station.piece, 1.0)))
        if station.piece < last
        else "the model's outer radius"
    )
    what = f"the {line.end} line slides to"
    yield _Event("runs onto", f"{what} {inwards}", lambda p: place(p) - least)
    yield _Event("runs onto", f"{what} {outwards}", lambda p: 1.0 - place(p))


def _touches(equilibrium: Equilibrium, surface: Surface) -> bool:
    scale, lines = equilibrium.drop.length, equilibrium.lines
    curve = surface.curve(scale)
    below = lines[0].solid.profile
    if len(lines) == 1:
        return find_penetration(curve, below) is not None
    if find_penetration(curve, below, between=True) is not None:
        return True
    if not lines[1].solid.hangs:
        return False
    assert surface.end is not None
    lowered = curve.coefficients.copy()
    lowered[:, 0, 1] -= surface.end.lift * scale  # as the body's profile has it
    above = lines[1].solid.profile
    return find_penetration(PolynomialCurve(lowered), above, between=True) is not None


def _locate(event: _Event, here: Point, *reaches: float) -> float:
    """How far along the tangent an event is, before one of some distances; 0 if at the point."""
    if event.margin(here) <= 0.0:
        return 0.0
    for reach in reaches:
        try:
            beyond = event.margin(here.ahead(reach, crossing=event.crosses))
        except ConvergenceError:  # past the event there may be no shape that this mesh resolves
            continue
        if beyond <= 0.0:
            return here.place_of(event.margin, reach, crossing=event.crosses)
    raise ConvergenceError(
        "an event is lost on a finer mesh", 0, reaches[-1], f"{here.parameter} {here.value:.6g}"
    )


def _exact(equilibrium: Equilibrium, event: _Event, here: Point, stride: float) -> TurningPoint:
    """The event on finer and finer meshes, until its place is accurate."""
    parameter = here.parameter
    place = _locate(event, here, stride)
    coarse = here.ahead(place, crossing=event.crosses).surface
    while True:
        here = here.refined()
        # the finer mesh may put it a little further
        place = _locate(event, here, 1.001 * place, 1.1 * place, stride, 1.1 * stride, 1.5 * stride)
        fine = here.ahead(place, crossing=event.crosses).surface
        size = max(abs(parameter_of(fine, parameter)), _size(fine, parameter))
        error = abs(parameter_of(fine, parameter) - parameter_of(coarse, parameter))
        if error < ACCURACY * size or fine.elements >= LAST_ELEMENTS:
            break
        coarse = fine
    error += LEAST_ERROR.get(event.kind, 10.0 * ROUND_OFF) * size
    unit = _unit(equilibrium.drop, parameter)
    last = _state(equilibrium, parameter, fine)
    rough = _state(equilibrium, parameter, coarse).values
    errors = {n: abs(v - rough[n]) + ROUND_OFF * abs(v) for n, v in last.values.items()}
    return TurningPoint(
        parameter,
        parameter_of(fine, parameter) * unit,
        error * unit,
        event.kind,
        event.detail,
        replace(last, errors=errors),
    )


def _unit(drop: Drop, parameter: str) -> float:
    """SI value of a parameter of 1."""
    length, tension = drop.length, drop.surface_tension
    if parameter == "volume":
        return 2.0 * math.pi * length**3
    if parameter == "load":
        return drop.force_unit
    return tension / (drop.density * length**2)


def _state(equilibrium: Equilibrium, parameter: str, surface: Surface) -> Equilibrium:
    """A surface of the branch as an equilibrium of its own drop, scaled by its own length."""
    old = drop = equilibrium.drop
    if parameter != "load":
        value = parameter_of(surface, parameter) * _unit(old, parameter)
        drop = replace(old, **{parameter: value})
    surface = _rescaled(surface, old, drop)
    lines = lines_at(equilibrium.lines, surface)
    return Equilibrium(drop, lines, surface, measure(surface, lines, drop), {})


def _rescaled(surface: Surface, old: Drop, new: Drop) -> Surface:
    """The same surface in units of another drop's length."""
    f = old.length / new.length
    start, end = (
        None if line is None else replace(line, scale=new.length, lift=f * line.lift)
        for line in (surface.start, surface.end)
    )
    assert start is not None
    return replace(
        surface,
        x=f * surface.x,
        start=start,
        end=end,
        bond=surface.bond / f**2,
        pressure=surface.pressure / f,
        volume=f**3 * surface.volume,
        load=None if surface.load is None else f * surface.load,
    )
