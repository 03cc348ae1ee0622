r"""Re-entrant corners of the solid that liquid does not fill.

It fills a wedge of angle β between materials with Young's angles θ₁, θ₂ when

.. math:: θ_1 + θ_2 < π + β ,

else it draws back from it, and no state that covers the corner exists.

References
----------
Concus and Finn, On the behavior of a capillary surface in a wedge, PNAS 63 (1969) 292-299.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bumpform.errors import NoEquilibriumError
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile
from bumpform.units.units import format_length, format_place

#: Turn of a profile, rad, up to which it is no corner.
SMOOTH = 1e-6
#: Part of the shorter piece beside a cusp at which it is looked which of both lies where.
OFF = 0.25
#: Fraction of a piece at which a line goes on that is drawn back from an empty corner at its end.
SHORT_OF = 0.999

#: r and z, m.
type Place = tuple[float, float]


@dataclass(frozen=True)
class Corner:
    """A corner that liquid does not fill.

    Attributes
    ----------
    number : int
        Of the piece that ends in it.
    features : tuple of str
        Names of that piece and of the next.
    place : tuple of float, m
        r and z.
    angles : tuple of float, rad
        Young's angles on both pieces.
    wedge : float, rad
        Angle of the liquid's wedge.
    hung : bool
        Whether it is of a body above, which has no height of its own.
    """

    number: int
    features: tuple[str, str]
    place: Place
    angles: tuple[float, float]
    wedge: float
    hung: bool = False

    @property
    def margin(self) -> float:
        """By how much the angles are too large to fill it, rad."""
        return sum(self.angles) - math.pi - self.wedge

    def __str__(self) -> str:
        """What it is, and why it stays empty."""
        first, second = self.features
        total = math.degrees(sum(self.angles))
        place = _spell(self.place, hung=self.hung)
        return (
            f"the corner of {first} and {second} at {place}: the contact "
            f"angles there, {math.degrees(self.angles[0]):.4g}° and "
            f"{math.degrees(self.angles[1]):.4g}°, add up to {total:.4g}°, not less than "
            f"180° + {math.degrees(self.wedge):.4g}° (by {math.degrees(self.margin):.3g}°)"
        )


class UnfilledCornerError(NoEquilibriumError):
    """The liquid would rest over a corner that it does not fill, and nowhere else.

    Parameters
    ----------
    corner : Corner
    short_of_it : str
        What becomes of it where it does not cover the corner.
    """

    def __init__(
        self, corner: Corner, short_of_it: str = "it finds no place to rest short of it"
    ) -> None:
        super().__init__("unfilled_corner", f"the liquid does not fill {corner}; {short_of_it}")
        self.corner = corner

    @classmethod
    def leaning(
        cls, corner: Corner, line: Place, touch: Place, touched: str
    ) -> UnfilledCornerError:
        """That liquid whose line is short of the corner leans on a region past it."""
        at, on = (_spell(place, hung=corner.hung) for place in (line, touch))
        return cls(
            corner,
            f"with its line short of it, at {at}, it leans on {touched} at {on}, over gas that is "
            f"not followed: give less solder, or keep {touched} clear of it (thinner, or further "
            "out)",
        )


def _spell(place: Place, *, hung: bool) -> str:
    """A place in words; of a body that is moved, its radius alone."""
    r, z = place
    return f"r = {format_length(r)}" if hung else format_place(r, z)


def turn_at(profile: Profile, number: int, *, hung: bool = False) -> float:
    """How far a profile turns towards the liquid where a piece ends, rad: positive re-entrant.

    What rests on the axis by a point makes a cusp of half a turn, whatever rounding makes of it.
    Elsewhere a cusp is the liquid's or the solid's as both pieces lie beside each other off it.
    """
    inside, outside = profile.pieces[number], profile.pieces[number + 1]
    a, b = inside.arriving.tolist(), outside.leaving.tolist()
    turn = math.atan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1])  # left: re-entrant
    if abs(turn) > math.pi - SMOOTH and inside.ends[1][0] < SMOOTH * outside.ends[1][0]:
        return math.pi
    if abs(turn) > math.pi - SMOOTH:
        turn = math.copysign(turn, _opening(inside, outside))
    return -turn if hung else turn


def headings(profile: Profile) -> list[float]:
    """Direction of each piece half-way round its own turn, rad, counted on from the axis.

    So an underside is one that the solid has turned down to, over its rim, or up to, out of a
    recess: both are level, a whole turn apart.
    """
    before = profile.pieces[0].leaving
    heading, found = math.atan2(before[1], before[0]), []
    for number, piece in enumerate(profile.pieces):
        if number > 0:
            heading += turn_at(profile, number - 1)
        turn = 0.0 if piece.is_straight else _own_turn(piece)
        found.append(heading + 0.5 * turn)
        heading += turn
    return found


def _own_turn(piece: Edge) -> float:
    slopes = piece.slopes()
    a, b = slopes[:-1], slopes[1:]
    turns = np.arctan2(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], np.sum(a * b, axis=1))
    return float(turns.sum())


def _opening(inside: Edge, outside: Edge) -> float:
    """Of a cusp: positive where the side to the left of both pieces opens off it."""
    tip = inside.point(1.0)
    reach = OFF * min(inside.length(), outside.length())
    a = tip - inside.point(1.0 - reach / inside.length())
    b = outside.point(reach / outside.length()) - tip
    return float(a[0] * b[1] - a[1] * b[0])


def unfilled_corners(
    profile: Profile, angles: tuple[float, ...], first: int, last: int, *, hung: bool = False
) -> Iterator[Corner]:
    """Corners that liquid between two lines would not fill, axis outwards.

    Parameters
    ----------
    profile : Profile
    angles : tuple of float, rad
        Young's angle on each piece.
    first, last : int
        Pieces that the inner line (0 where the axis is covered) and the outer line are on.
    hung : bool
        Whether the solid is above the profile.
    """
    for number in range(first, last):
        if angles[number] + angles[number + 1] < math.pi:
            continue  # fills any wedge
        inside, outside = profile.pieces[number], profile.pieces[number + 1]
        turn = turn_at(profile, number, hung=hung)
        corner = Corner(
            number,
            (inside.feature, outside.feature),
            (float(inside.point(1.0)[0]), float(inside.point(1.0)[1])),
            (angles[number], angles[number + 1]),
            math.pi - turn,
            hung,
        )
        if turn > SMOOTH and corner.margin >= 0.0:
            yield corner
