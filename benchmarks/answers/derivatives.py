"""Derivatives beside differences of eighth order, at steps of their own."""

from __future__ import annotations

import math

import numpy as np
from drawn import changed, solved

import bumpform
from bumpform.answers.basis.inputs import Input
from bumpform.case.case import Case

#: Weights of f(x ± k h), k = 1 ... 4: a central difference of eighth order.
EIGHTH = (4.0 / 5.0, -1.0 / 5.0, 4.0 / 105.0, -1.0 / 280.0)
#: Relative steps of the second derivative: small ones are noisy, large ones leave their branch.
STEPS = (2e-2, 6e-3, 1.5e-3)
#: What is asked of a derivative, relative to itself or, of a weak one, to metric / input.
ASKED, WEAK = 1e-8, 1e-10


def of_eighth_order(case: Case, item: Input, names: list[str]) -> list[tuple[float, float]]:
    """Of each metric the derivative by differences of eighth order, and how sure it is."""
    rows = []
    for relative in STEPS:
        step = relative * item.size
        total = np.zeros(len(names))
        for k, weight in enumerate(EIGHTH, 1):
            for sign in (1.0, -1.0):
                value = item.value + sign * k * step
                other = changed(case, item, value)
                found = None if other is None else solved(other)
                if found is None:
                    total[:] = np.nan
                else:
                    total += sign * weight * np.array([found.get(n, np.nan) for n in names])
        rows.append(total / step)
    pairs = []
    for column in np.array(rows).T:
        best, apart = math.nan, math.inf
        for a, b in ((0, 1), (1, 2)):
            if abs(column[a] - column[b]) < apart:
                best, apart = column[a if a else b], abs(column[a] - column[b])
        pairs.append((float(best), float(apart)))
    return pairs


def look(row: dict, case: Case, items: list[Input]) -> None:
    """Every derivative of a case by two of its inputs, both ways.

    One is as told where it differs by what is asked of it and its own error estimate at the most;
    those beyond what is asked are counted apart: their estimate says so.
    """
    found = bumpform.sensitivity(case, paths=[item.path for item in items])
    names = list(found.metrics)
    for item in items:
        for name, (value, apart) in zip(names, of_eighth_order(case, item, names), strict=True):
            metric = found.metrics[name]
            slope = metric.by[item.path]
            unsure = max(ASKED * abs(value), WEAK * abs(metric.value) / item.size)
            # at a kink there is none, and the second way has to know it well enough
            if slope.kink or slope.value is None or not apart <= 0.3 * unsure:
                continue
            row["compared"] += 1
            error = abs(slope.value - value)
            row["errors"].append(ASKED * error / unsure if error else 0.0)
            row["weak"] += error > unsure
            if error > unsure + slope.error:
                row["outside"].append(
                    f"{row['number']} {case.name}: d {name} / d {item.path}: {slope.value!r} "
                    f"+- {slope.error:.1e}, second way {value!r} +- {apart:.1e}"
                )
