"""Answers are given of a bundled case's name, and of a file, as `run` gives them."""

from __future__ import annotations

import pytest

import bumpform
from bumpform.case.bundled import bundled_cases

pytestmark = pytest.mark.dolfinx

NAME, PATH = "plated_column", "deposit.Sn63Pb37.column.height"


@pytest.mark.parametrize("case", [NAME, bundled_cases()[NAME]])
def test_an_answer_takes_a_name_or_a_file(case):
    loaded = bumpform.load_case(NAME)
    assert bumpform.margins(case, paths=[PATH]) == bumpform.margins(loaded, paths=[PATH])
    by_name = bumpform.sensitivity(case, paths=[PATH])
    assert by_name.metrics == bumpform.sensitivity(loaded, paths=[PATH]).metrics
