"""The documentation's commands and scripts run as they stand."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bumpform.cli import app

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [
    page for page in sorted(DOCS.rglob("*.md")) if "generated" not in page.relative_to(DOCS).parts
]
#: Needs what a test has not: another machine, a file of the reader's own.
ELSEWHERE = ("--scheduler", "my.toml", "FILE", "SLURMCluster")


def blocks(page: Path, language: str) -> list[str]:
    text = page.read_text("utf-8")
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```$", text, re.M | re.S)
    return [re.sub(r"^ {3}", "", block, flags=re.M) for block in found]


def commands(page: Path) -> list[str]:
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    return [x for x in lines if x.startswith("bumpform ") and not any(e in x for e in ELSEWHERE)]


def test_there_are_some():
    assert sum(len(commands(page)) for page in PAGES) >= 5


@pytest.mark.dolfinx
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_end_well(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for line in commands(page):
        arguments = shlex.split(line)[1:]
        if arguments[0] == "run":
            arguments += ["--no-mesh", "--no-plot"]  # what they draw is in other tests
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, (line, done.output)


@pytest.mark.dolfinx
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_scripts_run(page):
    names: dict[str, object] = {}
    for block in blocks(page, "python"):
        if any(
            e in block for e in ELSEWHERE
        ):  # one like it runs on a SLURM in `test_study_workers`
            continue
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(block, str(page), "exec"), names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_linked_exists(page):
    for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if not link.startswith("https://") and "generated/" not in link:
            assert (page.parent / link).exists(), link


def test_every_comparison_names_the_test_or_benchmark_that_makes_it():
    table = re.findall(
        r"^\|.*\| ([^|]*`[^|]*) \|$", (DOCS / "verification.md").read_text("utf-8"), re.M
    )
    named = {name for cell in table for name in re.findall(r"`(\w+)[^`]*`", cell)}
    there = {path.stem for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*")}
    assert len(named) > 20
    assert named <= there


def test_every_reason_of_a_refusal_is_explained():
    source = (ROOT / "solver" / "bumpform").rglob("*.py")
    raised = r'(?:NoEquilibriumError|Refusal)\(\s*"([a-z_]+)"'
    reasons = {reason for path in source for reason in re.findall(raised, path.read_text("utf-8"))}
    assert len(reasons) >= 10
    page = (DOCS / "troubleshooting.md").read_text("utf-8")
    assert {reason for reason in reasons if f"| `{reason}` |" not in page} == set()
