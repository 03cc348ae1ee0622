"""The README says what is so: files, commands, outputs, numbers and names that exist."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from functools import cache
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import bumpform
from bumpform.case.bundled import bundled_cases
from bumpform.cli import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
#: (language, text) of every fenced block.
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.M | re.S)


def block(language, start):
    """The one block of that language that starts so."""
    [found] = [text for kind, text in BLOCKS if kind == language and text.startswith(start)]
    return found


@cache
def done(name):
    return bumpform.run(bumpform.load_case(name))


def test_it_is_short():
    assert len(README.splitlines()) <= 150


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md"])
def test_every_link_and_picture_exists(page):
    text = (ROOT / page).read_text("utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    assert links
    missing = [x for x in links if not x.startswith("https://") and not (ROOT / x).exists()]
    assert not missing


def test_every_path_in_a_command_exists():
    paths = re.findall(r"(?:cases|tests|benchmarks|meshes|\.ci)/[\w./]+\w", README)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_pictures_are_small():
    pictures = set(re.findall(r'src="([^"]+)"', README))
    assert pictures == {f"cases/pictures/{p.name}" for p in (ROOT / "cases/pictures").iterdir()}
    assert max((ROOT / picture).stat().st_size for picture in pictures) <= 250_000


def test_the_two_commands_stand_in_blocks_of_their_own():
    texts = [text for _, text in BLOCKS]
    assert "bash .ci/env bumpform run photoimaged_opening\n" in texts
    assert "bash .ci/env pytest\n" in texts


def test_every_command_exists():
    named = set(re.findall(r"^bumpform (\w+)", block("", "bumpform run my.toml"), re.M))
    assert named == set(typer.main.get_command(app).commands)


COMMANDS = [
    line.partition("#")[0].strip() for line in block("", "bumpform run my.toml").splitlines()
]
#: Of many cases, or in time.
LONG = ("study", "sensitivity", "margins", "yield", "melt")
SCATTER = """
[tolerances]
"deposit.Pb95Sn5.volume" = { std = "3 %" }
"""


@pytest.mark.dolfinx
@pytest.mark.parametrize(
    "line", [pytest.param(x, marks=[pytest.mark.slow] * (x.split()[1] in LONG)) for x in COMMANDS]
)
def test_every_command_ends_well(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.toml").write_text(block("toml", "[wetting]") + SCATTER, "utf-8")
    arguments = shlex.split(line)[1:]
    if arguments[0] == "run":
        arguments += ["--no-mesh", "--no-plot"]  # what they draw is in other tests
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output


def test_every_bundled_case_is_mentioned():
    assert [name for name in bundled_cases() if f"(cases/{name}.toml)" not in README] == []


def test_the_case_file_is_part_of_the_bundled_one_and_loads(tmp_path):
    text = block("toml", "[wetting]")
    bundled = (ROOT / "cases/photoimaged_opening.toml").read_text("utf-8").splitlines()
    assert [line for line in text.splitlines() if line not in bundled] == []
    (tmp_path / "my.toml").write_text(text, "utf-8")
    sets = ["coat.dielectric.thickness=25 um", "environment.gravity=0"]
    case = bumpform.load_case(tmp_path / "my.toml", sets)
    assert [step.do for step in case.steps] == ["substrate", "coat", "deposit", "reflow"]


@pytest.mark.dolfinx
def test_the_first_command_prints_what_is_shown(tmp_path):
    shown = block("text", "photoimaged_opening: 28 hold").splitlines()
    options = ["--no-mesh", "--no-plot", "--out", str(tmp_path)]
    printed = CliRunner().invoke(app, ["run", "photoimaged_opening", *options]).stdout.splitlines()
    rest = iter(printed)
    assert shown[-1] == "files: runs/photoimaged_opening"
    # in this order: `in` consumes the iterator up to the line that it finds
    assert [line for line in shown[:-1] if line != "  …" and line not in rest] == []


@pytest.mark.dolfinx
def test_the_python_block_prints_what_is_shown():
    code, shown = block("python", "import bumpform"), block("text", "0.36 nl")
    assert len(code.splitlines()) <= 10
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "README.md", "exec"), {})
    assert out.getvalue() == shown


@pytest.mark.dolfinx
def test_every_metric_is_defined():
    names = {n for case in bundled_cases() for m in done(case).metrics.values() for n in m}
    table = (ROOT / "docs" / "metrics.md").read_text("utf-8")
    assert sorted(name for name in names if f"`{name}`" not in table) == []


#: Number as the text of a route has it, with the path to it: case, metrics' group, name.
NUMBERS = [
    ("14.7", "photoimaged_opening", "first reflow", "terminus_fraction"),
    ("4.4", "laminated_abraded", "second reflow", "plane_fraction"),
    ("0.428", "core_and_cap", "mounting", "core_force_N"),
    ("14.51", "photoimaged_opening", "first reflow", "protrusion_m"),
    ("4.404", "photoimaged_opening", "first reflow", "terminus_depth_m"),
    ("3.63", "photoimaged_opening", "barrier", "thickness_m"),
    ("-0.009", "photoimaged_opening", "barrier", "juncture_offset_m"),
    ("3.637", "photoimaged_opening", "barrier", "flush_thickness_m"),
    ("109.0", "photoimaged_opening", "second reflow", "ball_height_m"),
    ("106.1", "photoimaged_opening_no_barrier", "second reflow", "ball_height_m"),
    ("2", "laminated_abraded", "second reflow", "plane_depth_m"),
    ("103.5", "laminated_abraded", "second reflow", "ball_height_m"),
    ("55.4", "plated_column", "reflow", "column_protrusion_m"),
    ("61.75", "plated_column", "reflow", "protrusion_m"),
    ("87.66", "plated_column", "reflow", "ball_diameter_m"),
    ("40.5", "plated_column_etched", "reflow", "column_protrusion_m"),
    ("51.89", "plated_column_etched", "reflow", "protrusion_m"),
    ("64.66", "plated_column_as_claimed", "reflow", "protrusion_m"),
    ("56.81", "plated_column_added_copper", "reflow", "protrusion_m"),
    ("248.0", "core_and_cap", "core reflow", "ball_height_m"),
    ("248.0", "core_and_cap", "mounting", "standoff_m"),
    ("300", "core_metal_ball", "mounting", "standoff_m"),
    ("102.2", "stacked_masks", "second reflow", "ball_height_m"),
    ("86.33", "stacked_masks", "third reflow", "ball_height_m"),
    ("89.15", "stacked_masks_as_claimed", "third reflow", "ball_height_m"),
    ("653.2", "bga_ball", "ball attach", "ball_height_m"),
    ("203.7", "wlcsp", "ball drop", "ball_height_m"),
    ("33.64", "copper_pillar", "cap reflow", "height_above_contact_line_m"),
    ("557.7", "hanging_package", "hanging", "standoff_m"),
    ("283.5", "bga_joint", "assembly", "standoff_m"),
    ("309.7", "second_side", "second side", "standoff_m"),
    ("372.6", "hybrid_joint", "assembly", "standoff_m"),
]
#: The text's unit by the end of the name: µm, mN, %.
UNITS = {"m": 1e6, "N": 1e3, "fraction": 1e2}


def text_of(case):
    """The paragraph of a case's route, or of the ordinary joints."""
    routes = README.split("\n## The five routes\n")[1].split("\n## Verdict")[0]
    [text] = [part for part in routes.split("\n\n") if f"[`{case}`]" in part]
    return text


@pytest.mark.dolfinx
@pytest.mark.parametrize(("shown", "case", "group", "name"), NUMBERS)
def test_numbers_of_the_routes_are_those_of_the_runs(shown, case, group, name):
    assert re.search(rf"(?<![\d.]){re.escape(shown)}(?!\d)", text_of(case))
    digits = len(shown.partition(".")[2])
    unit = UNITS[name.rpartition("_")[2]]
    assert f"{unit * done(case).metrics[group][name]:.{digits}f}" == shown


@pytest.mark.dolfinx
def test_composition_of_the_fused_ball_is_that_of_the_run():
    [fused] = [s for s in done("stacked_masks").result["stages"] if s["name"] == "second reflow"]
    shown = dict(re.findall(r"([\d.]+) % (\w+)", text_of("stacked_masks")))
    assert shown == {f"{100 * part:.1f}": name for name, part in fused["composition"].items()}
