"""Every claim of the documents that can be written is written in a bundled case, and holds.

Problem    each claim of the documents, in the case that docs/claims.md names for it
Expect     the steps and keys that say it are there, the conditions that judge it hold, and what is
           told instead is told
"""

from __future__ import annotations

from collections import Counter

import pytest

from bumpform.verdict.documents import DOCUMENTS
from bumpform.verdict.listing import judges
from two_lines import done

pytestmark = pytest.mark.dolfinx

WRITTEN = [
    pytest.param(document, name, claim, id=f"{document}-{name}")
    for document, claims in DOCUMENTS.items()
    for name, claim in claims.items()
    if claim.case
]


def has(step, keys):
    """Whether a step of a case file has a key, a key in it, and so on."""
    for key in keys:
        if not isinstance(step, dict) or key not in step:
            return False
        step = step[key]
    return True


@pytest.mark.parametrize(("document", "name", "claim"), WRITTEN)
def test_a_claim_is_said_and_holds(document, name, claim):
    found = done(claim.case)
    steps = found.case.to_dict()["step"]
    for path, times in Counter(claim.said.split()).items():
        kind, *keys = path.split(".")
        there = [s for s in steps if s["do"] == kind and has(s, keys)]
        assert len(there) >= times, path
    by_route = judges(document, name)
    if not claim.why:
        assert found.case.route in by_route
    for condition in by_route.get(found.case.route, ()):
        verdicts = {c["verdict"] for c in found.result["conditions"] if c["id"] == condition}
        assert verdicts == {"holds"}, condition
    assert any(claim.told in note for note in found.notes) or not claim.told
