"""The registry of metrics: a metric is entered where its function stands."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Final, Literal, get_args

from bumpform.units.naming import split_unit
from bumpform.units.table import DIMENSIONS, UNITS

__all__ = [
    "FROZEN",
    "Metric",
    "also",
    "called",
    "count_names",
    "metric",
    "metric_names",
    "metrics_of",
    "names_of",
    "registered",
    "stage_names",
    "word_names",
]

#: What a metric is of: a reflow, a joint, a joint that stays open, a barrier as grown; or of a
#: solved stage of any kind, as it stands in the whole process.
type Scope = Literal["reflow", "joint", "open joint", "barrier", "process"]
type Measure = Callable[[Any], Any]

#: What stands before the name of a metric of what has frozen.
FROZEN: Final = "frozen_"
#: Files of metrics in the order in which they are told; others come after them.
_ORDER: Final = ("shape", "amounts", "opening", "barrier", "joint", "process")
#: Units of names that end in more than a dimension of case files.
_UNITS: Final = {"degrees": "deg", "temperature difference": "K"}


@dataclass(frozen=True, eq=False)
class Metric:
    """A metric.

    Attributes
    ----------
    name : str
        As in the result, its unit at the end; "juncture.r_m" is `r_m` in the table `juncture`.
    definition : str
    when : str
        Where it means something; empty: always.
    measure : function of a Sample (of a barrier: of the State)
        Its value; None where it would mean nothing.
    frozen : function of a Sample, or bool
        Whether there is one of what has frozen too: measured alike, or by a function of its own.
    words : bool
        Whether it is a word, or yes and no.
    counts : bool
        Whether it is a whole number, which no input moves by degrees.
    label : str
        What a person calls it, where that is not the name without its unit.
    """

    name: str
    definition: str
    when: str
    measure: Measure
    frozen: Measure | bool = False
    words: bool = False
    counts: bool = False
    label: str = ""

    @property
    def unit(self) -> str:
        """Of its value, SI; empty of pure numbers and words.

        Examples
        --------
        >>> [m.unit for m in registered() if m.name in ("protrusion_m", "coverage")]
        ['', 'm']
        """
        dimension = split_unit(self.name)[1]
        return _UNITS.get(dimension) or (DIMENSIONS[dimension].si if dimension else "")


_METRICS: Final[dict[str, Metric]] = {}
#: Of each scope its metrics, each with the file that enters it there.
_SCOPES: Final[dict[str, list[tuple[str, Metric]]]] = {
    scope: [] for scope in get_args(Scope.__value__)
}


def metric(
    name: str,
    definition: str,
    *scopes: Scope,
    when: str = "",
    frozen: Measure | bool = False,
    words: bool = False,
    counts: bool = False,
    label: str = "",
) -> Callable[[Measure], Metric]:
    """Enter a function as a metric of some scopes; see `Metric`.

    Raises
    ------
    ValueError
        If another has its name, or that ends in a unit which no result is in, or there is no such
        scope.
    """
    if name in _METRICS:
        raise ValueError(f"metric {name}: another has this name")
    last = split_unit(name)[0].rpartition("_")[2]
    if last in UNITS:
        raise ValueError(
            f'metric {name}: "{last}" is a unit, but no result is in it: results are in SI, and '
            "bumpform.units.naming lists how their names end"
        )

    def enter(measure: Measure) -> Metric:
        entry = Metric(name, definition, when, measure, frozen, words, counts, label)
        also(entry, *scopes, file=measure.__module__)
        _METRICS[name] = entry
        return entry

    return enter


def also(entry: Metric, *scopes: Scope, file: str) -> None:
    """Tell a metric in further scopes, among those that the file `__name__` enters."""
    for scope in scopes:
        if scope not in _SCOPES:
            raise ValueError(
                f'metric {entry.name}: it is of no "{scope}", but of one of: {", ".join(_SCOPES)}'
            )
        _SCOPES[scope].append((file, entry))


@cache
def _load() -> None:
    """Import every file of metrics, which enters them; which came first does not matter."""
    import bumpform.metrics as package

    found = {module.name for module in pkgutil.iter_modules(package.__path__)}
    order: dict[str, int] = {}
    for name in (*_ORDER, *sorted(found - {*_ORDER})):
        order[import_module(f"{package.__name__}.{name}").__name__] = len(order)
    for entered in _SCOPES.values():
        entered.sort(key=lambda one: order.get(one[0], len(order)))
    entries = sorted(
        _METRICS.values(), key=lambda one: order.get(one.measure.__module__, len(order))
    )
    _METRICS.clear()
    _METRICS.update((entry.name, entry) for entry in entries)


def registered() -> tuple[Metric, ...]:
    """All metrics, in the order in which they are told."""
    _load()
    return tuple(_METRICS.values())


def metrics_of(*scopes: Scope) -> tuple[Metric, ...]:
    """Metrics of some scopes, each once."""
    _load()
    return tuple(dict.fromkeys(entry for scope in scopes for _, entry in _SCOPES[scope]))


def names_of(*scopes: Scope) -> tuple[str, ...]:
    """Names of the metrics of some scopes, those of what has frozen after them."""
    entries = metrics_of(*scopes)
    frozen = (FROZEN + entry.name for entry in entries if entry.frozen)
    return tuple(dict.fromkeys([*(entry.name for entry in entries), *frozen]))


def metric_names() -> tuple[str, ...]:
    """All names, as a requirement may have them."""
    return (*stage_names(), *names_of("barrier"))


def stage_names() -> tuple[str, ...]:
    """Names of the metrics that a stage may have."""
    return names_of("reflow", "joint", "open joint", "process")


def word_names() -> frozenset[str]:
    """Names of those that are no numbers."""
    return frozenset(_word_names())


def _word_names() -> Iterator[str]:
    for entry in registered():
        if entry.words:
            yield entry.name
            yield FROZEN + entry.name


def count_names() -> frozenset[str]:
    """Names of those that are whole numbers."""
    return frozenset(entry.name for entry in registered() if entry.counts)


def called(name: str) -> str:
    """What a person calls a metric, where it says so itself; else empty."""
    _load()
    return _METRICS[name].label if name in _METRICS else ""
