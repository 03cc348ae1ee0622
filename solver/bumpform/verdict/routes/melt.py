"""The condition that `--melt` adds, in words: without dolfinx, for the page of conditions."""

from __future__ import annotations

from typing import Final

#: Its id, its statement of a stage, and how it is judged.
ENDS_THERE: Final = "melt-ends-there"
STATEMENT: Final = 'Followed in time, the melt of "{}" ends at its equilibrium.'
JUDGED: Final = (
    "With `--melt` alone, once a stage: the lengths of the melt's end are within 0.005 V^(1/3) of "
    "the equilibrium's. Not judged where it is followed to no end."
)
