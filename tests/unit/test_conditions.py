"""Conditions: the three answers at their limits, the registry, and every claim accounted for."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from bumpform.surface.measured import Measured
from bumpform.verdict.condition import GENERAL, judged
from bumpform.verdict.conditions import CONDITIONS
from bumpform.verdict.listing import conditions_page

#: Claims that no condition stands for, and why.
TOLD = {
    "000": {
        4: "photoimageable: changes no shape",
        5: "the wafer under the base is outside the model",
        13: "article of claim 1",
        14: "article of claim 12",
        21: "as 5",
        28: "article of claim 20",
    },
    "002": {
        5: "told: the UBM's layers",
        8: "told: added metal",
        14: "told",
        17: "told",
        22: "told",
        25: "told",
        31: "told",
        32: "told",
    },
    "004": {
        2: "told: the solders are alike",
        3: "told",
        4: "told",
        5: "told: lead",
        6: "told",
        9: "laminated or spun: no shape of its own",
        10: "as 9",
        11: "told: powder or paste",
        12: "told",
        13: "a redistribution line lies off the axis",
        17: "as 13",
        19: "told: the solders are alike",
    },
}
COUNTS = {"000": 36, "002": 32, "004": 20}


def sources():
    return {s for entry in CONDITIONS.values() for c in entry.claims.values() for s in c}


@pytest.mark.parametrize("document", COUNTS)
def test_every_claim_has_a_condition_or_a_reason(document):
    for number in range(1, COUNTS[document] + 1):
        judged_by = f"{document} claim {number}" in sources()
        told = number in TOLD[document]
        assert judged_by != told, (document, number)


def test_every_passage_of_the_abstract_is_judged():
    assert {f"003 ({letter})" for letter in "acef"} <= sources()


def test_ids_say_what_they_mean_and_statements_are_sentences():
    for name, entry in CONDITIONS.items():
        assert name == entry.id == entry.id.lower()
        assert entry.statement[0].isupper()
        assert entry.statement.endswith(".")
        assert entry.judge.__doc__
        assert entry.claims
    general = [e.id for e in CONDITIONS.values() if GENERAL in e.claims]
    assert len(general) == 8


@pytest.mark.parametrize(
    ("value", "low", "high", "strict", "verdict"),
    [
        (1.0, 1.0, None, False, "holds"),
        (1.0, 1.0, None, True, "fails"),
        (1.0 + 2e-9, 1.0, None, True, "holds"),
        (1.0 - 2e-9, 1.0, None, False, "fails"),
        (1.0 - 0.5e-9, 1.0, None, False, "holds"),  # not resolved
        (1.0 + 0.5e-9, 1.0, None, True, "fails"),
        (0.5, 1e-4, 0.5, False, "holds"),
        (0.5001, 1e-4, 0.5, False, "fails"),
        (math.nan, 0.0, None, False, "fails"),
    ],
)
def test_limits_are_widened_by_what_is_not_resolved(value, low, high, strict, verdict):
    assert judged(value, low, high, strict=strict, scale=1.0).verdict == verdict


def test_a_value_s_own_error_widens_its_limits():
    assert judged(Measured(-1e-3, 2e-3), 0.0, scale=1.0).verdict == "holds"
    assert judged(Measured(1e-3, 2e-3), 0.0, strict=True, scale=1.0).verdict == "fails"


def test_the_page_of_conditions_is_that_of_the_registry():
    page = Path(__file__).parents[2] / "docs" / "conditions.md"
    assert page.read_text("utf-8") == conditions_page()
