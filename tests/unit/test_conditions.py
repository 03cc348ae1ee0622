"""Conditions: the three answers at their limits, the registry, and every claim accounted for."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from bumpform.surface.measured import Measured
from bumpform.verdict.condition import GENERAL, judged
from bumpform.verdict.conditions import CONDITIONS
from bumpform.verdict.documents import CLAIMS, UNJUDGED
from bumpform.verdict.listing import claims_page, conditions_page


def sources():
    return {s for entry in CONDITIONS.values() for c in entry.claims.values() for s in c}


@pytest.mark.parametrize("document", CLAIMS)
def test_every_claim_has_a_condition_or_a_reason(document):
    for number in range(1, CLAIMS[document] + 1):
        judged_by = f"{document} claim {number}" in sources()
        told = number in UNJUDGED[document]
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
    docs = Path(__file__).parents[2] / "docs"
    assert (docs / "conditions.md").read_text("utf-8") == conditions_page()
    assert (docs / "claims.md").read_text("utf-8") == claims_page()
