"""Every script in cases/scripts runs as a user runs it, and prints the number it promises."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "cases" / "scripts"


def run(name, folder, *arguments):
    """What a script prints, run in another folder."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, SCRIPTS / f"{name}.py", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_every_script_has_a_test():
    scripts = {path.stem for path in SCRIPTS.glob("*.py")}
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert scripts and scripts <= tested


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.py")), ids=lambda path: path.stem)
def test_scripts_are_short(script):
    assert len(script.read_text("utf-8").splitlines()) <= 40


@pytest.mark.slow
@pytest.mark.dolfinx
def test_sweep_volume(tmp_path):
    """The dome without gravity is a cap to round-off; at 0.40 nl it ends 4.40465 um deep.

    By hand: H = 60 tan(17.5°) = 18.9179 um, cap volume 0.110523 nl, so z = 25.5954 um.
    """
    out = run("sweep_volume", tmp_path, "depth.png")
    rows = [[float(x) for x in line.split()] for line in out.splitlines()[1:-1]]
    assert [row[0] for row in rows] == pytest.approx([0.28 + 0.02 * i for i in range(9)])
    [at_040] = [row for row in rows if row[0] == 0.40]
    assert at_040[3] == pytest.approx(4.40465, abs=1e-5)
    assert at_040[1] == pytest.approx(18.9179 - 4.40465, abs=1e-3)  # 0.7 nm less by gravity
    assert float(re.search(r"closed form: (\S+) of", out)[1]) < 1e-10
    assert (tmp_path / "depth.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in tmp_path.iterdir()] == ["depth.png"]


@pytest.mark.slow
@pytest.mark.dolfinx
def test_what_matters(tmp_path):
    """Without gravity the ball is a cap, to round-off; a pitch does nothing to it.

    By hand: a = 40 um, H = 61.749 um, dH/dh = 2a²/(a² + H²) = 0.591176.
    """
    out = run("what_matters", tmp_path)
    assert float(re.search(r"column.height +(\S+) ", out)[1]) == pytest.approx(0.591176, abs=1e-6)
    assert float(re.search(r"closed form: (\S+)", out)[1]) < 1e-9
    assert re.search(r"case.pitch +0.000000 ", out)
    assert re.search(r"polyimide.thickness +5.4000 ball-ends-at-edge", out)  # where the nickel ends
    assert re.search(r"case.pitch +87.6603 neighbours-clear", out)


@pytest.mark.slow
@pytest.mark.dolfinx
def test_design_opening(tmp_path):
    """By hand: V = π 60² 24 + πH(3·60² + H²)/6 with H = 18.9179 um: 0.381957 nl."""
    out = run("design_opening", tmp_path)
    assert int(re.search(r"reached: True, in (\d+) cases", out)[1]) <= 10
    assert "first volume 0.381957 nl" in out
    assert float(re.search(r"closed form: (\S+)", out)[1]) < 1e-9
    assert "within tight bounds: deposit.Pb95Sn5.volume is at its bound 0.39 nl" in out


@pytest.mark.slow
@pytest.mark.dolfinx
def test_yield_of_columns(tmp_path):
    """By hand: (112.338 − 109.5) um / 1 um = 2.838, of which a normal distribution has 2271 ppm."""
    out = run("yield_of_columns", tmp_path)
    assert int(re.search(r"closed form: (\d+) ppm", out)[1]) == pytest.approx(2271, abs=2)
    low, high = re.search(r"ppm \((\d+) \.\.\. (\d+)\)", out).groups()
    assert int(low) < 2271 < int(high)
    assert float(re.search(r"Cpk: (\S+)", out)[1]) == pytest.approx(0.946, abs=0.02)


@pytest.mark.slow
@pytest.mark.dolfinx
def test_melt_further(tmp_path):
    """Heat fades with the flow; at rest the pressure is that of the meridian, 4e-6 off."""
    out = run("melt_further", tmp_path)
    assert "ends at: equilibrium" in out
    heat = [float(x) for x in re.findall(r": (\S+) W of heat", out)]
    assert heat[0] > 10.0 * heat[1] > 1e3 * heat[2]
    assert float(re.search(r"volume of the mesh off by (\S+)", out)[1]) < 1e-12
    assert float(re.search(r"pressure at rest off by (\S+) from", out)[1]) < 5e-5
    lost = float(re.search(r"energy lost (\S+) nJ", out)[1])
    assert lost == pytest.approx(0.516, rel=1e-2)
