"""What is liquid in a stage, each by itself, before anything moves."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

from bumpform.case.case import Case
from bumpform.geometry.profile import Profile
from bumpform.materials.materials import Materials
from bumpform.melting.beginning.options import Options
from bumpform.melting.beginning.start import Start, laplace
from bumpform.melting.flows.flow import Fluid
from bumpform.melting.shapes.body import Body
from bumpform.melting.shapes.deposited import deposited
from bumpform.melting.shapes.outline import free_edges, left_out
from bumpform.melting.shapes.shape import Shape
from bumpform.melting.shapes.wall import Wall
from bumpform.process.moment import Moment
from bumpform.process.mounts.mounted import Mounted, Setting
from bumpform.process.mounts.package import Package
from bumpform.process.reflows.bodies import bodies_of
from bumpform.process.reflows.melt import Content, Melt, fuse
from bumpform.process.reflows.reflow import Liquid, Stage, first_touch
from bumpform.stack.stack import Stack
from bumpform.surface.drop.drop import Drop


@dataclass(frozen=True, eq=False)
class Liquids:
    """A stage with all that is liquid in it, each liquid by itself.

    Attributes
    ----------
    case : Case
    name : str
    moment : Moment
    stage : Stage or Mounted
        As computed.
    stack : Stack
        With what melts, without a package.
    above : Package or None
        As it comes, with the solder on it; None where there is none, or a solid joint holds it.
    contents : dict of region name to Content
    temperature : float, K
    gravity : float, m/s²
    materials : Materials
    options : Options
    setting : Setting or None
        Of a joint.
    """

    case: Case
    name: str
    moment: Moment
    stage: Stage | Mounted
    stack: Stack
    above: Package | None
    contents: dict[str, Content]
    temperature: float
    gravity: float
    materials: Materials
    options: Options
    setting: Setting | None = None

    @cached_property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Regions of the stack that are one liquid each."""
        if self.setting is not None:
            return self.setting.bodies.free
        stage = self.stage
        names = [*stage.melted, *(name for body in stage.bodies for name in body.melted)]
        return bodies_of(self.stack, names).free if names else ()

    @property
    def hung(self) -> tuple[str, ...]:
        """Regions of solder that the package brings along, and that melt."""
        return self.setting.hung if self.setting is not None else ()

    @property
    def lifted(self) -> bool:
        """Whether the package is off the stack before anything melts.

        Then what it has left takes its shape by itself, under a skin of oxide and flux, and runs
        together with its own only where it meets that at rest.
        """
        return self.setting is not None and self.setting.lifted

    def liquid(self, names: tuple[str, ...]) -> Melt:
        """What regions become when they melt."""
        return fuse([self.contents[name] for name in names], self.temperature, self.materials)

    def alone(self, names: tuple[str, ...]) -> Start:
        """A liquid on the stack as deposited."""
        made = self.liquid(names)
        return self._deposit(self.stack, self.stage.solids, names, made, made.drop(self.gravity))

    def hanging(self) -> Start:
        """The liquid on the package as it comes, in the package's frame."""
        stage, above = self.stage, self.above
        assert isinstance(stage, Mounted) and above is not None
        made = self.liquid(self.hung)
        drop = made.drop(-self.gravity)
        return self._deposit(above.stack, stage.package.stack, self.hung, made, drop)

    def _deposit(
        self, stack: Stack, solids: Stack, names: tuple[str, ...], made: Melt, drop: Drop
    ) -> Start:
        touch = first_touch(stack, solids, names)
        floor = self.wall_of(solids.profile, made, drop)
        volume = drop.scaled_volume
        metal = {name: self.contents[name] for name in names}
        whole = sum(content.volume for content in metal.values())
        pastes = {name: one.volume / whole for name, one in metal.items() if one.soft}
        edges, sizes = free_edges(stack, names), self.options.sizes
        shape = deposited(edges, pastes, touch, floor, sizes, volume)
        start = self._start(names, drop, floor, shape)
        return replace(start, remarks=left_out(shape, touch[0]))

    def _start(
        self,
        names: tuple[str, ...],
        drop: Drop,
        floor: Wall,
        shape: Shape,
        body: Body | None = None,
        begun: float = 0.0,
    ) -> Start:
        options = self.options
        mass = laplace(drop) if options.inertia else 0.0
        fluid = Fluid(drop.bond, 1.0 / options.slip_length, mass)
        rest = self.rest(names, joined=body is not None)
        told = self.case, self.name, self.moment, self.stage
        return Start(*told, rest, names, drop, floor, shape, fluid, body, begun=begun)

    def rest(self, names: tuple[str, ...], *, joined: bool) -> Stage | Mounted | Liquid | None:
        """What the stage has for a liquid of some regions, joined to the package or not."""
        stage = self.stage
        known: list[Stage | Mounted | Liquid] = list(stage.bodies)
        if isinstance(stage, Mounted):
            known += [stage.hung] if stage.hung is not None else []
            if joined == (stage.gap is None):
                known.append(stage)
        else:
            known.append(stage)
        return next((one for one in known if {*one.melted} == {*names}), None)

    def wall_of(self, profile: Profile, made: Melt, drop: Drop, *, upper: bool = False) -> Wall:
        """A solid profile with a liquid's angles on it."""
        cosines = tuple(
            math.cos(made.contact_angle(piece.material, self.materials)) for piece in profile
        )
        return Wall(profile, cosines, drop.length, upper)
