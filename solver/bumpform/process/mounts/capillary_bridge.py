"""The liquid between a stack and a package: where its lines start, and what they touch."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from bumpform.errors import BumpformError, ConvergenceError, NoEquilibriumError
from bumpform.geometry.curve import PolynomialCurve
from bumpform.geometry.profile import Station
from bumpform.process.mounts.package import Package, upside_down
from bumpform.quick import quick, replace
from bumpform.surface.drop.contact import Solid
from bumpform.surface.drop.corner import SHORT_OF, Corner, UnfilledCornerError, unfilled_corners
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.newton import Surface, solve, stiffness
from bumpform.surface.drop.path import Trail
from bumpform.surface.drop.penetration import Penetration, find_penetration, is_clear
from bumpform.surface.joints.joint import ClosedError, GlidingError, Held, Joint
from bumpform.surface.joints.joint_equilibrium import reach_joint, settled
from bumpform.surface.joints.loaded_body import lift_of, lifted
from bumpform.surface.search.descent import MEETS, UNFILLED
from bumpform.surface.search.films import straight

#: Touches of solid further out before the search gives up.
MAX_TOUCHES = 8
#: How far beyond 0° and 180° an angle at a line that slides may be by its error, degrees.
WRAPPED = 1e-4
#: Parts of the way on its piece, from its inner end, at which a line begins that is drawn in.
DRAWN = (0.75, 0.5, 0.25)
#: Why a line is where it is that has come back from the solid that it has met further out.
COMES_OUT = "the surface comes out here of the solid that it would come back from"
#: What is said after too many touches.
ENDLESS = "the liquid touches solid further out again and again, and does not stay there"


class DownError(NoEquilibriumError):
    """No joint is found under a package that has come down to what is solid.

    Attributes
    ----------
    held : Held
        Lines as far as they have been driven.
    """

    def __init__(self, held: Held, error: BumpformError) -> None:
        words = error.detail if isinstance(error, NoEquilibriumError) else str(error)
        super().__init__("not_converged", words)
        self.held = held


@quick
@dataclass(frozen=True, eq=False)
class Touched(Held):
    """Lines from where a joint has touched solid further out.

    Attributes
    ----------
    which : int
        Of the line that goes on from there.
    met : Station
        Where its surface is in that solid, the place furthest in; it may go on from further out.
    """

    which: int
    met: Station


class TouchedError(NoEquilibriumError):
    """A joint touches solid further out than its line, and finds no rest from there.

    Attributes
    ----------
    joint : Joint
    touched : Touched
    standoff : float, m
    """

    def __init__(self, bridge: Bridge, touched: Touched, refusal: NoEquilibriumError) -> None:
        super().__init__(refusal.reason, refusal.detail)
        self.joint, self.touched = bridge.joint, touched
        self.standoff = bridge.height + bridge.lift(touched.surface)


@dataclass(frozen=True, eq=False)
class Bridge:
    """Liquid between a stack and a package.

    Attributes
    ----------
    joint : Joint
        With the package where it touched the liquid.
    package : Package
    height : float, m
        Of its pad there.
    """

    joint: Joint
    package: Package
    height: float

    def lift(self, surface: Surface) -> float:
        """How far the package has moved up since it touched, m."""
        assert surface.end is not None
        return surface.end.lift * self.joint.drop.length

    def heights(self, surface: Surface) -> tuple[float, float]:
        """How high the package's pad is above the stack's where it touched, and now, m."""
        return self.height, self.height + self.lift(surface)

    def held_still(self, held: Held, trail: Trail) -> Equilibrium:
        """The joint that the lines reach with the package where it is.

        Raises
        ------
        NoEquilibriumError, ConvergenceError
        """
        for _ in range(MAX_TOUCHES):
            found = self.reached(held, trail)
            if isinstance(found, Equilibrium):
                return found.reached(trail)
            held = found
        raise self.endless(held)

    def afloat(self, held: Held, trail: Trail, load: float) -> Equilibrium | None:
        """The joint under a load with its lines next to where they are held; None where they go on.

        What melts to more than it was solid lifts the package as it melts, slowly against the time
        in which that floats: it is not squeezed out from under it first, over edges that hold it.

        Parameters
        ----------
        held : Held
            Where the joint has frozen.
        trail : Trail
        load : float
            Force/2πσL on the package.
        """
        near = self._settled(held, load)
        if near is None:
            return None
        told = Trail(trail.moves)
        try:
            found = self.reached(near, told, load)
        except (NoEquilibriumError, ConvergenceError):
            return None
        if not isinstance(found, Equilibrium) or not stiffness(found.surface) > 0.0:
            return None
        trail.moves = told.moves
        return found

    def _settled(self, held: Held, load: float) -> Held | None:
        """Lines that stay where they are held, solved for with the package under its load.

        From where it stands, or from where the surface spans straight: a film that has been filled
        up with its package held still bulges too far for Newton's method.
        """
        pairs = zip(self.joint.solids, held.stations, strict=True)
        first, last = (solid.vertex(station) for solid, station in pairs)
        outer, top = ("pinned" if at.u in (0.0, 1.0) else "free" for at in (first, last))
        near = Held((first, last), (outer, top), held.surface)
        for lift in (lift_of(held), straight(self.joint, (first, last))[0]):
            try:
                solved = settled(self.joint, lifted(self.joint, near, lift), load)
            except ConvergenceError:
                continue
            if solved is not None and all(line.holds(solved[0]) for line in solved[1]):
                surface, (foot, head) = solved
                stations = foot.station, head.station
                return replace(near, stations=stations, surface=replace(surface, load=None))
        return None

    def endless(self, held: Held) -> TouchedError:
        """That lines have gone on from solid further out too often, the last time from here."""
        assert isinstance(held, Touched)
        return TouchedError(self, held, NoEquilibriumError("not_converged", ENDLESS))

    def reached(self, held: Held, trail: Trail, load: float | None = None) -> Equilibrium | Held:
        """The joint that lines reach, or the solid further out that its surface touches.

        Parameters
        ----------
        held : Held
        trail : Trail
        load : float or None
            Force/2πσL on the package; None keeps its height.

        Returns
        -------
        Equilibrium or Held
            The latter where the lines go on from.

        Raises
        ------
        NoEquilibriumError, ConvergenceError
        """
        try:
            found = reach_joint(self.joint, held, load, trail)
        except GlidingError as error:
            return self.touched(error, trail)
        except ConvergenceError:  # its lines may have gone where its surface is in solid
            met = self._met(held.surface)
            if met is None or met.profile is None:
                raise
            return self._touched_at(met, held.surface, held.stations, trail)
        found = self._short_of_corners(found, load, trail)
        lines = found.lines[0].station, found.lines[1].station
        again = self._touched(found.surface, lines, trail)
        if again is None:
            _refuse_inside(found)
        return again or found

    def _short_of_corners(
        self, found: Equilibrium, load: float | None, trail: Trail
    ) -> Equilibrium:
        """The joint with its lines drawn back from corners that it covers and does not fill.

        Raises
        ------
        UnfilledCornerError
            Where it does not come to rest short of one.
        """
        opened: list[Corner] = []
        while (place := empty_corner(found)) is not None:
            which, corner = place
            if corner in opened:
                raise UnfilledCornerError(corner)
            opened.append(corner)
            solid = self.joint.solids[which]
            stations = [line.station for line in found.lines]
            stations[which] = Station(corner.number, SHORT_OF)
            trail.event("opens", solid, stations[which], UNFILLED, self.lift(found.surface))
            pair = stations[0], stations[1]
            try:
                surface = self.joint.hold(pair, replace(found.surface, load=None))
                found = reach_joint(self.joint, Held(pair, ("free", "free"), surface), load, trail)
            except (ConvergenceError, NoEquilibriumError):
                raise UnfilledCornerError(corner) from None
        return found

    def touched(self, gliding: GlidingError, trail: Trail) -> Held:
        """Solid further out that a surface touches whose lines do not come to rest.

        Raises
        ------
        NoEquilibriumError
            The same where it touches nothing.
        """
        again = self._touched(gliding.held.surface, gliding.held.stations, trail)
        if again is None:
            raise gliding
        return again

    def touching(self, held: Held, trail: Trail) -> Held | None:
        """Lines from solid further out that a joint touches on its way; None where it touches none.

        What would have no way on from there is judged where the package comes to rest.
        """
        told = Trail(trail.moves)
        try:
            again = self._touched(held.surface, held.stations, told)
        except NoEquilibriumError:
            return None
        if again is not None:
            trail.moves = told.moves
        return again

    def _touched(
        self, surface: Surface, lines: tuple[Station, Station], trail: Trail
    ) -> Held | None:
        """Lines where a joint's surface would enter solid further out; None if it enters nothing.

        There the liquid touches the solid, and the line goes on from that place.

        Raises
        ------
        NoEquilibriumError
            "penetration" where it enters what is no way out, "unfilled_corner" where it would
            enclose an empty one.
        """
        met = self._met(surface)
        return None if met is None else self._touched_at(met, surface, lines, trail)

    def _met(self, surface: Surface) -> Penetration | None:
        """Where a joint's surface would enter solid, or cross itself or the axis."""
        height, curve = self.height + self.lift(surface), surface.curve(self.joint.drop.length)
        profiles = self.joint.solids[0].profile, self.package.at(height).profile
        return find_penetration(curve, *profiles, between=True)

    def _touched_at(
        self, met: Penetration, surface: Surface, lines: tuple[Station, Station], trail: Trail
    ) -> Held:
        """Lines from where a joint's surface would enter solid further out; as ``_touched``."""
        stations, lift = list(lines), self.lift(surface)
        which = 0 if met.profile is self.joint.solids[0].profile else 1
        if met.station is None or met.station <= stations[which]:
            raise met.parting()
        solid, onto, why = self.joint.solids[which], met.station, MEETS
        if met.leaves is not None and trail.has_met(solid, met.station):
            onto, why = met.leaves, COMES_OUT
        over = stations[which].piece, onto.piece
        for corner in unfilled_corners(solid.profile, solid.angles, *over, hung=which == 1):
            r, z = solid.profile.point(stations[which]).tolist()
            region = solid.profile.pieces[met.station.piece].region
            raise UnfilledCornerError.leaning(corner, (r, z), (met.r_m, met.z_m), region)
        stations[which] = onto
        inmost = min(at for at in (met.station, *met.again) if at > lines[which])
        pair = stations[0], stations[1]
        touched = Touched(pair, ("free", "free"), surface, which, inmost)
        try:
            held = self.joint.hold(touched.stations, replace(surface, load=None))
        except ConvergenceError:
            raise TouchedError(self, touched, met.refusal()) from None
        trail.event("meets solid", solid, onto, why, lift if which else 0.0)
        return replace(touched, surface=held)


def _refuse_inside(found: Equilibrium) -> None:
    """Refuse a joint whose surface goes into the solid at a line that slides, and stays in it.

    The mirror image of Young's angle has the same cosine. Where the surface comes out again, it
    touches solid there.

    Raises
    ------
    NoEquilibriumError
        "penetration"
    """
    for line in found.lines:
        angle = found.values[f"{line.end}.angle_deg"]
        if line.state == "free" and not -WRAPPED < angle < 180.0 + WRAPPED:
            r, z = found.values[f"{line.end}.r_m"], found.values[f"{line.end}.z_m"]
            raise Penetration("solid", r, z).refusal()


def empty_corner(found: Equilibrium) -> tuple[int, Corner] | None:
    """The first corner that a joint covers and does not fill, and whose line is beyond it."""
    for which, line in enumerate(found.lines):
        solid = line.solid
        hung = solid.hangs
        over = solid.profile, solid.angles, 0, line.station.piece
        for corner in unfilled_corners(*over, hung=hung):
            return which, corner
    return None


def set_down_on(
    joint: Joint,
    below: Equilibrium | None,
    above: Equilibrium | None,
    *,
    drawn: bool = False,
) -> Held:
    """Both lines held where liquids, or a liquid and what it joins, have just met.

    A liquid's own line is where it was at rest. On the body that it meets the line starts where
    its surface meets what reaches furthest into it; else at the axis: a narrow touch first, a wide
    one when that has no shape.

    Parameters
    ----------
    joint : Joint
        The solids where they are then.
    below, above : Equilibrium or None
        At rest on the stack; on the package, in the package's frame.
    drawn : bool
        Whether lines of two liquids begin further in on their pieces, too, where no surface spans
        from their own: the package does not come down to where one does.
    """
    feet, tops = ([q.station] if q is not None else [] for q in (below, above))
    if below is not None and above is None:
        tops = _met_at(below.curve, joint.solids[1], len(below.lines) == 2)
    elif above is not None and below is None:
        curve = upside_down(above.curve, joint.solids[1].reference)
        assert isinstance(curve, PolynomialCurve)
        feet = _met_at(curve, joint.solids[0], len(above.lines) == 2)
    elif drawn:
        feet, tops = ([*own, *_drawn_in(*own)] for own in (feet, tops))
    last: ConvergenceError | ClosedError | None = None
    for stations in product(feet, tops):
        try:
            return Held(stations, ("free", "free"), solve(joint.guess(stations), tolerance=1e-3))
        except ConvergenceError as error:
            last = error
    assert last is not None
    raise last


def _drawn_in(line: Station) -> list[Station]:
    return [Station(line.piece, line.u * part) for part in DRAWN]


def _met_at(curve: PolynomialCurve, solid: Solid, between: bool) -> list[Station]:
    """Places of a solid that a liquid's surface has just met, to be tried in turn."""
    places = [Station(0, fraction) for fraction in (0.4, 0.7, 1.0)]
    profile = solid.profile
    if profile.pieces[0].is_straight and is_clear(curve, profile, between=between, beyond=1):
        return places
    met = find_penetration(curve, profile, between=between)
    if met is not None and met.station is not None:
        if met.station.piece > 0 or not profile.pieces[0].is_straight:
            places.insert(0, met.station)
    return places
