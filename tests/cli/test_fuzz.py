"""Whatever stands in a case file: a result, a refusal or a message; no traceback, no hang.

Law      the exit code is 0, 2 or 3, and with 2 the message names the key, or the line
Limits   a file of 100 kB, lines of 5000 letters, 100 steps, names of 80 letters
"""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

import mangling
from bumpform.case.bundled import bundled_cases
from bumpform.case.file import LARGEST_FILE, load_case
from bumpform.cli.commands import app
from bumpform.errors import CaseError

TEXTS = {name: path.read_text("utf-8") for name, path in bundled_cases().items()}
#: s; a hang lasts for ever, the slowest case so far 16 s: this tells them apart anywhere.
PATIENCE = 60
#: What is said of a file as a whole; a mistake in its spelling tells the line.
OF_THE_FILE = re.compile(
    r"line \d+: .*is not valid TOML: |too many digits"
    r"|is not a text file in UTF-8|is nested too deeply|is larger than|line \d+ is longer than"
)


class StillBusy(BaseException):
    """Nothing in the program may catch it."""


@contextmanager
def patience():
    """Fail where a call does not come back."""

    def stop(*_):
        raise StillBusy(f"after {PATIENCE} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def assert_told(text, source):
    """Every problem names its place."""
    head, *problems = text.strip().splitlines()
    assert re.fullmatch(re.escape(source) + r": \d+ problems?", head), head
    assert len(problems) == int(head.split()[-2])
    for problem in problems:
        place = re.match(r"  \S.*: .", problem)
        assert place or OF_THE_FILE.search(problem), problem


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a case file's text or bytes by the command, without meshes and pictures."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mangled.toml"

    def call(content, *options):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with patience():
            done = CliRunner().invoke(
                app, ["run", str(path), "--no-mesh", "--no-plot", "--out", "out", *options]
            )
        assert done.exception is None or isinstance(done.exception, SystemExit)
        assert done.exit_code in (0, 2, 3), done.stderr
        assert "Traceback" not in done.stderr
        if done.exit_code == 2:
            assert_told(done.stderr, str(path))
        return done.exit_code

    return call


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(8))
def test_a_broken_file_ends_in_a_message_or_a_result(run, batch):
    """Lines, bytes, keys and values at random."""
    for number in range(40):
        draw = random.Random(f"broken {batch} {number}")
        run(mangling.broken(draw, draw.choice(sorted(TEXTS.values()))))


@pytest.mark.slow
@pytest.mark.dolfinx
@pytest.mark.parametrize("batch", range(8))
def test_any_size_ends_in_a_result_a_refusal_or_a_message(run, batch):
    """Quantities off by orders of magnitude, one or several at a time."""
    for number in range(15):
        draw = random.Random(f"scaled {batch} {number}")
        run(mangling.scaled(draw, draw.choice(sorted(TEXTS.values()))))


@pytest.mark.slow
@pytest.mark.dolfinx
@pytest.mark.parametrize("batch", range(4))
def test_any_order_of_steps_ends_in_a_result_a_refusal_or_a_message(run, batch):
    """Steps dropped, doubled, moved."""
    for number in range(25):
        draw = random.Random(f"steps {batch} {number}")
        run(mangling.reordered(draw, draw.choice(sorted(TEXTS.values()))))


def leaves(value, path=""):
    """Paths of all values of a case."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{path}.{number}")
    else:
        yield path


@pytest.mark.slow
@pytest.mark.parametrize("name", ["photoimaged_opening", "core_metal_ball", "plated_column"])
def test_every_value_of_a_case_may_be_nasty(name):
    """Any key set to anything: the case is read, or the message names that key."""
    for path in leaves(load_case(name).to_dict()):
        for value in mangling.NASTY:
            with patience():
                try:
                    load_case(name, sets=[f"{path}={value}"])
                except CaseError as error:
                    assert_told(str(error), name)


@pytest.mark.parametrize(
    "text",
    ["", "=", ".", "a", "a=", "=1", "step=1", "step.0=1", "step.99.volume=1", "step.-1.do=1",
     "wetting=1", "wetting.=1", "wetting..=1", "materials.=1", "materials.x=1", "case=1", "case.=1",
     "case.name.x=1", "0.do=", "0..=1", "coat=1", "coat.thickness.x.y=1", "\0=1", "é=ü",
     "coat.thickness=\n[x]", 'coat.thickness="25 um', "mesh.recipe={}", f"{'a.' * 5000}b=1",
     f"coat.thickness={'[' * 5000}", f"coat.thickness={'1' * 5000} um"],
)  # fmt: skip
def test_a_mangled_setting_ends_in_a_message(text):
    """What stands behind --set, in any spelling."""
    with patience(), pytest.raises(CaseError) as caught:
        load_case("photoimaged_opening", sets=[text])
    assert_told(str(caught.value), "photoimaged_opening")


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"\xff\xfe[\0c\0a\0s\0e\0]\0",
        b"\xef\xbb\xbf",
        b"# nothing but words\n",
        b"step = []\n",
        b"[[step]]\n" * 101,
        b'[[step]]\ndo = "clean"\n' * 100,
        b"x = " + b"[" * 4_900,
        b"a" + b".a" * 2_400 + b" = 1",
        b"a" + b".a" * 40_000 + b" = 1",
        b"[wetting]\n" + b"".join(b'"m%d" = "1 deg"\n' % n for n in range(1000)),
        b"".join(b"key%d = 1\n" % n for n in range(3000)),
        b"step = [" + b"1, " * 90 + b"]",
        b"step = [" + b"{}, " * 90 + b"]",
        b'x = "' + b"y" * (LARGEST_FILE + 1) + b'"',
        b"[case]\nname = [" + b"1,\n" * 20_000 + b"]",
    ],
    ids=lambda content: repr(content[:24]),
)
def test_a_file_that_is_no_case_is_told(run, content):
    """Empty, binary, nested, long."""
    assert run(content) == 2


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(3))
def test_the_command_itself_has_no_traceback(tmp_path, batch):
    """As a user calls it: a few by a process of their own."""
    draw = random.Random(f"process {batch}")
    path = tmp_path / "mangled.toml"
    path.write_bytes(mangling.broken(draw, draw.choice(sorted(TEXTS.values()))))
    done = subprocess.run(
        [sys.executable, "-c", "from bumpform.cli import main; main()", "check", str(path)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr
    if done.returncode == 2:
        assert_told(done.stderr, str(path))
