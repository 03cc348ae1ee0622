"""Whether error estimates bound true errors, over a random sample of equilibria and of chains.

Run: python benchmarks/error_bars.py [--samples N] [--chains N] [--seed S] [--out DIR]

Every number of every equilibrium (tests/error_sample.py tells how they are drawn) is set against
the exact one (tests/exact.py: Taylor series in extended precision). Chains are whole cases, reflow
on reflow, whose numbers are set against the same on finer meshes (tests/error_chains.py). Printed,
and written as error_bars.json and error_bars.png: coverage, how tight the estimates are, the
largest true errors.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import error_chains
import error_sample


def told(rows):
    """What one line of a table says of rows."""
    true = np.array([row.true for row in rows])
    ratio = true / np.array([row.estimate for row in rows])
    return {
        "numbers": len(rows),
        "within": int((ratio <= 1.0).sum()),
        "median_ratio": float(np.median(ratio)),
        "worst_ratio": float(ratio.max()),
        "median_true": float(np.median(true)),
        "largest_true": float(true.max()),
        "largest_estimate": float(max(row.estimate for row in rows)),
    }


def table(title, groups):
    """A table on the terminal, and as data."""
    print(f"\n{title:24s} numbers  coverage   true/estimate        largest")
    print(f"{'':24s}                     median   worst   true      estimate")
    found = {name: told(rows) for name, rows in groups.items() if rows}
    for name, t in found.items():
        print(
            f"{name:24s} {t['numbers']:7d}  {t['within'] / t['numbers']:8.4%} "
            f"{t['median_ratio']:8.4f} {t['worst_ratio']:7.3f}   {t['largest_true']:.1e}   "
            f"{t['largest_estimate']:.1e}"
        )
    return found


def grouped(rows, key):
    """Rows by a key, sorted, and all of them."""
    names = sorted({key(row) for row in rows})
    groups = {name: [row for row in rows if key(row) == name] for name in names}
    return {**groups, "all": rows}


def picture(rows, path):
    """Histogram of true/estimate; true errors over their estimates."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    estimate = np.array([row.estimate for row in rows])
    true = np.maximum([row.true for row in rows], 1e-19)
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    left.hist(np.log10(true / estimate), bins=np.arange(-6.0, 1.01, 0.1), color="#4a7")
    left.axvline(0.0, color="k", lw=1)
    left.set_xlabel("log10(true error / estimate)")
    left.set_ylabel("numbers")
    within = (true <= estimate).sum()
    left.set_title(f"{within} of {len(rows)} numbers within their estimate", fontsize=10)
    shown = np.random.default_rng(0).permutation(len(rows))[:20000]
    right.loglog(estimate[shown], true[shown], ".", ms=2, alpha=0.4, color="#4a7")
    ends = np.array([1e-14, 1e-8])
    right.loglog(ends, ends, "k", lw=1)
    right.axhline(1e-9, color="r", lw=0.8, ls="--")
    right.set_xlabel("estimate, relative")
    right.set_ylabel("true error, relative")
    right.set_ylim(1e-18, 1e-8)
    right.set_title("dashed: the promise, 1e-9", fontsize=10)
    figure.savefig(path, dpi=130)


def main():
    """Draw, compare, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=1000, help="equilibria of each kind")
    parser.add_argument("--chains", type=int, default=100, help="whole cases of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("runs/error_bars"))
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    rows, refused, unproved, elements = [], {}, {}, {}
    start = time.perf_counter()
    for kind in error_sample.KINDS:
        drawn = list(error_sample.samples(kind, asked.samples, asked.seed))
        some, missing = error_sample.compared(drawn)
        rows += some
        refused[kind] = Counter(s.reason for s in drawn if s.found is None)
        unproved[kind] = len(missing)
        counts = Counter(s.found.surface.elements for s in drawn if s.found is not None)
        elements[kind] = dict(sorted(counts.items()))
        print(
            f"{kind:16s} {asked.samples} drawn, {refused[kind].total()} not converged, "
            f"{len(missing)} without reference; elements {elements[kind]}",
            flush=True,
        )
    chains, stopped = error_chains.compared(asked.chains, asked.seed)
    print(f"chains           {asked.chains} of each kind; refused or not to be run {dict(stopped)}")
    result = {
        "samples": asked.samples,
        "chains": asked.chains,
        "seed": asked.seed,
        "not_converged": {k: dict(v) for k, v in refused.items()},
        "without_reference": unproved,
        "elements": elements,
        "kinds": table("equilibria", grouped(rows, lambda row: row.kind)),
        "values": table("their values", grouped(rows, lambda row: row.name)),
    }
    if chains:
        result["chains_by_stage"] = table("chains", grouped(chains, lambda row: row.kind))
        result["metrics"] = table("their metrics", grouped(chains, lambda row: row.name))
    (asked.out / "error_bars.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    picture(rows + chains, asked.out / "error_bars.png")
    print(f"\n{time.perf_counter() - start:.0f} s; {asked.out}/error_bars.json, error_bars.png")


if __name__ == "__main__":
    main()
