"""The conditions as tables of a page: what each asks, of which claims, and how it is judged."""

from __future__ import annotations

from collections.abc import Iterator

from bumpform.verdict.condition import GENERAL
from bumpform.verdict.conditions import ORDERED

__all__ = ["conditions_page"]

_HEAD = """# Conditions

Every run is judged. A condition *holds*, *fails*, or is *not judged*, with the reason: what it
speaks of is not there, or cannot be known. `[case] route` says whose claims are judged; the
general conditions and the case's own `[requirements]` are judged in every case. A limit is widened
by the value's own error and 1e-9 of its scale. This page is written by
`python -m bumpform.verdict.listing`.
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


if __name__ == "__main__":
    print(conditions_page(), end="")
