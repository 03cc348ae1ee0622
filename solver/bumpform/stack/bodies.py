"""Balls put on the stack: the core that holds a gap, and solder as a ball."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from bumpform.errors import ProcessError
from bumpform.geometry.curve import Arc, Line
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.geometry.roots import find_root
from bumpform.quick import replace
from bumpform.stack.stack import Region, Stack
from bumpform.units.units import format_length

#: A ball that clears the axis by less than this part of its radius touches it.
TOUCHES = 1e-9
#: Steps along a piece in which the place that holds a ball up is looked for.
STEPS = 16
#: How exactly a ball's diameter is known at best, relative: where it rests may hang on as much.
KNOWN = 0.01


def core(stack: Stack, *, material: str, diameter: float) -> Stack:
    """Solid ball that rests on the stack at the axis.

    Raises
    ------
    ProcessError
        If something around it holds it off the axis' surface.
    """
    radius = 0.5 * diameter
    centre, seat = rest_ball(stack.profile, radius)
    if seat != stack.profile.start:
        raise ProcessError(
            f"core {material}: a ball of radius {format_length(radius)} does not reach the "
            "surface at the axis; it would sit on what stands around it, over a hollow that "
            "nothing fills: give a smaller core"
        )
    loop = _sphere(centre, radius)
    return stack.with_region(Region.bounded(stack.unique_name("core"), material, loop, "core"))


def ball_on(stack: Stack, radius: float) -> tuple[Stack, tuple[Edge, ...]]:
    """The stack, parted where a ball touches it, and the boundary of that ball.

    At the axis, or where that is out of reach at the ring on which it rests over a hollow.

    Parameters
    ----------
    stack : Stack
    radius : float, m
        Of the ball.
    """
    profile = stack.profile
    centre, seat = rest_ball(profile, radius)
    if seat == profile.start:
        return stack, _sphere(centre, radius)
    r, z = profile.point(seat).tolist()
    return _parted(stack, seat), _sphere(centre, radius, math.atan2(z - centre, r))


def rest_ball(profile: Profile, radius: float) -> tuple[float, Station]:
    """Height of a ball's centre at the lowest place that the profile lets it have, m, and its seat.

    Over a place (r, z) it lies at least at z + √(R² − r²). The seat is where that is highest,
    the axis if it is so there.
    """
    start = float(profile.point(profile.start)[1]) + radius
    best, seat = start, profile.start
    for number, piece in enumerate(profile):
        for u in _highest(piece, radius):
            r, z = piece.point(u).tolist()
            height = z + math.sqrt(max(0.0, radius**2 - r * r))
            if height > best + TOUCHES * radius:
                best, seat = height, Station(number, u)
    return best, seat


def seat_note(profile: Profile, radius: float) -> str | None:
    """That a ball hardly wider or narrower would rest elsewhere; None where it would not.

    Parameters
    ----------
    profile : Profile
        Of the stack that it is put on.
    radius : float, m
    """
    passes = rest_ball(profile, radius)[1] == profile.start
    other = radius * (1.0 + KNOWN if passes else 1.0 - KNOWN)
    if (rest_ball(profile, other)[1] == profile.start) == passes:
        return None
    through, held = (radius, other) if passes else (other, radius)
    while held - through > TOUCHES * radius:
        middle = 0.5 * (through + held)
        if rest_ball(profile, middle)[1] == profile.start:
            through = middle
        else:
            held = middle
    seat = rest_ball(profile, held)[1]
    ball, limit = format_length(2.0 * radius), format_length(2.0 * through)
    at = f"held up at r = {format_length(float(profile.point(seat)[0]))}"
    if passes:
        return f"its ball of {ball} comes down to the axis; one of more than {limit} would be {at}"
    return f"its ball of {ball} is {at}; one of {limit} would come down to the axis"


def _highest(piece: Edge, radius: float) -> list[float]:
    """Fractions of a piece at which it may hold a ball up: its ends, and where it is tangent."""
    fractions = np.linspace(0.0, 1.0, STEPS + 1) if piece.is_straight else piece.fractions(STEPS)

    def slope(u: float) -> float:
        r, _, dr, dz, *_ = piece.jet(u)
        return dz * math.sqrt(max(0.0, radius**2 - r * r)) - r * dr

    fractions = np.sort(np.append(fractions, piece.crossings(0, radius)))  # as far out as it is
    under = piece.point(fractions)[:, 0] <= radius * (1.0 + 1e-12)
    slopes = [slope(float(u)) for u in fractions]
    found = [float(u) for u in (fractions[0], fractions[-1]) if piece.point(u)[0] < radius]
    for i in np.flatnonzero(under[:-1] & under[1:]):
        if slopes[i] > 0.0 > slopes[i + 1]:
            found.append(find_root(slope, float(fractions[i]), float(fractions[i + 1])))
    return found


def _parted(stack: Stack, seat: Station) -> Stack:
    """The stack with the edge that a profile's place lies on in two, where it is no vertex."""
    piece = stack.profile.pieces[seat.piece]
    if seat.u in (0.0, 1.0):
        return stack
    t = float(piece.t(seat.u))

    def parts(edge: Edge) -> tuple[Edge, ...]:
        low, high = sorted((edge.first, edge.last))
        if edge.curve is not piece.curve or not low < t < high:
            return (edge,)
        return replace(edge, last=t), replace(edge, first=t)

    regions = tuple(
        replace(r, loop=tuple(part for edge in r.loop for part in parts(edge)))
        if r.name == piece.region
        else r
        for r in stack.regions
    )
    return replace(stack, regions=regions)


def _sphere(centre: float, radius: float, *ring: float) -> tuple[Edge, ...]:
    """Boundary of a ball, in two where it touches a ring: at an angle over the horizontal, rad."""
    half = math.pi / 2
    arc, ends = Arc((0.0, centre), radius, -half, half), (-half, *ring, half)
    axis = Line((0.0, centre + radius), (0.0, centre - radius))
    return (*(Edge(arc, a, b) for a, b in pairwise(ends)), Edge(axis, 0.0, 1.0, "axis"))
