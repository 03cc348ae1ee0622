"""Contact lines on profiles: where they are, their angle, and what Gibbs' condition allows.

A body's profile runs from the axis outwards. Three kinds of line end a free surface:

- "outer": of a drop; the solid inside of it is wetted;
- "inner": of a ring; the solid outside of it is wetted;
- "top": on an upper body, whose solid lies above; the solid inside of it is wetted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bumpform.geometry.edge import Edge
from bumpform.geometry.names import is_coating
from bumpform.geometry.profile import Profile, Station
from bumpform.quick import cached_property, quick
from bumpform.surface.drop.contact_line import ContactLine
from bumpform.surface.drop.corner import headings, turn_at
from bumpform.surface.drop.newton import Surface

#: The three kinds of contact line, see above.
type LineKind = Literal["outer", "inner", "top"]

#: Slack in Gibbs' inequalities, rad.
ANGLE_SLACK = 1e-8

#: A surface that dips into the dry solid by less than this, rad, at a line that slides is no joint
#: that touches solid further out.
GRAZING = 0.1

#: A line is not followed nearer to the axis than this fraction of the drop's length.
NECK = 2e-3

#: A place is on the axis where it is nearer to it than this fraction of the model's radius.
ON_AXIS = 1e-9


class Side(NamedTuple):
    """How a kind of line sees its profile: every sign by which the kinds differ.

    Attributes
    ----------
    volume, area : int
        Sign of the solid side's volume, and of its wetted area.
    dry : int
        Way along the profile towards the dry solid: 1 onwards, -1 backwards.
    mirror : tuple of int
        Signs of r and z with which it is seen as an outer line.
    node : int
        Of the surface, the one at the line: 0 or -1.
    """

    volume: int
    area: int
    dry: int
    mirror: tuple[int, int]
    node: int


SIDES = {
    "outer": Side(volume=1, area=1, dry=1, mirror=(1, 1), node=0),
    "inner": Side(volume=-1, area=-1, dry=-1, mirror=(-1, 1), node=-1),
    "top": Side(volume=-1, area=1, dry=1, mirror=(1, -1), node=-1),
}


def advance(angle: float, young: float) -> float:
    r"""Force per length of line towards the dry side, in units of σ.

    .. math:: \cosθ_{Young} - \cosθ \qquad (0 ≤ θ ≤ π)

    Beyond 180° the surface would enter the dry solid ahead of the line, and pushes it on;
    below 0° it would enter the wetted solid, and pulls it back: continued with slope 1.

    Parameters
    ----------
    angle : float, rad
        Contact angle through the liquid, as ``outer_angle`` counts it.
    young : float, rad
    """
    inside = min(max(angle, 0.0), math.pi)
    return math.cos(young) - math.cos(inside) + (angle - inside)


def outer_angle(rise: float, tangent: Sequence[float], heading: float = 0.0) -> float:
    """Contact angle of a cap's line, rad, not wrapped.

    The surface's rise towards the axis plus the solid's rise outwards: on a vertical wall
    a deep dish has a negative angle, an overhang one above 180°.

    Parameters
    ----------
    rise : float, rad
        As in ``Reactions``, which counts its turns.
    tangent : pair of float
        Along the profile outwards.
    heading : float, rad
        Of the piece (``headings``): within half a turn of the tangent's direction, as the solid
        has turned to it.
    """
    ahead = math.remainder(math.atan2(tangent[1], tangent[0]) - heading, 2.0 * math.pi)
    return rise + heading + ahead


def between_angle(pull: Sequence[float], tangent: Sequence[float], turn: float = 0.0) -> float:
    """Contact angle of a line of a ring or a joint, rad, in the turn from −90° to 270°.

    Counted from the solid, which may be steeper than a wall there: a film that clings to the
    underside of a ball has an angle near 0, not near 360°.

    Parameters
    ----------
    pull : pair of float
        Along the surface, away from the line.
    tangent : pair of float
        Along the profile outwards.
    turn : float, rad
        Of the solid at the line's edge. The turn of angles then ends in the middle of the solid,
        half of this later: on a squeezed liquid that overhangs an edge of 90° and dips into the
        solid beyond, the angle is a little above 270°, not below −90°.
    """
    least = 0.5 * (turn - math.pi)
    angle = math.atan2(pull[1], -pull[0]) + math.atan2(tangent[1], tangent[0])
    return (angle - least) % (2.0 * math.pi) + least


def bridge_angle(
    pull: Sequence[float], chord: Sequence[float], tangent: Sequence[float], turn: float = 0.0
) -> float:
    """Contact angle of a line between two bodies, rad, in the turns that its surface makes.

    That of the chord to the other line, and by how much the surface leaves the chord: less than
    half a turn. A film that is squeezed with its lines held bulges so far that its angle is above
    270°; one that is counted from −90° instead would draw the line back under the bulge.

    Parameters
    ----------
    pull, tangent : pair of float
    turn : float, rad
        As ``between_angle`` takes them.
    chord : pair of float
        From the line to the other one, as it sees them.
    """
    across = pull[0] * chord[1] - pull[1] * chord[0]
    leaves = math.atan2(across, pull[0] * chord[0] + pull[1] * chord[1])
    return between_angle(chord, tangent, turn) + leaves


@quick
@dataclass(frozen=True, eq=False)
class Solid:
    """A profile with its wetting, as one kind of contact line sees it.

    Attributes
    ----------
    profile : Profile
    angles : tuple of float, rad
        Young's contact angle on each piece, through the liquid.
    kind : LineKind
    face : float or None, m
        Height that a body's standoff counts to; None: where its profile starts.
    """

    profile: Profile
    angles: tuple[float, ...]
    kind: LineKind = "outer"
    face: float | None = None

    @cached_property
    def side(self) -> Side:
        """Signs of its kind of line."""
        return SIDES[self.kind]

    @property
    def is_inner(self) -> bool:
        """Whether its line is the inner one of a ring."""
        return self.kind == "inner"

    @property
    def hangs(self) -> bool:
        """Whether it lies above the liquid."""
        return self.side.mirror[1] < 0

    @cached_property
    def reference(self) -> float:
        """Height that a body's standoff counts to, m."""
        return self.profile.pieces[0].jet(0.0)[1] if self.face is None else self.face

    @cached_property
    def cosines(self) -> tuple[float, ...]:
        """Cosine of each piece's angle."""
        return tuple(math.cos(a) for a in self.angles)

    @cached_property
    def headings(self) -> list[float]:
        """Direction of each piece, in the turn that the solid has made up to it, rad."""
        return headings(self.profile)

    @cached_property
    def _before(self) -> list[tuple[float, float, float]]:
        """From the axis to the start of each piece: the profile's first moments, Σ cosθ·area/2π."""
        moments, wetted = self.profile.cumulative.tolist(), 0.0
        found = []
        for (v, w, a), (_, _, beyond), cosine in zip(
            moments[:-1], moments[1:], self.cosines, strict=True
        ):
            found.append((v, w, wetted))
            wetted += (beyond - a) * cosine
        return found

    def line(self, station: Station, *, free: bool, scale: float, lift: float = 0.0) -> ContactLine:
        """Contact line at a station, as the solver takes it."""
        i = station.piece
        side = self.side
        return ContactLine(
            self.profile.pieces[i],
            station.u,
            free,
            self.cosines[i],
            self._before[i],
            scale,
            side.volume,
            side.area,
            lift,
        )

    def neck(self, piece: int, scale: float) -> float:
        """Fraction of a piece short of which a line has run into the axis, for a length scale."""
        if piece > 0:
            return 0.0
        return min(0.5, NECK * scale / self.profile.pieces[0].length())

    def span(self, piece: int, scale: float) -> tuple[float, float]:
        """Fractions of a piece between which a line on it is followed, for a length scale.

        Short of the axis, where a body begins, or rests on another one in a point.
        """
        short = min(0.5, NECK * scale / self.profile.pieces[piece].length())
        start, end = self._on_axis[piece]
        return short if start else 0.0, 1.0 - short if end else 1.0

    def ends_on_axis(self, piece: int) -> bool:
        """Whether a piece comes back to the axis: that of a ball that rests on a point."""
        return piece >= 0 and self._on_axis[piece][1]

    @cached_property
    def _on_axis(self) -> list[tuple[bool, bool]]:
        """Of every piece, whether its start and its end are on the axis."""
        near = ON_AXIS * float(self.profile.point(self.profile.end)[0])
        return [
            (abs(piece.jet(0.0)[0]) < near, abs(piece.jet(1.0)[0]) < near)
            for piece in self.profile.pieces
        ]

    def vertex(self, station: Station) -> Station:
        """The station as its wetted piece has it: an edge belongs to the wetted side."""
        onwards = self.side.dry > 0
        wetted = station.piece - self.side.dry
        ends = station.u <= 0.0 if onwards else station.u >= 1.0
        if ends and 0 <= wetted < len(self.profile):
            return Station(wetted, 1.0 if onwards else 0.0)
        return station

    def across(self, station: Station) -> Edge:
        """The piece on the dry side of an edge."""
        return self.profile.pieces[station.piece + self.side.dry]

    def gibbs_range(self, station: Station, state: str) -> tuple[float, float]:
        """Angles that hold a line at a station, against its wetted piece, rad."""
        low = self.angles[station.piece]
        if state == "free":
            return low, low
        beyond = station.piece + self.side.dry
        return low, self.angles[beyond] + self._turns[min(station.piece, beyond)]

    @cached_property
    def _turns(self) -> list[float]:
        """By how much the solid falls away at the end of each piece but the last, rad."""
        hung = self.side.mirror[1] < 0
        return [-turn_at(self.profile, n, hung=hung) for n in range(len(self.profile) - 1)]

    def _beyond_edge(self, station: Station) -> float:
        """By how much a piece's plane and what lies beyond its edge are bent apart, rad.

        Positive on the wetted side of an edge from which the solid falls away; 0 off the edges.
        """
        piece, u = station
        at_start = u <= 0.0 < piece
        if not at_start and not (u >= 1.0 and piece + 1 < len(self.profile)):
            return 0.0
        turn = self._turns[piece - 1 if at_start else piece]
        return turn if at_start == (self.side.dry < 0) else -turn

    def angle(self, surface: Surface, station: Station) -> float:
        """Contact angle through the liquid, against the station's piece, rad, not wrapped.

        At an edge, seen from both of its pieces alike: they differ by their turn.
        """
        asked = self, station
        known = surface.angles.get(asked)
        if known is None:
            known = surface.angles[asked] = self._angle(surface, station)
        return known

    def _angle(self, surface: Surface, station: Station) -> float:
        if surface.end is None:
            tangent = self.profile.pieces[station.piece].slope(station.u)
            return outer_angle(surface.reactions.rise, tangent, self.headings[station.piece])
        across, up = self.side.mirror
        r, z = surface.pull(last=self.side.node != 0)
        pull, (dry, turn) = (across * r, up * z), self.dry_side(station)
        if surface.end.wets > 0:  # on another body
            first, last = surface.start.place, surface.end.place
            near, far = (last, first) if self.side.node else (first, last)
            chord = across * (far[0] - near[0]), up * (far[1] - near[1])
            return bridge_angle(pull, chord, dry, turn)
        return between_angle(pull, dry, turn)

    def towards_dry(self, tangent: Sequence[float]) -> tuple[float, float]:
        """A piece's tangent, turned towards the dry solid and seen as an outer line sees it."""
        (across, up), dry = self.side.mirror, self.side.dry
        return dry * across * tangent[0], dry * up * tangent[1]

    def dry_side(self, station: Station) -> tuple[tuple[float, float], float]:
        """A piece's tangent towards the dry solid, and the turn of the solid at its edge, rad.

        As ``between_angle`` and ``bridge_angle`` take them.
        """
        tangent = self.profile.pieces[station.piece].slope(station.u)
        return self.towards_dry(tangent), self._beyond_edge(station)

    def feature(self, station: Station) -> str:
        """Name of a piece of the profile, or of the edge between two."""
        pieces = self.profile.pieces
        here = pieces[station.piece]
        dry = self.side.dry
        at_edge = station.u >= 1.0 if dry > 0 else station.u <= 0.0
        if not at_edge or not 0 <= station.piece + dry < len(pieces):
            return here.feature
        beyond = self.across(station)
        if beyond.region == here.region:
            return f"{beyond.feature} edge"
        is_top = is_coating(here.region) and not here.feature.endswith(" side")
        if is_top and not is_coating(beyond.region):
            return "juncture"
        return f"{here.feature} / {beyond.feature}"


@quick
@dataclass(frozen=True, eq=False)
class LineAt:
    """A contact line of a solved surface.

    Attributes
    ----------
    solid : Solid
    station : Station
    state : "free" or "pinned"
    """

    solid: Solid
    station: Station
    state: str

    @property
    def end(self) -> LineKind:
        """Kind of line: outer, inner or top."""
        return self.solid.kind

    @property
    def admissible(self) -> tuple[float, float]:
        """Gibbs' bounds of the contact angle against the wetted piece, rad."""
        return self.solid.gibbs_range(self.station, self.state)

    @property
    def tilt(self) -> float:
        """By how much the solid that is covered rises away from the liquid, rad.

        On a package it is seen upside down.
        """
        tangent = self.solid.profile.pieces[self.station.piece].slope(self.station.u)
        r, z = self.solid.towards_dry(tangent)
        return math.atan2(z, r)

    @property
    def feature(self) -> str:
        """What the line stands on, in words."""
        return self.solid.feature(self.station)

    @property
    def material(self) -> str:
        """Material of the wetted piece."""
        return self.solid.profile.pieces[self.station.piece].material

    def _at_point(self) -> bool:
        """Whether it is on a piece that meets the axis where one body rests on another one."""
        piece = self.station.piece
        return self.solid.ends_on_axis(piece if self.station.u > 0.5 else piece - 1)

    def is_mirrored(self, surface: Surface) -> bool:
        """Whether a surface meets a line that slides at the mirror image of Young's angle.

        That has the same cosine, but the surface goes into solid there: the wetted one, or the one
        in front of the line.
        """
        angle = self.solid.angle(surface, self.station)
        return self.state == "free" and not -ANGLE_SLACK <= angle <= math.pi + ANGLE_SLACK

    def holds(self, surface: Surface, slack: float = ANGLE_SLACK) -> bool:
        """Whether a surface meets the line's condition: on its piece, within Gibbs' range.

        By up to ``slack``, rad.
        """
        if not 0.0 <= self.station.u <= 1.0:
            return False
        radius = float(surface.x[self.solid.side.node, 0])
        if radius <= 0.0 or (radius < NECK and self._at_point()):  # on the axis there is no line
            return False
        angle = self.solid.angle(surface, self.station)
        if self.state == "free":  # the mirror image of Young's angle has the same cosine
            return not slack < angle - math.pi < GRAZING
        low, high = self.admissible
        return low - slack <= angle <= high + slack
