"""The share of product that meets every condition, where the inputs scatter by `[tolerances]`.

Samples are a scrambled Sobol sequence, in two sets A and B that are independent of each other;
beside them A with one input after another taken from B, which tells each input's part of every
metric's variance (Jansen's estimators of Sobol's indices).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from bumpform.answers.basis.inputs import Input, inputs_of
from bumpform.answers.basis.probe import Point, Probe
from bumpform.answers.basis.scatter import Scatter
from bumpform.answers.basis.wording import header
from bumpform.answers.methods.rare import Rare, subset_simulation
from bumpform.brief import brief
from bumpform.case.case import Case
from bumpform.case.checks.problems import raise_if
from bumpform.case.file import as_case
from bumpform.errors import Problem

__all__ = ["Part", "Share", "Spread", "Yield", "wilson", "yield_of"]

type Array = NDArray[np.float64]

#: Samples by default, and of the least set that tells parts of a variance.
SAMPLES: Final = 1024
LEAST: Final = 64
#: Levels of a subset simulation that finds 1e-4.
LEVELS: Final = 4
#: Confidence of every interval.
CONFIDENCE: Final = 0.95


@dataclass(frozen=True)
class Share:
    """A share of samples, and the interval that holds the true one (Wilson's, 95 %).

    Of a condition `not_judged` is the share of samples in which it is not judged, as where there is
    no such product; it does not fail there.
    """

    share: float
    interval: tuple[float, float]
    not_judged: float = 0.0

    @classmethod
    def of(cls, count: int, samples: int, not_judged: int = 0) -> Share:
        """Share of so many among so many."""
        return cls(count / samples, wilson(count, samples), not_judged / samples)


@dataclass(frozen=True)
class Part:
    """A part of a variance, and the interval that holds the true one (95 %, within 0 and 1)."""

    share: float
    interval: tuple[float, float]

    @classmethod
    def of(cls, parts: Array, whole: Array) -> Part:
        """Ratio of two means over the same samples; its scatter is that of their difference."""
        mean = float(parts.mean() / whole.mean())
        half = NormalDist().inv_cdf(0.5 + 0.5 * CONFIDENCE) / math.sqrt(len(parts))
        half *= float((parts - mean * whole).std(ddof=1) / whole.mean())
        share, low, high = (min(max(x, 0.0), 1.0) for x in (mean, mean - half, mean + half))
        return cls(share, (low, high))


@dataclass(frozen=True)
class Spread:
    """How a metric scatters.

    Attributes
    ----------
    mean, std : float
        Of the samples in which it is there; no scatter where it is less than their own errors.
    first, total : mapping of path to Part
        Sobol's indices: the part of the variance that an input makes alone, and with the others.
        Empty where there is none, or the metric is not there in every sample.
    """

    mean: float
    std: float
    first: Mapping[str, Part]
    total: Mapping[str, Part]


@dataclass(frozen=True)
class Yield:
    """What the tolerances of a case make of it.

    Attributes
    ----------
    case : Case
    samples, seed, runs : int
    inputs : tuple of Input
        Those that scatter.
    good : Share
        Meets every condition.
    exists : Share
        For which every stage has an equilibrium at all.
    conditions : mapping of a condition's id to Share
        In which it does not fail; of requirements "requirement STAGE.METRIC" each.
    spreads : mapping of "STAGE.METRIC" to Spread
    cpk : mapping of a requirement's name to float
    rare : Rare or None
        The share of what is not good, where it was asked for by subset simulation.
    """

    case: Case
    samples: int
    seed: int
    runs: int
    inputs: tuple[Input, ...]
    good: Share
    exists: Share
    conditions: Mapping[str, Share]
    spreads: Mapping[str, Spread]
    cpk: Mapping[str, float]
    rare: Rare | None = None

    __repr__ = brief

    def to_dict(self) -> dict[str, Any]:
        """As in yield.json."""
        told: dict[str, Any] = {
            **header("yield", self.case),
            "samples": self.samples,
            "seed": self.seed,
            "runs": self.runs,
            "inputs": [{"path": i.path, "value": i.value, "std": i.std} for i in self.inputs],
            "good": _share(self.good),
            "exists": _share(self.exists),
            "conditions": {
                name: {**_share(share), "not_judged": share.not_judged}
                for name, share in self.conditions.items()
            },
            "requirements": {name: {"cpk": cpk} for name, cpk in self.cpk.items()},
            "metrics": {
                name: {
                    "mean": s.mean,
                    "std": s.std,
                    "first": {path: part.share for path, part in s.first.items()},
                    "total": {path: part.share for path, part in s.total.items()},
                    "first_interval": {path: list(p.interval) for path, p in s.first.items()},
                    "total_interval": {path: list(p.interval) for path, p in s.total.items()},
                }
                for name, s in self.spreads.items()
            },
        }
        if self.rare is not None:
            told["rare"] = self.rare.to_dict()
        return told


def wilson(count: int, samples: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Interval of a share of which so many among so many have been seen.

    Examples
    --------
    >>> low, high = wilson(0, 1000)
    >>> low, round(high, 5)
    (0.0, 0.00383)
    """
    z = NormalDist().inv_cdf(0.5 + 0.5 * confidence)
    share, grown = count / samples, samples + z * z
    middle = (count + 0.5 * z * z) / grown
    half = z / grown * math.sqrt(samples * share * (1.0 - share) + 0.25 * z * z)
    low = 0.0 if count == 0 else middle - half
    return low, 1.0 if count == samples else middle + half


def yield_of(
    case: Case | str | Path,
    *,
    samples: int = SAMPLES,
    seed: int = 0,
    rare: int = 0,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Yield:
    """Share of product that meets every condition under a case's tolerances.

    Parameters
    ----------
    case : Case, or str or Path
        A case, the name of a bundled one, or a file; with `[tolerances]`.
    samples : int
        Rounded up to a power of 2, 64 at the least.
    seed : int
        The same seed gives the same samples.
    rare : int
        Samples of every level of a subset simulation, which finds the share that fails down to
        ppm; 0 for none.
    tell : callable, optional
        Is called with how many cases are done, of about how many.

    Raises
    ------
    CaseError
        If the case is wrong, or has no tolerances.
    """
    case = as_case(case)
    listed = inputs_of(case)
    inputs = tuple(item for item in listed if item.tolerance is not None)
    size = next(i.path for i in listed if i.path.startswith("substrate."))
    message = f'is missing: say how inputs scatter, as "{size}" = {{ std = "3 %" }}.'
    raise_if([] if inputs else [Problem("tolerances", message)], case.name)
    half = max(LEAST, 2 ** math.ceil(math.log2(samples))) // 2
    crossed = half // 2
    of = 2 * half + len(inputs) * crossed + LEVELS * rare
    probe = Probe(case, lambda: tell(probe.runs, max(of, probe.runs)))
    product = _Product(probe, inputs)
    normal = _normal(qmc.Sobol(2 * len(inputs), seed=seed).random(half))
    first, second = np.split(normal, 2, axis=1)
    a, b = product.points(first), product.points(second)
    mixed = []
    for i in range(len(inputs)):
        one = first[:crossed].copy()
        one[:, i] = second[:crossed, i]
        mixed.append(product.points(one))
    points = [*a, *b]
    count = len(points)
    names = dict.fromkeys(c.group for p in points for c in p.conditions)
    judged = [{c.group for c in p.conditions if c.holds is not None} for p in points]
    shares = {
        name: Share.of(
            sum(not p.failing[name] for p in points), count, sum(name not in j for j in judged)
        )
        for name in names
    }
    spreads = _spreads(inputs, a, b, mixed, crossed)
    found = None
    if rare:
        found = subset_simulation(product.margin, len(inputs), samples=rare, seed=seed)
    return Yield(
        case,
        count,
        seed,
        probe.runs,
        inputs,
        Share.of(sum(p.good for p in points), count),
        Share.of(sum(not p.refused for p in points), count),
        shares,
        spreads,
        _cpk(case, spreads),
        found,
    )


def _share(share: Share) -> dict[str, Any]:
    return {"share": share.share, "interval": list(share.interval)}


def _normal(quantiles: Array) -> Array:
    """Standard normal numbers at some quantiles, of which a sequence may have 0."""
    tiny = np.finfo(float).tiny
    normal: Array = ndtri(np.clip(quantiles, tiny, 1.0 - 2.0**-53))
    return normal


class _Product:
    """Runs of a case whose inputs scatter, by standard normal numbers."""

    def __init__(self, probe: Probe, inputs: Sequence[Input]) -> None:
        self._probe = probe
        self._inputs = inputs
        self._scatter = [
            Scatter.of(i.tolerance, i.value) for i in inputs if i.tolerance is not None
        ]
        self._margins = {
            (c.group, c.stage): c.margin for c in probe.base().conditions if c.margin is not None
        }

    def points(self, normal: Array) -> list[Point]:
        """A run for each row."""
        columns = [s.values(normal[:, i]) for i, s in enumerate(self._scatter)]
        places = [item.place for item in self._inputs]
        return [
            self._probe.at(dict(zip(places, map(float, row), strict=True)))
            for row in np.array(columns).T
        ]

    def margin(self, normal: Array) -> Array:
        """What is left of the scarcest margin, by the case's own; 0 or less where one fails."""
        return np.array([self._left(point) for point in self.points(normal)])

    def _left(self, point: Point) -> float:
        if point.refused:
            return -1.0
        left = 1.0
        for c in point.conditions:
            own = self._margins.get((c.group, c.stage))
            scale = own if own is not None and own > 0.0 else None
            part = 1.0 if c.margin is None or scale is None else c.margin / scale
            if c.holds is False:
                left = min(left, part, 0.0)
            elif c.holds:
                left = min(left, max(part, np.finfo(float).tiny))
        return left


def _spreads(
    inputs: Sequence[Input],
    a: list[Point],
    b: list[Point],
    mixed: Sequence[list[Point]],
    crossed: int,
) -> dict[str, Spread]:
    """Mean, scatter and Sobol's indices of every metric."""
    spreads = {}
    for name in dict.fromkeys(n for p in (*a, *b) for n in p.metrics):
        there = np.array([p.metrics[name] for p in (*a, *b) if name in p.metrics])
        mean, std = float(there.mean()), float(there.std(ddof=1)) if len(there) > 1 else 0.0
        if std <= max(p.errors.get(name, 0.0) for p in (*a, *b)):
            std = 0.0
        rows = [[p.metrics.get(name, np.nan) for p in ps[:crossed]] for ps in (a, b, *mixed)]
        first, total = _indices(np.array(rows) - mean) if std > 1e-12 * abs(mean) else ([], [])
        paths = [item.path for item in inputs][: len(first)]
        spreads[name] = Spread(
            mean,
            std,
            dict(zip(paths, first, strict=True)),
            dict(zip(paths, total, strict=True)),
        )
    return spreads


def _indices(rows: Array) -> tuple[list[Part], list[Part]]:
    """First-order and total indices from rows A, B and A with one column of B each.

    Jansen's estimators, by the variance that the same pairs of A and B have: what scatters in both
    cancels, and an input that makes all of it, or nothing, is told exactly. Nothing where a number
    is not there.
    """
    if not np.isfinite(rows).all():
        return [], []
    a, b, *mixed = rows
    whole = (a - b) ** 2
    if not whole.any():
        return [], []
    return [Part.of(whole - (b - m) ** 2, whole) for m in mixed], [
        Part.of((a - m) ** 2, whole) for m in mixed
    ]


def _cpk(case: Case, spreads: Mapping[str, Spread]) -> dict[str, float]:
    """Distance of the mean from the nearer limit in units of three standard deviations."""
    found = {}
    for name, limits in case.requirements.items():
        spread = spreads.get(name)
        if spread is None or spread.std == 0.0:
            continue
        sides = [] if limits.min is None else [spread.mean - limits.min]
        sides += [] if limits.max is None else [limits.max - spread.mean]
        found[name] = min(sides) / (3.0 * spread.std)
    return found
