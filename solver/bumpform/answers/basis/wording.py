"""How answers are told: the head of their files, numbers and changes in a reader's units."""

from __future__ import annotations

from typing import Any

from bumpform import __version__
from bumpform.case.case import Case
from bumpform.case.file import case_sha256
from bumpform.result.readable import number
from bumpform.units.units import format_quantity

__all__ = ["change", "header", "input_value", "metric_value", "spread_words"]


def header(kind: str, case: Case) -> dict[str, Any]:
    """What every file of an answer begins with."""
    return {
        "schema": f"bumpform/{kind}-1",
        "bumpform": __version__,
        "case": {"name": case.name, "sha256": case_sha256(case)},
    }


def metric_value(name: str, value: float, digits: int = 4) -> str:
    """Value of a metric "STAGE.METRIC" in a reader's unit."""
    return number(name.rpartition(".")[2], value, digits)


def change(name: str, value: float) -> str:
    """Change of a metric, with its sign.

    Examples
    --------
    >>> change("first reflow.protrusion_m", 2.5e-7)
    '+0.250 µm'
    """
    text = spread_words(name, value)
    return text if value < 0.0 else f"+{text}"


def spread_words(name: str, value: float) -> str:
    """A difference of two values of a metric: a standard deviation, a change."""
    last = name.rpartition(".")[2]
    return number("difference_dK" if last.endswith("_K") else last, value, 3)


def input_value(value: float, dimension: str, digits: int = 6) -> str:
    """Value of an input in a reader's unit."""
    return format_quantity(value, dimension, digits).replace("um", "µm")
