"""The product's verdict beside the second judge's."""

from __future__ import annotations

from dataclasses import dataclass, field

from .answer import FAILS, HOLDS, OPEN
from .judge import second_verdict

#: Judged by the product alone (see judge.py).
PRODUCT_ONLY = ("stands-upright",)


@dataclass(frozen=True)
class Difference:
    """One condition on which the two judges differ."""

    condition: str
    product: str
    second: str
    product_says: str
    second_says: str

    def __str__(self):
        return (
            f"{self.condition}: product {self.product} ({self.product_says}), "
            f"second {self.second} ({self.second_says})"
        )


@dataclass
class Comparison:
    """What came of one run.

    Attributes
    ----------
    differences : list of Difference
    compared : list of (id, verdict) on which both agree
    near : list of ids that were too near to a limit to be compared
    """

    differences: list[Difference] = field(default_factory=list)
    compared: list[tuple[str, str]] = field(default_factory=list)
    near: list[str] = field(default_factory=list)


def product_verdict(run):
    """(verdict, words) by id: of several entries of a condition, fails before holds before open."""
    found = {}
    for entry in run.result["conditions"]:
        name = entry["id"]
        words = (
            f"{entry.get('reason') or ''} {entry.get('value')} {entry.get('stage') or ''}".strip()
        )
        verdict = entry["verdict"]
        old = found.get(name)
        rank = {FAILS: 0, HOLDS: 1, OPEN: 2}
        if old is None or rank[verdict] < rank[old[0]]:
            found[name] = verdict, words
    return found


def compare(run, only=None):
    """Compare both verdicts on a run."""
    product, result = product_verdict(run), Comparison()
    second = second_verdict(run, only=only)
    for name in dict.fromkeys([*product, *second]):
        if name in PRODUCT_ONLY or (only is not None and name not in only):
            continue
        one, words = product.get(name, ("not listed", ""))
        answer = second.get(name)
        two = "not listed" if answer is None else answer.verdict
        if one == two:
            result.compared.append((name, one))
        elif answer is not None and answer.near:
            result.near.append(name)
        else:
            why = "" if answer is None else answer.why
            result.differences.append(Difference(name, one, two, words, why))
    return result
