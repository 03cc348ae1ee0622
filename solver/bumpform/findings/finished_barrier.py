"""The barrier as the second solder finds it: as grown, or as a later step has cut it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from bumpform.geometry.edge import Edge
from bumpform.growth.barrier import distance_to_surface
from bumpform.process.state import Cavity, GrownBarrier
from bumpform.quick import cached_property
from bumpform.stack.stack import Stack
from bumpform.units.measured import Measured

__all__ = ["FinishedBarrier"]


@dataclass(frozen=True, eq=False)
class FinishedBarrier:
    """What a barrier is once no step cuts it any more before solder is put on it.

    Attributes
    ----------
    grown : GrownBarrier
    index : int
        The step that left it so.
    stack : Stack
        After that step.
    coating : tuple of str
        Its regions there.
    opening : Cavity
        The opening as it stands then: what cuts the barrier may cut its dielectric, too.
    is_cut : bool
    flanks : frozenset of int
        Curves (their ids) along which it was grown against other solids: laid bare later, they are
        no top.
    bed : tuple of Edge
        What of the first bump it lies on then: what cuts it may cut the bump, too.
    """

    grown: GrownBarrier
    index: int
    stack: Stack
    coating: tuple[str, ...]
    opening: Cavity
    is_cut: bool
    flanks: frozenset[int]
    bed: tuple[Edge, ...]

    @cached_property
    def _tops(self) -> tuple[tuple[Edge, ...], ...]:
        """Its top, for each part that it lies in, axis outwards."""
        runs = groupby(self.stack.profile.pieces, self._is_top)
        return tuple(tuple(run) for is_top, run in runs if is_top)

    @property
    def _top(self) -> tuple[Edge, ...]:
        """Of several parts that next to the axis; empty where none is left."""
        return self._tops[0] if self._tops else ()

    def _is_top(self, edge: Edge) -> bool:
        is_flank = edge.feature.endswith(" side") or id(edge.curve) in self.flanks
        return edge.region in self.coating and not is_flank

    @property
    def parts(self) -> int:
        """In how many parts its top lies, each with an edge of its own."""
        return len(self._tops) if self.is_cut else len(self.grown.edges)

    @property
    def juncture(self) -> tuple[float, float]:
        """Where its top ends, r and z in m, of several parts that of the one next to the axis."""
        if not self.is_cut or not self._top:
            return self.grown.juncture
        r, z = self._top[-1].point(1.0).tolist()
        return r, z

    @property
    def thickness(self) -> Measured | None:
        """How thick it is on the axis, m; None where nothing of it is left.

        Where it is open on the axis, at its top's inner end.
        """
        if not self.is_cut:
            return Measured(self.grown.thickness, self.grown.shape_error)
        if not self._top:
            return None
        r, z = self._top[0].point(0.0).tolist()
        return Measured(distance_to_surface((r, z), self.bed), self.grown.shape_error)

    @property
    def nominal_thickness(self) -> float:
        """Of which its tolerances are parts, m: as grown, or the most that cuts have left of it.

        That is over the solder: what reaches past it is as thick as it stands above its edge.
        """
        grown = self.grown.step.total_thickness
        if not self.is_cut:
            return grown
        foot = max(float(edge.sample()[:, 0].max()) for edge in self.bed)
        ends = (edge.point(u).tolist() for edge in self._top for u in (0.0, 1.0))
        left = (distance_to_surface((min(r, foot), z), self.bed) for r, z in ends)
        return min(grown, max(left, default=grown))
