"""Who is who around a core: core, cap, and the stages that shape them."""

from __future__ import annotations

from functools import cached_property


class CoreRoles:
    """Part of ``Seen``."""

    @cached_property
    def core(self):
        """("metal", region name), ("solder", deposits), or None; and the cap's deposits.

        A ball in solder that stays frozen under the cap is part of a core of solder.
        """
        balls = self.steps("core")
        shell, over = self._core_of_solder()
        if balls and over is not None and min(shell) > balls[0].index:
            melted = self.last_melting(over, before=self.first_mount)
            bare = self.at(self.put_on).before
            names = [n for n, b in bare.bodies.items() if b.kind == "core"]
            shows = any(p.other == "air" for n in names for p in bare.pieces(n))
            if not shows and (melted is None or not melted.melted & shell):
                return ("solder", shell), over
        if balls:
            name = next(iter(balls[0].new))
            cap = [f.index for f in self.deposits if f.index > balls[0].index]
            return ("metal", name), frozenset(cap[:1] and self._fused(cap[0], frozenset()))
        return (None, None) if over is None else (("solder", shell), over)

    @property
    def put_on(self):
        """Index of the deposit that is put on a core of solder; None without one."""
        return self._put_on[1]

    def _core_of_solder(self):
        first, put_on = self._put_on
        return first, None if put_on is None else self._fused(put_on, first)

    @cached_property
    def _put_on(self):
        for frame in self.deposits:
            frozen = sorted(
                n for n in self.on(frame) if n in frame.held and frame.held[n] <= frame.ever
            )
            if frozen:  # of several the one that it lies on most
                most = max(frozen, key=lambda n: frame.picture.area(frame.new, n))
                return frame.held[most], frame.index
        if self.barrier is not None and self.b1 and self.b2:
            return self.b1, min(self.b2)
        return None, None

    def core_names(self, frame):
        """Names of the core's regions at a frame."""
        core = self.core[0]
        if core is None:
            return []
        balls = [n for n, b in frame.picture.bodies.items() if b.kind == "core"]
        if core[0] == "metal":
            return balls
        found = self.at(self.put_on).before.bodies  # what is grown on the cap is none of the core's
        coats = [n for n in self.barrier_layers if n in frame.picture and n in found]
        return [*self.body(frame, core[1]), *balls, *coats]

    @cached_property
    def fc(self):
        cap = self.core[1]
        return None if not cap else self.last_melting(cap, before=self.first_mount)
