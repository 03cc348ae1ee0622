"""The same drop melted by bumpform and by pyoomph: error against time.

A cap on a plane that begins at 100° and spreads to 60°, overdamped, its slip length a tenth of
V^(1/3), without gravity: it ends as a cap, whose radius is known in closed form. Both have meshes
of quadratic triangles with Taylor–Hood elements, of the same lengths.

Run: python benchmarks/melting_peer.py --pyoomph PYTHON --out DIR, PYTHON that of an environment
with pyoomph (`python -m venv V && V/bin/pip install pyoomph`: not bumpform's own, as each brings
its own libraries). Writes DIR/melting_peer.md and .json.
"""

from __future__ import annotations

import argparse
import json
import math
import os
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
            rows.append({"program": name, "element": element, "step": 0.0, **found})
            rows[-1] |= {"error": abs(found["radius"] - exact), "tolerance": tolerance}
            print(name, element, rows[-1], file=sys.stderr, flush=True)
        for step in STEPS:
            found = melt(0.14, ON_THE_WAY, step, 0.0)
            rows.append({"program": name, "element": 0.14, "step": step, **found})
            print(name, step, rows[-1], file=sys.stderr, flush=True)
    text = report(rows)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "melting_peer.md").write_text(text, "utf-8")
    (options.out / "melting_peer.json").write_text(json.dumps(rows, indent=1), "utf-8")
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
    script = Path(__file__).with_name("pyoomph_drop.py")
    numbers = [str(x) for x in (element, until, step, BEGIN, END, SLIP, tolerance)]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [python, str(script), *numbers, folder], capture_output=True, text=True, check=False
        )
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
        if not row["step"]:
            lines.append(
                f"| {row['program']} | {row['element']} | {row['tolerance'] or ''} | "
                f"{row['error']:.1e} | "
                f"{abs(row['volume'] - 1.0):.1e} | {row['seconds']:.2f} |"
            )
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


if __name__ == "__main__":
    sys.exit(main())
