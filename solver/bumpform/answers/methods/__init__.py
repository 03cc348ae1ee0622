"""The answers themselves: derivatives, margins, yields, inverse design.

`differences` and `sensitivity`; `margins`; `rare` and `yields`; `search`, `design` and `asked`.

May import: `units`, `steps`, `case.checks`, `case`, `answers.basis`.
"""
