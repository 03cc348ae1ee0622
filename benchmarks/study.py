"""How fast a study is, whatever its length: rows a second, memory, time to resume, tables.

Run: python benchmarks/study.py [--rows N] [--sample N] [--resumed N] [--tabled N] [--json FILE].
One worker and the command share one core. Of a study of N rows only the first and the last are
computed, a sample each; those between them are copies, which the command cannot tell from others.
Wall times decide; processor times stand beside them, as in speed.py.
"""

import argparse
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pyarrow as pa
from speed import Table  # also binds the process to one core

import bumpform
from bumpform.case.bundled import bundled_cases
from bumpform.study.rows import journal
from bumpform.study.rows.journal import Journal
from bumpform.study.rows.row import Row, compute_rows
from bumpform.study.run import run_study

#: Axes by what neighbours have in common: the substrate, or all up to the second print. The rows of
#: every part are alike but for the pitch, which moves nothing.
PITCH = '"case.pitch" = { from = "250 um", to = "300 um", count = PARTS }\n'
KINDS = {
    "plain": '"deposit.Pb95Sn5.volume" = { from = "0.36 nl", to = "0.42 nl", count = SAMPLE }',
    "shared": '"deposit.Pb95Sn5.volume" = { from = "0.36 nl", to = "0.42 nl", count = 10 }\n'
    '"deposit.Sn63Pb37.volume" = { from = "0.30 nl", to = "0.45 nl", count = TENTH }',
}
LIMITS = {"plain": 150.0, "shared": 300.0}
MEMORY = 400.0
#: Columns of a long study, where only some are asked for.
COLUMNS = 'columns = ["first reflow.terminus_fraction", "barrier.juncture_offset_m"]\n'
MB = 1024.0**2


def study_of(kind, parts, sample, folder):
    """A study of so many parts alike."""
    axes = (PITCH + KINDS[kind]).replace("PARTS", str(parts)).replace("SAMPLE", str(sample))
    axes = axes.replace("TENTH", str(sample // 10))
    path = folder / f"{kind}_{parts}.toml"
    path.write_text(f'[study]\ncase = "photoimaged_opening"\n[axes]\n{axes}\n', "utf-8")
    return bumpform.load_study(path), path


def lines_of(study, numbers, whole):
    """Copies of computed rows, under other numbers and points, as a journal's lines."""
    paths = [axis.path for axis in study.varied]
    for number in numbers:
        point = dict(zip(paths, study.point(number), strict=True))
        head = json.dumps({"number": number, "point": point}, separators=(",", ":"))
        _, key, rest = whole[number % len(whole)]
        yield Row(number, "converged", f"{head[:-1]}{key}{rest}")


def fill(study, folder, numbers):
    """Put copies of three computed rows into a journal's files: seconds and bytes a row.

    The first file is made of lines, as all are; the others are copies of it.
    """
    whole = [row.text.partition(',"outcome"') for row in compute_rows(study, (0, 1, 2)).rows]
    first = list(lines_of(study, numbers[: journal.SEALED], whole))
    size = sum(len(row.text.encode()) for row in first) / len(first)
    with Journal(study, folder) as kept:
        kept.append(first[:-1])
        start = time.perf_counter()
        kept.append(first[-1:])
        kept.seal()
        seconds = (time.perf_counter() - start) / len(first)
        table = next(kept.sheets()).slice(0, len(first))
        for some in itertools.batched(numbers[len(first) :], len(first)):
            copy = table.slice(0, len(some))
            columns = {"number": some}
            points = zip(*map(study.point, some), strict=True)
            columns |= dict(zip(map(study.column, study.varied), points, strict=True))
            for name, values in columns.items():
                place = copy.schema.get_field_index(name)
                field = copy.schema.field(place)
                copy = copy.set_column(place, field, pa.array(values, field.type))
            kept._keep(copy)
    files = sum(path.stat().st_size for path in (folder / "rows").iterdir()) / len(numbers)
    return seconds, size, files


def rate(study, folder, part):
    """Rows a second of a part, by wall and by processor, and memory of command and worker, MB."""
    marks, memory = [], {"command": 0.0, "worker": 0.0}

    def mark(progress):
        me = psutil.Process()
        processes = (me, *me.children(recursive=True))
        times = [p.cpu_times() for p in processes]
        marks.append((progress.done, time.perf_counter(), sum(t.user + t.system for t in times)))
        for process in processes:
            who = "command" if process == me else "worker"
            memory[who] = max(memory[who], process.memory_info().rss / MB)

    run_study(study, out=folder, workers=1, part=part, tell=mark)
    (rows, wall, cpu), (last, end, used) = marks[2], marks[-1]
    return (last - rows) / (end - wall), (last - rows) / (used - cpu), memory


def child(code, *arguments):
    """Seconds of a piece of code in a process of its own, by wall and processor; memory, MB."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    out = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ).stdout.split()
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, float(out[-1])


_PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
RESUME = f"""
import sys, pathlib, bumpform
from bumpform.case.bundled import bundled_cases
from bumpform.study.rows import journal
from bumpform.study.rows.journal import Journal
with Journal(bumpform.load_study(sys.argv[1]), pathlib.Path(sys.argv[2])) as journal:
    print(len(journal), sum(1 for _ in journal.missing()))
{_PEAK}
"""
TABLES = f"""
import sys, bumpform
bumpform.run_study(bumpform.load_study(sys.argv[1]), out=sys.argv[2])
{_PEAK}
"""


def tables(table, rows, few, folder):
    """What tables and report of so many finished rows take, of all columns and of a few."""
    study, path = study_of("shared", rows // 1000, 1000, folder)
    seconds, line, kept = fill(study, folder / path.stem, range(len(study)))
    if few:
        table.put("to make files of lines", "us/row", *3 * [1e6 * seconds])
        table.put("a row as a line", "B", *3 * [line])
        table.put("a row in a file", "B", *3 * [kept])
    for columns in (COLUMNS,) if few else ("", COLUMNS):
        path.write_text(path.read_text("utf-8").replace("[axes]", columns + "[axes]"), "utf-8")
        wall, cpu, most = child(TABLES, path, folder / path.stem)
        what = f"{rows} rows, {'few' if columns else 'all'} columns"
        per_row = (1e6 * wall / rows, 1e6 * cpu / rows)
        table.put(f"resume, tables, report: {what}", "us/row", per_row[0], *per_row)
        table.put("memory of the command meanwhile", "MB", *3 * [most], MEMORY)
    if few:
        wall, cpu, most = child(RESUME, path, folder / path.stem)
        table.put(f"to resume {rows} rows, with the start", "s", wall, wall, cpu, 10.0)
        table.put("memory of the command meanwhile", "MB", *3 * [most], MEMORY)


def sampled(table, rows, folder):
    """The same of a study of samples, which the command has in its memory."""
    path = folder / "drawn.toml"
    case = folder / "drawn_case.toml"
    tolerances = '[tolerances]\n"deposit.Pb95Sn5.volume" = { std = "3 %" }\n'
    tolerances += '"coat.dielectric.thickness" = { std = "2 %" }\n'
    text = bundled_cases()["photoimaged_opening"].read_text("utf-8")
    case.write_text(f"{text}\n{tolerances}", "utf-8")
    axes = f"tolerances = {{ samples = {rows}, seed = 1 }}"
    path.write_text(f'[study]\ncase = "drawn_case.toml"\n{COLUMNS}[axes]\n{axes}\n', "utf-8")
    study = bumpform.load_study(path)
    fill(study, folder / "drawn", range(len(study)))
    wall, cpu, most = child(TABLES, path, folder / "drawn")
    per_row = (1e6 * wall / rows, 1e6 * cpu / rows)
    table.put(f"resume, tables, report: {rows} samples", "us/row", per_row[0], *per_row)
    table.put("memory of the command meanwhile", "MB", *3 * [most], MEMORY)


def main():
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="of the studies of both rates")
    parser.add_argument("--sample", type=int, default=2_000, help="rows computed at either end")
    parser.add_argument("--resumed", type=int, default=1_000_000, help="rows that are resumed")
    parser.add_argument("--tabled", type=int, default=100_000, help="rows of which tables are made")
    parser.add_argument("--drawn", type=int, default=100_000, help="samples of a study of them")
    parser.add_argument("--json", type=Path, help="keep the numbers in this file")
    options = parser.parse_args()
    table = Table()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        worst = {"command": 0.0, "worker": 0.0}
        parts = options.rows // options.sample
        for kind, limit in LIMITS.items():
            study, _ = study_of(kind, parts, options.sample, folder)
            last = folder / kind / f"part_{parts}_of_{parts}"
            fill(study, last, range(len(study) - options.sample))
            for word, k in (("first", 1), ("last", parts)):
                wall, cpu, memory = rate(study, folder / kind, (k, parts))
                worst = {who: max(worst[who], memory[who]) for who in worst}
                what = f"{kind}: {word} of {len(study)} rows"
                table.put(what, "1/s", wall, wall, cpu, limit, least=True)
        for who, most in worst.items():
            table.put(f"memory of the {who}", "MB", *3 * [most], MEMORY)

        for rows in sorted({options.tabled // 10, options.tabled, options.resumed}):
            tables(table, rows, rows == options.resumed, folder)
        sampled(table, options.drawn, folder)
    if options.json:
        kept = {"bumpform": bumpform.__version__, "rows": table.rows}
        options.json.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
