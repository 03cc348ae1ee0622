"""A random sample of equilibria, and each of their numbers against the exact one.

A line is held somewhere; the angle that the surface has there becomes the solid's, so that every
draw is an equilibrium: at any place, near edges too, at any angle from 5° to 175° (pinned, also of
a film that is as good as flat). Sizes compare
V^(1/3), or a height, with a radius of the solid as 0.05 to 20 to one; Bond numbers, with the
larger of them, are −10 to 10. What would fall, enter solid or is no minimum is drawn again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import NamedTuple

import numpy as np

import exact
import scenes
from bumpform.errors import BumpformError, ConvergenceError
from bumpform.geometry.curve import Arc, Line, arclength
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.surface.drop.contact import LineAt, Solid
from bumpform.surface.drop.drop import Drop
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.line_force import LineForce, Rest
from bumpform.surface.drop.newton import solve, stiffness
from bumpform.surface.drop.penetration import find_penetration
from bumpform.surface.drop.sampling import from_cap
from bumpform.surface.drop.stability import analyse
from bumpform.surface.joints.joint import Held, Joint
from bumpform.surface.joints.joint_equilibrium import reach_joint
from bumpform.surface.search.rests import solve_rest
from scenes import DENSITY, TENSION, cap_volume, straight

A = 100e-6  # radius of every solid, m
FLATTEST, STEEPEST = math.radians(5), math.radians(175)
FILM = 1e-5  # a pinned line holds flatter films, too


class Sample(NamedTuple):
    """A drawn equilibrium; None where the solver found none, with the reason."""

    kind: str
    found: Equilibrium | None
    reason: str = ""


class Row(NamedTuple):
    """One number: true error and estimate, relative to its size."""

    kind: str
    name: str
    true: float
    estimate: float
    elements: int


class Unfit(Exception):
    """No equilibrium of the kind: draw again."""


# draws


def spread(draw: Random, low: float, high: float) -> float:
    """Uniform in the logarithm."""
    return math.exp(draw.uniform(math.log(low), math.log(high)))


def gravity_for(draw: Random, size: float) -> float:
    """Gravity of a Bond number from −10 to 10 for a size, m/s²; one in ten has none."""
    if draw.random() < 0.1:
        return 0.0
    sign = -1.0 if draw.random() < 0.35 else 1.0
    return sign * spread(draw, 1e-3, 10.0) * TENSION / (DENSITY * size**2)


def place_on(draw: Random) -> float:
    """Fraction of a piece: anywhere, or one time in three within 1e-1 … 1e-7 of an end."""
    if draw.random() < 2 / 3:
        return draw.uniform(0.02, 0.98)
    near = 10.0 ** -draw.uniform(1, 7)
    return near if draw.random() < 0.5 else 1.0 - near


def landscape(profile: Profile, angles: list[float], drop: Drop) -> LineForce:
    return LineForce(profile, tuple(angles), drop)


def one_line(
    draw: Random, profile: Profile, station: Station, volume: float, size: float, *, free: bool
) -> Equilibrium:
    """A drop whose line is at a station: what it stands on gets the angle that it has there."""
    if volume <= 0.0:
        raise Unfit
    drop = Drop(volume, TENSION, DENSITY, gravity_for(draw, size))
    neutral = landscape(profile, [0.5 * math.pi] * len(profile), drop)
    try:
        held = from_cap(neutral.guess(station, free=False, elements=8), tolerance=1e-9)
    except ConvergenceError:
        raise Unfit from None
    angle = neutral.solid.angle(held, station)
    flattest = FLATTEST if free else FILM
    if not (flattest <= angle <= STEEPEST and analyse(held, (0,)).stable):
        raise Unfit
    angles = [draw.uniform(FLATTEST, STEEPEST) for _ in profile]
    if free:
        angles[station.piece] = angle
    else:  # anywhere in Gibbs' range, or one time in three close to one of its ends
        low, high = neutral.solid.gibbs_range(station, "pinned")
        turn = high - low
        inside, outside = draw.uniform(0.0, angle), draw.uniform(angle, math.pi + max(turn, 0.0))
        if draw.random() < 1 / 3:
            near = 10.0 ** -draw.uniform(2, 7)
            inside = max(angle - near, 0.5 * angle)
        angles[station.piece], angles[station.piece + 1] = inside, min(outside - turn, math.pi)
    land = landscape(profile, angles, drop)
    found = solve_rest(land, Rest(station, "free" if free else "pinned", True))
    if found is None:
        raise Unfit
    if find_penetration(found.curve, profile) or not analyse(found.surface).stable:
        raise Unfit
    return found


def pad_edge(draw: Random) -> Equilibrium:
    """Pinned on the edge of a flush pad, V^(1/3)/a from 0.05 to 20."""
    length = A * spread(draw, 0.05, 20.0)
    profile = scenes.pad(A, 30 * max(A, length))
    return one_line(draw, profile, Station(0, 1.0), length**3, max(A, length), free=False)


def plane(draw: Random) -> Equilibrium:
    """Sliding on a plane; half of them at an angle drawn evenly."""
    length = A * spread(draw, 0.05, 20.0)
    if draw.random() < 0.5:
        length = A * cap_volume(1.0, math.radians(draw.uniform(5, 175))) ** (1 / 3)
    size = max(A, length)
    return one_line(
        draw, scenes.plane(30 * size), Station(0, A / 30 / size), length**3, size, free=True
    )


def wall(draw: Random, sidewall: float) -> Equilibrium:
    """Sliding on an opening's wall, as high as 0.05 to 20 radii."""
    height = A * spread(draw, 0.05, 20.0)
    profile = scenes.opening(A, height, 30 * max(A, height), sidewall)
    return on_wall(draw, profile, Station(1, place_on(draw)), height, free=True)


def on_wall(
    draw: Random, profile: Profile, at: Station, height: float, *, free: bool
) -> Equilibrium:
    radius = float(profile.point(at)[0])
    volume = 2 * math.pi * float(profile.moments(at)[0])
    volume += cap_volume(radius, math.radians(draw.uniform(-85, 150)))
    size = max(height, radius, max(volume, 0.0) ** (1 / 3))
    return one_line(draw, profile, at, volume, size, free=free)


def straight_wall(draw: Random) -> Equilibrium:
    return wall(draw, 90.0)


def tapered_wall(draw: Random) -> Equilibrium:
    return wall(draw, draw.uniform(45.0, 89.0))


def rim(draw: Random) -> Equilibrium:
    """Pinned on the rim of an opening."""
    height = A * spread(draw, 0.05, 20.0)
    profile = scenes.opening(A, height, 30 * max(A, height), draw.choice([90.0, 75.0, 60.0]))
    return on_wall(draw, profile, Station(1, 1.0), height, free=False)


def core(draw: Random) -> Equilibrium:
    """Cap over a spherical core, sliding on it."""
    centre = A * draw.uniform(0.3, 0.95)
    at = Station(0, max(place_on(draw), 0.1))
    profile = scenes.core(A, centre, 30 * A)
    radius = float(profile.point(at)[0])
    taken = 2 * math.pi * float(profile.moments(at)[0])
    volume = taken + cap_volume(radius, math.radians(draw.uniform(5, 150)))
    size = max(A, max(volume, 0.0) ** (1 / 3))
    return one_line(draw, profile, at, volume, size, free=True)


def two_lines(
    draw: Random,
    profiles: tuple[Profile, Profile],
    stations: tuple[Station, Station],
    drop: Drop,
    kind: str,
    *,
    load: bool = False,
) -> Equilibrium:
    """A ring or a bridge whose lines are at stations; at an edge pinned, else sliding."""
    half = 0.5 * math.pi
    solids = [
        Solid(profile, (half,) * len(profile), end)
        for profile, end in zip(profiles, ("outer", kind), strict=True)
    ]
    joint = Joint(drop, (solids[0], solids[1]))
    try:
        surface = solve(joint.guess(stations).refined(), tolerance=1e-9)
    except ConvergenceError:
        surface = by_gravity(joint, stations)
    wetting: list[list[float]] = []
    for solid, station in zip(solids, stations, strict=True):
        angle = solid.angle(surface, station)
        if not FLATTEST <= angle <= STEEPEST:
            raise Unfit
        angles = [draw.uniform(FLATTEST, STEEPEST) for _ in solid.profile]
        angles[station.piece] = angle
        if station.u >= 1.0:
            angles[station.piece] = draw.uniform(0.0, angle)
            angles[station.piece + 1] = draw.uniform(angle, math.pi)
        wetting.append(angles)
    if kind == "inner":  # one profile: each line's own piece has its own angle
        wetting[0][stations[1].piece] = wetting[1][stations[1].piece]
        wetting[1] = wetting[0]
    solids = [replace(s, angles=tuple(w)) for s, w in zip(solids, wetting, strict=True)]
    joint = Joint(drop, (solids[0], solids[1]))
    states = ["pinned" if s.u >= 1.0 else "free" for s in stations]
    held = Held(stations, (states[0], states[1]), joint.hold(stations, surface))
    force = None
    if load:
        force = surface.force_on_body()
    found = reach_joint(joint, held, force)
    if [line.state for line in found.lines] != states:
        raise Unfit
    if find_penetration(found.curve, *profiles[: 1 if kind == "inner" else 2], between=True):
        raise Unfit
    if load and not stiffness(found.surface) > 0.0:
        raise Unfit
    if not analyse(found.surface).stable:
        raise Unfit
    return found


def by_gravity(joint: Joint, stations: tuple[Station, Station]):
    """The held surface with gravity brought in by steps."""
    try:
        surface = joint.guess(stations).refined()
        for part in np.linspace(0.0, 1.0, 9):
            surface = solve(replace(surface, bond=part * joint.drop.bond), tolerance=1e-6)
        return surface
    except ConvergenceError:
        raise Unfit from None


def ring(draw: Random) -> Equilibrium:
    """Ring round a core: outer line on the pad's edge or on the plane, inner one on the core."""
    height = A * draw.uniform(0.3, 0.95)
    foot = math.sqrt(A**2 - height**2)
    pad = max(A, foot) * draw.uniform(1.1, 3.0)
    last = math.asin(-height / A)
    slides = draw.random() < 0.5
    end = pad * 4 if slides else pad
    profile = Profile(
        (
            Edge(Arc((0.0, height), A, math.pi / 2, last), math.pi / 2, last, "core", "core"),
            straight((foot, 0.0), (end, 0.0), "pad"),
            straight((end, 0.0), (30 * pad, 0.0), "base"),
        )
    )
    inner = Station(0, math.radians(draw.uniform(20, 100)) / (0.5 * math.pi - last))
    if not 0.0 < inner.u < 1.0:
        raise Unfit
    outer = Station(1, (pad - foot) / (end - foot) if slides else 1.0)
    r, z = profile.point(inner).tolist()
    under = profile.moments(outer)[0] - profile.moments(inner)[0]
    cone = z * (pad * pad + pad * r + r * r) / 6
    volume = 2 * math.pi * float(under + cone * draw.uniform(0.8, 2.0))
    if volume < 0.02 * A**3:
        raise Unfit
    drop = Drop(volume, TENSION, DENSITY, gravity_for(draw, max(pad, volume ** (1 / 3))))
    return two_lines(draw, (profile, profile), (outer, inner), drop, "inner")


def joint(draw: Random, *, load: bool) -> Equilibrium:
    """Liquid between two pads or planes."""
    b = A * draw.uniform(0.6, 1.6)
    height = A * spread(draw, 0.05, 8.0)
    frustum = math.pi * height * (A * A + A * b + b * b) / 3
    volume = frustum * draw.uniform(0.5, 1.8)
    size = max(height, A, volume ** (1 / 3))
    profiles, stations = [], []
    for radius, z in ((A, 0.0), (b, height)):
        free = draw.random() < 0.5
        end = radius * draw.uniform(1.0, 4.0) if free else radius
        pieces = (straight((0.0, z), (end, z), "pad"), straight((end, z), (30 * size, z), "base"))
        profiles.append(Profile(pieces))
        stations.append(Station(0, radius / end if free else 1.0))
    drop = Drop(volume, TENSION, DENSITY, gravity_for(draw, size))
    pair = (profiles[0], profiles[1])
    return two_lines(draw, pair, (stations[0], stations[1]), drop, "top", load=load)


def bridge(draw: Random) -> Equilibrium:
    return joint(draw, load=False)


def loaded(draw: Random) -> Equilibrium:
    return joint(draw, load=True)


KINDS = {
    f.__name__: f
    for f in (pad_edge, plane, straight_wall, tapered_wall, rim, core, ring, bridge, loaded)
}


def thin(draw: Random, *, load: bool) -> Equilibrium:
    """A film between two pads or planes, 1e-4 to 0.05 of their radius thick, bulging out or in.

    Its bulge is no more than some thicknesses, so its volume is the room's to as little of that.
    """
    b = A * (1.0 + draw.choice((1e-6, 1e-4)) * draw.uniform(-1.0, 1.0))
    height = A * spread(draw, 1e-4, 0.05)
    frustum = math.pi * height * (A * A + A * b + b * b) / 3
    volume = frustum * (1.0 + draw.uniform(-0.4, 0.4) * height / A)
    profiles, stations = [], []
    for radius, z in ((A, 0.0), (b, height)):
        free = draw.random() < 0.3
        end = radius * draw.uniform(1.0, 2.0) if free else radius
        pieces = (straight((0.0, z), (end, z), "pad"), straight((end, z), (30 * A, z), "base"))
        profiles.append(Profile(pieces))
        stations.append(Station(0, radius / end if free else 1.0))
    drop = Drop(volume, TENSION, DENSITY, gravity_for(draw, A))
    pair = (profiles[0], profiles[1])
    try:
        return two_lines(draw, pair, (stations[0], stations[1]), drop, "top", load=load)
    except ConvergenceError:
        raise Unfit from None


def film(draw: Random) -> Equilibrium:
    return thin(draw, load=False)


def floating_film(draw: Random) -> Equilibrium:
    return thin(draw, load=True)


FILMS = {f.__name__: f for f in (film, floating_film)}


def samples(kind: str, count: int, seed: int) -> Iterator[Sample]:
    """So many draws of a kind, the same for the same seed; those that failed with their reason."""
    for number in range(count):
        draw = Random(f"{kind} {seed} {number}")
        while True:
            try:
                yield Sample(kind, (KINDS | FILMS)[kind](draw))
            except Unfit:
                continue
            except BumpformError as error:
                yield Sample(kind, None, str(error))
            break


# against the exact numbers


def _piece(edge: Edge, cosine: float, length: float, before) -> exact.Straight | exact.Round:
    real = np.longdouble
    curve = edge.curve
    if isinstance(curve, Line):
        (r0, z0), (r1, z1) = curve.start, curve.end
        r0, z0, r1, z1 = (real(c) / length for c in (r0, z0, r1, z1))
        return exact.Straight(r0, z0, r1 - r0, z1 - z0, cosine, before)
    assert isinstance(curve, Arc)
    centre, radius = real(curve.centre[1]) / length, real(curve.radius) / length
    return exact.Round(centre, radius, real(edge.first), real(edge.last), cosine, before)


def _end(line: LineAt, length: float) -> exact.End:
    before = (np.longdouble(0),) * 3
    for edge, angle in zip(line.solid.profile, line.solid.angles, strict=True):
        piece = _piece(edge, np.cos(np.longdouble(angle)), length, before)
        if edge is line.solid.profile.pieces[line.station.piece]:
            young = np.longdouble(angle) if line.state == "free" else None
            return exact.End(line.end, piece, line.station.u, young)
        before = piece.moments(np.longdouble(1))
    raise AssertionError("the line is on none of the pieces")


def problem_of(found: Equilibrium) -> exact.Problem:
    """The boundary value problem that an equilibrium claims to solve."""
    surface, drop = found.surface, found.drop
    length = np.cbrt(np.longdouble(drop.volume))
    curve = surface.mesh.curve(surface.x)
    guess = [surface.pressure, arclength(curve, 0.0, curve.breaks[-1])]
    bond = np.longdouble(drop.density) * drop.gravity * length**2 / drop.surface_tension
    if len(found.lines) == 1:
        guess[0] -= surface.bond * float(surface.x[-1, 1])
    else:
        start = found.lines[0]
        direction = curve.derivative(0.0)
        phi = math.atan2(direction[1], direction[0])
        tangent = start.solid.profile.pieces[start.station.piece].tangent(start.station.u)
        exactly = math.pi + math.atan2(tangent[1], tangent[0])
        exactly -= math.radians(found.values["outer.angle_deg"])
        guess.append(phi + 2 * math.pi * round((exactly - phi) / (2 * math.pi)))
    load = None if surface.load is None else np.longdouble(surface.load)
    ends = tuple(_end(line, length) for line in found.lines)
    return exact.Problem(ends, 1 / (2 * exact.PI), bond, tuple(guess), load)


def units(found: Equilibrium) -> dict[str, np.longdouble]:
    """SI value of 1 for every number; also what its errors are relative to, at least."""
    drop = found.drop
    length, tension = np.cbrt(np.longdouble(drop.volume)), np.longdouble(drop.surface_tension)
    special = {
        "area_m2": length**2,
        "pressure_Pa": tension / length,
        "energy_J": tension * length**2,
        "joint_force_N": tension * length,
    }
    one = np.longdouble(1)
    return {n: one if n.endswith("_deg") else special.get(n, length) for n in found.values}


def rows_of(sample: Sample, values: dict) -> Iterator[Row]:
    """True errors and estimates of one equilibrium."""
    found = sample.found
    for name, unit in units(found).items():
        truth = values[name] * unit
        least = 180.0 / math.pi if name.endswith("_deg") else float(unit)
        size = max(float(abs(truth)), least)
        true = float(abs(found.values[name] - truth)) / size
        yield Row(sample.kind, name, true, found.errors[name] / size, found.surface.elements)


def compared(drawn: list[Sample]) -> tuple[list[Row], list[tuple[Sample, str]]]:
    """Rows of the equilibria drawn, and those whose exact numbers were not found."""
    rows, missing = [], []
    for lines in (1, 2):
        group = [s for s in drawn if s.found is not None and len(s.found.lines) == lines]
        for i in range(0, len(group), 40):
            some = group[i : i + 40]
            for sample, values in zip(some, _exact(some), strict=True):
                if isinstance(values, str):
                    missing.append((sample, values))
                else:
                    rows += rows_of(sample, values)
    return rows, missing


def _exact(some: list[Sample]) -> list:
    """Exact values of each, or why not; one by one where they fail together."""
    try:
        return exact.solve([problem_of(s.found) for s in some])
    except (exact.ExactError, np.linalg.LinAlgError) as error:
        if len(some) == 1:
            return [str(error)]
        half = len(some) // 2
        return _exact(some[:half]) + _exact(some[half:])
