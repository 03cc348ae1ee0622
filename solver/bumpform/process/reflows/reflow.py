"""A reflow: every liquid finds its equilibrium on what stays solid, and freezes so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any, Protocol

from bumpform.brief import brief
from bumpform.errors import ConvergenceError, NoEquilibriumError
from bumpform.geometry.profile import Profile, Station
from bumpform.materials.materials import Materials
from bumpform.process.reflows.bodies import (
    Bodies,
    around,
    bodies_of,
    enclosed_words,
    in_words,
    molten_regions,
)
from bumpform.process.reflows.coalescence import coalesce, has_passed, has_wetted, overlap
from bumpform.process.reflows.falling import FALLING, why_it_falls
from bumpform.process.reflows.gas import refuse_over
from bumpform.process.reflows.melt import Content, Melt, fuse
from bumpform.process.reflows.released_energy import released
from bumpform.process.reflows.shrinking import Frozen
from bumpform.quick import quick, replace
from bumpform.stack.contacts import adrift
from bumpform.stack.stack import Stack
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.drop.path import Trail
from bumpform.surface.drop.penetration import find_penetration
from bumpform.surface.drop.stability import Stability, analyse
from bumpform.surface.search.alternatives import (
    NO_OTHERS,
    Alternative,
    Found,
    Others,
    on_profile,
    with_stability,
)
from bumpform.surface.search.cap_or_ring import reach_any
from bumpform.surface.search.energy_barrier import with_barriers
from bumpform.units.units import format_place


@dataclass(frozen=True)
class Refusal:
    """Why a stage has no result.

    Attributes
    ----------
    reason : str
        One machine word: "off_model", "dewets", "penetration", "enclosed", "carried",
        "unfilled_corner", "unstable", "not_converged", "no_equilibrium", "freezing",
        "gas_shut_in".
    detail : str
    """

    reason: str
    detail: str


@quick
@dataclass(frozen=True, eq=False, kw_only=True)
class Liquid:
    """One body of liquid in a stage, as computed.

    Attributes
    ----------
    melt : Melt
    melted : tuple of str
        The regions, by their names before, that it has come from.
    start, inner : Station, Station or None
        Where the deposit touches the solid first, on the profile of what stays solid; the inner
        one where it does not cover the axis.
    equilibrium, stability
        None where refused before.
    others : Others
        Alternatives, and the energy that the deposit has released.
    refusal : Refusal or None
    warnings : tuple of str
    searched : "near" or "all"
        Where alternatives with two contact lines are looked for.
    frozen : Frozen or None
        What it has become where what freezes shrinks; None where it keeps its shape.
    passed : pair of Station or None
        Solid that it has wetted before it was refused, for want of any rest.
    """

    melt: Melt
    melted: tuple[str, ...]
    start: Station
    inner: Station | None = None
    equilibrium: Equilibrium | None = None
    stability: Stability | None = None
    others: Others = NO_OTHERS
    refusal: Refusal | None = None
    warnings: tuple[str, ...] = ()
    searched: str = "near"
    frozen: Frozen | None = None
    passed: tuple[Station, Station] | None = None

    __repr__ = brief

    @property
    def shape(self) -> Equilibrium | None:
        """The surface that stands there once it is solid."""
        return self.equilibrium if self.frozen is None else self.frozen.shape

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """Other equilibria of the liquid."""
        return self.others.found.alternatives


@quick
@dataclass(frozen=True, eq=False, kw_only=True)
class Stage(Liquid):
    """One reflow, as computed: its first liquid, and what else there is.

    The first liquid is the lowest one that reaches the axis, or else the lowest. A refusal is
    that of the stage: no liquid has a shape unless all have.

    Attributes
    ----------
    solids : Stack
        What stays solid, and what is molten inside of it.
    bodies : tuple of Liquid
        Further liquids: they touch neither the first one nor each other.
    enclosed : tuple of str
        Regions that are molten with solid all round them, and keep their shape.
    """

    solids: Stack
    bodies: tuple[Liquid, ...] = ()
    enclosed: tuple[str, ...] = ()

    __repr__ = brief

    @property
    def liquids(self) -> tuple[Liquid, ...]:
        """All of them, the first one first; none where all that melts is enclosed."""
        return (self, *self.bodies) if self.melted else ()

    @property
    def stayed(self) -> tuple[str, ...]:
        """Regions of solder that stay solid."""
        return tuple(
            r.name for r in self.solids.regions if r.is_solder and r.name not in self.enclosed
        )


def reflow(
    stack: Stack,
    contents: dict[str, Content],
    *,
    temperature: float,
    gravity: float,
    materials: Materials,
) -> Stage:
    """Equilibrium of everything that melts at a temperature.

    Parameters
    ----------
    stack : Stack
        With the deposits.
    contents : dict of region name to Content
    temperature : float, K
    gravity : float, m/s²
    materials : Materials

    Returns
    -------
    Stage
        Refused where a liquid has no admissible equilibrium, with what was computed.

    Raises
    ------
    CaseError, ProcessError
        For an input that cannot mean anything.
    """
    names = molten_regions(stack, contents, temperature, materials)
    bodies = bodies_of(stack, names)
    first = bodies.free[0] if bodies.free else bodies.shut_in
    liquid = fuse([contents[n] for n in first], temperature, materials)
    solids = stack.without(*bodies.melted)
    start, inner = first_touch(stack, solids, first)
    refusal = refused_before(stack, solids, bodies)
    if refusal is not None:
        return Stage(
            melt=liquid,
            melted=bodies.melted,
            start=start,
            inner=inner,
            solids=solids,
            enclosed=bodies.shut_in,
            refusal=refusal,
        )

    solve = partial(solve_liquid, stack, solids, contents, temperature, gravity, materials)
    liquids = separate_liquids(bodies.free, solve)
    return Stage(
        **{**vars(liquids[0]), **warnings_and_refusal(stack, bodies, liquids)},
        solids=solids,
        bodies=liquids[1:],
        enclosed=bodies.shut_in,
    )


def refused_before(stack: Stack, solids: Stack, bodies: Bodies) -> Refusal | None:
    """Why a stage has no equilibrium to be looked for, if it has none.

    Parameters
    ----------
    stack, solids : Stack
        With the molten regions, and without those that are free to flow.
    bodies : Bodies
    """
    if not bodies.free:
        shells = {name for body in bodies.enclosed for name in around(stack, body)}
        solder = [r.name for r in stack.regions if r.name in shells and r.is_solder]
        melt = "melts" if len(solder) == 1 else "melt"
        raised = f", raise it so that {in_words(solder)} {melt} too" if solder else ""
        return Refusal(
            "enclosed",
            f"all that melts has no free surface: {enclosed_words(stack, bodies)}. Lower the peak "
            f"so that it stays solid{raised}, or leave a part of it open",
        )
    carried = adrift(solids)
    if carried:
        stay = "stays" if len(carried) == 1 else "stay"
        melts = "melts" if len(bodies.melted) == 1 else "melt"
        lower = "ower the peak so that nothing under it does"
        if all(solids.region(name).is_solder for name in carried):
            advice = f"Raise the peak so that it melts too, l{lower}"
        else:
            advice = f"L{lower}"
        stand = "reach something solid that carries it"
        if all(solids.region(name).kind in ("core", "solder") for name in carried):
            stand = (
                "stand on something solid: put it down before what melts round it, and print that "
                "through an aperture wider than it"
            )
        return Refusal(
            "carried",
            f"{in_words(carried)} {stay} solid while {in_words(bodies.melted)} under it "
            f"{melts}: nothing but liquid would carry it, and it would sink or float, which is not "
            f"followed. {advice}, or let it {stand}",
        )
    return None


def touching[L: Liquid](liquid: L, package: Profile) -> L:
    """A liquid beside a joint, refused where it would enter the package that the joint holds."""
    found = liquid.equilibrium
    met = find_penetration(found.curve, package, between=True) if found is not None else None
    if met is None or liquid.refusal is not None:
        return liquid
    detail = (
        f"beside the joint, liquid would touch the package at {format_place(met.r_m, met.z_m)}: "
        "that is not followed. Give less solder there, or hold the package higher"
    )
    return replace(liquid, refusal=Refusal("penetration", detail))


def separate_liquids(
    bodies: Sequence[tuple[str, ...]], solve: Callable[[tuple[str, ...]], Liquid]
) -> tuple[Liquid, ...]:
    """Liquids at rest that do not touch: those that meet on their way are solved as one.

    Parameters
    ----------
    bodies : sequence of tuple of str
        Names of the regions of each.
    solve : function of such names to the liquid that they become
    """
    liquids = [solve(body) for body in bodies]
    while True:
        pair = next(
            (
                (i, k)
                for (i, one), (k, other) in combinations(enumerate(liquids), 2)
                if _meet(one, other)
            ),
            None,
        )
        if pair is None:
            return tuple(liquids)
        i, k = pair
        liquids[i] = solve((*liquids[i].melted, *liquids.pop(k).melted))


def _meet(one: Liquid, other: Liquid) -> bool:
    """Whether two liquids meet: at rest, or one on its way, that comes to no rest alone."""
    if one.equilibrium is not None and other.equilibrium is not None:
        return coalesce(one.equilibrium, other.equilibrium)
    ways = [q.passed if q.equilibrium is None else has_wetted(q.equilibrium) for q in (one, other)]
    return ways[0] is not None and ways[1] is not None and overlap(ways[0], ways[1])


class Outcome(Protocol):
    """A liquid, or a joint: what has come of it."""

    @property
    def melted(self) -> tuple[str, ...]:
        """Names of the regions that it has come from."""

    @property
    def refusal(self) -> Refusal | None:
        """Why it has no shape, if it has none."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What its user should know."""


def warnings_and_refusal(
    stack: Stack, bodies: Bodies, liquids: Sequence[Outcome]
) -> dict[str, Any]:
    """Refusal and warnings of a stage: those of its first liquid, and of a refused one by name."""
    refusal = next((one.refusal for one in liquids if one.refusal is not None), None)
    if refusal is not None and len(liquids) > 1:
        named = next(one for one in liquids if one.refusal is refusal)
        refusal = replace(refusal, detail=f"{in_words(named.melted)}: {refusal.detail}")
    warnings = liquids[0].warnings
    if bodies.enclosed:
        text = (
            f"molten with no free surface: {enclosed_words(stack, bodies)}; it keeps its shape, "
            "and how its expansion strains what encloses it is not computed"
        )
        warnings = (*warnings, text)
    return {"refusal": refusal, "warnings": warnings}


def solve_liquid(
    stack: Stack,
    solids: Stack,
    contents: dict[str, Content],
    temperature: float,
    gravity: float,
    materials: Materials,
    melted: tuple[str, ...],
) -> Liquid:
    """Equilibrium of one liquid on what stays solid.

    Parameters
    ----------
    stack, solids : Stack
        With what melts, and without.
    contents : dict of region name to Content
    temperature : float, K
    gravity : float, m/s²
    materials : Materials
    melted : tuple of str
        Names of the regions that it comes from.

    Returns
    -------
    Liquid
        Refused where there is no admissible equilibrium, with what was computed.
    """
    liquid = fuse([contents[name] for name in melted], temperature, materials)
    start, inner = first_touch(stack, solids, melted)
    body = Liquid(melt=liquid, melted=melted, start=start, inner=inner)
    profile = solids.profile
    angles = tuple(liquid.contact_angle(p.material, materials) for p in profile)
    land = LineForce(profile, angles, liquid.drop(gravity))
    trail = Trail()
    try:
        refuse_over(stack, solids, melted, land, start)
        found = reach_any(land, start, inner, trail)
    except NoEquilibriumError as error:
        body = replace(body, passed=has_passed(profile, trail.moves) if trail.moves else None)
        falls = _fallen(land, body) if error.reason in FALLING else None
        return replace(body, refusal=falls or Refusal(error.reason, error.detail))
    except ConvergenceError as error:
        return replace(body, refusal=_fallen(land, body) or Refusal("not_converged", str(error)))
    stability = analyse(found.surface)
    others = Others(_beside, land, found, stack, body)
    body = replace(body, equilibrium=found, stability=stability, others=others)
    if not stability.upright:
        detail = f"the equilibrium is not a minimum of energy: {stability.reason()}"
        return replace(body, refusal=Refusal("unstable", detail))
    return body


def _beside(land: LineForce, found: Equilibrium, stack: Stack, liquid: Liquid) -> Found:
    """Other equilibria of a liquid, with the barriers before them."""
    others = with_stability(on_profile(land, found))
    touch = liquid.start, liquid.inner
    spent = released(land, found, stack, liquid.melted, touch) if others else None
    return Found(with_barriers(land, found, others, spent), spent)


def _fallen(land: LineForce, liquid: Liquid) -> Refusal | None:
    """That a hanging liquid falls; None if it does not."""
    falls = why_it_falls(land, liquid.start, liquid.inner)
    return None if falls is None else Refusal("no_equilibrium", falls)


def first_touch(
    stack: Stack, solids: Stack, molten: tuple[str, ...]
) -> tuple[Station, Station | None]:
    """Where the outline of what melts meets the solid: the ends of its free surface.

    The inner end is None where it covers the axis.
    """
    pieces = stack.profile.pieces
    exposed = [i for i, piece in enumerate(pieces) if piece.region in molten]
    if not exposed:  # enclosed: no free surface at all
        return solids.profile.end, None
    outer = solids.profile.locate(pieces[exposed[-1]].point(1.0))
    if exposed[0] == 0:
        return outer, None
    return outer, solids.profile.locate(pieces[exposed[0]].point(0.0))
