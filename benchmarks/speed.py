"""How fast bumpform is on this machine, next to the limits that it promises.

Run: python benchmarks/speed.py [--json FILE] [--quick]. Every number is taken on one core, warm
unless it says cold: wall time by time.perf_counter and processor time, which other programs on a
shared machine disturb less; median and minimum of many repeats. A limit is met when the median
of the wall times is; the processor's is marked beside it.

Most of it is Python, so the first lines tell how that was built, and how quick it is by itself:
pyenv builds without --enable-optimizations unless told to, distributions and uv with it.
"""

import argparse
import gc
import itertools
import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
CORE = max(os.sched_getaffinity(0))
os.sched_setaffinity(0, {CORE})

import psutil  # noqa: E402

import bumpform  # noqa: E402
from bumpform.geometry.curve import Line  # noqa: E402
from bumpform.geometry.edge import Edge  # noqa: E402
from bumpform.geometry.profile import Profile, Station  # noqa: E402
from bumpform.surface.drop.contact import LineAt  # noqa: E402
from bumpform.surface.drop.drop import Drop  # noqa: E402
from bumpform.surface.drop.equilibrium import FIRST_ELEMENTS, FIRST_TOLERANCE, accurate  # noqa: E402
from bumpform.surface.drop.line_force import LineForce  # noqa: E402
from bumpform.surface.drop.newton import solve  # noqa: E402

UM, MS = 1e-6, 1e-3
#: Repeats that do not count.
WARM = 3
JOINTS = (
    "bga_joint",
    "core_and_cap",
    "core_metal_ball",
    "drawn_joint",
    "hanging_package",
    "head_in_pillow",
    "second_side",
)
TENSION, DENSITY, GRAVITY = 0.48, 8400.0, 9.81
COMMAND = [sys.executable, "-c", "from bumpform.cli import main; main()", "run"]


def measure(work, repeats, warm=WARM):
    """Wall and processor times of repeats of a piece of work, s."""
    for _ in range(warm):
        work()
    gc.collect()
    return [timed(work) for _ in range(repeats)]


def timed(work):
    """Wall and processor time of a piece of work, s."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


class Small:
    """An object with one field."""

    def __init__(self, value):
        self.value = value


def interpreter():
    """The Python, its build's options for speed, and its own pace, in words."""
    told = sysconfig.get_config_var("CONFIG_ARGS") or ""
    options = [o for o in ("--enable-optimizations", "--with-lto") if o in told]
    built = f"configured {' '.join(options)}" if options else "configured without optimizations"

    def objects():
        total = 0
        for i in range(100_000):
            total += Small(i).value + len({"a": i})

    pace = min(cpu for _, cpu in measure(objects, 5, 1)) / 1e5
    # Debian's python3 tells the options of its library, and is itself optimised: the pace shows it
    return f"Python {platform.python_version()}, {built}; {1e9 * pace:.0f} ns for two small objects"


def drop_on(points, angles, station, state, volume):
    """One equilibrium from the spherical-cap guess, to nine digits, with its error estimate."""
    edges = tuple(
        Edge(Line(a, b), 0.0, 1.0, str(i), str(i), str(i))
        for i, (a, b) in enumerate(itertools.pairwise(points))
    )
    profile = Profile(edges)
    drop = Drop(volume, TENSION, DENSITY, GRAVITY)
    young = tuple(map(math.radians, angles))

    def work():
        land = LineForce(profile, young, drop)
        guess = land.guess(station, free=state == "free", elements=FIRST_ELEMENTS)
        first = solve(guess, tolerance=FIRST_TOLERANCE)
        return accurate(first, (LineAt(land.solid, station, state),), drop)

    found = work()
    worst = max(error / max(drop.length, abs(found.values[n])) for n, error in found.errors.items())
    assert worst < 1e-9, worst
    return work


def equilibria():
    """The three drops: pinned on a pad's edge, a dome on a wall, sliding on a plane."""
    a = 60 * UM
    flat = ((0.0, 0.0), (10 * a, 0.0))
    pad = ((0.0, 0.0), (a, 0.0), (10 * a, 0.0))
    wall = ((0.0, 0.0), (a, 0.0), (a, a / 2), (6 * a, a / 2))
    return {
        "pinned drop": drop_on(pad, (1, 179), Station(0, 1.0), "pinned", 1.0e-12),
        "dome sliding on a wall": drop_on(wall, (25, 125, 120), Station(1, 0.85), "free", 0.4e-12),
        "drop sliding on a plane": drop_on(flat, (60,), Station(0, 0.17), "free", 1.0e-12),
    }


def with_others(case):
    """A run, and all liquids' other equilibria, which are looked for when they are asked for."""
    for stage in bumpform.run(case).stages:
        for _, liquid in stage.liquids:
            assert liquid.alternatives is not None


def mountings():
    """Bundled cases with a mount: the case up to it, and the same without it."""
    for name in JOINTS:
        case = bumpform.load_case(name)
        last = next(i for i, step in enumerate(case.steps) if step.do == "mount")
        both = (case.model_copy(update={"steps": case.steps[:n]}) for n in (last + 1, last))
        yield (name, *both)


def more(case, without, repeats):
    """How much longer one case takes than another, wall and processor, s; run in turn."""
    found = []
    for _ in range(repeats + WARM):
        (wall, cpu), (less, fewer) = (timed(lambda c=c: bumpform.run(c)) for c in (case, without))
        found.append((wall - less, cpu - fewer))
    return found[WARM:]


def memory_and_rate(case, count):
    """Rates of the first and last fifth of a study-like loop, cases/s, and peak memory, MB."""
    fifth = max(1, count // 5)
    volumes = 5 * [0.36e-12 + 0.06e-12 * i / fifth for i in range(fifth)]
    marks = [time.perf_counter()]
    cpu = [time.process_time()]
    for volume in volumes:
        bumpform.run(case.with_values({"deposit.Pb95Sn5.volume": volume}))
        marks.append(time.perf_counter())
        cpu.append(time.process_time())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    return {
        "first": fifth / (marks[fifth] - marks[0]),
        "last": fifth / (marks[-1] - marks[-1 - fifth]),
        "first cpu": fifth / (cpu[fifth] - cpu[0]),
        "last cpu": fifth / (cpu[-1] - cpu[-1 - fifth]),
        "peak": peak,
    }


def study_rate_and_memory(folder, count):
    """Rates of the first and last fifth of a study with one worker, rows/s, and its memory, MB.

    Every fifth has the same volumes. The worker's start does not count; everything that the
    study's own process does beside it, on the same core, does.
    """
    fifth = max(5, count // 5)
    path = folder / "fifths.toml"
    volumes = f'{{ from = "0.36 nl", to = "0.42 nl", count = {fifth} }}'
    path.write_text(
        '[study]\ncase = "photoimaged_opening"\n[axes]\n'
        '"case.pitch" = ["250 um", "260 um", "270 um", "280 um", "290 um"]\n'
        f'"deposit.Pb95Sn5.volume" = {volumes}\n'
    )
    marks = []

    def mark(progress):
        me = psutil.Process()
        times = [p.cpu_times() for p in (me, *me.children(recursive=True))]
        marks.append((progress.done, time.perf_counter(), sum(t.user + t.system for t in times)))

    bumpform.run_study(bumpform.load_study(path), out=folder / "fifths", workers=1, tell=mark)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024.0
    first = [m for m in marks if m[0] > 0 and m[0] <= max(fifth, marks[2][0])]
    last = [m for m in marks if m[0] >= 4 * fifth]
    found = {"peak": peak}
    for name, (a, *_, b) in (("first", first), ("last", last)):
        found[name], found[f"{name} cpu"] = (
            (b[0] - a[0]) / (b[1] - a[1]),
            (b[0] - a[0]) / (b[2] - a[2]),
        )
    return found


def command(folder, environment, options):
    """A command in a process of its own, on the same core, from start to exit."""

    def work():
        subprocess.run(
            [*COMMAND, "photoimaged_opening", "--out", str(folder / "run"), *options],
            env=environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    return work


def children(work, repeats):
    """As `measure`, for work in child processes."""
    times = []
    for _ in range(repeats):
        before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        work()
        wall, after = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        times.append((wall, cpu))
    return times


class Table:
    """Rows as they come, with their limits."""

    def __init__(self):
        self.rows = []
        print(f"{'':44s} {'median':>9s} {'minimum':>9s} {'processor':>9s} {'limit':>9s}")

    def add(self, name, unit, times, limit=None):
        """Times in a unit; the limit is an upper one."""
        scale = {"ms": 1e3, "s": 1.0}[unit]
        wall = [scale * t[0] for t in times]
        cpu = [scale * t[1] for t in times]
        self.put(name, unit, statistics.median(wall), min(wall), statistics.median(cpu), limit)

    def put(self, name, unit, median, minimum, cpu, limit=None, *, least=False):
        """A row; the limit is a lower one if ``least``."""

        def met(value):
            return None if limit is None else value >= limit if least else value <= limit

        marks = {None: "", True: "pass", False: "FAIL"}
        words = "" if limit is None else f"{'≥' if least else '≤'} {limit:g}"
        verdict = marks[met(median)]
        if met(median) is False and met(cpu):
            verdict += " (processor: pass)"
        row = (f"{name}, {unit}", median, minimum, cpu)
        print(f"{row[0]:44s} {median:9.3f} {minimum:9.3f} {cpu:9.3f} {words:>9s} {verdict}")
        self.rows.append(
            {
                "name": name,
                "unit": unit,
                "median": median,
                "minimum": minimum,
                "processor": cpu,
                "limit": limit,
                "pass": met(median),
                "processor_pass": met(cpu),
            }
        )


def put_rates(table, name, found):
    """First and last fifth, both of which have to be quick enough; the name takes the word."""
    for place in ("first", "last"):
        rate = found[place]
        table.put(name.format(place), "1/s", rate, rate, found[f"{place} cpu"], 150.0, least=True)


def main():
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="keep the numbers in this file")
    parser.add_argument("--quick", action="store_true", help="a tenth of the repeats")
    options = parser.parse_args()
    part = 10 if options.quick else 1
    python = interpreter()
    print(f"bumpform {bumpform.__version__}, core {CORE}\n{python}")
    table = Table()

    for name, work in equilibria().items():
        table.add(f"equilibrium: {name}", "ms", measure(work, 1000 // part), 0.25)

    case = bumpform.load_case("photoimaged_opening")
    stage = case.model_copy(update={"steps": case.steps[:4]})
    table.add("a stage: search, stability", "ms", measure(lambda: bumpform.run(stage), 200 // part))
    cores = bumpform.load_case("core_and_cap")
    for name, of_it, limit in (("two reflows", case, 6.0), ("core_and_cap", cores, 12.0)):
        times = measure(lambda c=of_it: bumpform.run(c), 200 // part)
        table.add(f"{name}, no mesh", "ms", times, limit)
        times = measure(lambda c=of_it: with_others(c), 200 // part)
        table.add("    and what else there is", "ms", times)
    for name, mounted, without in mountings():
        times = more(mounted, without, 200 // part)
        table.add(f"a mount with its search: {name}", "ms", times, 12.0)
    loop = memory_and_rate(case, 500 // part)
    put_rates(table, f"rate of the {{}} fifth of {500 // part} cases", loop)
    table.put("peak memory after them", "MB", *3 * [loop["peak"]], 400.0)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = study_rate_and_memory(folder, 1500 // part)
        put_rates(table, f"study: rate of the {{}} fifth of {1500 // part} rows", study)
        table.put("study: peak memory of a worker", "MB", *3 * [study["peak"]], 400.0)

        meshed = measure(
            lambda: bumpform.run_case(case, out=folder / "mesh", plot=False), 50 // part
        )
        table.add("two reflows, meshes and files", "ms", meshed, 100.0)

        # bytecode as an installation has it; the forms' cache apart from the user's
        drop = ("PYTHONDONTWRITEBYTECODE",)
        environment = {k: v for k, v in os.environ.items() if k not in drop}
        environment["XDG_CACHE_HOME"] = str(folder / "cache")
        environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        bare = ("--no-mesh", "--no-plot")
        first = children(command(folder, environment, ()), 1)
        table.add("command: first ever (forms, bytecode)", "s", first)
        environment["XDG_CACHE_HOME"] = str(folder / "empty")
        table.add("command: cold forms", "s", children(command(folder, environment, bare), 1))
        for what, flags, limit in (
            ("no mesh, no plot", bare, 1.5),
            ("meshes", ("--no-plot",), None),
            ("everything", (), 1.5),
        ):
            work = command(folder, environment, flags)
            work()
            table.add(f"command: warm, {what}", "s", children(work, max(3, 10 // part)), limit)

    if options.json:
        kept = {
            "bumpform": bumpform.__version__,
            "python": platform.python_version(),
            "interpreter": python,
            "machine": platform.platform(),
            "rows": table.rows,
        }
        options.json.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
