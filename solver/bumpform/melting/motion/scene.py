"""What a stage melts, and what its liquids become where they join, before anything moves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bumpform.case.case import Case
from bumpform.errors import ConvergenceError, ProcessError
from bumpform.geometry.curve import Array
from bumpform.geometry.profile import Edge, Profile
from bumpform.materials.materials import Materials
from bumpform.melting.flows.flow import Fluid
from bumpform.melting.motion.options import LIBRARIES, VISCOSITY, Options
from bumpform.melting.motion.sinking import clear, spread, sunk_to
from bumpform.melting.motion.start import Start, bridged, laplace
from bumpform.melting.shapes.body import SPEED, Body
from bumpform.melting.shapes.deposited import deposited
from bumpform.melting.shapes.outline import (
    fitted,
    free_edges,
    left_out,
    put_down,
    rounded,
)
from bumpform.melting.shapes.shape import Line, Shape
from bumpform.melting.shapes.union import NEAR, REACH, first_crossing, height_over, united
from bumpform.melting.shapes.wall import Wall
from bumpform.process.moment import Moment
from bumpform.process.mounts.mounted import Mounted, Setting, scaled_load
from bumpform.process.mounts.package import Package
from bumpform.process.reflows.bodies import bodies_of, in_words
from bumpform.process.reflows.melt import Content, Melt, fuse
from bumpform.process.reflows.reflow import Liquid, Stage, first_touch
from bumpform.process.stages import setting_again, setting_of
from bumpform.stack.stack import Stack
from bumpform.steps.kinds import Mount, Reflow
from bumpform.surface.drop.drop import Drop

#: How far the body above has sunk into what melts at the start, in units of L, and how much further
#: at once where a fixture presses it.
SUNK, PRESSED = 0.06, 0.1
#: How often it is tried half as deep, where what it displaces does not fit in beside it.
SHALLOWER = 10
#: How far solid of a body above has to be in what melts to have met it, in units of L.
TOUCHING = 2e-3
#: Reasons of a stage's refusal with which nothing begins to move as it is described here.
NO_START = ("enclosed", "carried", "gas_shut_in")


@dataclass(frozen=True, eq=False)
class Scene:
    """A stage with all that is liquid in it.

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

    def begun(self) -> tuple[Start, ...]:
        """The liquids before anything moves, that which the package comes down on first.

        Raises
        ------
        ProcessError, ConvergenceError
            Where that is not followed.
        """
        refusal = self.stage.refusal
        if refusal is not None and refusal.reason in NO_START:
            raise ProcessError(refusal.detail)
        if not self.groups and not self.hung:
            raise ProcessError("all that melts is enclosed, and keeps its shape")
        standing = self.setting.standing if self.setting is not None else None
        if standing is not None:
            return self._frozen_joint(standing.standoff, standing.line)
        starts = [self.alone(names) for names in self.groups]
        if self.above is None:
            return tuple(starts)
        hung = self.hanging() if self.hung else None
        low = self._lowest(starts, hung)
        others = [s for s in starts if s is not low]
        joint = None if self.lifted else self._sunk(low, hung) or self.joint(low, hung, 0.0)
        own = [joint] if joint is not None else [low] if low is not None else []
        if hung is not None and (joint is None or hung.melted[0] not in joint.melted):
            height = self.waits(low, hung) if joint is None else joint.standoff
            own.append(replace(hung, turned=height))
        return (*own, *others)

    def _lowest(self, starts: Sequence[Start], hung: Start | None) -> Start | None:
        """The liquid that the package comes down on first; None where its own meets bare solid."""
        low = max(starts, key=lambda s: self._meets(s, hung), default=None)
        through = low is not None and hung is not None and not low.shape.on_axis  # a ring
        return None if through and self._meets(None, hung) >= self._meets(low, hung) else low

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
        floor = self._wall(solids.profile, made, drop)
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

    def _wall(self, profile: Profile, made: Melt, drop: Drop, *, upper: bool = False) -> Wall:
        """A solid profile with a liquid's angles on it."""
        cosines = tuple(
            math.cos(made.contact_angle(piece.material, self.materials)) for piece in profile
        )
        return Wall(profile, cosines, drop.length, upper)

    def _meets(self, low: Start | None, hung: Start | None) -> float:
        """Height of the package's pad at which it meets a liquid, or brings its own down, m."""
        stage = self.stage
        assert isinstance(stage, Mounted)
        below = low.placed(low.shape.nodes) if low is not None else _outline(stage.solids.profile)
        solid = _outline(stage.package.stack.profile)
        if hung is None:
            return height_over(below, solid)
        shape = hung.shape.nodes * hung.drop.length
        return max(height_over(below, shape), height_over(below, solid) if low is not None else 0.0)

    def waits(self, low: Start | None, hung: Start | None) -> float:
        """Height of the package's pad where nothing that melts meets it, m."""
        stage, setting = self.stage, self.setting
        assert isinstance(stage, Mounted) and setting is not None
        if setting.standoff is not None and (setting.lifted or stage.gap is not None):
            return setting.standoff
        return max(stage.touch.height, self._meets(low, hung))

    def waiting(self, starts: Sequence[Start]) -> str:
        """What a package without liquid on it waits for, or lies on; empty where it has some."""
        if self.above is None or self.lifted or any(s.body is not None for s in starts):
            return ""
        ring = next((s for s in starts if not s.shape.on_axis), None)
        if ring is None:
            return ""
        whole, stage = f"the ring of {in_words(ring.melted)}", self.stage
        if isinstance(stage, Mounted) and ring.turned is None:
            if self._meets(ring, None) < stage.touch.height:
                return f"the package lies on solid within {whole}"
        return f"the package waits until {whole} has closed"

    def joint(self, low: Start | None, hung: Start | None, begun: float) -> Start | None:
        """The joint that begins where the package has come down; None where it meets no liquid.

        Parameters
        ----------
        low : Start or None
            The liquid on the stack, with its shape at that moment.
        hung : Start or None
            That on the package.
        begun : float, s

        Raises
        ------
        ProcessError
        """
        stage, setting = self.stage, self.setting
        assert isinstance(stage, Mounted) and setting is not None
        if low is not None and not low.shape.on_axis:
            return None  # a ring waits until it has closed, or for good
        meets = self._meets(low, hung)
        if hung is not None and not hung.shape.on_axis:
            if low is None or meets > self._meets(low, None):
                return None
            hung = None  # a ring round a post of the package, which comes down first
        length = self.liquid(_names(low, hung)).drop(self.gravity).length
        lowest = stage.touch.height
        if setting.lifted and setting.standoff is not None:
            height = setting.standoff
        else:
            height = max(lowest, meets - SUNK * length)
            if setting.standoff is not None and setting.standoff < height - SUNK * length:
                height = max(setting.standoff, height - PRESSED * length)  # pressed from the start
        if height >= meets - (NEAR if hung is not None else TOUCHING) * length:
            return None
        down = height if self.lifted else max(lowest, setting.standoff or lowest)
        if self.lifted or hung is not None:
            return self.joined(low, hung, (height, down), begun)
        for _ in range(SHALLOWER):
            with suppress(ConvergenceError, *LIBRARIES):  # no room for what it displaces
                joint = self.joined(low, hung, (height, down), begun)
                if joint is None or clear(joint.shape, joint.floor):
                    return joint
            height = 0.5 * (height + meets)
        raise ProcessError(
            "the package lies so flatly on what melts that it cannot sink into it: how such a "
            "joint begins is not followed"
        )

    def _sunk(self, low: Start | None, hung: Start | None) -> Start | None:
        """The joint of a package on a flat deposit: on paste it has sunk by the share of the flux.

        None where it is another one, or would sink much further than into the metal as that draws
        in by itself: where solid stops it, or where the paste is narrow.
        """
        stage = self.stage
        assert isinstance(stage, Mounted)
        if low is None or hung is not None or not low.shape.on_axis:
            return None
        names, floor, length = low.melted, low.floor, low.floor.length
        touch = first_touch(self.stack, stage.solids, names)
        deposit = replace(low, shape=put_down(free_edges(self.stack, names), touch, floor, 0.0))
        roof = self._wall(stage.package.at(0.0).profile, self.liquid(names), low.drop, upper=True)
        top = self._meets(deposit, None)
        least = max(stage.touch.height, self._meets(low, None) - PRESSED * length)
        height = sunk_to(deposit, floor, roof, (top, least), low.drop.scaled_volume)
        if height is None:
            return None
        joint = None
        with suppress(ConvergenceError, *LIBRARIES):
            joint = self.joined(deposit, None, (height, height), 0.0)
        if joint is None or not clear(joint.shape, floor):
            return None
        by = top - height
        words = f"the package has sunk by {1e6 * by:.3g} µm as the paste melted"
        return replace(joint, remarks=(*joint.remarks, words)) if by > TOUCHING * length else joint

    def joined(
        self, low: Start | None, hung: Start | None, heights: tuple[float, float], begun: float
    ) -> Start | None:
        """The joint of two liquids, or of a joint and a ring on the package; None if apart.

        ``heights``, m, are those of the package's pad: at first, and at the lowest.
        """
        stage, names = self.stage, _names(low, hung)
        assert isinstance(stage, Mounted)
        made = self.liquid(names)
        drop = made.drop(self.gravity)
        floor = self._wall(stage.solids.profile, made, drop)
        roof = self._wall(stage.package.at(0.0).profile, made, drop, upper=True)
        shape = bridged(low, hung, floor, roof, heights, drop.scaled_volume)
        if shape is None:
            return None
        shape = fitted(shape, self.options.sizes, drop.scaled_volume)
        if hung is None:
            shape = spread(shape, floor, self.options.sizes, drop.scaled_volume)
        told = tuple(words for one in (low, hung) if one is not None for words in one.remarks)
        start = self._start(names, drop, floor, shape, self._body(drop), begun)
        return replace(start, remarks=told)

    def _body(self, drop: Drop) -> Body:
        stage = self.stage
        assert isinstance(stage, Mounted)
        length, lowest = drop.length, stage.touch.height / drop.length
        if stage.load is not None:
            gravity = abs(self.gravity)
            mass = abs(stage.load) / gravity if gravity > 0.0 else 0.0
            unit = 2.0 * math.pi * (VISCOSITY * length) ** 2 / drop.surface_tension
            return Body(lowest, scaled_load(stage.load, drop), mass=mass / unit)
        assert self.setting is not None and self.setting.standoff is not None
        slow = math.sqrt(laplace(drop)) if self.options.inertia else 1.0
        return Body(lowest, goal=self.setting.standoff / length, speed=SPEED / slow)

    def _frozen_joint(self, standoff: float, line: tuple[float, float]) -> tuple[Start, ...]:
        """A joint where it froze, and the liquids beside it."""
        stage, before = self.stage, self.moment.before
        assert isinstance(stage, Mounted) and before is not None and before.placed is not None
        placed = before.placed
        own = next(names for names in self.groups if placed.joint in names)
        others = [self.alone(names) for names in self.groups if names is not own]
        names = (*own, *self.hung)
        made = self.liquid(names)
        drop = made.drop(self.gravity)
        floor = self._wall(stage.solids.profile, made, drop)
        roof = self._wall(stage.package.at(0.0).profile, made, drop, upper=True)
        roof = roof.raised(standoff / drop.length)
        foot, _ = first_touch(self.stack, stage.solids, own)
        top = stage.package.stack.profile.locate(np.array(line))
        edges = _up_to(free_edges(self.stack, own), line[0], standoff - line[1])
        points = rounded([e.reversed() for e in reversed(edges)], drop.length)
        ends = [
            Line(end, wall, at, wall.is_vertex(at))
            for end, wall, at in (("outer", floor, foot), ("top", roof, top))
        ]
        points[0], points[-1] = ends[0].place(), ends[1].place()
        shape = fitted(Shape(points, *ends), self.options.sizes, drop.scaled_volume)
        return (self._start(names, drop, floor, shape, self._body(drop)), *others)

    def beside(self, inner: Start, ring: Start, begun: float) -> Start | None:
        """The liquid that two on the stack become where they meet; None where they do not.

        Parameters
        ----------
        inner, ring : Start
            With their shapes at that moment, the ring further out.
        """
        names = (*inner.melted, *ring.melted)
        made = self.liquid(names)
        drop = made.drop(self.gravity)
        length = drop.length
        one, other = (start.placed(start.shape.nodes) / length for start in (ring, inner))
        where = first_crossing(one, other, NEAR)
        if where is None:
            return None
        floor = self._wall(self.stage.solids.profile, made, drop)
        end = inner.shape.end
        if end is not None and end.end == "top":
            roof = self._wall(end.wall.profile, made, drop, upper=True)
            end = replace(end, wall=roof.raised(end.wall.lift * end.wall.length / length))
        elif end is not None:
            end = replace(end, wall=floor)
        start = replace(ring.shape.start, wall=floor)
        shape = Shape(united(one, other, where, REACH), start, end)
        shape = fitted(shape, self.options.sizes, drop.scaled_volume)
        body = None if inner.body is None else self._body(drop)
        return self._start(names, drop, floor, shape, body, begun)


def _names(low: Start | None, hung: Start | None) -> tuple[str, ...]:
    return tuple(name for one in (low, hung) if one is not None for name in one.melted)


def _outline(profile: Profile) -> Array:
    return np.vstack([piece.sample(32) for piece in profile.pieces])


def _up_to(edges: list[Edge], r: float, z: float) -> list[Edge]:
    """Of edges from the axis outwards, those beyond a place between two of them."""
    off = [float(np.hypot(*(edge.point(0.0) - [r, z]))) for edge in edges]
    return edges[int(np.argmin(off)) :]


def scene(case: Case, name: str, moment: Moment, options: Options) -> Scene:
    """What a stage melts.

    Raises
    ------
    ProcessError
    """
    before, step = moment.before, moment.step
    assert before is not None
    stage = moment.state.stage
    assert stage is not None
    materials = Materials(case.materials, case.wetting)
    assert isinstance(step, Mount | Reflow)
    gravity, peak = step.gravity_in(case.gravity), step.peak_K
    told = case, name, moment, stage
    if isinstance(stage, Mounted):
        if isinstance(step, Mount):
            setting = setting_of(before, step, peak, case, materials)
        else:
            assert before.placed is not None
            setting = setting_again(before, before.placed, step, case, materials)
        above, contents = setting.above, setting.contents
        return Scene(
            *told, setting.stack, above, contents, peak, gravity, materials, options, setting
        )
    stack = before.stack
    if before.placed is not None:
        stack = stack.without(*(r.name for r in before.placed.package.stack.regions))
    return Scene(*told, stack, None, before.contents, peak, gravity, materials, options)
