"""Who is who in stacked masks: masks, what is in their openings, and the stages that fuse it."""

from __future__ import annotations

from functools import cached_property


class MaskRoles:
    """Part of ``Seen``."""

    @cached_property
    def masks(self):
        """[(coat's frame, name, deposits in its opening)], from below."""
        found = []
        stripped = {s.layer for s in self.case.steps if s.do == "strip"}
        filled = {s.fill.layer for s in self.case.steps if s.do == "deposit" and s.fill is not None}
        for frame in self.steps("coat"):
            if frame.step.opening is None:
                continue
            name = next(iter(frame.new), None)
            if name is None or self.is_metal(frame.picture[name]):
                continue
            kind = self.library.get(frame.step.material).kind
            resist = kind in ("photoresist", "dry film") or frame.step.material in (
                "photoresist", "dry film",
            )  # fmt: skip
            if name not in stripped | filled and not resist:
                continue
            found.append((frame, name))
        self._openings = found
        homes = {name: [] for _, name in found}
        for deposit in self.deposits:
            home = self._home(deposit, found)
            if home is not None:
                homes[home].append(deposit.index)
        return [(f, n, tuple(homes[n])) for f, n in found if homes[n]]

    @property
    def unfilled(self):
        """Names of masks under the topmost one that hold no solder of their own."""
        last = self.masks[-1][0].index if self.masks else -1
        filled = {n for _, n, _ in self.masks}
        return [n for f, n in self._openings if f.index < last and n not in filled]

    def _home(self, deposit, masks):
        """Mask whose opening a deposit was put into.

        The lowest standing one that is as high as the deposit, else the topmost.
        """
        if deposit.step.fill is not None:
            return deposit.step.fill.layer
        standing = [n for f, n in masks if f.index < deposit.index and n in deposit.picture]
        if not standing:
            return None
        tops = [b.top for b in deposit.picture.bodies.values() if b.kind == "dielectric"]
        if max(tops) > max(deposit.picture[n].top for n in standing) + self.tol:
            return None  # another layer lies over them
        (fresh,) = [n for n in deposit.new if n in deposit.holds] or [None]
        if fresh is None:
            return standing[-1]
        top = deposit.picture[fresh].top
        return next((n for n in standing if deposit.picture[n].top > top - self.tol), standing[-1])

    @cached_property
    def fp(self):
        """Stage that first melts solder 1 alone: before solder 2 is put down."""
        if not self.masks:
            return None
        if len(self.masks) < 2:
            return None
        first, second = self.masks[0][2], min(self.masks[1][2])
        return next((f for f in self.frames if f.index < second and f.heats
                     and set(first) & f.shaped), None)  # fmt: skip

    @cached_property
    def _hot(self):
        """Reflows after the last mask's deposit, with no package over it yet."""
        if not self.masks:
            return []
        after = max(max(d) for _, _, d in self.masks)
        end = self.first_mount
        bare = (f for f in self.steps("reflow") if end is None or f.index < end)
        return [f for f in bare if f.index > after]

    @cached_property
    def fused_in(self):
        """The first of them after whose melting one region holds all that is in openings."""
        solders = {d for _, _, deposits in self.masks for d in deposits}
        return next((f for f in self._hot if self._melts_as_one(f, solders)), None)

    @staticmethod
    def _melts_as_one(frame, solders):
        if frame.solved:
            return any(solders <= frame.holds[n] for n in frame.liquids)
        return frame.heats and solders <= frame.shaped  # refused: what would have come of it

    @cached_property
    def ff(self):
        """The reflow that fuses all; where none does, the last that melts any of it."""
        solders = {d for _, _, deposits in self.masks for d in deposits}
        melts = [f for f in self._hot if f.heats and f.melted & solders]
        return self.fused_in or (melts or self._hot[:1] or [None])[-1]

    @cached_property
    def ff_step(self):
        """The reflow that the order of the steps is about: the first, where none fuses all."""
        return self.fused_in or (self._hot or [None])[0]
