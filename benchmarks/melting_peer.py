"""The same drop melted by bumpform and by pyoomph: error against time.

A cap on a plane that begins at 100° and spreads to 60°, overdamped, its slip length a tenth of
V^(1/3), without gravity: it ends as a cap, whose radius is known in closed form. Both have meshes
of quadratic triangles with Taylor–Hood elements, of the same lengths.

Run: python benchmarks/melting_peer.py --pyoomph PYTHON --out DIR, PYTHON that of an environment
with pyoomph (`python -m venv V && V/bin/pip install pyoomph`: not bumpform's own, as each brings
its own libraries). Writes DIR/melting_peer.md, .json and .png: errors against processor time.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from itertools import pairwise, product
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy: one core
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

#: Angles at the beginning and the end, degrees; slip length; until when it is at rest, and when on
#: the way its line is compared, in μL/σ.
BEGIN, END, SLIP = 100.0, 60.0, 0.1
REST, ON_THE_WAY = 50.0, 1.0
ELEMENTS = (0.28, 0.14, 0.07)
#: Errors of a step that pyoomph is asked for; bumpform's volume and end do not depend on its steps.
TOLERANCES = {"bumpform": (0.0,), "pyoomph": (0.1, 0.01, 0.001)}
#: What is not drawn below.
ROUND_OFF = 1e-16
#: Processor time within which pyoomph is to come to its end, s.
LIMIT = 180
#: Of the way, with bumpform's default mesh.
STEPS = (0.04, 0.02, 0.01)


def main() -> int:
    """Melt it with both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pyoomph", metavar="PYTHON", required=True)
    parser.add_argument("--out", type=Path, default=Path("runs/melting_peer"))
    options = parser.parse_args()
    programs = {"bumpform": _bumpform, "pyoomph": lambda *a: _pyoomph(options.pyoomph, *a)}
    programs["bumpform"](ELEMENTS[0], 0.1, 0.0, 0.0)  # compile the forms
    exact = unit_radius(END)
    rows = []
    for name, melt in programs.items():
        for element, tolerance in product(ELEMENTS, TOLERANCES[name]):
            found = melt(element, REST, 0.0, tolerance)
            rows.append({"program": name, "element": element, "step": 0.0, "tolerance": tolerance})
            rows[-1] |= found | {"error": abs(found["radius"] - exact)} if found else {}
            print(name, element, rows[-1], file=sys.stderr, flush=True)
        for step in STEPS:
            found = melt(0.14, ON_THE_WAY, step, 0.0)
            rows.append({"program": name, "element": 0.14, "step": step, **found})
            print(name, step, rows[-1], file=sys.stderr, flush=True)
    text = report(rows)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "melting_peer.md").write_text(text, "utf-8")
    (options.out / "melting_peer.json").write_text(json.dumps(rows, indent=1), "utf-8")
    draw(rows, options.out / "melting_peer.png")
    print(text)
    return 0


def unit_radius(angle: float) -> float:
    """Radius of the line of a cap of volume 1."""
    t = math.radians(angle)
    volume = math.pi * (2.0 - 3.0 * math.cos(t) + math.cos(t) ** 3) / 3.0
    return math.sin(t) / volume ** (1.0 / 3.0)


def _bumpform(element: float, until: float, step: float, _: float) -> dict:
    """Radius of the line at a time; a step of 0 is bumpform's choice."""
    from bumpform.geometry.profile import Station
    from bumpform.melting.beginning.options import Options
    from bumpform.melting.flows.flow import Fluid
    from bumpform.melting.motion.overdamped import march
    from melts import cap, wall

    options = Options(element=element, slip_length=SLIP)
    if step:
        options = Options(
            element=element,
            slip_length=SLIP,
            first_step=step,
            longest_step=step,
            growth=1.0,
            move=1.0,
        )
    floor = wall([(0.0, 0.0), (5.0, 0.0)], [END])
    start = time.process_time()
    shape = cap(floor, Station(0, unit_radius(BEGIN) / 5.0), BEGIN, options)
    shape = shape.filled(0.5 / math.pi)
    fluid = Fluid(0.0, 1.0 / SLIP)
    for now in march(shape, floor, fluid, options):
        if now.time > until * (1.0 - 1e-9):
            break
    seconds = time.process_time() - start
    volume = 2.0 * math.pi * now.shape.volume
    return {
        "radius": float(now.shape.nodes[0, 0]),
        "volume": volume,
        "seconds": seconds,
    }


def _pyoomph(python: str, element: float, until: float, step: float, tolerance: float) -> dict:
    """The same by pyoomph; empty where it comes to no end within the limit."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT + 1))

    script = Path(__file__).with_name("pyoomph_drop.py")
    numbers = [str(x) for x in (element, until, step, BEGIN, END, SLIP, tolerance)]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [python, str(script), *numbers, folder],
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=limited,
        )
    if done.returncode == -signal.SIGXCPU:
        return {}
    if done.returncode:
        raise SystemExit(f"pyoomph came to no end:\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}")
    return json.loads(done.stdout.splitlines()[-1])


def report(rows: list[dict]) -> str:
    """Errors of the end and times, and both ways at one time, as Markdown."""
    lines = [
        "# A drop that spreads, by bumpform and by pyoomph",
        "",
        "Lengths in V^(1/3). Time: of the processor, one core, without imports and compiling.",
        "",
        "| program | elements | error of a step | of the line at rest | of the volume | s |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        if row["step"]:
            continue
        told = f"| {row['program']} | {row['element']} | {row['tolerance'] or ''} | "
        if "error" in row:
            told += f"{row['error']:.1e} | {abs(row['volume'] - 1.0):.1e} | {row['seconds']:.2f} |"
        else:
            told += f"no end | | more than {LIMIT} |"
        lines.append(told)
    lines += [
        "",
        f"On the way, radius of the line at t = {ON_THE_WAY:g} μL/σ, elements of 0.14:",
        "",
        "| program | step | radius | off the last by | s |",
        "| --- | --- | --- | --- | --- |",
    ]
    for before, row in pairwise([{"step": 0.0}, *rows]):
        if row["step"]:
            off = f"{abs(row['radius'] - before['radius']):.1e}" if before["step"] else ""
            lines.append(
                f"| {row['program']} | {row['step']} | {row['radius']:.6f} | {off} | "
                f"{row['seconds']:.2f} |"
            )
    return "\n".join(lines) + "\n"


def draw(rows: list[dict], path: Path) -> None:
    """Errors at rest, of the line and of the volume, against processor time."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 4.0), layout="constrained")
    kinds = sorted({(row["program"], row["tolerance"]) for row in rows if "error" in row})
    for axes, title in zip(figure.subplots(1, 2), ("line at rest", "volume"), strict=True):
        for program, tolerance in kinds:
            here = [r for r in rows if (r["program"], r.get("tolerance")) == (program, tolerance)]
            here = [row for row in here if "error" in row]
            offs = [r["error"] if title != "volume" else abs(r["volume"] - 1.0) for r in here]
            offs = [max(off, ROUND_OFF) for off in offs]
            label = f"{program}, error of a step {tolerance:g}" if tolerance else program
            axes.loglog([row["seconds"] for row in here], offs, "o-", label=label)
            for row, off in zip(here, offs, strict=True):
                axes.annotate(f" {row['element']}", (row["seconds"], off), fontsize=8)
        axes.set(title=f"error of the {title}", xlabel="processor time (s)")
        axes.grid(True, which="major", alpha=0.3)
    axes.legend(fontsize=8, loc="center right")
    figure.axes[0].set_ylabel("V^(1/3)")
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    sys.exit(main())
