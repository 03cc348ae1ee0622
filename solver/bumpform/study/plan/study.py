"""A study: a case and the axes along which it is varied, as plain frozen data."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bumpform.brief import brief
from bumpform.case.case import Case
from bumpform.case.variation import Variation
from bumpform.study.plan.axis import Axis, Level
from bumpform.study.plan.columns import known_columns
from bumpform.study.plan.together import Together

__all__ = ["Numbers", "Study"]

#: Numbers of rows, or places of their values.
type Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Study:
    """All combinations of the values of some axes, and of what varies together; picklable.

    A row is known by its number, from 0: the last axis varies fastest. Cases are made one by one,
    so that the length of a study costs no memory.

    Attributes
    ----------
    name, title : str
        The name is that of the output folder.
    case : Case
        What is varied, with the study's fixed values.
    axes : tuple of Axis
    columns : tuple of str
        Of the table, beside those of every study (`bumpform.study.plan.columns`); empty: all.
    together : tuple of Together
        Samples and points of a file.
    """

    name: str
    title: str
    case: Case
    axes: tuple[Axis, ...]
    columns: tuple[str, ...] = ()
    together: tuple[Together, ...] = ()

    __repr__ = brief

    def __len__(self) -> int:
        return math.prod(self._sizes)

    @cached_property
    def varied(self) -> tuple[Axis, ...]:
        """Everything that varies: the axes, then what varies together."""
        return tuple(axis for block in self._blocks for axis in block)

    @property
    def drawn(self) -> bool:
        """Whether it has samples."""
        return any(block.drawn for block in self.together)

    @property
    def all_drawn(self) -> bool:
        """Whether samples are all that varies, so that a share of rows tells of a product's."""
        return self.drawn and len(self._blocks) == 1

    @cached_property
    def _blocks(self) -> tuple[tuple[Axis, ...], ...]:
        return (*((axis,) for axis in self.axes), *(block.axes for block in self.together))

    @cached_property
    def _sizes(self) -> list[int]:
        return [len(block[0].levels) for block in self._blocks]

    def sequence(self) -> Iterator[int]:
        """Numbers of all rows, neighbours with as many first steps in common as can be.

        The axis that changes the last step varies fastest; what all steps see, slowest.
        """
        blocks, sizes = self._blocks, self._sizes
        strides = [math.prod(sizes[i + 1 :]) for i in range(len(sizes))]
        order = sorted(range(len(sizes)), key=lambda i: min(axis.step for axis in blocks[i]))
        if order == list(range(len(sizes))):
            return iter(range(len(self)))
        columns = [range(0, sizes[i] * strides[i], strides[i]) for i in order]
        return map(sum, itertools.product(*columns))

    def column(self, axis: Axis) -> str:
        """Name of an axis in the table, apart from those of metrics and states.

        The barrier's thickness that is asked for is another than the one that is measured: as an
        axis it is "axis.barrier.thickness_m".
        """
        return f"axis.{axis.column}" if axis.column in known_columns(self.case) else axis.column

    def places[N: (int, Numbers)](self, number: N) -> list[N]:
        """Place of a row's value among the levels of everything that varies; of rows arrays."""
        places: list[N] = []
        for block, size in zip(reversed(self._blocks), reversed(self._sizes), strict=True):
            places += [number % size] * len(block)
            number = number // size
        return places[::-1]

    def point(self, number: int) -> tuple[Level, ...]:
        """Value of everything that varies, of a row."""
        places = zip(self.varied, self.places(number), strict=True)
        return tuple(axis.levels[place] for axis, place in places)

    def at(self, number: int) -> Case:
        """Case of a row.

        Raises
        ------
        CaseError
            If the values of the row do not go together.
        """
        return self._variation.at(self.point(number))

    def of(self, numbers: Sequence[int]) -> Self:
        """The same study with the values that some rows take alone: what a worker is sent."""
        taken = self.places(np.asarray(numbers, dtype=np.int64))
        places = iter([sorted(set(map(int, some))) for some in taken])
        axes = tuple(axis.at(next(places)) for axis in self.axes)
        together = tuple(
            replace(block, axes=tuple(axis.at(next(places)) for axis in block.axes))
            for block in self.together
        )
        return replace(self, axes=axes, together=together)

    @cached_property
    def _variation(self) -> Variation:
        return Variation(self.case, tuple(axis.place for axis in self.varied))

    @cached_property
    def sha256(self) -> str:
        """Hash of all that the rows follow from, in hex; the columns are a choice among them."""
        plain: dict[str, Any] = {
            "case": self.case.to_dict(),
            "axes": [axis.to_dict() for axis in self.axes],
        }
        if self.together:
            plain["together"] = [[a.to_dict() for a in block.axes] for block in self.together]
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
