"""Places of contact lines: 0 where rounding has left something of it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

from bumpform.case.case import Case
from bumpform.cli.terminal.printing import print_result
from bumpform.result.states import alternative_words
from handmade import CASE, make_run


def test_a_line_less_than_an_atom_off_a_level_is_told_on_it(capsys):
    """In the table of lines, which told 1.0 × 10⁻²⁰ m; the result file keeps the number."""
    told = make_run(Case.from_dict(tomllib.loads(CASE))).record
    stage = told.stages[0]
    off = tuple(replace(line, z_m=1e-20) for line in stage.surface.contact_lines)
    moved = replace(stage, surface=replace(stage.surface, contact_lines=off))
    print_result(replace(told, stages=(moved, *told.stages[1:])), Path("out"))
    assert "10⁻²⁰" not in capsys.readouterr().out
    for other in stage.equilibrium.alternatives:
        lines = tuple(replace(line, z_m=-1e-20) for line in other.contact_lines)
        assert "z = 0, " in alternative_words(replace(other, contact_lines=lines))
