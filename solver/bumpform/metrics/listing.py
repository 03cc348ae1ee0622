"""The metrics as tables of a page, made of the registry."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bumpform.metrics.metric import FROZEN, Metric, Scope, metrics_of

__all__ = ["metrics_page"]

_HEAD = """# Metrics

z = 0 is the pad's top; z_top is the dielectric's top at the opening's rim, h the height of the opening's wall: its thickness there, with that of the coats under it where several form the wall; (r_c, z_c) is the outer contact line. `metrics` has a group for every stage, by its name, and one called `barrier`; what would be meaningless is absent. Metrics of a stage are of its liquid at the peak; where `[case] freezing = "shrinks"`, those of what has frozen, at 25 °C, stand beside them, with `frozen_` before their names ([amounts](amounts.md)); of a joint that stays open, whose liquids freeze apart, `frozen_mass_balance` alone. This page is written by `python -m bumpform.metrics.listing docs`.
"""  # noqa: E501
_TAIL = """`metrics_error` mirrors `metrics`: a bound of the error of each, that of the stages beneath included. Every stage's `equilibrium` says how the contact lines came to rest (`path`), how far the state is from instability (`stability_margin`, the lowest eigenvalue, in σ/L² with L = V^(1/3), and its `weakest_mode`), whether it leans (`leans`: a minimum of all axisymmetric shapes that a mode m ≥ 1 unsettles, with the margin when its lines are free and when they are held), and which other equilibria there are (`alternatives`; of those with one contact line the barrier that parts them from the reached one, `barrier_J`, and its share of the energy released since the deposit, `barrier_share`: below 5 %, our choice, a melting paste may pass it). `bumpform.surface.continuation.limit_points.turning_points(equilibrium, "volume")` (or "load", "gravity") tells between which values the state exists, and what ends it: a fold, an edge that lets go, a lateral mode.
"""  # noqa: E501

_SCOPES: Final[tuple[tuple[Scope, str], ...]] = (
    ("reflow", "Of a reflow"),
    ("joint", "Of a joint between stack and package"),
    ("open joint", "Of a joint that stays open"),
    ("process", "Of a stage in its process"),
    ("barrier", "Of the barrier as grown, in `barrier`; `juncture` is a table of two"),
)


def metrics_page() -> str:
    """All metrics, a table for each kind of thing that they are of."""
    return "\n".join([_HEAD, *_tables(), _TAIL])


def _tables() -> Iterator[str]:
    for scope, words in _SCOPES:
        yield f"## {words}\n"
        yield "| name | unit | definition | where |\n| --- | --- | --- | --- |"
        yield from (_row(entry, scope) for entry in metrics_of(scope))
        yield ""


def _row(entry: Metric, scope: Scope) -> str:
    frozen = entry.frozen and scope != "open joint"
    names = f"`{entry.name}`" + (f", `{FROZEN}{entry.name}`" if frozen else "")
    unit = "word" if entry.words else entry.unit
    return f"| {names} | {unit} | {entry.definition} | {entry.when or 'always'} |"


if __name__ == "__main__":  # writes the page into a folder
    Path(sys.argv[1], "metrics.md").write_text(metrics_page(), "utf-8")
