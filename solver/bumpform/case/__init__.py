"""Cases and their files: one process with its materials, frozen, in SI.

`case` is the data; `file` reads one with every problem told at once; `toml` writes it back;
`lines` finds the line of a problem; `bundled` are bumpform's own; `schema` is for editors.
Room: `checks` (what is wrong with one).

May import: `units`, `materials`, `steps`, `case.checks`.
"""
