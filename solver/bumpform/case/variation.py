"""One case after another that differ in some values: made, and hashed, by what differs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bumpform.case.case import Case
from bumpform.case.checks.addresses import locate, put
from bumpform.case.checks.quantities import quantity_at, value_at
from bumpform.case.checks.tolerances import Tolerance

__all__ = ["Hashes", "Variation"]


@dataclass(frozen=True, eq=False)
class Variation:
    """A case with other values at some places.

    Attributes
    ----------
    case : Case
    places : tuple of str
        As `bumpform.case.checks.addresses` spells them.
    """

    case: Case
    places: tuple[str, ...]

    def at(self, values: Sequence[object]) -> Case:
        """The case with a value at each place.

        Raises
        ------
        CaseError
            If the case is wrong with them.
        """
        if self._of_sizes and all(map(_fits, self._tolerances, values)):
            case = self.case.resized(zip(self._keys, values, strict=True))
            if case is not None:
                return case
        data = self.case.to_dict()
        for place, keys, value in zip(self.places, self._keys, values, strict=True):
            put(data, keys, place, value)
        return Case.from_dict(data, self.case.name)

    @cached_property
    def _data(self) -> dict[str, Any]:
        return self.case.to_dict()

    @cached_property
    def _keys(self) -> tuple[list[str], ...]:
        """Where the values stand in the data of a case."""
        return tuple(locate(self._data, place) for place in self.places)

    @cached_property
    def _of_sizes(self) -> bool:
        """Whether they are quantities that ``Case.resized`` takes, and that the case has."""
        quantities = [quantity_at(self._data, keys) for keys in self._keys]
        return all(
            quantity is not None
            and quantity.dimension != "temperature"
            and (keys[0] == "step" or keys == ["case", "pitch"])
            and value_at(self._data, keys) is not None
            for keys, quantity in zip(self._keys, quantities, strict=True)
        )

    @cached_property
    def _tolerances(self) -> tuple[Tolerance | None, ...]:
        """How each value scatters, where the case says it."""
        told = {tuple(locate(self._data, path)): t for path, t in self.case.tolerances.items()}
        return tuple(told.get(tuple(keys)) for keys in self._keys)


def _fits(tolerance: Tolerance | None, value: object) -> bool:
    """Whether a value surely is one that a tolerance may be about."""
    if tolerance is None:
        return True
    low, high = tolerance.low, tolerance.high
    return (
        isinstance(value, float)
        and value != 0.0
        and (low is None or low <= value)
        and (high is None or value <= high)
    )


class Hashes:
    """Hashes of cases as `bumpform.case.file.case_sha256` has them, which differ in a few steps.

    The text of what one case shares with the first is not written anew.
    """

    def __init__(self) -> None:
        self._first: Case | None = None
        self._around: tuple[str, str] = "", ""
        self._steps: dict[int, str] = {}

    def of(self, case: Case) -> str:
        """A case's hash, in hex."""
        if self._first is None or not _alike_but_for_steps(case, self._first):
            self._begin(case)
        known = self._steps
        steps = ",".join(known.get(id(step)) or _text(_plain(step)) for step in case.steps)
        return hashlib.sha256(f"{self._around[0]}[{steps}]{self._around[1]}".encode()).hexdigest()

    def _begin(self, case: Case) -> None:
        self._first = case
        data = case.to_dict()
        del data["step"]
        before, after = (
            [f"{_text(name)}:{_text(data[name])}" for name in sorted(data) if (name > "step") is so]
            for so in (False, True)
        )
        self._around = f"{{{','.join([*before, _text('step')])}:", ",".join(["", *after]) + "}"
        self._steps = {id(step): _text(_plain(step)) for step in case.steps}


def _alike_but_for_steps(one: Case, other: Case) -> bool:
    """Whether all but the steps of two cases has one text; a pitch is read anew for every case."""
    return one.pitch == other.pitch and all(getattr(one, n) is getattr(other, n) for n in _SHARED)


_SHARED = tuple(name for name in Case.model_fields if name not in ("steps", "pitch"))


def _plain(step: Any) -> Mapping[str, Any]:
    plain: Mapping[str, Any] = step.model_dump(exclude_none=True)
    return plain


#: As `case_sha256` writes a case.
_text: Callable[[object], str] = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False
).encode
