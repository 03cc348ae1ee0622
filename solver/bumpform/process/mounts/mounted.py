"""A mounting as data: what is set down and heated, what holds it, and what has come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bumpform.brief import brief
from bumpform.geometry.first_touch import Touch
from bumpform.materials.materials import Materials
from bumpform.process.mounts.package import Package
from bumpform.process.reflows.bodies import Bodies, bodies_of, molten_regions
from bumpform.process.reflows.melt import Content, Melt, fuse
from bumpform.process.reflows.reflow import (
    Liquid,
    Refusal,
)
from bumpform.process.reflows.shrinking import Frozen
from bumpform.quick import cached_property, quick, replace
from bumpform.stack.stack import Stack
from bumpform.surface.drop.drop import Drop
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.stability import Stability
from bumpform.surface.search.alternatives import NO_OTHERS, Alternative, Others
from bumpform.units.measured import Measured


@quick
@dataclass(frozen=True, eq=False)
class Mounted:
    """A mounting, as computed.

    Attributes
    ----------
    melt : Melt
    solids : Stack
        What stays solid under the package.
    package : Package
        What stays solid of it.
    brought : Package
        As it comes.
    touch : Touch
        Where the package would come to rest on what stays solid.
    load : float or None, N
    equilibrium, stability
        None where refused before.
    standoff : float or None, m
    held_by : "core", "mask", "liquid" or "fixture"
    refusal : Refusal or None
    warnings : tuple of str
    others : Others
        Alternatives.
    searched : "near" or "all"
        Where they are looked for.
    melted : tuple of str
        The regions, by their names before, that the joint has come from.
    bodies : tuple of Liquid
        Further liquids, which the package does not reach.
    enclosed : tuple of str
        Regions that are molten with solid all round them, and keep their shape.
    reach : Measured or None, m
        Largest gap at which what is liquid joins of itself; None where it had joined before.
    gap : Measured or None, m
        What is missing to that where the joint has stayed open: then the equilibrium is that of
        the liquid on the stack, if there is one.
    hung : Liquid or None
        The liquid on the package of an open joint, in the package's frame.
    gas : float, m³
        Shut in where a liquid has met a ring before the metal inside of it.
    frozen : Frozen or None
        What the joint has become (or the liquid on the stack, where it has stayed open), where
        what freezes shrinks; None where it keeps its shape.
    """

    melt: Melt
    solids: Stack
    package: Package
    brought: Package
    touch: Touch
    load: float | None
    equilibrium: Equilibrium | None = None
    stability: Stability | None = None
    standoff: float | None = None
    held_by: str = "liquid"
    refusal: Refusal | None = None
    warnings: tuple[str, ...] = ()
    others: Others = NO_OTHERS
    searched: str = "near"
    melted: tuple[str, ...] = ()
    bodies: tuple[Liquid, ...] = ()
    enclosed: tuple[str, ...] = ()
    reach: Measured | None = None
    gap: Measured | None = None
    hung: Liquid | None = None
    gas: float = 0.0
    frozen: Frozen | None = None

    __repr__ = brief

    @property
    def shape(self) -> Equilibrium | None:
        """The surface that stands there once it is solid."""
        return self.equilibrium if self.frozen is None else self.frozen.shape

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """Other equilibria of the joint."""
        return self.others.found.alternatives

    @property
    def height(self) -> float | None:
        """Standoff once it is solid, m."""
        if self.frozen is None or self.gap is not None:
            return self.standoff
        return self.frozen.shape.values["standoff_m"]

    @property
    def liquids(self) -> tuple[Mounted | Liquid, ...]:
        """Those on the stack, that which the package comes down on first."""
        return self.bodies if self.equilibrium is None else (self, *self.bodies)


class Holding(NamedTuple):
    """What holds a package ("core" or "liquid"), and at which standoff, m."""

    held_by: str
    standoff: float


@dataclass(frozen=True)
class Standing:
    """A joint that melts again.

    Attributes
    ----------
    standoff : float, m
        At which it froze.
    line : pair of float, m
        Where its upper contact line was, in the package's frame.
    """

    standoff: float
    line: tuple[float, float]


@quick
@dataclass(frozen=True, eq=False)
class Setting:
    """What is heated, and how.

    Attributes
    ----------
    stack : Stack
        Without the package, solder that has joined it included.
    above : Package
    contents : dict of region name to Content
        Of both.
    temperature : float, K
    gravity : float, m/s²
    materials : Materials
    load : float, N, or None
        Pressing the package down (its weight); negative pulls.
    standoff : float, m, or None
        Gap between the pads; exactly one of both.
    lifted : bool
        Whether it is at its standoff before anything melts.
    standing : Standing or None
        Where stack and package have been joined before.
    frozen : tuple of Equilibrium
        At which the last reflow's liquids froze on the stack.
    """

    stack: Stack
    above: Package
    contents: dict[str, Content]
    temperature: float
    gravity: float
    materials: Materials
    load: float | None
    standoff: float | None
    lifted: bool = False
    standing: Standing | None = None
    frozen: tuple[Equilibrium, ...] = ()

    @cached_property
    def molten(self) -> tuple[str, ...]:
        """Names of all regions that are liquid.

        Raises
        ------
        CaseError, ProcessError
        """
        every = replace(self.stack, regions=(*self.stack.regions, *self.above.stack.regions))
        return molten_regions(every, self.contents, self.temperature, self.materials)

    @cached_property
    def hung(self) -> tuple[str, ...]:
        """Those of the package."""
        names = {region.name for region in self.above.stack.regions}
        return tuple(name for name in self.molten if name in names)

    @cached_property
    def bodies(self) -> Bodies:
        """Those of the stack, by what is one liquid."""
        return bodies_of(self.stack, [name for name in self.molten if name not in self.hung])

    def made(self, names: tuple[str, ...]) -> Melt:
        """The liquid that regions become."""
        return fuse([self.contents[n] for n in names], self.temperature, self.materials)


def support(stage: Mounted) -> str | None:
    """What holds a package that rests on what is solid.

    "core": a solid bump, a core or a pillar, of the stack or of the package; "mask": a layer round
    one of the openings; None: the pads meet, or what is round them, and there is no gap.
    """
    if stage.touch.height <= 0.0:
        return None
    solids, package = stage.solids, stage.package.stack
    below = solids.region(solids.profile.pieces[stage.touch.station.piece].region)
    above = package.region(package.profile.pieces[stage.touch.above].region)
    if not (below.is_ground or below.is_dielectric) or above.is_metal or above.is_solder:
        return "core"
    return "mask" if below.is_dielectric or above.is_dielectric else None


def scaled_load(load: float, drop: Drop) -> float:
    """A force in N, in units of 2πσL."""
    return load / drop.force_unit
