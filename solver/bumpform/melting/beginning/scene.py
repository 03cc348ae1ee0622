"""What a stage melts, and what its liquids become where they join, before anything moves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from bumpform.case.case import Case
from bumpform.errors import ConvergenceError, ProcessError
from bumpform.geometry.curve import Array
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile
from bumpform.materials.materials import Materials
from bumpform.melting.beginning.liquids import Liquids
from bumpform.melting.beginning.options import LIBRARIES, VISCOSITY, Options
from bumpform.melting.beginning.sinking import outside, spread, sunk_to
from bumpform.melting.beginning.start import Start, bridged, laplace
from bumpform.melting.shapes.body import SPEED, Body
from bumpform.melting.shapes.outline import fitted, free_edges, odd, put_down, rounded
from bumpform.melting.shapes.shape import Line, Shape
from bumpform.melting.shapes.union import first_crossing, height_over, united
from bumpform.process.moment import Moment
from bumpform.process.mounts.mounted import Mounted, scaled_load
from bumpform.process.reflows.bodies import in_words
from bumpform.process.reflows.reflow import first_touch
from bumpform.process.stages import setting_again, setting_of
from bumpform.steps.kinds import Mount, Reflow
from bumpform.surface.drop.drop import Drop

#: How far the body above has sunk into what melts at the start, in units of L, and how much further
#: at once where a fixture presses it.
SUNK, PRESSED = 0.06, 0.1
#: How often it is tried half as deep, where what it displaces does not fit in beside it.
SHALLOWER = 10
#: How far a package sinks at least for that to be told, in units of L.
TOLD = 2e-3
#: Reasons of a stage's refusal with which nothing begins to move as it is described here.
NO_START = ("enclosed", "carried", "gas_shut_in")


@dataclass(frozen=True, eq=False)
class Scene(Liquids):
    """A stage with all that is liquid in it, and the package that comes down on it."""

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
        down = height if self.lifted else max(lowest, setting.standoff or lowest)
        if self.lifted or hung is not None:
            return self.joined(low, hung, (height, down), begun)
        for _ in range(SHALLOWER):
            with suppress(ConvergenceError, *LIBRARIES):  # no room for what it displaces
                joint = self.joined(low, hung, (height, down), begun)
                if joint is None or outside(joint.shape, joint.floor):
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
        roof = self.wall_of(stage.package.at(0.0).profile, self.liquid(names), low.drop, upper=True)
        top = self._meets(deposit, None)
        least = max(stage.touch.height, self._meets(low, None) - PRESSED * length)
        height = sunk_to(deposit, floor, roof, (top, least), low.drop.scaled_volume)
        if height is None:
            return None
        joint = None
        with suppress(ConvergenceError, *LIBRARIES):
            joint = self.joined(deposit, None, (height, height), 0.0)
        if joint is None or not outside(joint.shape, floor):
            return None
        by = top - height
        words = f"the package has sunk by {1e6 * by:.3g} µm as the paste melted"
        return replace(joint, remarks=(*joint.remarks, words)) if by > TOLD * length else joint

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
        floor = self.wall_of(stage.solids.profile, made, drop)
        roof = self.wall_of(stage.package.at(0.0).profile, made, drop, upper=True)
        shape = bridged(low, hung, floor, roof, heights, drop.scaled_volume)
        if shape is None:
            return None
        shape = fitted(shape, self.options.sizes, drop.scaled_volume)
        if hung is None:
            shape = spread(shape, floor, self.options.sizes, drop.scaled_volume)
        told = tuple(words for one in (low, hung) if one is not None for words in one.remarks)
        start = self._start(names, drop, floor, shape, self._body(drop), begun)
        return replace(start, remarks=told)

    def parted(self, joint: Start, ring: Shape, begun: float) -> Start:
        """The ring that a joint is from a time on, in s, from which the package has come off."""
        rest = self.rest(joint.melted, joined=False)
        return replace(joint, shape=ring, body=None, begun=begun, rest=rest)

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
        floor = self.wall_of(stage.solids.profile, made, drop)
        roof = self.wall_of(stage.package.at(0.0).profile, made, drop, upper=True)
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
        shape, body = Shape(odd(points), *ends), self._body(drop)
        if stage.held_by == "liquid" and stage.frozen is not None:  # what melts lifts it
            shape = shape.sunk(drop.scaled_volume, body.lowest)
        shape = fitted(shape, self.options.sizes, drop.scaled_volume)
        return (self._start(names, drop, floor, shape, body), *others)

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
        where = first_crossing(one, other)
        if where is None:
            return None
        floor = self.wall_of(self.stage.solids.profile, made, drop)
        end = inner.shape.end
        if end is not None and end.end == "top":
            roof = self.wall_of(end.wall.profile, made, drop, upper=True)
            end = replace(end, wall=roof.raised(end.wall.lift * end.wall.length / length))
        elif end is not None:
            end = replace(end, wall=floor)
        start = replace(ring.shape.start, wall=floor)
        shape = Shape(united(one, other, where), start, end)
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
