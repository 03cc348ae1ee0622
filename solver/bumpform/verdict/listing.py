"""The conditions as tables of a page: what each asks, of which claims, and how it is judged."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from bumpform.findings.condition import GENERAL
from bumpform.verdict.conditions import ORDERED
from bumpform.verdict.documents import DOCUMENTS
from bumpform.verdict.routes.melt import ENDS_THERE, JUDGED, STATEMENT

__all__ = ["claims_page", "conditions_page", "judges"]

_HEAD = """# Conditions

Every run is judged. A condition *holds*, *fails*, or is *not judged*, with the reason: what it
speaks of is not there, or cannot be known. `[case] route` says whose claims are judged; the
general conditions and the case's own `[requirements]` are judged in every case. A limit is widened
by the value's own error and 1e-9 of its scale. This page is written by
`python -m bumpform.verdict.listing docs`.
"""
_CLAIMS_HEAD = """# Claims

Each claim of the documents that the routes come from: the steps and keys of a case file that say
it, the [conditions](conditions.md) that judge it, or why none does, and the bundled case in which
it is written and, where it is judged, holds. Document 003 has an abstract with figures, 001 the
figures of 000. This page is written by `python -m bumpform.verdict.listing docs`.
"""

#: Who claims what: the documents that the routes come from.
_ROUTES = {
    "photoimaged_opening": "Document 000, photoimaged opening; 001 has its figures",
    "laminated_abraded": "Document 000, laminated and abraded",
    "plated_column": "Document 002",
    "core_and_cap": "Document 003",
    "stacked_masks": "Document 004",
    GENERAL: "Every case",
}


def conditions_page() -> str:
    """All conditions, a table a route."""
    return "\n".join([_HEAD, *_tables()]) + "\n"


def _tables() -> Iterator[str]:
    for route, words in _ROUTES.items():
        yield f"## {route}\n\n{words}.\n"
        yield "| id | statement | judged by | claims |\n| --- | --- | --- | --- |"
        for entry in ORDERED:
            if route in entry.claims:
                claims = ", ".join(entry.claims[route])
                how = " ".join((entry.judge.__doc__ or "").split())
                yield f"| `{entry.id}` | {entry.statement} | {how} | {claims} |"
        if route == GENERAL:
            statement = STATEMENT.format("…")
            yield f"| `{ENDS_THERE}` | {statement} | {JUDGED} | {GENERAL} |"
        yield ""


def claims_page() -> str:
    """Every claim of the documents: what says it, what judges it, and where it is written."""
    return "\n".join([_CLAIMS_HEAD, *_claims()]) + "\n"


def judges(document: str, claim: str) -> dict[str, tuple[str, ...]]:
    """Ids of the conditions that judge a claim, by the route in which they do."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in ORDERED:
        for route, sources in entry.claims.items():
            if {f"{document} claim {claim}", f"{document} {claim}"} & set(sources):
                found[route] = (*found.get(route, ()), entry.id)
    return found


def _claims() -> Iterator[str]:
    for document, claims in DOCUMENTS.items():
        yield f"## Document {document}\n"
        yield "| claim | said in | judged by | bundled case |\n| --- | --- | --- | --- |"
        for name, claim in claims.items():
            said = ", ".join(f"`{key}`" for key in dict.fromkeys(claim.said.split()))
            ids = dict.fromkeys(i for found in judges(document, name).values() for i in found)
            judged = ", ".join(f"`{i}`" for i in ids) or f"not judged: {claim.why}"
            yield f"| {name} | {said} | {judged} | {f'`{claim.case}`' if claim.case else '–'} |"
        yield ""


if __name__ == "__main__":  # writes the pages into a folder
    for name, page in (("conditions.md", conditions_page()), ("claims.md", claims_page())):
        Path(sys.argv[1], name).write_text(page, "utf-8")
