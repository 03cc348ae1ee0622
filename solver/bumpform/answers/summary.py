"""Answers in a few lines: what matters most, in a reader's units."""

from __future__ import annotations

from bumpform.answers.sensitivity import Sensitivity
from bumpform.answers.told import metric_value, spread
from bumpform.answers.tornado import strongest, told_change

__all__ = ["sensitivity_rows", "sensitivity_words"]


def sensitivity_words(found: Sensitivity) -> str:
    """The message of the derivatives: what is closest to a kink, or that nothing is."""
    kinks = [item.path for item in found.inputs if _kinks(found, item.path)]
    count = f"{len(found.metrics)} metrics by {len(found.inputs)} inputs, {found.runs} cases solved"
    if not kinks:
        return f"{count}; no state changes within 0.1 % of any input"
    return f"{count}; within 0.1 % of its value a state changes with {', '.join(kinks)}"


def _kinks(found: Sensitivity, path: str) -> bool:
    return any(metric.by[path].kink for metric in found.metrics.values())


def sensitivity_rows(
    found: Sensitivity, most: int
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows of the table: each metric that is judged with its strongest inputs."""
    scattered = any(item.std is not None for item in found.inputs)
    by = "by one standard deviation of" if scattered else "by +1 % of"
    rows: list[tuple[str, ...]] = []
    for name in found.asked or found.metrics:
        metric = found.metrics[name]
        words = [
            f"{told_change(name, below, above)} {item.path}"
            + (f" ({100 * metric.shares[item.path]:.0f} %)" if item.path in metric.shares else "")
            for item, below, above in strongest(found, metric)[:most]
        ]
        width = spread(name, metric.std) if metric.std is not None else ""
        cells = (name, metric_value(name, metric.value), width, "; ".join(words) or "nothing")
        rows.append(cells)
    if scattered:
        return ("metric", "value", "std", by), rows
    return ("metric", "value", by), [(*row[:2], row[3]) for row in rows]
