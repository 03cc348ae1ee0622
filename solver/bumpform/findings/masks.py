"""Who is who where openings of stacked masks are filled: 004.

A mask is a coat with an opening in which solder was deposited, that is named by a fill, is
stripped later, or is a photoresist or dry film; a passivation is none. Masks count from below.
"""

from __future__ import annotations

from dataclasses import dataclass

from bumpform.findings.condition import Answer, not_judged
from bumpform.findings.findings import Findings
from bumpform.findings.lineage import Melting
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.bodies import in_words
from bumpform.process.state import opening_of
from bumpform.quick import cached_property
from bumpform.steps.kinds import Coat, Deposit, Reflow, Strip

__all__ = ["Mask", "MaskRoute"]


@dataclass(frozen=True)
class Mask:
    """One mask.

    Attributes
    ----------
    index : int
        Step that coats it.
    step : Coat
    deposits : frozenset of int
        Steps that put solder into its opening.
    """

    index: int
    step: Coat
    deposits: frozenset[int]


@dataclass(frozen=True, eq=False)
class MaskRoute:
    """Masks and the solders in their openings.

    Attributes
    ----------
    found : Findings
    """

    found: Findings

    @cached_property
    def masks(self) -> tuple[Mask, ...]:
        """From below."""
        return tuple(
            Mask(index, step, self.filled[step.layer])
            for index, step in self.openings
            if self.filled.get(step.layer)
        )

    @cached_property
    def empty(self) -> tuple[str, ...]:
        """Names of masks under the topmost one whose own opening no solder was put into."""
        top = self.masks[-1].index if self.masks else -1
        return tuple(s.layer for i, s in self.openings if i < top and not self.filled.get(s.layer))

    @cached_property
    def openings(self) -> list[tuple[int, Coat]]:
        """Coats with an opening that are filled by name, stripped, or made to be stripped."""
        steps = self.found.case.steps
        stripped = {s.layer for s in steps if isinstance(s, Strip)}
        fills = {s.fill.layer for s in steps if isinstance(s, Deposit) and s.fill is not None}
        return [
            (index, step)
            for index, step in self.found.steps(Coat)
            if step.opening is not None
            and not self.found.is_metal(step.material)
            and (
                step.layer in stripped | fills or self.found.materials.get(step.material).is_resist
            )
        ]

    @cached_property
    def filled(self) -> dict[str, frozenset[int]]:
        """Deposits by the mask whose opening they went into."""
        by_layer: dict[str, frozenset[int]] = {}
        for index, step in self.found.steps(Deposit):
            if layer := self._home(index, step):
                by_layer[layer] = by_layer.get(layer, frozenset()) | {index}
        return by_layer

    def _home(self, index: int, step: Deposit) -> str:
        """The mask whose opening a deposit went into; empty where it went into none.

        The one that a fill names; else, where the uppermost layer is a mask, the lowest that is
        as high as the deposit, or the uppermost.
        """
        if step.fill is not None:
            return step.fill.layer
        stack = self.found.state(index).stack
        tops = {r.name: r.top for r in stack.regions if r.is_dielectric}
        masks = [s.layer for i, s in self.openings if i < index and s.layer in tops]
        near = 1e-9 * stack.outer  # what is abraded may be level with others
        if not masks or max(tops.values()) - max(tops[name] for name in masks) > near:
            return ""
        height = stack.regions[-1].top - near
        return next((m for m in masks if tops[m] >= height), masks[-1])

    def rim(self, mask: Mask, index: int) -> float:
        """Radius of a mask's opening at its top, as it was last there up to a step, m.

        A wall may begin further down than the layer is thick: in the opening of one below.
        """
        stacks = (self.found.state(i).stack for i in range(index, mask.index - 1, -1))
        name = mask.step.layer
        there = next(s for s in stacks if any(r.name == name for r in s.regions))
        opening = opening_of(there, name, island=True)
        assert opening is not None
        return opening.rim_r

    @cached_property
    def deposits(self) -> frozenset[int]:
        """All solder put into openings of masks."""
        return frozenset(d for mask in self.masks for d in mask.deposits)

    @cached_property
    def first_melting(self) -> Melting | None:
        """FP: what first melts the first solder alone, before the second is put down."""
        if len(self.masks) < 2:
            return None
        one, two = self.masks[:2]
        found = [
            m
            for m in self.found.lineage.meltings
            if m.deposits & one.deposits
            and not m.enclosed
            and min(one.deposits) < m.index < min(two.deposits)
        ]
        return found[0] if found else None

    @cached_property
    def _late(self) -> list[Melting]:
        """All liquids after the last mask's deposit, but for those of mounts."""
        return [
            m
            for m in self.found.lineage.meltings
            if self.deposits
            and m.index > max(self.deposits)
            and not isinstance(m.moment.state.stage, Mounted)
        ]

    @cached_property
    def fused(self) -> Melting | None:
        """The first liquid that all solder put into openings is part of."""
        return next((m for m in self._late if self.deposits <= m.deposits), None)

    @cached_property
    def fusing(self) -> list[Melting]:
        """FF: the liquids of the stage that fuses all solder; of the last one, if none does."""
        at = self.fused or next((m for m in self._late[::-1] if m.deposits & self.deposits), None)
        at = at or next(iter(self._late), None)
        return [] if at is None else [m for m in self._late if m.index == at.index]

    @property
    def reflowed(self) -> int | None:
        """Step that fuses the solders; the first reflow after all are in, if none does."""
        first = self.fused or next(iter(self._late), None)
        return None if first is None else first.index

    def no_masks(self) -> Answer | None:
        """Not judged, where there is no mask."""
        if self.masks:
            return None
        absent = "there is no mask: no solder is put into an opening of a mask"
        return self.found.missing(lambda s: isinstance(s, Deposit), self.no_mask or absent)

    @property
    def no_mask(self) -> str:
        """Why layers with an opening are no masks, where there are such and no mask; or empty."""
        coats = [s for _, s in self.found.steps(Coat) if s.opening is not None]
        names = [s.layer for s in coats if not self.found.is_metal(s.material)]
        if self.openings or not names:
            return ""
        which = f"{in_words(names)} {'is' if len(names) == 1 else 'are'} not filled by name (fill)"
        return f"there is no mask: {which}, not stripped, and no photoresist or dry film"

    def no_fusing(self) -> Answer | None:
        """Not judged, where the solders are not melted together."""
        if absent := self.no_masks():
            return absent
        if not self.fusing:
            if any(m.index > max(self.deposits) for m in self.found.lineage.meltings):
                return not_judged("the solder first melts at mounting")
            return self.found.missing(
                lambda s: isinstance(s, Reflow), "no reflow follows the last deposit"
            )
        refused = next((m.refused for m in self.fusing if not m.solved), "")
        return not_judged(refused) if refused else None
