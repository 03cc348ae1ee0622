"""The equilibrium that a drop reaches on a profile, with its numbers and their errors.

The contact line starts where the deposit touches the solid and moves downhill in energy,
the liquid in equilibrium at each place (``landscape``), until it can rest. There the
surface is solved again on two meshes, the second with twice the elements; what the two
differ by is the error estimate of the coarser, and so bounds that of the finer, which is
reported.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bumpform.curve import PolynomialCurve
from bumpform.errors import ConvergenceError, NoEquilibriumError
from bumpform.landscape import Landscape, Rest, settle
from bumpform.meridian import Surface, solve
from bumpform.penetration import find_penetration
from bumpform.profile import Station
from bumpform.shape import extremum

#: Elements of the first mesh of a reported solve; doubled until the error is small enough.
FIRST_ELEMENTS, LAST_ELEMENTS = 4, 128
#: Error, relative to the drop's size, up to which the mesh is refined.
ACCURACY = 1e-9
#: Part of every error estimate that stands for round-off.
ROUND_OFF = 2e-14
#: Slack in Gibbs' inequalities, rad.
ANGLE_SLACK = 1e-8
#: Moves of the contact line (pieces passed, solids touched) before the search gives up.
MAX_MOVES = 60


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A drop at rest on a profile.

    Attributes
    ----------
    land : Landscape
        Profile, angles and drop.
    station : Station
        Where the contact line is.
    state : "free" or "pinned"
    surface : Surface
        The finest solve, scaled by the drop's length.
    values : dict of str to float
        apex_z_m, top_z_m, max_radius_m, max_radius_z_m, area_m2, pressure_Pa (at z = 0),
        energy_J, outer.r_m, outer.z_m, outer.angle_deg.
    errors : dict of str to float
        Estimate of the error of each value.
    """

    land: Landscape
    station: Station
    state: str
    surface: Surface
    values: dict[str, float]
    errors: dict[str, float]

    @cached_property
    def curve(self) -> PolynomialCurve:
        """The free surface in metres, from the contact line to the apex."""
        return _curve(self.surface, self.land.drop.length)

    @property
    def admissible(self) -> tuple[float, float]:
        """Gibbs' bounds of the contact angle against the piece inside, rad."""
        return gibbs_range(self.land, self.station, self.state)

    @property
    def feature(self) -> str:
        """What the contact line stands on, in words."""
        return feature(self.land, self.station)

    @property
    def material(self) -> str:
        """Material under the contact line (inside of an edge)."""
        return self.land.profile.pieces[self.station.piece].material


def feature(land: Landscape, station: Station) -> str:
    """Name of a piece of the profile, or of the edge between two."""
    pieces = land.profile.pieces
    here = pieces[station.piece]
    if station.u < 1.0 or station.piece + 1 == len(pieces):
        return here.feature
    beyond = pieces[station.piece + 1]
    if here.region.split(" ")[0] in ("barrier", "finish"):
        return "juncture"
    if beyond.region == here.region:
        return f"{beyond.feature} edge"
    return f"{here.feature} / {beyond.feature}"


def gibbs_range(land: Landscape, station: Station, state: str) -> tuple[float, float]:
    """Contact angles that hold a line at a station, against the piece inside, rad."""
    low = land.angles[station.piece]
    if state == "free":
        return low, low
    pieces = land.profile.pieces
    inside = pieces[station.piece].tangent(1.0)
    outside = pieces[station.piece + 1].tangent(0.0)
    turn = math.atan2(inside[1] * outside[0] - inside[0] * outside[1], float(inside @ outside))
    return low, land.angles[station.piece + 1] + turn


def contact_angle(surface: Surface, tangent: np.ndarray) -> float:
    """Angle through the liquid between the solid inwards and the surface, rad in [0, 2π)."""
    pull = surface.pull()
    back = math.atan2(-tangent[1], -tangent[0])
    return (back - math.atan2(pull[1], pull[0])) % (2.0 * math.pi)


def _curve(surface: Surface, length: float) -> PolynomialCurve:
    return surface.mesh.curve(surface.x * length)


def _values(land: Landscape, surface: Surface) -> dict[str, float]:
    drop = land.drop
    length, tension = drop.length, drop.surface_tension
    curve = _curve(surface, length)
    widest, highest = extremum(curve, 0), extremum(curve, 1)
    area, _ = surface.area_and_weight
    line = surface.start
    foot = line.edge.point(line.u)
    return {
        "apex_z_m": float(surface.x[-1, 1] * length),
        "top_z_m": highest.z_m,
        "max_radius_m": widest.r_m,
        "max_radius_z_m": widest.z_m,
        "area_m2": 2.0 * math.pi * area * length**2,
        "pressure_Pa": surface.pressure * tension / length,
        "energy_J": 2.0 * math.pi * tension * length**2 * surface.energy(),
        "outer.r_m": float(foot[0]),
        "outer.z_m": float(foot[1]),
        "outer.angle_deg": math.degrees(contact_angle(surface, line.edge.tangent(line.u))),
    }


def _sizes(land: Landscape) -> dict[str, float]:
    """What an error of 1 relative to the drop's size is for each value."""
    drop = land.drop
    length, tension = drop.length, drop.surface_tension
    return {
        "area_m2": length**2,
        "pressure_Pa": tension / length,
        "energy_J": tension * length**2,
        "outer.angle_deg": 180.0 / math.pi,
    }


def solve_rest(land: Landscape, rest: Rest) -> Equilibrium | None:
    """Accurate equilibrium at a place found on the landscape.

    Returns
    -------
    Equilibrium or None
        None when the accurate line leaves its piece, or is not held by its edge: the
        sampled force was too coarse there.

    Raises
    ------
    ConvergenceError
    """
    free = rest.state == "free"
    surface = _first(land, rest.station, free)
    coarse = _values(land, surface)
    sizes = _sizes(land)
    while True:
        finer = solve(replace(surface.refined(), iterations=surface.iterations))
        if finer.step > 1e-12:  # one more step tells how far round-off moves the solution
            finer = solve(finer)
        fine = _values(land, finer)
        scale = {name: sizes.get(name, land.drop.length) for name in fine}
        errors = {
            name: abs(fine[name] - coarse[name])
            + (ROUND_OFF + 10.0 * finer.step) * max(scale[name], abs(fine[name]))
            for name in fine
        }
        worst = max(errors[name] / max(scale[name], abs(fine[name])) for name in fine)
        if worst < ACCURACY or finer.elements >= LAST_ELEMENTS:
            break
        surface, coarse = finer, fine
    u = finer.start.u
    if not 0.0 <= u <= 1.0:
        return None
    station = Station(rest.station.piece, u)
    if not free and not _held(land, station, finer):
        return None
    return Equilibrium(land, station, rest.state, finer, fine, errors)


def _first(land: Landscape, station: Station, free: bool) -> Surface:
    """Solve on the first mesh: directly, or with the line held until the shape is right."""
    guess = land.guess(station, free=free, elements=FIRST_ELEMENTS)
    if free:
        try:
            surface = solve(guess, tolerance=1e-6)
        except ConvergenceError:
            pass
        else:
            if abs(surface.start.u - station.u) < 0.05:
                return surface
    held = settle(land.guess(station, free=False, elements=FIRST_ELEMENTS), tolerance=1e-6)
    if not free:
        return held
    return solve(replace(held, start=replace(held.start, free=True)), tolerance=1e-6)


def _held(land: Landscape, station: Station, surface: Surface) -> bool:
    low, high = gibbs_range(land, station, "pinned")
    angle = contact_angle(surface, land.profile.pieces[station.piece].tangent(station.u))
    return low - ANGLE_SLACK <= angle <= high + ANGLE_SLACK


def downhill(land: Landscape, station: Station, direction: int = 0) -> Rest:
    """First place to rest downhill in energy from a station.

    Parameters
    ----------
    land : Landscape
    station : Station
    direction : int
        +1 or −1 where the line is already known to move outwards or inwards; 0: by the force.

    Raises
    ------
    NoEquilibriumError
        "off_model" or "dewets", where the line leaves the profile.
    """
    piece, u = station
    last = len(land.profile) - 1
    for _ in range(4 * (last + 2)):
        if u >= 1.0 and piece < last:
            inside, outside = land.vertex(piece)
            if (
                direction == 0
                or (direction > 0 and not outside > 0.0)
                or (direction < 0 and not inside < 0.0)
            ):
                if inside >= 0.0 >= outside:
                    return Rest(Station(piece, 1.0), "pinned", True)
                direction = 1 if outside > max(0.0, -inside) else -1
            if direction > 0:
                piece, u = piece + 1, 0.0
            else:
                u = 1.0
        elif direction == 0:
            direction = 1 if land.force(Station(piece, max(u, land.neck(piece)))) >= 0.0 else -1
        for at, stable in land.roots(piece)[::direction]:
            if stable and (at - u) * direction > 0.0:
                return Rest(Station(piece, at), "free", True)
        if direction > 0:
            if piece == last:
                raise NoEquilibriumError(
                    "off_model",
                    f"the liquid spreads past the model's outer radius "
                    f"{land.profile.point(land.profile.end)[0]:.6g} m: it would meet the next bump, "
                    "or the model is too small (pitch)",
                )
            u = 1.0
        else:
            if piece == 0:
                raise NoEquilibriumError(
                    "dewets", "the contact line retreats to the axis: nothing holds the liquid"
                )
            piece, u = piece - 1, 1.0
    raise NoEquilibriumError("no_equilibrium", "the contact line finds no place to rest")


def reach(land: Landscape, start: Station) -> Equilibrium:
    """The equilibrium that history selects: downhill from where the deposit touches first.

    Where the surface at rest would enter solid further out, the liquid touches it there,
    and the contact line goes on from that place.

    Raises
    ------
    NoEquilibriumError, ConvergenceError
    """
    station, direction = start, 0
    for _ in range(MAX_MOVES):
        rest = downhill(land, station, direction)
        found = solve_rest(land, rest)
        if found is None:
            station, direction = _move_on(land, rest)
            continue
        met = find_penetration(found.curve, land.profile, found.station)
        if met is None:
            return found
        where = f"r = {met.r_m:.6g} m, z = {met.z_m:.6g} m"
        if met.kind == "ahead" and met.station is not None and met.station > found.station:
            station, direction = met.station, 0
            continue
        what = {
            "under": "the liquid does not close over the solid beneath it",
            "itself": "the free surface would cross itself",
            "axis": "the free surface would cross the axis",
        }.get(met.kind, "the free surface would enter the solid")
        raise NoEquilibriumError("penetration", f"{what} at {where}")
    raise NoEquilibriumError(
        "no_equilibrium", f"the contact line has not come to rest after {MAX_MOVES} moves"
    )


def _move_on(land: Landscape, rest: Rest) -> tuple[Station, int]:
    """Past a place that turned out not to hold the line, on the side of the force."""
    piece, u = rest.station
    if rest.state == "pinned":
        inside, outside = land.vertex(piece)
        # the smaller margin is the one that the accurate solve has reversed
        return (
            (Station(piece + 1, 1e-9), 1) if -outside < inside else (Station(piece, 1.0 - 1e-9), -1)
        )
    return (Station(piece, 1.0), 0) if u > 0.5 else (Station(piece - 1, 1.0), 0)


def others(land: Landscape, reached: Equilibrium) -> list[Equilibrium]:
    """Every other admissible equilibrium on the profile, axis outwards."""
    found = []
    for rest in land.rests():
        near = rest.station.piece == reached.station.piece
        if near and abs(rest.station.u - reached.station.u) < 1e-4:
            continue
        try:
            other = solve_rest(land, rest)
        except ConvergenceError:
            continue
        if other is None or find_penetration(other.curve, land.profile, other.station):
            continue
        if (
            math.dist(
                (other.values["outer.r_m"], other.values["outer.z_m"]),
                (reached.values["outer.r_m"], reached.values["outer.z_m"]),
            )
            > 1e-9 * land.drop.length
        ):
            found.append(other)
    return found
