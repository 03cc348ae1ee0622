"""Who is who on a plated column: 002.

The column is the solder that is deposited through a resist, or as a column, on metal that has been
laid over the pad. It is judged as a column before the first stage that melts it once the polyimide
is done, and as a ball in the last before any mount.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from bumpform.findings.condition import Answer, not_judged
from bumpform.findings.findings import Findings, axis_span
from bumpform.findings.lineage import Melting
from bumpform.process.moment import Moment
from bumpform.process.state import Cavity
from bumpform.quick import cached_property
from bumpform.stack.cut import is_part
from bumpform.stack.stack import Region, Stack
from bumpform.steps.kinds import Coat, Deposit, Etch, Plate, Reflow, Strip

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


def _made(moment: Moment, name: str) -> str:
    """Name of what a plating has made: of two of one metal, the second's has a number."""
    old = {r.name for r in moment.before.stack.regions} if moment.before is not None else set()
    new = (r.name for r in moment.state.stack.regions if r.name not in old)
    return next((n.split(" part ")[0] for n in new), name)


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
        """The step that puts down the column; the first, where several do."""
        return min(self.deposits, default=None)

    @cached_property
    def deposits(self) -> frozenset[int]:
        """Steps that put down the column's metal: on the metal over the pad, and on that.

        What is put on it once it has melted is put on a ball.
        """
        column: frozenset[int] = frozenset()
        for index, step in self.found.steps(Deposit):
            if step.column is None and not self._through_resist(index):
                continue
            bodies = self.found.lineage.bodies(index)
            new = self.found.state(index).stack.regions[-1].name
            under = self.found.stands_on(index, new)
            on_column = any(
                n in bodies and bodies[n].deposits & column and not bodies[n].frozen for n in under
            )
            if on_column or (not column and {layer.name for layer in self.layers} & set(under)):
                column |= {index}
        return column

    def _through_resist(self, index: int) -> bool:
        return any(index in self.found.masks.filled.get(name, ()) for name in self._resists)

    @cached_property
    def _resists(self) -> dict[str, int]:
        """Layers with an opening that are stripped later, or made to be: steps that coat them."""
        stripped = {s.layer for s in self.found.case.steps if isinstance(s, Strip)}
        return {
            s.layer: i
            for i, s in self.found.masks.openings
            if s.layer in stripped or self._is_removable(s.material)
        }

    def is_resist(self, layer: str, material: str) -> bool:
        """Whether a layer is stripped later, or is of a material that is made to be."""
        stripped = {s.layer for s in self.found.case.steps if isinstance(s, Strip)}
        return layer in stripped or self._is_removable(material)

    def _is_removable(self, material: str) -> bool:
        return self.found.materials.get(material).is_resist

    @cached_property
    def resist(self) -> int | None:
        """The step that coats the resist in whose opening the column was deposited."""
        filled = self.found.masks.filled
        return next(
            (i for n, i in self._resists.items() if filled.get(n, set()) & self.deposits), None
        )

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
        there = self._bare.regions
        return [
            (i, s)
            for i, s in self.found.steps(Coat)
            if self._parts(there, (s.layer,))
            and not self.is_resist(s.layer, s.material)
            and not self.found.is_metal(s.material)
        ]

    @cached_property
    def _bare(self) -> Stack:
        """What stands there before the first solder; at the end, where there is none."""
        first = next((m for m in self.found.history if isinstance(m.step, Deposit)), None)
        before = first.before if first is not None else self.found.history[-1].state
        assert before is not None
        return before.stack

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
        """Coats laid after the column, no resist, that are there when it melts before any mount.

        Where it melts in none of them: that are there at the end.
        """
        kept: dict[int, str] = {}
        left: dict[int, str] = {}
        for index, layer in self._coated:
            melting = next((m for m in self._melts if m.index > index), None)
            state = self.found.history[-1].state if melting is None else melting.moment.before
            if state is not None and self._parts(state.stack.regions, (layer,)):
                (left if melting is None else kept)[index] = layer
        return kept or left

    @cached_property
    def _coated(self) -> list[tuple[int, str]]:
        return [
            (i, s.layer)
            for i, s in self.found.steps(Coat)
            if i > max(self.deposits, default=math.inf)
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
    def _meltings(self) -> list[Melting]:
        """Reflows before any mount that melt it in the finished polyimide, shut in or not."""
        if self.polyimide is None:
            return []
        # an etch after which nothing melts changes no ball
        etches = [i for i in self.etches if any(m.index > i for m in self._melts)]
        start = max([*self._surrounding, *etches])
        return [m for m in self._melts if m.index > start]

    @cached_property
    def _melts(self) -> list[Melting]:
        """Reflows before any mount that melt it."""
        meltings = self.found.lineage.meltings
        return [m for m in meltings if m.deposits & self.deposits and m.index <= self.found.end]

    @cached_property
    def column_melting(self) -> Melting | None:
        """FA: the first stage that melts it after the last coat or etch of the polyimide."""
        return next(iter(self._meltings), None)

    @cached_property
    def melted_before_polyimide(self) -> bool:
        """Whether the column has melted before the polyimide was coated."""
        return self.polyimide is not None and any(
            m.index < self.polyimide and m.deposits & self.deposits
            for m in self.found.lineage.meltings
        )

    @cached_property
    def ball_melting(self) -> Melting | None:
        """FB: the last stage that gives it a shape in the polyimide, before any mount.

        Without one after the polyimide, the last before it.
        """
        if self._meltings:
            return next((m for m in self._meltings[::-1] if not m.enclosed), None)
        return self.found.lineage.last_melting(self.deposits, self.found.end + 1)

    # ---------------------------------------------------------------- layers of metal

    @cached_property
    def _laid(self) -> list[tuple[int, Coat | Plate, str]]:
        """Metal on the axis under the first solder, from the pad up, with its region's name."""
        steps = [
            (m.index, m.step, m.step.layer if isinstance(m.step, Coat) else _made(m, m.step.name))
            for m in self.found.history
            if isinstance(m.step, Coat | Plate) and self.found.is_metal(m.step.material)
        ]
        found = []
        for region in self._bare.regions:
            span = axis_span(region)
            laid = next((x for x in steps if is_part(region, x[2])), None)
            if laid is not None and span is not None and region.is_layer:
                found.append((span[0], laid[0], laid[1], region.name))
        return [(i, s, name) for _, i, s, name in sorted(found, key=lambda x: x[0])]

    @cached_property
    def layers(self) -> tuple[MetalLayer, ...]:
        """Layers of metal between pad and solder with their roles, from the pad up.

        Where no role is given: blanket layers are seed (the lowest of several) and UBM; what is
        plated is added metal over a UBM that is blanket or given as one, UBM if not.
        """
        laid = self._laid
        blanket = [i for i, s, _ in laid if isinstance(s, Coat)]
        told = {s.role for _, s, _ in laid}
        found: list[MetalLayer] = []
        on_ubm = False
        for index, step, name in laid:
            if step.role is not None:
                role: str = step.role
            elif isinstance(step, Coat):
                lowest = index == blanket[0] and len(blanket) > 1 and "seed" not in told
                role = "seed" if lowest else "ubm"
            else:
                role = "additional" if on_ubm else "ubm"
            said = step.role is not None or isinstance(step, Coat)
            on_ubm = on_ubm or (said and role == "ubm")
            found.append(MetalLayer(index, name, step.material, role))
        return tuple(found)

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
        return all(step.role is not None for _, step, _ in self._laid)

    def roles_in_order(self) -> Answer | None:
        """Not judged, where roles that the case does not give contradict the order."""
        if self.out_of_order is not None and not self.roles_told:
            return not_judged(
                "the layers between pad and solder do not come as seed, UBM, additional metal: "
                "give the layers their role"
            )
        return None

    def thickness(self, layer: MetalLayer) -> float:
        """Thickness of a layer on the axis under the solder, m."""
        span = axis_span(self._bare.region(layer.name))
        return 0.0 if span is None else span[1] - span[0]

    # ---------------------------------------------------------------- why something is not there

    def no_column(self) -> Answer | None:
        """Not judged, where there is no column."""
        if self.deposit is None:
            absent = "no solder is deposited through a resist or as a column on metal over the pad"
            return self.found.missing(lambda s: isinstance(s, Deposit), absent)
        return None

    @staticmethod
    def no_resist() -> Answer:
        """Not judged: whatever resists there are, the column is not in the opening of one."""
        return not_judged("there is no resist through which a column is deposited")

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
        shut = self._meltings or [
            m for m in self.found.lineage.meltings if m.deposits & self.deposits
        ]
        if shut:
            closed = f"the column is enclosed in {shut[-1].stage_name}, and keeps its shape"
            return not_judged(shut[-1].refused or closed)
        return self.found.missing(lambda s: isinstance(s, Reflow), "the column is never melted")

    def no_ball(self) -> Answer | None:
        """Not judged, where the column has become no ball in a polyimide."""
        if absent := self.no_polyimide() or self.never_melted():
            return absent
        stack = self.found.state(self.ball_index()).stack
        if not self._parts(stack.regions, self.polyimide_layers):
            return not_judged("the polyimide is gone when the bump is last melted")
        if not self.found.lineage.named(self.ball_index(), self.deposits):
            return not_judged("nothing of the bump is left when the polyimide is coated")
        return None

    # ---------------------------------------------------------------- places

    def ball_index(self) -> int:
        """The step after which the polyimide is as round the ball: before FB, or as coated."""
        assert self.ball_melting is not None
        assert self.polyimide is not None
        return max(self.ball_melting.index - 1, self.polyimide)

    def cut_top(self) -> float | None:
        """Top of a ball that is cut before the polyimide is coated, m; None where it is whole."""
        assert self.ball_melting is not None
        coated = self.ball_index()
        if coated < self.ball_melting.index:
            return None
        left = self.solder_top(coated)
        return left if left < self.solder_top(self.ball_melting.index) else None

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
        top = max(regions, key=lambda r: r.top)
        z_top, thickness = top.top, self.polyimide_thickness(index)
        ends = [e.point(u) for e in top.loop for u in (0.0, 1.0)]
        rim_r = min(float(p[0]) for p in ends if p[1] >= z_top - 1e-9 * thickness)
        coats = tuple(r.name for r in sorted(regions, key=lambda r: -r.top))
        return Cavity(top.name, top.material, z_top, thickness, rim_r, thickness, coats)

    def polyimide_thickness(self, index: int) -> float:
        """Thickness of the polyimide on the field after a step, all layers, m."""
        heights = [
            abs(float(e.point(1.0)[1] - e.point(0.0)[1]))
            for r in self._parts(self.found.state(index).stack.regions, self.polyimide_layers)
            if (e := r.limit) is not None
        ]
        return math.fsum(heights)

    def polyimide_top(self, index: int) -> float:
        """Highest place of the polyimide after a step, m."""
        stack = self.found.state(index).stack
        return max(r.top for r in self._parts(stack.regions, self.polyimide_layers))

    def solder_top(self, index: int) -> float:
        """Highest place of the column after a step, m."""
        names = self.found.lineage.named(index, self.deposits)
        return max(self.found.state(index).stack.region(n).top for n in names)

    def protrusion(self, index: int) -> float | None:
        """How far the column stands above the polyimide's top after a step, m."""
        cavity = self.cavity(index)
        return None if cavity is None else self.solder_top(index) - cavity.z_top
