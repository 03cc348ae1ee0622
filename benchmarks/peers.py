"""How fast bumpform is beside Surface Evolver and shooting, at equal accuracy, in one run.

Run: python benchmarks/peers.py [--markdown FILE] [--json FILE] [--quick]. Everything runs on one
core, with the same first guess, a circular arc. The error of an answer is the largest relative
one of pressure, contact line, apex (or second line) and largest radius, against bumpform on 32
elements, which has to agree with shooting at 1e-13.

Surface Evolver: a sweep over decks (number of edges, orders of their elements, Newton steps at
each), of which the fastest that reaches an error counts, as if one knew beforehand; and one deck
for all problems, on two meshes whose difference tells the error, as bumpform reports it. Its
times are by its own clock without reading the deck and the guess: "warm", repeated in one
process, and "first", in a fresh one; and of the whole process. Decks, guesses and shooting are
those of the tests.

All times are processor times, which Evolver's clock counts as well: another program on the same
machine hardly changes them. Bumpform's and shooting's have their guesses in them.
"""

import argparse
import functools
import itertools
import json
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from problems import PROBLEMS, Problem, Values, named  # noqa: E402

import bumpform  # noqa: E402
import evolver  # noqa: E402
import shooting  # noqa: E402
import shooting_two  # noqa: E402
from bumpform.surface.drop.equilibrium import (  # noqa: E402
    FIRST_ELEMENTS,
    FIRST_TOLERANCE,
    accurate,
    lines_at,
    measure,
)
from bumpform.surface.drop.newton import solve  # noqa: E402
from scenes import TENSION  # noqa: E402

BUMPFORM, REPORTED = "bumpform, one mesh", "bumpform, as reported"
EVOLVER, CHECKED = "Evolver, best deck", "Evolver, two meshes"
SCIPY = "shooting"
#: Errors at which the fastest of each are compared; the second is bumpform's promise.
TARGETS = (1e-6, 1e-9, 1e-11)
#: How far bumpform on many elements and shooting at 1e-13 may differ.
REFERENCE = 2e-11
#: Elements of bumpform's for the reference.
MANY = 32
#: Elements of bumpform on one mesh.
MESHES = (2, 3, 4, 8, 16)


def ours(problem: Problem, values: dict[str, float]) -> Values:
    """Of bumpform's values, those that are compared."""
    a, last = problem.length, problem.lines[-1].end if len(problem.lines) > 1 else "apex"
    height = values["apex_z_m" if last == "apex" else f"{last}.z_m"]
    first = values["outer.r_m"] / a, values["outer.z_m"] / a
    pressure = values["pressure_Pa"] * a / TENSION
    return named(pressure, first, height / a, values["max_radius_m"] / a)


def theirs(found: evolver.Found) -> Values:
    """Of Evolver's values, those that are compared."""
    return named(found.pressure, found.first, found.last[1], found.max_radius)


def error(values: Values, exact: Values) -> float:
    """Largest difference, relative to the value or to 1, the length's unit."""
    return max(abs(values[k] - exact[k]) / max(1.0, abs(exact[k])) for k in exact)


@dataclass(frozen=True)
class Row:
    """One way to solve a problem: its error, and its times in s.

    ``first`` is the first solve in a process, ``process`` all of that process.
    """

    problem: str
    method: str
    variant: str
    error: float
    warm: float
    first: float | None = None
    process: float | None = None


def median_time(work: Callable[[], object], repeats: int) -> float:
    """Median processor time of repeats of a piece of work that has been done before, s."""
    times = []
    work()
    for _ in range(repeats):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times)


def children_time() -> float:
    """Processor time of the processes that have been started and have ended, s."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# bumpform


def reference(problem: Problem) -> Values:
    """Bumpform on many elements, where shooting at 1e-13 says the same."""
    surface = solve(problem.start(MANY))
    moved = lines_at(problem.lines, surface)
    exact = ours(problem, measure(surface, moved, problem.drop))
    apart = error(problem.shoot(), exact)
    if not apart < REFERENCE:
        raise SystemExit(f"{problem.name}: bumpform and shooting differ by {apart:.1e}")
    return exact


def time_bumpform(problem: Problem, exact: Values, repeats: int) -> list[Row]:
    """What a run reports, with its error estimate; and solves on one mesh."""

    def reported():
        first = solve(problem.start(FIRST_ELEMENTS), tolerance=FIRST_TOLERANCE)
        return accurate(first, problem.lines, problem.drop)

    def once(elements):
        surface = solve(problem.start(elements))
        return measure(surface, lines_at(problem.lines, surface), problem.drop)

    found = reported()
    name = f"up to {found.surface.elements} elements"
    off = error(ours(problem, found.values), exact)
    rows = [Row(problem.name, REPORTED, name, off, median_time(reported, repeats))]
    for elements in MESHES:
        work = functools.partial(once, elements)
        off = error(ours(problem, work()), exact)
        name = f"{elements} elements"
        rows.append(Row(problem.name, BUMPFORM, name, off, median_time(work, repeats)))
    return rows


# Surface Evolver


@dataclass(frozen=True)
class Way:
    """Edges, and the orders of their elements with Newton's steps at each."""

    edges: int
    orders: tuple[int, ...]
    newton: tuple[int, ...]

    def __str__(self) -> str:
        """For the table."""
        steps = ", ".join(f"{o}×{n}" for o, n in zip(self.orders, self.newton, strict=True))
        return f"{self.edges} edges, order×steps {steps}"

    def commands(self, repeats: int) -> str:
        """From the guess to rest, timed by Evolver's clock, again and again; then the answer."""
        raised = zip(self.orders, self.newton, strict=True)
        steps = " ".join(f"lagrange {o}; {{hessian}} {n};" for o, n in raised)
        timed = f"began := clock; {evolver.STILL} {steps} spent := clock - began;"
        again = "linear; set vertex x startx; set vertex y starty;"
        tell = 'printf "time %.9g\\n", spent; tries += 1;'
        return "\n".join(
            [
                "define vertex attribute startx real",
                "define vertex attribute starty real",
                "set vertex startx x; set vertex starty y; tries := 0;",
                f"while (tries < {repeats}) do {{ {again} {timed} {tell} }};",
                evolver.TELL,
                evolver.NODES,
            ]
        )


def ways() -> list[Way]:
    """The decks that are tried: an expert's choices, and around them."""
    ladders = ((4,), (6,), (2, 4), (2, 6), (2, 8), (3, 6), (4, 8), (2, 4, 8), (2, 4, 6, 8))
    ladders += (tuple(range(2, 9)),)
    found = []
    for edges, orders in itertools.product((2, 3, 4, 6, 8, 12), ladders):
        for first, between, last in ((1, 1, 1), (2, 1, 1), (2, 1, 2), (3, 1, 1), (3, 2, 3)):
            newton = (first, *[between] * (len(orders) - 2), last)[-len(orders) :]
            if len(orders) == 1:
                newton = (first + last,)
            found.append(Way(edges, orders, newton))
    return sorted(set(found), key=str)


def run_evolver(problem: Problem, way: Way, repeats: int) -> tuple[Values, list[float]]:
    """Evolver's values and times of its solves, s."""
    datafile = problem.deck.text(problem.deck.guess(way.edges))
    printed = evolver.run(datafile, way.commands(repeats))
    words = [line.split() for line in printed.splitlines()]
    times = [float(w[1]) for w in words if w[:1] == ["time"]]
    _, found = evolver.answer(printed, way.edges)
    return theirs(found), times


def time_evolver(problem: Problem, exact: Values, repeats: int) -> list[Row]:
    """The fastest deck for each error: found in a sweep, then timed again."""
    tried = []
    for way in ways():
        try:
            values, times = run_evolver(problem, way, 4)
        except evolver.EvolverError:
            continue
        tried.append((error(values, exact), min(times), way))
    best = {}
    for target in TARGETS:
        good = sorted((t for t in tried if t[0] <= target), key=lambda t: t[1])
        best.update({way: off for off, _, way in good[:3]})
    rows = []
    for way, off in best.items():
        _, times = run_evolver(problem, way, repeats)
        fresh = []
        for _ in range(max(3, repeats // 5)):
            began = children_time()
            _, (first,) = run_evolver(problem, way, 1)
            fresh.append((first, children_time() - began))
        first, process = (statistics.median(x) for x in zip(*fresh, strict=True))
        warm = statistics.median(times[1:])
        rows.append(Row(problem.name, EVOLVER, str(way), off, warm, first, process))
    return rows


def time_checked(problem: Problem, exact: Values, repeats: int) -> Row:
    """One deck for every problem, which does not know the answer: both meshes, order by order."""
    total = 0.0
    for edges in (4, 8):
        way = Way(edges, (2, 4, 8), (3, 2, 3))
        values, times = run_evolver(problem, way, repeats)
        total += statistics.median(times[1:])
    return Row(problem.name, CHECKED, f"4 and then {way}", error(values, exact), total)


# shooting


def time_shooting(problem: Problem, exact: Values, repeats: int) -> list[Row]:
    """DOP853 at several tolerances."""
    rows = []
    for tolerance in (1e-13, 1e-11, 1e-9, 1e-7):
        shooting.RTOL = shooting_two.RTOL = tolerance
        try:
            off = error(problem.shoot(), exact)
            warm = median_time(problem.shoot, repeats)
        except shooting.ShootingError:
            continue
        finally:
            shooting.RTOL = shooting_two.RTOL = 1e-13
        rows.append(Row(problem.name, SCIPY, f"rtol {tolerance:g}", off, warm))
    return rows


# tables


def fastest(rows: list[Row], problem: str, method: str, target: float) -> Row | None:
    """Of one method, what reaches an error first."""
    good = [r for r in rows if (r.problem, r.method) == (problem, method) and r.error <= target]
    return min(good, key=lambda r: r.warm, default=None)


def ms(seconds: float | None) -> str:
    """For a table."""
    return "" if seconds is None else f"{1e3 * seconds:.2f}"


def summary(rows: list[Row]) -> str:
    """Times at equal accuracy, and what multiple of bumpform's they are."""
    heads = ("problem", "error ≤", BUMPFORM, f"{EVOLVER}, warm", "first", "whole process")
    heads += ("multiple", REPORTED, CHECKED, "multiple", SCIPY, "multiple")
    lines = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    for name in dict.fromkeys(r.problem for r in rows):
        for target in TARGETS:
            one, best, reported, checked, shot = (
                fastest(rows, name, method, target)
                for method in (BUMPFORM, EVOLVER, REPORTED, CHECKED, SCIPY)
            )
            cells = [name, f"{target:.0e}", ms(one and one.warm), ms(best and best.warm)]
            cells += [ms(best and best.first), ms(best and best.process), multiple(best, one)]
            cells += [ms(reported and reported.warm), ms(checked and checked.warm)]
            cells += [multiple(checked, reported), ms(shot and shot.warm), multiple(shot, reported)]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def multiple(row: Row | None, of: Row | None) -> str:
    """How many times another's time one is, for a table."""
    return "" if row is None or of is None else f"{row.warm / of.warm:.1f}"


def detail(rows: list[Row]) -> str:
    """Error against time of everything that was timed."""
    lines = ["| problem | method | variant | error | ms |", "| --- " * 5 + "|"]
    for r in sorted(rows, key=lambda r: (r.problem, r.method, r.warm)):
        cells = (r.problem, r.method, r.variant, f"{r.error:.1e}", ms(r.warm))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main():
    """Measure everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--markdown", type=Path, help="keep the tables in this file")
    parser.add_argument("--json", type=Path, help="keep the numbers in this file")
    parser.add_argument("--quick", action="store_true", help="a fifth of the repeats")
    options = parser.parse_args()
    part = 5 if options.quick else 1
    if evolver.PROGRAM is None:
        print("Surface Evolver is not installed (Debian: apt-get install evolver): left out")
    rows = []
    for make in PROBLEMS:
        problem = make()
        exact = reference(problem)
        rows += time_bumpform(problem, exact, 500 // part)
        if evolver.PROGRAM is not None:
            rows += time_evolver(problem, exact, 50 // part)
            rows.append(time_checked(problem, exact, 50 // part))
        rows += time_shooting(problem, exact, 10 // part)
        print(f"{problem.name}: done", file=sys.stderr)
    head = f"bumpform {bumpform.__version__}, Python {platform.python_version()}; times in ms"
    text = f"{head}\n\n{summary(rows)}\n\n{detail(rows)}\n"
    print(text)
    if options.markdown:
        options.markdown.write_text(text, "utf-8")
    if options.json:
        kept = {"bumpform": bumpform.__version__, "machine": platform.platform()}
        kept["rows"] = [asdict(row) for row in rows]
        options.json.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
