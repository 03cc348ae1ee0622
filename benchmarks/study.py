"""How fast a study is, whatever its length: rows a second, memory, time to resume, tables.

Run: python benchmarks/study.py [--rows N] [--sample N] [--resumed N] [--tabled N] [--json FILE].
One worker and the command share one core. Of a study of N rows only the first and the last are
computed, a sample each; those between them are copies, which the command cannot tell from others.
Wall times decide; processor times stand beside them, as in speed.py.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from speed import Table  # also binds the process to one core

import bumpform
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
MB = 1024.0**2


def study_of(kind, parts, sample, folder):
    """A study of so many parts alike."""
    axes = (PITCH + KINDS[kind]).replace("PARTS", str(parts)).replace("SAMPLE", str(sample))
    axes = axes.replace("TENTH", str(sample // 10))
    path = folder / f"{kind}_{parts}.toml"
    path.write_text(f'[study]\ncase = "photoimaged_opening"\n[axes]\n{axes}\n', "utf-8")
    return bumpform.load_study(path), path


def fill(study, folder, numbers):
    """Put copies of three computed rows into a journal, under other numbers and points."""
    whole = [row.text.partition(',"outcome"') for row in compute_rows(study, (0, 1, 2)).rows]
    paths = [axis.path for axis in study.varied]
    with Journal(study, folder) as journal:
        for first in range(numbers.start, numbers.stop, 1000):
            rows = []
            for number in range(first, min(first + 1000, numbers.stop)):
                point = dict(zip(paths, study.point(number), strict=True))
                head = json.dumps({"number": number, "point": point}, separators=(",", ":"))
                _, key, rest = whole[number % 3]
                rows.append(Row(number, "converged", f"{head[:-1]}{key}{rest}"))
            journal.append(rows)


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


def main():
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="of the studies of both rates")
    parser.add_argument("--sample", type=int, default=2_000, help="rows computed at either end")
    parser.add_argument("--resumed", type=int, default=1_000_000, help="rows that are resumed")
    parser.add_argument("--tabled", type=int, default=100_000, help="rows of which tables are made")
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

        study, path = study_of("shared", options.tabled // 1000, 1000, folder)
        fill(study, folder / "tabled", range(len(study)))
        wall, cpu, most = child(TABLES, path, folder / "tabled")
        per_row = (1e6 * wall / len(study), 1e6 * cpu / len(study))
        table.put(f"tables and report of {len(study)} rows", "us/row", per_row[0], *per_row)
        table.put("memory of the command meanwhile", "MB", *3 * [most], MEMORY)

        study, path = study_of("shared", options.resumed // 1000, 1000, folder)
        fill(study, folder / "resumed", range(len(study) - 1))
        wall, cpu, most = child(RESUME, path, folder / "resumed")
        table.put(f"to resume {len(study)} rows, with the start", "s", wall, wall, cpu, 10.0)
        (folder / "resumed" / "rows.index").unlink()
        wall, cpu, _ = child(RESUME, path, folder / "resumed")
        table.put("the same without the index", "s", wall, wall, cpu)
        table.put("memory of the command meanwhile", "MB", *3 * [most], MEMORY)
    if options.json:
        kept = {"bumpform": bumpform.__version__, "rows": table.rows}
        options.json.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
