"""A study: a case and the axes along which it is varied, as plain frozen data."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bumpform.case.case import Case
from bumpform.study.axis import Axis, Level

__all__ = ["Study"]


@dataclass(frozen=True)
class Study:
    """All combinations of the values of some axes; picklable.

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
        Metrics in the table, "stage.metric"; empty: all.
    """

    name: str
    title: str
    case: Case
    axes: tuple[Axis, ...]
    columns: tuple[str, ...] = ()

    def __len__(self) -> int:
        return math.prod(len(axis.levels) for axis in self.axes)

    def point(self, number: int) -> tuple[Level, ...]:
        """Value on every axis of a row."""
        levels: list[Level] = []
        for axis in reversed(self.axes):
            number, index = divmod(number, len(axis.levels))
            levels.append(axis.levels[index])
        return tuple(reversed(levels))

    def at(self, number: int) -> Case:
        """Case of a row.

        Raises
        ------
        CaseError
            If the values of the row do not go together.
        """
        places = (axis.place for axis in self.axes)
        return self.case.with_values(dict(zip(places, self.point(number), strict=True)))

    @cached_property
    def sha256(self) -> str:
        """Hash of all that the rows follow from, in hex; the columns are a choice among them."""
        plain: dict[str, Any] = {
            "case": self.case.to_dict(),
            "axes": [axis.to_dict() for axis in self.axes],
        }
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
