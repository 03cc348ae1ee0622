"""Conditions: the three answers at their limits, the registry, and every claim accounted for."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from bumpform.findings.condition import GENERAL, judged
from bumpform.units.measured import Measured
from bumpform.verdict.conditions import CONDITIONS
from bumpform.verdict.documents import DOCUMENTS
from bumpform.verdict.listing import claims_page, conditions_page, judges


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_claim_has_a_condition_or_a_reason(document):
    for name, claim in DOCUMENTS[document].items():
        assert bool(judges(document, name)) != bool(claim.why), (document, name)
        assert claim.case or claim.why
        assert bool(claim.told) <= bool(claim.why)


def test_every_claim_is_there_and_every_condition_s_claims_are_those_of_a_document():
    counted = {"000": 36, "002": 32, "004": 20}
    for document, count in counted.items():
        assert list(DOCUMENTS[document]) == [str(n) for n in range(1, count + 1)]
    assert set(DOCUMENTS["003"]) == {"abstract", *(f"({letter})" for letter in "abcdef")}
    known = {
        f"{document} claim {name}" if name.isdigit() else f"{document} {name}"
        for document, claims in DOCUMENTS.items()
        for name in claims
    }
    sources = {s for e in CONDITIONS.values() for c in e.claims.values() for s in c}
    assert sources - {GENERAL} <= known


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
    docs = Path(__file__).parents[3] / "docs"
    assert (docs / "conditions.md").read_text("utf-8") == conditions_page()
    assert (docs / "claims.md").read_text("utf-8") == claims_page()
