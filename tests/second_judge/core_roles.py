"""Who is who around a core: core, cap, and the stages that shape them."""

from __future__ import annotations

from functools import cached_property


class CoreRoles:
    """Part of ``Seen``."""

    @cached_property
    def core(self):
        """("metal", region name), ("solder", deposits), or None; and the cap's deposits."""
        balls = self.steps("core")
        if balls:
            name = next(iter(balls[0].new))
            cap = [f.index for f in self.deposits if f.index > balls[0].index]
            return ("metal", name), frozenset(cap[:1] and self._fused(cap[0], frozenset()))
        first, second = self._core_of_solder()
        if second is None:
            return None, None
        return ("solder", first), second

    def _core_of_solder(self):
        for frame in self.deposits:
            frozen = [n for n in self.on(frame) if n in frame.held and frame.held[n] <= frame.ever]
            if frozen:
                first = frame.held[frozen[0]]
                return first, self._fused(frame.index, first)
        return None, None

    def core_names(self, frame):
        """Names of the core's regions at a frame."""
        core = self.core[0]
        if core is None:
            return []
        return [core[1]] if core[0] == "metal" else self.body(frame, core[1])

    @cached_property
    def fc(self):
        cap = self.core[1]
        return None if not cap else self.last_melting(cap, before=self.first_mount)
