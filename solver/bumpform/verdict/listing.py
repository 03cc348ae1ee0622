"""The conditions as tables of a page: what each asks, of which claims, and how it is judged."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from bumpform.verdict.condition import GENERAL
from bumpform.verdict.conditions import ORDERED
from bumpform.verdict.documents import CLAIMS, UNJUDGED

__all__ = ["claims_page", "conditions_page"]

_HEAD = """# Conditions

Every run is judged. A condition *holds*, *fails*, or is *not judged*, with the reason: what it
speaks of is not there, or cannot be known. `[case] route` says whose claims are judged; the
general conditions and the case's own `[requirements]` are judged in every case. A limit is widened
by the value's own error and 1e-9 of its scale. This page is written by
`python -m bumpform.verdict.listing docs`.
"""
_CLAIMS_HEAD = """# Claims

Each claim of the documents that the routes come from, and the [conditions](conditions.md) that
judge it, or why none does. This page is written by `python -m bumpform.verdict.listing docs`.
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
        yield ""


def claims_page() -> str:
    """Every claim of the documents with the conditions that judge it, or why none does."""
    return "\n".join([_CLAIMS_HEAD, *_claims()]) + "\n"


def _claims() -> Iterator[str]:
    by_claim: dict[str, list[str]] = {}
    for entry in ORDERED:
        for sources in entry.claims.values():
            for source in sources:
                names = by_claim.setdefault(source, [])
                if f"`{entry.id}`" not in names:
                    names.append(f"`{entry.id}`")
    for document, count in CLAIMS.items():
        yield f"## Document {document}\n"
        yield "| claim | judged by |\n| --- | --- |"
        for number in range(1, count + 1):
            judged = by_claim.get(f"{document} claim {number}")
            words = ", ".join(judged) if judged else f"not judged: {UNJUDGED[document][number]}"
            yield f"| {number} | {words} |"
        yield ""
    yield "## Document 003, and the figures of 001\n"
    yield "| passage | judged by |\n| --- | --- |"
    for source in sorted(by_claim):
        if source.startswith(("001", "003")):
            yield f"| {source} | {', '.join(by_claim[source])} |"


if __name__ == "__main__":  # writes the pages into a folder
    for name, page in (("conditions.md", conditions_page()), ("claims.md", claims_page())):
        Path(sys.argv[1], name).write_text(page, "utf-8")
