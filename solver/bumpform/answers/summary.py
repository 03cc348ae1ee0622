"""Answers in a few lines: what matters most, in a reader's units."""

from __future__ import annotations

from bumpform.answers.basis.inputs import input_at
from bumpform.answers.basis.wording import change, input_value, metric_value, spread_words
from bumpform.answers.methods.design import Design
from bumpform.answers.methods.margins import Limit, Margin, Margins
from bumpform.answers.methods.sensitivity import Sensitivity
from bumpform.answers.methods.yields import Part, Yield
from bumpform.answers.ruler import headroom
from bumpform.answers.shares import judged_spreads
from bumpform.answers.tornado import strongest, told_change
from bumpform.case.case import Case

__all__ = [
    "condition_rows",
    "design_rows",
    "design_words",
    "margins_rows",
    "margins_words",
    "sensitivity_rows",
    "sensitivity_title",
    "sensitivity_words",
    "spread_rows",
    "yield_words",
]


def sensitivity_words(found: Sensitivity) -> str:
    """The message of the derivatives: what is closest to a kink, or that nothing is."""
    kinks = [item.path for item in found.inputs if _kinks(found, item.path)]
    by = f"{len(found.inputs)} input{'' if len(found.inputs) == 1 else 's'}"
    count = f"{len(found.metrics)} metrics by {by}, {found.runs} cases solved"
    if not kinks:
        return f"{count}; no state changes within 0.1 % of any input"
    return f"{count}; within 0.1 % of its value a state changes with {', '.join(kinks)}"


def _kinks(found: Sensitivity, path: str) -> bool:
    return any(metric.by[path].kink for metric in found.metrics.values())


def sensitivity_title(found: Sensitivity) -> str:
    """What the table shows: the judged metrics, and how many more there are; or all."""
    more = len(found.metrics) - len(found.asked)
    if not found.asked or not more:
        return "what moves each metric most"
    others = "the other metric is" if more == 1 else f"the other {more} metrics are"
    return f"what moves each metric that is judged most ({others} in sensitivity.json)"


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
        width = spread_words(name, metric.std) if metric.std is not None else ""
        cells = (name, metric_value(name, metric.value), width, "; ".join(words) or "nothing")
        rows.append(cells)
    if scattered:
        return ("metric", "value", "std", by), rows
    return ("metric", "value", by), [(*row[:2], row[3]) for row in rows]


def margins_words(found: Margins) -> str:
    """The message of the margins: the tightest of them, apart from inputs tied to another one."""
    broken = f"; the case itself breaks {', '.join(found.broken)}" if found.broken else ""
    tied = [margin.input.path for margin in found.inputs if margin.tied]
    edge = f"; alone on the edge of a wrong input: {', '.join(tied)}" if tied else ""
    count = f"; {found.runs} cases solved{edge}{broken}"
    tight = min((m for m in found.inputs if not m.tied), key=headroom, default=None)
    if tight is None or (tight.low is None and tight.high is None):
        return f"no input breaks anything within the schema's limits{count}"
    limits = [limit for limit in (tight.low, tight.high) if limit is not None]
    limit = min(limits, key=lambda x: abs(x.value - tight.input.value))
    part = 100.0 * (limit.value - tight.input.value) / tight.input.size
    why = f" ({limit.detail.rstrip('.')})" if limit.ends else ""
    return (
        f"the tightest is {tight.input.path}: {_value(tight, limit)} ({part:+.2g} %) breaks "
        f"{limit.words}{why}{count}"
    )


def margins_rows(found: Margins) -> tuple[list[tuple[str, ...]], list[str]]:
    """Rows of the table: input, value, and both limits with what breaks there.

    And what is told below it of limits beyond which there is no product: which rule of the input is
    broken, why a stage is refused. The cells count these.
    """
    details: list[str] = []

    def cells(margin: Margin, limit: Limit | None) -> tuple[str, str]:
        if limit is None:
            return "–", ""
        told = limit.words
        if limit.ends:
            if limit.detail not in details:
                details.append(limit.detail)
            told += f" [{details.index(limit.detail) + 1}]"
        return _value(margin, limit), told

    rows: list[tuple[str, ...]] = [
        (
            margin.input.path,
            input_value(margin.input.value, margin.input.quantity.dimension),
            *cells(margin, margin.low),
            *cells(margin, margin.high),
        )
        for margin in sorted(found.inputs, key=headroom)
    ]
    return rows, [f"[{number}] {detail}" for number, detail in enumerate(details, 1)]


def _value(margin: Margin, limit: Limit) -> str:
    return input_value(limit.value, margin.input.quantity.dimension)


def design_words(found: Design) -> str:
    """The message of a design: whether the targets are met, or how near one comes and why."""
    runs = f"{found.runs} case{'' if found.runs == 1 else 's'} solved"
    if found.reached:
        return f"every target is met; {runs}"
    missed = [
        f"{name} is missed by {change(name, miss)}" if miss is not None else f"there is no {name}"
        for name, miss in found.nearest.items()
    ]
    return f"not met: {found.why}; at the nearest {' and '.join(missed)}; {runs}"


def design_rows(found: Design, before: Case) -> list[tuple[str, ...]]:
    """Rows of the table: inputs as they were and are, metrics as they are and should be."""
    rows: list[tuple[str, ...]] = []
    for path, value in found.varied.items():
        item = input_at(before, path)
        dimension = item.quantity.dimension
        was, now = (input_value(x, dimension, 8) for x in (item.value, value))
        rows.append((path, was, now, ""))
    for name, target in found.targets.items():
        now = metric_value(name, found.achieved[name], 8) if name in found.achieved else "–"
        rows.append((name, "", now, metric_value(name, target, 8)))
    return rows


def yield_words(found: Yield) -> str:
    """The message of a yield: how much is good, and what fails most."""
    low, high = found.good.interval
    words = (
        f"{100 * found.good.share:.4g} % meet every condition "
        f"({100 * low:.4g} … {100 * high:.4g} % with 95 %, by {found.samples} samples)"
    )
    if found.exists.share < 1.0:
        words += f"; {_none(found)} give no product (refused, or no such case or process)"
    worst = min(found.conditions.items(), key=lambda c: c[1].share, default=None)
    if worst is not None and worst[1].share < 1.0:
        words += f"; most fail {worst[0]}"
    never = [name for name, share in found.conditions.items() if share.not_judged == 1.0]
    if never:
        words += f"; never judged: {', '.join(never)}"
    none = 1.0 - found.exists.share  # what there is no product of is not judged either
    partly = [
        f"{name} ({100 * share.not_judged:.3g} %)"
        for name, share in found.conditions.items()
        if none < share.not_judged < 1.0
    ]
    if partly:
        words += f"; not judged in some: {', '.join(partly)}"
    if found.rare is not None:
        ends = " … ".join(f"{1e6 * end:.3g}" for end in found.rare.interval)
        words += f"; {1e6 * found.rare.share:.3g} ppm fail ({ends} ppm), by subset simulation"
    return words


def condition_rows(found: Yield) -> list[tuple[str, str]]:
    """Rows of the table of what some of the product fails: to be one, and conditions."""
    none = [(_none(found), "no product")] if found.exists.share < 1.0 else []
    rows = sorted(
        (c for c in found.conditions.items() if c[1].share < 1.0), key=lambda c: c[1].share
    )
    told = none + [(f"{100 * (1 - share.share):.3g} %", name) for name, share in rows]
    return told or [("0 %", "no sample fails any condition")]


def _none(found: Yield) -> str:
    return f"{100 * (1 - found.exists.share):.3g} %"


def _part(part: Part) -> str:
    low, high = (100.0 * end for end in part.interval)
    return f"{100 * part.share:.0f} % ({low:.0f} … {high:.0f})"


def spread_rows(found: Yield) -> list[tuple[str, ...]]:
    """Rows of the table of metrics: those required, or those that scatter."""
    rows: list[tuple[str, ...]] = []
    for name in judged_spreads(found):
        told = found.spreads[name]
        parts = sorted(told.first.items(), key=lambda part: -part[1].share)[:3]
        rows.append(
            (
                name,
                metric_value(name, told.mean),
                spread_words(name, told.std),
                f"{found.cpk[name]:.2f}" if name in found.cpk else "–",
                "; ".join(f"{_part(part)} {path}" for path, part in parts)
                or "not given: not every sample has it",
            )
        )
    return rows
