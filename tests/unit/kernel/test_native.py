"""The compiled library: made once, kept, needed by nothing else; what stands in the way is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bumpform.errors import BumpformError
from bumpform.kernel import native
from bumpform.surface.drop.reference_element import DEGREE, reference_mesh
from bumpform.surface.drop.sampling import caps, relax

pytestmark = pytest.mark.dolfinx

SOLVE = """
import sys
import bumpform
run = bumpform.run(bumpform.load_case("photoimaged_opening"))
assert not run.refused
print(*sorted({"dolfinx", "ufl", "ffcx", "petsc4py", "mpi4py", "cffi"} & set(sys.modules)))
"""


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join(filter(None, sys.path))
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_made_in_the_cache_at_first_use_and_only_read_after(tmp_path):
    """The first needs FFCx, no dolfinx; the second imports nothing that compiles, nor writes."""
    first = python(SOLVE, XDG_CACHE_HOME=str(tmp_path))
    assert (first.returncode, first.stderr) == (0, ""), first.stderr
    assert {"ffcx", "ufl", "cffi"} <= set(first.stdout.split()) and "dolfinx" not in first.stdout
    [made] = (tmp_path / "bumpform").iterdir()
    written = made.stat().st_mtime_ns
    second = python(SOLVE, XDG_CACHE_HOME=str(tmp_path), CC="/nowhere/cc")
    assert (second.returncode, second.stdout) == (0, "\n"), second.stderr
    assert [*(tmp_path / "bumpform").iterdir()] == [made]
    assert made.stat().st_mtime_ns == written


@pytest.mark.slow
def test_what_is_installed_is_taken_and_needs_nothing(tmp_path, monkeypatch):
    """Beside the package, compiled when that was built: no cache, no compiler, no home."""
    made = native.compile_into(tmp_path)
    assert [*tmp_path.iterdir()] == [made]
    monkeypatch.setattr(native, "__file__", str(tmp_path / "native.py"))
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    monkeypatch.setenv("CC", "/nowhere/cc")
    assert native.made() == made


@pytest.mark.slow
def test_processes_that_compile_at_once_do_not_meet(tmp_path):
    """Each makes its own aside; the last to rename wins, and all of them run."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "XDG_CACHE_HOME": str(tmp_path),
    }
    code = [sys.executable, "-c", "import bumpform.kernel.native as n; n.library()"]
    running = [subprocess.Popen(code, env=environment) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert len([*(tmp_path / "bumpform").iterdir()]) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "environment, words",
    [
        ({"CC": "/nowhere/cc"}, "needs a C compiler and Python's headers"),
        ({"XDG_CACHE_HOME": __file__}, "set XDG_CACHE_HOME to a folder that can be written"),
    ],
    ids=["no compiler", "no folder"],
)
def test_what_stands_in_the_way_is_told(tmp_path, environment, words):
    """One line on the terminal, no traceback, nothing left behind."""
    command = (
        "import sys; from bumpform.cli import main;"
        f"sys.argv[1:] = ['run', 'photoimaged_opening', '--out', {str(tmp_path / 'run')!r}]; main()"
    )
    done = python(command, **{"XDG_CACHE_HOME": str(tmp_path / "cache"), **environment})
    said = " ".join(done.stderr.split())
    assert done.returncode == 5
    assert words in said and "Traceback" not in said
    assert not [*Path(tmp_path).rglob("*.so")]


def test_a_user_without_a_home_is_told(monkeypatch):
    """As an unknown uid in a container."""

    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(BumpformError, match="set XDG_CACHE_HOME to a folder that can be written"):
        native.cache()


def test_nodes_are_those_of_the_element_that_ffcx_has():
    """Gauss–Lobatto points, in order: the derivative of Legendre's polynomial is zero inside."""
    local = np.array(reference_mesh(1).local)
    inner = 2.0 * local[1:-1] - 1.0
    slope = np.polynomial.legendre.Legendre.basis(DEGREE).deriv()
    assert (local[0], local[-1]) == (0.0, 1.0)
    assert np.all(np.diff(local) > 0.0)
    assert np.abs(slope(inner)).max() <= 1e-12


def test_several_meridians_at_once_are_each_as_alone():
    """To the last bit: the same sums in the same order."""
    mesh = reference_mesh(3)
    points, volumes = np.array([[0.7, 0.1], [1.0, 0.0], [1.4, 0.2]]), np.array([0.1, 0.2, 0.3])
    x, pressure = caps(mesh, points, volumes, 0.3)
    asked = {"closed": True, "tolerance": 1e-9, "most": 12}
    together = relax(mesh, x, pressure, volumes, 0.3, **asked)
    assert together.converged.all()
    for i in range(3):
        one = slice(i, i + 1)
        alone = relax(mesh, x[one], pressure[one], volumes[one], 0.3, **asked)
        for few, many in zip(alone, together, strict=True):
            assert np.array_equal(few, many[one])
    assert np.array_equal(mesh.integrals(x)[1], mesh.integrals(x[1]))


def test_what_is_no_guess_is_left():
    """The others are solved as if it were not there."""
    mesh = reference_mesh(2)
    points, volumes = np.array([[0.7, 0.1], [np.nan, 0.0], [1.4, 0.2]]), np.array([0.1, 0.2, 0.3])
    x, pressure = caps(mesh, points, volumes, 0.3)
    found = relax(mesh, x, pressure, volumes, 0.3, closed=True, tolerance=1e-3, most=12)
    assert found.converged.tolist() == [True, False, True]


def test_a_singular_system_is_no_step():
    """On the axis there is no radius and no force: the step is not finite, nothing is raised."""
    mesh = reference_mesh(2)
    x = np.stack([np.zeros(mesh.count), mesh.xi], axis=1)
    assert not np.isfinite(mesh.newton(x, 0.0, 1.0, 0.0, [], closed=False).sizes[0])
