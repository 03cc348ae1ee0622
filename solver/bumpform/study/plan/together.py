"""Values of a case that vary together: samples under its tolerances, points of a CSV file."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from bumpform.case.case import Case
from bumpform.case.checks.problems import raise_if
from bumpform.errors import CaseError, Problem
from bumpform.study.plan.axis import Axis, Level, resolve_values
from bumpform.units.fields import Model

__all__ = ["MOST_TOGETHER", "Points", "Samples", "Together", "read_points", "sampled"]

#: Most samples, and most points of a file: the command has all of them in its memory.
MOST_TOGETHER: Final = 100_000


@dataclass(frozen=True)
class Together:
    """Axes that take their values side by side: the i-th row has the i-th value of each.

    Attributes
    ----------
    axes : tuple of Axis
        All with as many levels.
    drawn : bool
        Whether they are samples, so that shares of them tell of a product's.
    """

    axes: tuple[Axis, ...]
    drawn: bool = False

    def __len__(self) -> int:
        return len(self.axes[0].levels)


class Samples(Model):
    """Samples as a study file asks for them."""

    samples: int = Field(strict=True, ge=1, le=MOST_TOGETHER)
    seed: int = Field(default=0, strict=True, ge=0)
    method: Literal["sobol", "latin"] = "sobol"


class Points(Model):
    """Section [points]: a CSV file beside the study, with paths in its first line."""

    file: str


def sampled(case: Case, asked: Samples, axes: tuple[Axis, ...]) -> Together:
    """Samples of all inputs that scatter under a case's tolerances, but for those of axes.

    More samples of a Sobol sequence of the same seed begin with the same ones.

    Raises
    ------
    CaseError
        If nothing scatters.
    """
    import numpy as np
    from scipy.special import ndtri
    from scipy.stats import qmc

    from bumpform.answers.basis.inputs import input_at
    from bumpform.answers.basis.scatter import Scatter

    places = {axis.place for axis in axes}
    found = [input_at(case, path) for path in case.tolerances]
    inputs = [item for item in found if item.place not in places]
    if not inputs:
        message = 'the case has no [tolerances] beside the axes: "coat.thickness" = { std = "3 %" }'
        raise CaseError([Problem("tolerances", f"{message}.")])
    if asked.method == "sobol":
        whole = 2 ** math.ceil(math.log2(asked.samples))
        unit = qmc.Sobol(len(inputs), seed=asked.seed).random(whole)[: asked.samples]
    else:
        unit = qmc.LatinHypercube(len(inputs), seed=asked.seed).random(asked.samples)
    normal = ndtri(np.clip(unit, np.finfo(float).tiny, 1.0 - 2.0**-53))
    sampled = []
    for i, item in enumerate(inputs):
        assert item.tolerance is not None
        values = Scatter.of(item.tolerance, item.value).values(normal[:, i])
        levels = tuple(map(float, values))
        sampled.append(Axis(item.path, item.place, item.quantity.dimension, levels))
    return Together(tuple(sampled), drawn=True)


def read_points(case: Case, path: Path) -> Together:
    """Points of a CSV file: paths in its first line, a value of each in every other.

    Raises
    ------
    CaseError
        With everything that is wrong with it.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            lines = [(reader.line_num, line) for line in reader]
    except FileNotFoundError:
        message = "there is no such file beside the study."
        raise CaseError([Problem("points.file", message, path.name)]) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise CaseError([Problem("points.file", f"cannot be read: {why}", str(path))]) from error
    lines = [(number, [cell.strip() for cell in line]) for number, line in lines if any(line)]
    if len(lines) < 2:
        message = "needs a line of paths, and a line of values for every row."
        raise CaseError([Problem("points.file", message, path.name)])
    if len(lines) - 1 > MOST_TOGETHER:
        message = f"there are {len(lines) - 1} points; {MOST_TOGETHER} are the limit."
        raise CaseError([Problem("points.file", message, path.name)])
    (_, paths), *points = lines
    if len(paths) == 1 and ";" in paths[0]:
        message = "columns are separated by commas here, not by semicolons; decimals have a point."
        raise CaseError([Problem(f"{path.name}, line {lines[0][0]}", message)])
    problems = [
        Problem(f"{path.name}, line {number}", f"has {len(line)} of {len(paths)} values.")
        for number, line in points
        if len(line) != len(paths)
    ]
    axes = []
    for i, name in enumerate(paths):
        given = [
            (f"{path.name}, line {number}, {name}", _plain(line[i]))
            for number, line in points
            if len(line) == len(paths)
        ]
        try:
            axes.append(resolve_values(case, name, given))
        except CaseError as error:
            problems += error.problems
    raise_if(problems)
    return Together(tuple(axes))


def _plain(cell: str) -> Level:
    """A cell as TOML would have it: a number, yes or no, or words."""
    if cell in ("true", "false"):
        return cell == "true"
    try:
        return float(cell)
    except ValueError:
        return cell
