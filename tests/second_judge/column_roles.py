"""Who is who around a plated column: layers of metal, resist, passivation, polyimide, stages."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise


@dataclass(frozen=True)
class Layer:
    """A layer of metal between pad and solder; ``role`` is "" where roles contradict the order."""

    name: str
    index: int
    material: str
    blanket: bool
    role: str


class ColumnRoles:
    """Part of ``Seen``."""

    @cached_property
    def path_deposits(self):
        """Deposits whose metal stands on the land: the column, or what is in the masks."""
        if self.route == "stacked_masks":
            return frozenset(d for _, _, deposits in self.masks for d in deposits)
        return self.column

    @property
    def bare(self):
        """Picture before the first solder."""
        return self.deposits[0].before if self.deposits else self.last.picture

    @cached_property
    def _metal_frames(self):
        """(frame, name) of metal coats and plates under the first solder, from below."""
        end = self.deposits[0].index if self.deposits else self.last.index + 1
        found = []
        for frame in self.frames:
            if frame.step.do not in ("coat", "plate") or frame.index >= end:
                continue
            whole = frame.new[0] if frame.new else ""
            for name in self.bare.bodies:
                if name.split(" part ")[0] == whole and self.is_metal(self.bare[name]):
                    found.append((frame, name))
        # what only fills the wedge round the foot of a ball is not on the axis
        heights = {n: low for n, low, _ in self.bare.column(1e-4 * self.size)}
        return sorted((f for f in found if f[1] in heights), key=lambda f: heights[f[1]])

    @cached_property
    def metal_layers(self):
        frames = self._metal_frames
        blankets = [n for f, n in frames if f.step.do == "coat"]
        given = [f.step.role for f, _ in frames]
        roles = []
        for i, (frame, name) in enumerate(frames):
            role = frame.step.role
            if role is None and frame.step.do == "coat":
                lowest = len(blankets) > 1 and name == blankets[0]
                role = "seed" if lowest and "seed" not in given else "ubm"
            elif role is None:
                said = [
                    r for r, (f, _) in zip(roles, frames[:i], strict=True)
                    if f.step.role is not None or f.step.do == "coat"
                ]  # fmt: skip
                role = "additional" if "ubm" in said else "ubm"
            roles.append(role)
        return [
            Layer(n, f.index, f.step.material, f.step.do == "coat", role)
            for (f, n), role in zip(frames, roles, strict=True)
        ]

    @property
    def roles_fit(self):
        """Whether seed, UBM and added metal lie in this order."""
        order = [("seed", "ubm", "additional").index(x.role) for x in self.metal_layers]
        return order == sorted(order)

    @property
    def ubm(self):
        """Layers of UBM from below; None where the case does not say which they are."""
        layers = [x for x in self.metal_layers if x.role == "ubm"]
        return layers if layers and (self.roles_fit or self.said) else None

    @cached_property
    def resists(self):
        """Those of the masks that are made to be removed, or are."""
        stripped = {s.layer for s in self.case.steps if s.do == "strip"}
        kinds = ("photoresist", "dry film")
        return [
            (f, n, d) for f, n, d in self.masks
            if n in stripped or self.library.get(f.step.material).kind in kinds
        ]  # fmt: skip

    @cached_property
    def column(self):
        """Deposits of the column, or an empty set."""
        layers = {name for _, name in self._metal_frames}
        masks = {d for f, _, deposits in self.resists for d in deposits}
        found = set()
        for frame in self.deposits:
            if frame.step.way != "column" and frame.index not in masks:
                continue
            below = self.on(frame)
            bodies = {n for n, d in frame.held.items() if d & found and not d & frame.ever}
            if below & bodies or (not found and below & layers):
                found.add(frame.index)
        return frozenset(found)

    @cached_property
    def resist(self):
        """Frame of the coat that the column was deposited through."""
        return next((f for f, _, d in self.resists if set(d) & self.column), None)

    @cached_property
    def passivation(self):
        """Frame of the first layer with an opening over the pad, that is no resist."""
        open_ = [f for f in self.passivations if f.step.opening is not None]
        return next(iter(open_ or self.passivations), None)

    @cached_property
    def passivations(self):
        """Frames of its layers: coats before the solder, but resists and metals."""
        masks = {name for _, name, _ in self.resists}
        masks |= {s.layer for s in self.case.steps if s.do == "strip"}
        end = self.deposits[0].index if self.deposits else self.last.index + 1
        there = self.bare
        return [
            frame for frame in self.steps("coat")
            if frame.index < end and any(n.split(" part ")[0] == frame.new[0] for n in there.bodies)
            and frame.new[0] not in masks and not self.is_metal(frame.picture[frame.new[0]])
            and not self._to_be_removed(frame)
        ]  # fmt: skip

    def _to_be_removed(self, frame):
        kinds = ("photoresist", "dry film")
        material = frame.step.material
        return self.library.get(material).kind in kinds or material in kinds

    @cached_property
    def polyimide_coat(self):
        """Frame of the first layer of the polyimide."""
        return self.polyimide_coats[0] if self.polyimide_coats else None

    @cached_property
    def polyimide_coats(self):
        """Frames of layers, no resists, laid round the column and there when it melts."""
        if not self.column:
            return []
        after = max(self.column)
        inside, outside = [], []
        for frame in self.steps("coat"):
            if frame.index < after or self.is_metal(frame.picture[frame.new[0]]):
                continue
            if self._to_be_removed(frame):
                continue
            name = frame.new[0]
            end = self.first_mount if self.first_mount is not None else math.inf
            melts = [
                f for f in self.frames
                if f.step.do == "reflow" and frame.index < f.index < end and f.melted & self.column
            ]  # fmt: skip
            there = melts[0].before if melts else self.last.picture
            if any(n == name or n.startswith(f"{name} part ") for n in there.bodies):
                (inside if melts else outside).append(frame)
        return inside or outside  # what comes after the last reflow is round no column

    @property
    def polyimide(self):
        """Names of its layers, or None."""
        return [f.new[0] for f in self.polyimide_coats] or None

    @cached_property
    def polyimide_etches(self):
        return [f for f in self.steps("etch") if f.step.layer in (self.polyimide or ())]

    @cached_property
    def _column_stages(self):
        if self.polyimide is None:
            return []
        end = self.first_mount
        melts = [
            f.index for f in self.frames
            if f.step.do == "reflow" and f.melted & self.column and (end is None or f.index < end)
        ]  # fmt: skip
        # an etch after which nothing melts changes no ball
        etches = [f.index for f in self.polyimide_etches if any(m > f.index for m in melts)]
        start = max([*(f.index for f in self.polyimide_coats), *etches])
        return [self.at(i) for i in melts if i > start]

    @property
    def column_stage(self):
        """First stage that melts the column in its finished polyimide (FA)."""
        return self._column_stages[0] if self._column_stages else None

    @property
    def ball_stage(self):
        """Last one before any mount that shapes it (FB).

        Before the polyimide, if it never melts in it.
        """
        if self._column_stages or not self.column:
            shaping = [f for f in self._column_stages if f.shaped & self.column]
            return shaping[-1] if shaping else None
        return self.last_melting(self.column, before=self.first_mount)

    @property
    def said(self):
        """Whether the case gives each layer of metal its role."""
        return all(f.step.role is not None for f, _ in self._metal_frames)

    @property
    def swapped(self):
        """(lower, upper): two layers whose given roles belong the other way round, or None."""
        rank = ("seed", "ubm", "additional").index
        for a, b in pairwise(self.metal_layers):
            if self.said and rank(a.role) > rank(b.role):
                return a, b
        return None
