"""The barrier: which it is, what is left of it, and how it is when solder finds it."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import shapely

from .polygons import AIR, LIMIT, _chains


class BarrierRoles:
    """Part of ``Seen``."""

    @cached_property
    def barrier(self):
        """Frame of the first barrier that solder, or the end, comes upon; else of the first."""
        grown = self.steps("barrier")
        for frame in grown:
            later = (f.index for f in self.deposits if f.index > frame.index)
            later = next(later, self._bare_until)
            between = [f for f in self.frames if frame.index <= f.index <= later]
            if all(_left_of(f, frame.new) for f in between):
                return frame
        return next(iter(grown), None)

    @property
    def _bare_until(self):
        """Index of the last step with no package over the stack."""
        return self.last.index if self.first_mount is None else self.first_mount - 1

    @cached_property
    def barrier_layers(self):
        """Names of the barrier and its finish, from below."""
        return [] if self.barrier is None else list(self.barrier.new)

    def skin(self, frame):
        """What is left of the barrier after a frame, with barriers grown on it before solder."""
        if self.barrier is None:
            return []
        start = self.barrier.index
        end = next((f.index for f in self.deposits if f.index > start), self.last.index + 1)
        grown = [f for f in self.steps("barrier") if start <= f.index < end]
        return _left_of(frame, [n for f in grown for n in f.new])

    @cached_property
    def barrier_is_late(self):
        """Whether solder on frozen solder melted before the barrier, and none came after it."""
        if any(f.index > self.barrier.index for f in self.deposits):
            return False
        first, over = self._on_frozen() or (frozenset(), None)
        return any(
            over in f.melted and not first & f.melted  # with it, it is one bump
            for f in self.frames_before(self.barrier.index)
        )

    @cached_property
    def thickness(self):
        """Barrier's thickness with its finish, m."""
        step = self.barrier.step
        return step.thickness + (step.finish.thickness if step.finish is not None else 0.0)

    @cached_property
    def finished(self):
        """Frame that left the barrier as solder finds it: that grew it, or changed it last."""
        start = self.barrier.index
        end = self.b2_start if self.b2_start is not None else self._bare_until + 1
        later = [f for f in self.frames if start < f.index < end]
        cuts = [
            f for f in later
            if any(f.picture.bodies.get(n) is not f.before[n]
                   for n in self.skin(self.frames_before(f.index)[-1]))
        ]  # fmt: skip
        grown = [  # on what a cut has left of it
            f for f in later
            if cuts and f.index > cuts[0].index
            and f.step.do == "barrier" and {*f.new} & {*self.skin(f)}
        ]  # fmt: skip
        return max([self.barrier, *cuts, *grown], key=lambda f: f.index)

    @cached_property
    def finished_rim(self):
        """(r, z) of the dielectric's rim there: what cuts the barrier may cut it, too."""
        picture = self.finished.picture
        if self.rim is None or self.finished is self.barrier or self.dielectric not in picture:
            return self.rim
        points = picture[self.dielectric].points
        if not self._is_open(picture[self.dielectric]):
            return self.rim
        top = points[:, 1] > points[:, 1].max() - self.tol
        return float(points[top, 0].min()), float(points[:, 1].max())

    @cached_property
    def thickness_on_axis(self):
        """Least distance from the barrier's top nearest to the axis to the first bump, m."""
        return self._over_bump(self.barrier_top[0]) if len(self.barrier_top) else None

    @cached_property
    def finished_thickness(self):
        """Barrier's thickness, m; of a cut one the most that is left over the bump, if less."""
        if self.finished is self.barrier:
            return self.thickness
        first = self.body(self.finished, self.b1)
        lies = [
            max(p.start[0], p.end[0]) for n in self.skin(self.finished)
            for p in self.finished.picture.pieces(n) if p.other in first
        ]  # fmt: skip
        left = [self._over_bump((min(r, max(lies)), z)) for r, z in self.barrier_top]
        return min(self.thickness, max(left))

    def _over_bump(self, place):
        """Least distance from a place to the first bump as solder finds it, m."""
        picture = self.finished.picture
        bump = shapely.union_all([picture[n].polygon for n in self.body(self.finished, self.b1)])
        return bump.distance(shapely.Point(place))

    @cached_property
    def barrier_top(self):
        """Top surface of the finished barrier, axis outwards (its own free side left out)."""
        chain, _ = self.barrier.picture.surface(self.barrier_layers[-1])
        grown = self._side_of(chain[::-1])
        if self.finished is self.barrier:
            return chain[::-1][:grown]
        nearest = min(self._bare_tops, key=lambda c: c[-1, 0], default=np.empty((0, 2)))[::-1]
        return nearest if grown is None else nearest[: self._side_of(nearest)]

    @cached_property
    def barrier_parts(self):
        """In how many parts the finished barrier's top lies."""
        return len(self._bare_tops)

    @cached_property
    def _bare_tops(self):
        """Chains of what the finished barrier shows: a cut lays bare what is under it, too.

        In a room that it closes it shows nothing.
        """
        frame = self.finished
        bare = [
            p for n in self.skin(frame) for p in frame.picture.pieces(n)
            if p.other == AIR and not self._was_inside(p)
        ]  # fmt: skip
        rooms = shapely.union_all(frame.picture.shut_rooms())
        return [
            chain for chain in _chains(bare, 8.0 * self.tol)
            if not rooms.contains(shapely.LineString(chain).interpolate(0.5, normalized=True))
        ]  # fmt: skip

    def _side_of(self, chain):
        """Where the barrier's own side begins on its outline, axis outwards; None without one."""
        end = len(chain)
        while end > 2 and abs(chain[end - 1, 0] - chain[end - 2, 0]) < self.tol:
            end -= 1
        if end < len(chain) and end > 1:
            # a side stands upright below a corner; an arc that comes down to a face does not, and
            # below a corner that turns inwards it lies along an upright side of the bump
            before, after = chain[end - 1] - chain[end - 2], chain[end] - chain[end - 1]
            if before[0] * after[1] > before[1] * after[0]:
                return None
            turn = (before @ after) / max(1e-300, (before @ before) ** 0.5 * (after @ after) ** 0.5)
            if turn < 0.95:
                return end
        return None

    def _was_inside(self, piece):
        """Whether a piece of the barrier's outline lay against another solid as it was grown."""
        return bool(self._inner_sides.distance(shapely.Point(piece.middle)) < 4.0 * self.tol)

    @cached_property
    def _inner_sides(self):
        """What of the barrier lay against other solid as it was grown."""
        layers = self.barrier_layers
        ends = [
            (p.start, p.end) for n in layers for p in self.barrier.picture.pieces(n)
            if p.other not in (AIR, LIMIT, *layers)
        ]  # fmt: skip
        lines = (
            shapely.multilinestrings(shapely.linestrings(ends)) if ends else shapely.MultiPoint()
        )
        shapely.prepare(lines)
        return lines

    @property
    def edge(self):
        """Where the barrier's top surface ends."""
        return tuple(self.barrier_top[-1])


def _left_of(frame, names):
    """Names of a picture's bodies that are some, or what a cut has left of them."""
    return [n for n in frame.picture.bodies if n.split(" part ")[0] in names]
