"""The user's own limits on metrics: `[requirements]`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import model_validator

from bumpform.case.checks.problems import spell, unknown_key
from bumpform.errors import Problem, QuantityError
from bumpform.units.fields import KeyRuleError, Model, Quantity
from bumpform.units.naming import split_unit

__all__ = ["Requirement", "read_requirements", "requirement_dimension"]

#: What a limit is read as where the name's ending is no dimension of its own.
_READ_AS: Final = {"temperature difference": "temperature", "degrees": "fraction", "": "fraction"}
#: Beyond this a limit of a bump or a joint is a forgotten unit: 1 m, 1 l, 1 kN.
_LARGEST: Final = {"length": 1.0, "volume": 1e-3, "force": 1e3}


class Requirement(Model):
    """Limits of one metric, SI; at least one of them."""

    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _some_limit(self) -> Requirement:
        if self.min is None and self.max is None:
            raise ValueError("give min, max or both.")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise KeyRuleError("is above max: nothing can meet it.", "min")
        return self


def read_requirements(
    tables: object, stages: Sequence[str]
) -> tuple[dict[str, dict[str, float]], list[Problem]]:
    """Limits in SI by "STAGE.METRIC", and what is wrong with them.

    Parameters
    ----------
    tables : object
        The section as the file has it.
    stages : sequence of str
        Names of the case's stages, and "barrier".
    """
    if not isinstance(tables, Mapping):
        message = "a table [requirements] is needed."
        return {}, [Problem("requirements", message, spell(tables))]
    limits: dict[str, dict[str, float]] = {}
    problems: list[Problem] = []
    for name, table in tables.items():
        path = f"requirements.{name}"
        if isinstance(table, Requirement):
            table = table.model_dump(exclude_none=True)
        found = list(_name_problems(path, str(name), stages))
        if not isinstance(table, Mapping):
            message = 'limits are written { min = "70 um", max = "90 um" }.'
            found.append(Problem(path, message, spell(table)))
        problems += found
        if found or not isinstance(table, Mapping):
            continue
        dimension = requirement_dimension(str(name))
        limits[str(name)] = {}
        for key, value in table.items():
            if key not in ("min", "max"):
                problems.append(unknown_key(path, key, ("min", "max")))
                continue
            try:
                limits[str(name)][key] = _limit(dimension).read(value)
            except QuantityError as error:
                problems.append(Problem(f"{path}.{key}", str(error), spell(value)))
        low, high = limits[str(name)].get("min"), limits[str(name)].get("max")
        if low is not None and high is not None and low > high:
            message = f"is above max = {spell(table['max'])}: nothing can meet it."
            problems.append(Problem(f"{path}.min", message, spell(table["min"])))
            del limits[str(name)]
        elif table and not limits[str(name)]:  # all that was given is wrong, and told
            del limits[str(name)]
    return limits, problems


def _limit(dimension: str) -> Quantity:
    most = _LARGEST.get(dimension)
    return Quantity(dimension, least=None if most is None else -most, most=most)


def requirement_dimension(name: str) -> str:
    """Dimension of the limits of a metric, by the ending of its name."""
    dimension = split_unit(name)[1]
    return _READ_AS.get(dimension, dimension)


def is_count(name: str) -> bool:
    """Whether "STAGE.METRIC" is a whole number."""
    from bumpform.metrics.metric import count_names  # it loads the solver

    return name.rpartition(".")[2] in count_names()


def _name_problems(path: str, name: str, stages: Sequence[str]) -> Iterator[Problem]:
    from bumpform.metrics.metric import metric_names, word_names  # they load the solver

    stage = next((s for s in sorted(stages, key=len)[::-1] if name.startswith(f"{s}.")), None)
    if stage is None:
        message = (
            'a requirement is named "STAGE.METRIC", with a stage of this case: '
            f"{', '.join(stages) or 'it has none'}."
        )
        yield Problem(path, message)
        return
    metric = name.removeprefix(f"{stage}.")
    if metric in word_names():
        yield Problem(path, f"{metric} is not a number, so it has no limits.")
        return
    metrics = metric_names()
    if metric not in metrics:
        near: list[Any] = difflib.get_close_matches(metric, metrics, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        yield Problem(path, f"there is no metric {metric}.{hint}")
