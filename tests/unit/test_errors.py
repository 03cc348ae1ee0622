"""Errors say where, what came and what to do, a line each, and survive pickling."""

import pickle
from pathlib import Path

import pytest

from bumpform.errors import (
    BumpformError,
    CaseError,
    ConvergenceError,
    MachineError,
    MeshError,
    NoEquilibriumError,
    Problem,
    QuantityError,
)

EVERY_ERROR = [
    QuantityError("a unit is missing."),
    CaseError([("a.b", "must be above 0.", '"-1 um"'), ("c", "is missing.")], "x.toml"),
    MeshError("no cells", [Path("stack_first_reflow.msh")]),
    MachineError("there is no compiler: install one"),
    ConvergenceError("line search failed", 25, 2.1e-9, "first reflow"),
    NoEquilibriumError("unstable", "mode 1 falls"),
]


def test_case_error_lists_every_problem_on_its_own_line():
    error = CaseError(
        [("coat.thickness", "a unit is missing.", '"30"'), ("pad.raduis", "unknown key.")],
        "cases/x.toml",
    )
    assert str(error).splitlines() == [
        "cases/x.toml: 2 problems",
        '  coat.thickness = "30": a unit is missing.',
        "  pad.raduis: unknown key.",
    ]


def test_one_problem_is_not_called_problems():
    assert str(CaseError([("a", "b.")])).startswith("case: 1 problem\n")


def test_a_problem_of_the_whole_file_has_no_path():
    assert str(Problem("", "is not valid TOML.")) == "is not valid TOML."


@pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: type(error).__name__)
def test_every_error_survives_pickling(error):
    """Workers of a study hand their errors back through pickle."""
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


@pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: type(error).__name__)
def test_one_root_catches_all(error):
    assert isinstance(error, BumpformError)


def test_convergence_error_says_where_and_how_far():
    text = str(ConvergenceError("line search failed", 25, 2.1e-9, "first reflow"))
    assert text == (
        "solve stopped at first reflow after 25 iterations: line search failed, residual 2.1e-09"
    )


def test_no_equilibrium_starts_with_its_machine_word():
    assert str(NoEquilibriumError("unstable", "mode 1 falls")) == "unstable: mode 1 falls"
    assert str(NoEquilibriumError("off_model")) == "off_model"
