"""Study files: found by name or path, read with all their problems."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from bumpform.case.bundled import bundled_cases, bundled_studies, nearest
from bumpform.case.case import Case
from bumpform.case.checks.addresses import locate
from bumpform.case.checks.problems import raise_if, rule, spell, unknown_key
from bumpform.case.file import find_file, load_case, other_kind, read_toml
from bumpform.errors import CaseError, Problem
from bumpform.study.plan.axis import MOST_ROWS, Axis, Range, resolve_axis
from bumpform.study.plan.columns import CONDITION, known_columns
from bumpform.study.plan.study import Study
from bumpform.study.plan.together import Points, Samples, Together, read_points, sampled
from bumpform.units.fields import Model, Name

__all__ = ["StudyFile", "load_study"]

_EXAMPLES: Final = {
    "study.case": 'case = "photoimaged_opening"',
    "axes": '"coat.dielectric.thickness" = ["25 um", "30 um"] in [axes]',
    "study": "[study]",
    "from": 'from = "0.3 nl"',
    "to": 'to = "0.4 nl"',
    "count": "count = 11",
    "samples": "samples = 256",
    "points.file": 'file = "points.csv"',
}


class StudyHeader(Model):
    """Section [study]."""

    name: Name
    title: str = ""
    case: str
    columns: tuple[str, ...] = ()


class StudyFile(Model):
    """Sections of a study file; paths and values are for the case to judge."""

    study: StudyHeader
    fixed: dict[str, Any] = Field(default={}, alias="set")
    axes: dict[str, Any] = Field(default={})
    points: Points | None = None


def load_study(study: str | Path) -> Study:
    """Read a study file or a bundled study.

    Parameters
    ----------
    study : str or Path
        A file, or the name of a bundled study.

    Raises
    ------
    CaseError
        With every problem of the file.
    """
    path, source = find_file(study, bundled_studies(), "study"), str(study)
    data = read_toml(path, source)
    if "step" in data and "study" not in data:
        raise CaseError([Problem("", other_kind("study"))], source)
    if isinstance(data.get("study"), dict):
        data["study"].setdefault("name", path.stem)
    try:
        file = StudyFile.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise CaseError([_explain(detail, (), StudyFile) for detail in details], source) from error
    try:
        case = _load_case(file.study.case, path.parent)
    except CaseError as error:
        raise CaseError(error.problems, source) from error
    problems: list[Problem] = []
    try:
        case = case.with_values(file.fixed)
    except CaseError as error:
        known = file.fixed
        problems += [
            p._replace(path=f"set.{p.path}") if p.path in known else p for p in error.problems
        ]
    tables = dict(file.axes)
    asked = tables.pop(_TOLERANCES, None)
    if not tables and asked is None and file.points is None:
        problems.append(Problem("axes", f"is empty. Write for example {_EXAMPLES['axes']}."))
    axes = _axes(case, tables, problems)
    together = _together(case, axes, asked, file.points, path.parent, problems)
    every = (*axes, *(axis for block in together for axis in block.axes))
    problems += _set_in_vain(case, file.fixed, {axis.place: axis.path for axis in every})
    problems += _column_problems(case, file.study.columns)
    raise_if(problems, source)
    loaded = Study(file.study.name, file.study.title, case, axes, file.study.columns, together)
    if len(loaded) > MOST_ROWS:
        message = f"there are {len(loaded)} rows; {MOST_ROWS} are the limit."
        raise CaseError([Problem("axes", message)], source)
    _try_ends(loaded, source)
    return loaded


def _load_case(name: str, folder: Path) -> Case:
    """Case of a study: a bundled one, or a file beside the study."""
    bundled = bundled_cases()
    try:
        is_file = (folder / name).is_file()
    except (OSError, ValueError):
        is_file = False
    if not is_file and name not in bundled:
        message = (
            f"no file beside the study, and no bundled case of this name. {nearest(name, bundled)}"
        )
        raise CaseError([Problem("study.case", message, spell(name))])
    try:
        return load_case(folder / name if is_file else name)
    except CaseError as error:
        raise CaseError(
            [p._replace(path=f"{name}: {p.path}" if p.path else name) for p in error.problems]
        ) from error


def _axes(case: Case, tables: Mapping[str, Any], problems: list[Problem]) -> tuple[Axis, ...]:
    """Axes of a study; what is wrong with them is added to the problems."""
    axes: list[Axis] = []
    for path, given in tables.items():
        try:
            axes.append(resolve_axis(case, path, _given(path, given)))
        except CaseError as error:
            problems += [p._replace(path=f"axes.{p.path}") for p in error.problems]
            continue
        for other in axes[:-1]:
            if other.place == axes[-1].place:
                message = f"is the same value as {other.path}: leave one out."
                problems.append(Problem(f"axes.{path}", message))
    return tuple(axes)


def _set_in_vain(
    case: Case, fixed: Mapping[str, Any], varied: Mapping[str, str]
) -> Iterator[Problem]:
    """Values of `[set]` at places which every row gives its own."""
    for path in fixed:
        with suppress(CaseError):  # what fits nothing is told already
            place = ".".join(locate(case.to_dict(), path))
            if place in varied:
                message = f"is the same value as {varied[place]}, of which every row has its own"
                yield Problem(f"set.{path}", f"{message}: leave one out.")


def _together(
    case: Case,
    axes: tuple[Axis, ...],
    asked: Any,
    points: Points | None,
    folder: Path,
    problems: list[Problem],
) -> tuple[Together, ...]:
    """Points of a file and samples; what is wrong with them is added to the problems."""
    together: list[Together] = []
    try:
        if points is not None:
            together.append(read_points(case, folder / points.file))
    except CaseError as error:
        problems += error.problems
    known = (*axes, *(axis for block in together for axis in block.axes))
    for i, axis in enumerate(known):
        if i >= len(axes) and axis.place in {other.place for other in known[:i]}:
            problems.append(Problem(f"points.{axis.path}", "is given twice: leave one out."))
    try:
        if asked is not None:
            together.append(sampled(case, _samples(asked), known))
    except CaseError as error:
        problems += [p._replace(path=f"axes.{p.path}") for p in error.problems]
    return tuple(together)


def _samples(asked: Any) -> Samples:
    if not isinstance(asked, Mapping):
        message = "{ samples = 256, seed = 1 } is needed."
        raise CaseError([Problem(_TOLERANCES, message, spell(asked))])
    try:
        return Samples.model_validate(asked)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise CaseError([_explain(d, (_TOLERANCES,), Samples) for d in details]) from error


def _given(path: str, given: Any) -> Range | list[Any]:
    if isinstance(given, list):
        return given
    if not isinstance(given, Mapping):
        message = "a list is needed, [ ... ], or { from = ..., to = ..., count = ... }."
        raise CaseError([Problem(path, message, spell(given))])
    if given and not set(given) & _RANGE:
        message = 'a path with points stands in quotes: "coat.dielectric.thickness" = [ ... ].'
        raise CaseError([Problem(path, message)])
    try:
        return Range.model_validate(given)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise CaseError([_explain(detail, (path,), Range) for detail in details]) from error


#: The axis of all that scatters under the case's [tolerances].
_TOLERANCES: Final = "tolerances"
_RANGE: Final = {field.alias or name for name, field in Range.model_fields.items()}


def _explain(detail: ErrorDetails, above: tuple[str, ...], model: type[Model]) -> Problem:
    """Problem of a file that pydantic refused; `above` is where the model's table stands."""
    location = [*above, *map(str, detail["loc"])]
    path, last = ".".join(location), location[-1]
    if detail["type"] == "extra_forbidden":
        inner = model
        if model is StudyFile and len(location) > 1:
            inner = _SECTIONS[location[0]]
        known = [field.alias or name for name, field in inner.model_fields.items()]
        return unknown_key(".".join(location[:-1]), last, known)
    if detail["type"] == "missing":
        example = _EXAMPLES.get(path) or _EXAMPLES.get(last, "")
        return Problem(path, f"is missing. Write for example {example}.")
    if detail["type"] == "value_error":
        return Problem(path, str(detail["ctx"]["error"]), spell(detail["input"]))
    return Problem(path, rule(detail), spell(detail["input"]))


#: Sections of a study file whose keys are known.
_SECTIONS: Final[Mapping[str, type[Model]]] = {"study": StudyHeader, "points": Points}


def _column_problems(case: Case, columns: tuple[str, ...]) -> list[Problem]:
    """Columns that no row could have."""
    known = known_columns(case) if columns else ()
    problems = []
    for column in columns:
        if column not in known and not column.startswith(f"{CONDITION}requirement."):
            near = difflib.get_close_matches(column, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f'Write for example "{known[0]}".'
            problems.append(Problem("study.columns", f"no such column. {hint}", spell(column)))
        elif columns.count(column) > 1:
            problems.append(Problem("study.columns", "is there twice.", spell(column)))
    return problems


def _try_ends(study: Study, source: str) -> None:
    """Refuse a study of which neither the first nor the last row is a case.

    Some rows may be no cases: that shows when they are run. But where these two are none, the
    axes are wrong rather than what they combine to.
    """
    first: CaseError | None = None
    for number in (0, len(study) - 1):
        try:
            study.at(number)
        except CaseError as error:
            first = first or error
        else:
            return
    assert first is not None
    problems = [p._replace(path=f"axes: {p.path}") for p in first.problems]
    raise CaseError(problems, source) from first
