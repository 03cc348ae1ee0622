"""What a user of the command sees: messages, exit codes, where results go.

The solver is replaced by a stand-in: these tests ask about the command alone.
"""

import json
import subprocess
import sys
import types
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bumpform import __version__
from bumpform.case.bundled import bundled_cases
from bumpform.case.file import load_case
from bumpform.cli import app
from bumpform.errors import (
    CaseError,
    ConvergenceError,
    MachineError,
    MeshError,
    NoEquilibriumError,
    ProcessError,
)
from bumpform.result.contract import Refused
from handmade import make_run

BUNDLED = "photoimaged_opening"

# Not a bundled case: those are free to change.
CASE = """
[case]
name = "NAME"
[environment]
gravity = "9.81 m/s^2"
[[step]]
do = "substrate"
pad = { radius = "60 um", thickness = "5 um", material = "Cu" }
base = { material = "SiO2" }
[[step]]
do = "coat"
layer = "dielectric"
material = "polyimide"
thickness = "30 um"
opening = { radius = "60 um" }
[[step]]
do = "deposit"
solder = "Pb95Sn5"
volume = "0.4 nl"
[[step]]
do = "reflow"
name = "first reflow"
peak = "350 degC"
[[step]]
do = "barrier"
material = "Ni"
thickness = "3.6 um"
growth = "conformal"
[[step]]
do = "deposit"
solder = "Sn63Pb37"
volume = "0.6 nl"
[[step]]
do = "reflow"
name = "second reflow"
peak = "220 degC"
[conditions]
tolerance = 0.25
"""

BAD_FILES = {
    "no unit": ('thickness = "30 um"', 'thickness = "30"', "a unit is missing"),
    "unknown key": ('growth = "conf', 'growht = "conf', "Did you mean barrier.Ni.growth?"),
    "wrong dimension": ('peak = "350 degC"', 'peak = "350 um"', "is a unit of length"),
    "list for a table": ('base = { material = "SiO2" }', "base = [1]", "a table is needed"),
    "bool for a number": ("tolerance = 0.25", "tolerance = true", "a fraction is needed"),
    "syntax": ("[environment]", "[environment", "is not valid TOML"),
    "mushy peak": ('peak = "350 degC"', 'peak = "310 degC"', "neither solid nor molten"),
    "unknown material": ('material = "Ni"', 'material = "Nickle"', "unknown material"),
}


#: Numbers of a run, made by hand: of one stage, with one condition.
MADE = make_run().record
SAID = replace(MADE.conditions[0], statement="the dome ends on the wall")
RESULT = replace(MADE, conditions=(SAID,))
STAGE = RESULT.stages[0]
REFUSED = replace(STAGE, name="second reflow", refused=Refused(reason="off_model", detail="d"))


class StandIn:
    """In place of `bumpform.runner`: remembers its calls, does what a test says per case."""

    def __init__(self):
        self.calls = []
        self.outcomes = {}

    def run_case(self, case, *, out, mesh, plot, landscape, melt, tell):
        self.calls.append((case, out, mesh, plot, landscape))
        outcome = self.outcomes.get(case.name, (STAGE,))
        if isinstance(outcome, Exception):
            raise outcome
        name = replace(RESULT.case, name=case.name)
        record = replace(RESULT, case=name, stages=outcome)
        told = {"refused": outcome[-1].refused, "stopped": None, "remarks": ("it leans",)}
        return types.SimpleNamespace(record=record, **told)


@pytest.fixture
def solver(monkeypatch):
    stand_in = StandIn()
    monkeypatch.setitem(sys.modules, "bumpform.runner", stand_in)
    return stand_in


@pytest.fixture
def bumpform(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.stderr
        return result

    return call


def write_case(folder, name, old="", new=""):
    """Write `CASE` under a name, with one thing in it changed."""
    assert old in CASE
    path = folder / f"{name}.toml"
    text = CASE.replace(old, new, 1) if old else CASE
    path.write_text(text.replace("NAME", name), "utf-8")
    return path


def test_version(bumpform):
    result = bumpform("--version")
    assert (result.exit_code, result.stdout) == (0, f"bumpform {__version__}\n")


# ---------------------------------------------------------------- run


def test_a_run_prints_stages_conditions_and_the_folder(bumpform, solver):
    result = bumpform("run", BUNDLED)
    assert result.exit_code == 0
    for word in ("first reflow", "dielectric wall", "stable", "yes", "the dome ends on the wall"):
        assert word in result.stdout
    assert f"files: {Path('runs', BUNDLED)}" in result.stdout
    assert "note: it leans" in result.stdout
    assert result.stderr == ""


@pytest.mark.slow
def test_what_has_frozen_has_a_row_of_its_own(bumpform):
    """Under its liquid, where freezing shrinks it: what is measured on the product."""
    options = ("--no-mesh", "--no-plot", "--set", "case.freezing=shrinks")
    result = bumpform("run", "bga_ball", *options)
    surface = json.loads(Path("runs/bga_ball/result.json").read_text("utf-8"))["stages"][0]
    apex = [1e6 * s["surface"]["apex_z_m"] for s in (surface, surface["frozen"])]
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["ball", "attach", f"{apex[0]:.1f}", "µm"] in [line[:4] for line in lines]
    assert ["ball", "attach,", "frozen", f"{apex[1]:.1f}", "µm"] in [line[:5] for line in lines]
    assert "attach, frozen" not in bumpform("run", "bga_ball", *options[:2]).stdout


def test_options_reach_the_solver(bumpform, solver, tmp_path):
    result = bumpform(
        "run", write_case(tmp_path, "a"),
        "--set", "coat.thickness=25 um", "--set", "1.opening.radius=50 um",
        "--no-mesh", "--no-plot", "--landscape", "--out", "here",
    )  # fmt: skip
    assert result.exit_code == 0
    [(case, out, mesh, plot, landscape)] = solver.calls
    assert (case.steps[1].thickness, case.steps[1].opening.radius) == (25e-6, 50e-6)
    assert (out, mesh, plot, landscape) == (Path("here"), False, False, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "folders"),
    [
        ([], ["runs/a", "runs/b"]),
        (["--out", "x"], ["x/a", "x/b"]),
    ],
)
def test_of_several_cases_each_has_a_folder(bumpform, solver, tmp_path, options, folders):
    cases = [write_case(tmp_path, name) for name in "ab"]
    assert bumpform("run", *cases, *options).exit_code == 0
    assert [out for _, out, *_ in solver.calls] == [Path(folder) for folder in folders]
    assert [mesh and plot for _, _, mesh, plot, _ in solver.calls] == [True, True]


def test_two_cases_of_one_name_do_not_overwrite_each_other(bumpform, solver, tmp_path):
    case = write_case(tmp_path, "a")
    result = bumpform("run", case, case)
    assert result.exit_code == 2
    assert "an earlier case of this command has this name" in result.stderr
    assert len(solver.calls) == 1


@pytest.mark.parametrize(
    ("outcome", "code", "message"),
    [
        ((STAGE,), 0, ""),
        (CaseError([("wetting.X", "no contact angle is known")]), 2, "wetting.X: no contact angle"),
        (NoEquilibriumError("unstable", "mode 1 falls"), 3, "unstable: mode 1 falls"),
        (ConvergenceError("line search failed", 25, 1e-3), 3, "line search failed"),
        (ProcessError("the wall is gone"), 2, "the wall is gone"),
        (MeshError("no cells"), 3, "no cells"),
        (PermissionError(13, "Permission denied", "runs/a"), 5, "runs/a: Permission denied"),
        (OSError(28, "No space left on device", "runs/a"), 5, "free some room, or choose"),
        (FileExistsError(17, "File exists", "runs"), 2, "runs is a file; results need a folder"),
        (MachineError("no compiler: install one"), 5, "no compiler: install one"),
        (ImportError("no libfoo.so"), 5, "install bumpform again"),
        (
            (STAGE, REFUSED),
            3,
            "second reflow refused, off_model: d",
        ),
    ],
)
def test_exit_codes(bumpform, solver, tmp_path, outcome, code, message):
    solver.outcomes["a"] = outcome
    result = bumpform("run", write_case(tmp_path, "a"))
    assert result.exit_code == code
    assert message in result.stderr


@pytest.mark.slow
def test_one_failing_case_does_not_stop_the_others_and_the_highest_code_counts(
    bumpform, solver, tmp_path
):
    solver.outcomes["b"] = NoEquilibriumError("unstable")
    cases = [write_case(tmp_path, name) for name in "abc"]
    result = bumpform("run", "nowhere.toml", *cases)
    assert result.exit_code == 3
    assert [case.name for case, *_ in solver.calls] == ["a", "b", "c"]
    assert "nowhere.toml: 1 problem" in result.stderr


@pytest.mark.parametrize(
    "mistake",
    [ZeroDivisionError("bug"), ImportError("cannot import name 'coat'", name="bumpform.stack")],
    ids=["division", "import"],
)
def test_a_mistake_of_bumpform_itself_is_told_apart(tmp_path, monkeypatch, solver, mistake):
    """The one place for a traceback: a bug, which must not take the other cases with it."""
    monkeypatch.chdir(tmp_path)
    solver.outcomes["a"] = mistake
    result = CliRunner().invoke(app, ["run", str(write_case(tmp_path, "a")), BUNDLED])
    assert result.exit_code == 1
    assert "Please report this" in result.stderr
    assert len(solver.calls) == 2


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize("kind", BAD_FILES)
def test_bad_files_end_in_a_message(bumpform, solver, tmp_path, command, kind):
    old, new, message = BAD_FILES[kind]
    path = write_case(tmp_path, "bad", old, new)
    result = bumpform(command, path)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{path}: 1 problem\n")
    assert message in result.stderr
    assert not solver.calls


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize(
    "setting", ["nothing", "deposit.volume=1 nl", "case.pitch=1 kg", "=", "x="]
)
def test_bad_settings_end_in_a_message(bumpform, solver, tmp_path, command, setting):
    case = write_case(tmp_path, "a")
    result = bumpform(command, case, "--set", setting)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{case}: 1 problem\n")


def test_usage_errors_have_the_code_of_wrong_input(bumpform):
    assert bumpform("run").exit_code == 2
    assert bumpform("run", BUNDLED, "--nonsense").exit_code == 2
    assert bumpform("nonsense").exit_code == 2


@pytest.mark.slow
def test_an_ascii_terminal_is_no_reason_to_fail(tmp_path):
    """Sources and units hold letters that it cannot show."""
    code = "from bumpform.cli import main; main()"
    environment = {"PYTHONPATH": ":".join(sys.path), "PYTHONIOENCODING": "ascii"}
    for arguments in (["materials", "Sn"], ["check", str(write_case(tmp_path, "a"))]):
        run = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, env=environment
        )
        assert (run.returncode, run.stderr) == (0, b"")


# ---------------------------------------------------------------- check, cases, materials


def test_check_prints_steps_materials_and_amounts(bumpform, tmp_path):
    result = bumpform("check", write_case(tmp_path, "a"))
    assert result.exit_code == 0
    for text in (
        "coat.dielectric",
        "opening.sidewall 90°",
        "unverified: Pb95Sn5: surface_tension 0.46 N/m",
        "no problem found",
    ):
        assert text in result.stdout


def test_check_derives_volume_and_mass(bumpform, tmp_path):
    """0.4 nl at (10410 - 1.23·38) kg/m³ and 0.6 nl at (8150 - 1.38·37) kg/m³."""
    lines = bumpform("check", write_case(tmp_path, "a")).stdout.splitlines()
    assert [line.split()[-6:-4] for line in lines if line.startswith("  deposit.")] == [
        ["4.145", "µg"],
        ["4.859", "µg"],
    ]


def test_check_tells_the_amount_on_a_package(bumpform):
    """A ball of 0.45 mm: π/6 · 0.45³ mm³ = 47.71 nl."""
    lines = bumpform("check", "head_in_pillow").stdout.splitlines()
    [told] = [line.split() for line in lines if line.startswith("  mount.assembly.solder ")]
    assert told[1:4] == ["ball", "47.71", "nl"]


@pytest.mark.parametrize("radius", ["70", "60.0001", "60.0000000001"])
def test_check_prints_notes(bumpform, tmp_path, radius):
    """With as many digits as tell an opening from the pad."""
    case = write_case(tmp_path, "a")
    result = bumpform("check", case, "--set", f"coat.opening.radius={radius} um")
    note = f"note: the opening of dielectric ({radius} µm) is wider than the pad (60 µm)"
    assert note in result.stdout


@pytest.mark.parametrize("arguments", [["cases"], ["cases", "list"]])
def test_bundled_cases_are_listed(bumpform, arguments):
    result = bumpform(*arguments)
    assert result.exit_code == 0
    assert all(name in result.stdout for name in bundled_cases())
    places = [result.stdout.index(word) for word in ("routes\n", "variants\n", "ordinary joints\n")]
    assert places == sorted(places)
    for name, place in (
        ("photoimaged_opening ", 0),
        ("photoimaged_opening_no_barrier", 1),
        ("bga_ball", 2),
    ):
        at = result.stdout.index(f"  {name}")
        assert places[place] < at
        assert at < ([*places, len(result.stdout)][place + 1])


def test_a_copied_case_is_a_case_and_is_never_overwritten(bumpform, tmp_path):
    result = bumpform("cases", "copy", BUNDLED, "new/folder")
    assert (result.exit_code, result.stdout) == (0, f"new/folder/{BUNDLED}.toml\n")
    copy = tmp_path / "new" / "folder" / f"{BUNDLED}.toml"
    assert load_case(copy) == load_case(BUNDLED)
    copy.write_text("mine")
    assert bumpform("cases", "copy", BUNDLED, "new/folder").exit_code == 2
    assert copy.read_text() == "mine"


def test_copying_an_unknown_case_suggests_one(bumpform):
    result = bumpform("cases", "copy", "photoimagd_opening", ".")
    assert result.exit_code == 2
    assert f"Did you mean {BUNDLED}?" in result.stderr


def test_materials_show_source_and_mark_of_every_value(bumpform):
    result = bumpform("materials", "Sn37Pb")
    assert result.exit_code == 0
    for text in ("Sn63Pb37", "8150 kg/m³ at 183 °C", "doi 10.1007/s11664-005-0199-x", "marks:"):
        assert text in result.stdout
    assert "SAC305" in bumpform("materials").stdout


def test_an_unknown_material_is_met_with_the_nearest(bumpform):
    result = bumpform("materials", "SAC350")
    assert result.exit_code == 2
    assert 'Did you mean "SAC305"' in result.stderr
