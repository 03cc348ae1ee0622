"""Who is who on a plated column: 002.

The column is the solder that is deposited through a resist, or as a column, on metal that has been
laid over the pad. It is judged as a column before the first stage that melts it once the polyimide
is done, and as a ball in the last before any mount.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from bumpform.case.steps import Coat, Deposit, Etch, Plate, Reflow, Strip
from bumpform.process.process import Cavity
from bumpform.stack.cut import is_part
from bumpform.stack.stack import Region
from bumpform.verdict.condition import Answer, not_judged
from bumpform.verdict.findings import Findings, axis_span, top_of
from bumpform.verdict.lineage import Melting

__all__ = ["ColumnRoute", "MetalLayer"]


@dataclass(frozen=True)
class MetalLayer:
    """A layer of metal between pad and solder.

    Attributes
    ----------
    index : int
        Step that laid it.
    name, material : str
    role : "seed", "ubm", "additional"
    """

    index: int
    name: str
    material: str
    role: str


@dataclass(frozen=True, eq=False)
class ColumnRoute:
    """Passivation, seed, UBM, added metal, resist, column, polyimide of a run.

    Attributes
    ----------
    found : Findings
    """

    found: Findings

    @cached_property
    def deposit(self) -> int | None:
        """The step that puts down the column."""
        deposits = self.found.steps(Deposit)
        for index, step in deposits:
            through = step.column is not None or self._through_resist(index)
            if through and self._on_metal(index):
                return index
        return None

    def _on_metal(self, index: int) -> bool:
        new = self.found.state(index).stack.regions[-1].name
        bare = self.found.steps(Deposit)[0][0]  # what is laid on solder is not over the pad
        laid = {r.name for r in self.found.metals(bare) if r.kind != "pad"}
        return bool(laid & {*self.found.stands_on(index, new)})

    def _through_resist(self, index: int) -> bool:
        before = self.found.history[index].before
        cavity = before.cavity if before is not None else None
        return cavity is not None and self.is_resist(cavity.layer, cavity.material)

    def is_resist(self, layer: str, material: str) -> bool:
        """Whether a layer is stripped later, or is of a material that is made to be."""
        stripped = {s.layer for s in self.found.case.steps if isinstance(s, Strip)}
        return layer in stripped or self._is_removable(material)

    def _is_removable(self, material: str) -> bool:
        return self.found.materials.get(material).kind in ("photoresist", "dry film")

    @cached_property
    def resist(self) -> int | None:
        """The step that coats the resist with the column's opening."""
        if self.deposit is None:
            return None
        coats = [
            i
            for i, s in self.found.steps(Coat)
            if i < self.deposit and s.opening is not None and self.is_resist(s.layer, s.material)
        ]
        return coats[-1] if coats else None

    @cached_property
    def passivation(self) -> int | None:
        """The step that coats the passivation: the first with an opening, else the first."""
        opened = [i for i, s in self._passivating if s.opening is not None]
        return next(iter(opened or [i for i, _ in self._passivating]), None)

    @cached_property
    def passivation_layers(self) -> tuple[str, ...]:
        """Names of its layers: all that is coated before the column and is no resist or metal."""
        return tuple(s.layer for _, s in self._passivating)

    @cached_property
    def _passivating(self) -> list[tuple[int, Coat]]:
        deposits = [i for i, _ in self.found.steps(Deposit)]
        end = self.deposit if self.deposit is not None else min(deposits, default=math.inf)
        return [
            (i, s)
            for i, s in self.found.steps(Coat)
            if i < end
            and not self.is_resist(s.layer, s.material)
            and not self.found.is_metal(s.material)
        ]

    @cached_property
    def polyimide(self) -> int | None:
        """The first step that coats what is round the column when it melts."""
        return min(self._surrounding, default=None)

    @cached_property
    def polyimide_layers(self) -> tuple[str, ...]:
        """Names of its layers: one, or several on one another."""
        return tuple(self._surrounding.values())

    @cached_property
    def _surrounding(self) -> dict[int, str]:
        """Coats laid after the column, no resist, that are there when it melts.

        Where it melts in none of them: that are there at the end.
        """
        melts = [m for m in self.found.lineage.meltings if m.deposits & self.deposits]
        kept: dict[int, str] = {}
        left: dict[int, str] = {}
        for index, layer in self._coated:
            melting = next((m for m in melts if m.index > index), None)
            state = self.found.history[-1].state if melting is None else melting.moment.before
            if state is not None and self._parts(state.stack.regions, (layer,)):
                (left if melting is None else kept)[index] = layer
        return kept or left

    @cached_property
    def _coated(self) -> list[tuple[int, str]]:
        return [
            (i, s.layer)
            for i, s in self.found.steps(Coat)
            if self.deposit is not None
            and i > self.deposit
            and not self.found.is_metal(s.material)
            and not self._is_removable(s.material)
        ]

    @staticmethod
    def _parts(regions: Iterable[Region], layers: tuple[str, ...]) -> list[Region]:
        """Regions of some layers, whole or cut."""
        return [r for r in regions if any(is_part(r, layer) for layer in layers)]

    @cached_property
    def etches(self) -> list[int]:
        """Steps that etch the polyimide."""
        if self.polyimide is None:
            return []
        return [i for i, s in self.found.steps(Etch) if s.layer in self.polyimide_layers]

    @cached_property
    def deposits(self) -> frozenset[int]:
        """Steps that put down the column's metal."""
        return frozenset() if self.deposit is None else frozenset({self.deposit})

    @cached_property
    def column_melting(self) -> Melting | None:
        """FA: the first stage that melts it after the last coat or etch of the polyimide."""
        if self.polyimide is None:
            return None
        start = max([*self._surrounding, *self._etches_before_melting])
        return next(
            (
                m
                for m in self.found.lineage.meltings
                if m.index > start and m.deposits & self.deposits and m.index <= self.found.end
            ),
            None,
        )

    @cached_property
    def _etches_before_melting(self) -> list[int]:
        first = self.found.lineage.meltings
        melts = [m.index for m in first if m.deposits & self.deposits]
        return [i for i in self.etches if not melts or i < melts[0]]

    @cached_property
    def melted_before_polyimide(self) -> bool:
        """Whether the column has melted before the polyimide was coated."""
        return self.polyimide is not None and any(
            m.index < self.polyimide and m.deposits & self.deposits
            for m in self.found.lineage.meltings
        )

    @cached_property
    def ball_melting(self) -> Melting | None:
        """FB: the last stage that melts it before any mount."""
        return self.found.lineage.last_melting(self.deposits, self.found.end + 1)

    # ---------------------------------------------------------------- layers of metal

    @cached_property
    def _laid(self) -> list[tuple[int, Coat | Plate]]:
        """Metal laid between pad and column, in order; and what is plated beside it later."""
        end = self.deposit if self.deposit is not None else len(self.found.history)
        return [
            (m.index, m.step)
            for m in self.found.history[:end]
            if isinstance(m.step, Coat | Plate) and self.found.is_metal(m.step.material)
        ]

    @cached_property
    def layers(self) -> tuple[MetalLayer, ...]:
        """Layers of metal between pad and solder with their roles, from the pad up.

        Where no role is given: blanket layers under the resist are seed (the lowest of several)
        and UBM; what is plated is added metal if a blanket UBM exists, UBM if not.
        """
        laid = self._laid
        blanket = [i for i, s in laid if isinstance(s, Coat)]
        told = {s.role for _, s in laid}
        found = []
        for index, step in laid:
            name = step.layer if isinstance(step, Coat) else step.name
            if step.role is not None:
                role: str = step.role
            elif index in blanket:
                lowest = index == blanket[0] and len(blanket) > 1 and "seed" not in told
                role = "seed" if lowest else "ubm"
            else:
                has_ubm = any(self._is_ubm(i, blanket) for i in blanket) or "ubm" in told
                role = "additional" if has_ubm else "ubm"
            found.append(MetalLayer(index, name, step.material, role))
        return tuple(found)

    def _is_ubm(self, index: int, blanket: list[int]) -> bool:
        """Whether a blanket layer is UBM: by its role, or as the only one or no lowest one."""
        step = self.found.history[index].step
        assert isinstance(step, Coat)
        return step.role == "ubm" or (
            step.role is None and (len(blanket) == 1 or index != blanket[0])
        )

    def of_role(self, role: str) -> tuple[MetalLayer, ...]:
        """Layers of one role, from the pad up."""
        return tuple(layer for layer in self.layers if layer.role == role)

    @cached_property
    def out_of_order(self) -> tuple[MetalLayer, MetalLayer] | None:
        """Two layers of which the lower belongs over the upper one: seed, UBM, added metal."""
        rank = {"seed": 0, "ubm": 1, "additional": 2}
        return next(((a, b) for a, b in pairwise(self.layers) if rank[a.role] > rank[b.role]), None)

    @cached_property
    def roles_told(self) -> bool:
        """Whether the case gives every layer its role."""
        return all(step.role is not None for _, step in self._laid)

    def roles_in_order(self) -> Answer | None:
        """Not judged, where roles that the case does not give contradict the order."""
        if self.out_of_order is not None and not self.roles_told:
            return not_judged(
                "the layers between pad and solder do not come as seed, UBM, additional metal: "
                "give the layers their role"
            )
        return None

    def thickness(self, layer: MetalLayer) -> float:
        """Thickness of a layer on the axis, as it was laid, m."""
        span = axis_span(self.region(layer, layer.index))
        return 0.0 if span is None else span[1] - span[0]

    def region(self, layer: MetalLayer, index: int) -> Region:
        """The region of a layer after a step."""
        return (
            self.found.state(layer.index).stack.regions[-1]
            if index == layer.index
            else (self.found.state(index).stack.region(layer.name))
        )

    # ---------------------------------------------------------------- why something is not there

    def no_column(self) -> Answer | None:
        """Not judged, where there is no column."""
        if self.deposit is None:
            absent = "no solder is deposited through a resist or as a column on metal over the pad"
            return self.found.missing(lambda s: isinstance(s, Deposit), absent)
        return None

    def no_polyimide(self) -> Answer | None:
        """Not judged, where there is no polyimide round the column."""
        if absent := self.no_column():
            return absent
        if self.polyimide is not None:
            return None
        if self._coated:
            return not_judged("what is coated round the column is removed before it melts")
        return self.found.missing(
            lambda s: isinstance(s, Coat) and not self.found.is_metal(s.material),
            "nothing is coated round the column after it is deposited",
        )

    def never_melted(self) -> Answer | None:
        """Not judged, where the column has not melted, or was shut in or refused."""
        if self.ball_melting is not None:
            refused = self.ball_melting.refused
            return None if self.ball_melting.solved else not_judged(refused)
        shut = [m for m in self.found.lineage.meltings if m.deposits & self.deposits]
        if shut:
            closed = f"the column is enclosed in {shut[-1].stage_name}, and keeps its shape"
            return not_judged(shut[-1].refused or closed)
        return self.found.missing(lambda s: isinstance(s, Reflow), "the column is never melted")

    def no_ball(self) -> Answer | None:
        """Not judged, where the column has become no ball in a polyimide."""
        return self.no_polyimide() or self.never_melted()

    # ---------------------------------------------------------------- places

    def before_melting(self) -> int:
        """The last step before FA; before anything melts the column, of all, where none does."""
        melting = self.column_melting
        return (melting.index if melting is not None else self.found.end + 1) - 1

    def cavity(self, index: int) -> Cavity | None:
        """The polyimide's opening round the column after a step; None where it covers it."""
        state = self.found.state(index)
        regions = self._parts(state.stack.regions, self.polyimide_layers)
        if not regions or any(axis_span(r) is not None for r in regions):
            return None
        if len(regions) == 1 and state.cavity is not None:
            if state.cavity.layer == regions[0].name:
                return state.cavity
        top = max(regions, key=top_of)
        z_top, thickness = top_of(top), self.polyimide_thickness(index)
        ends = [e.point(u) for e in top.loop for u in (0.0, 1.0)]
        rim_r = min(float(p[0]) for p in ends if p[1] >= z_top - 1e-9 * thickness)
        return Cavity(top.name, top.material, z_top, thickness, rim_r, thickness)

    def polyimide_thickness(self, index: int) -> float:
        """Thickness of the polyimide on the field after a step, all layers, m."""
        heights = [
            abs(float(e.point(1.0)[1] - e.point(0.0)[1]))
            for r in self._parts(self.found.state(index).stack.regions, self.polyimide_layers)
            for e in r.loop
            if e.feature == "outer"
        ]
        return math.fsum(heights)

    def polyimide_top(self, index: int) -> float:
        """Highest place of the polyimide after a step, m."""
        stack = self.found.state(index).stack
        return max(top_of(r) for r in self._parts(stack.regions, self.polyimide_layers))

    def solder_top(self, index: int) -> float:
        """Highest place of the column after a step, m."""
        names = self.found.lineage.named(index, self.deposits)
        return max(top_of(self.found.state(index).stack.region(n)) for n in names)

    def protrusion(self, index: int) -> float | None:
        """How far the column stands above the polyimide's top after a step, m."""
        cavity = self.cavity(index)
        return None if cavity is None else self.solder_top(index) - cavity.z_top
