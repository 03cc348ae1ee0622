"""What a user asks of a design: targets and what may vary, as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bumpform.answers.basis.inputs import Input, input_at
from bumpform.answers.methods.design import Design, meet_targets
from bumpform.answers.methods.search import Vary
from bumpform.case.case import Case
from bumpform.case.checks.problems import raise_if
from bumpform.case.checks.requirements import is_count, read_requirements
from bumpform.case.file import as_case
from bumpform.errors import CaseError, Problem, QuantityError
from bumpform.steps.kinds import Barrier, Mount, Reflow

__all__ = ["design", "read_targets", "read_vary", "vary_of"]

#: Bounds of an input that is given none: its value divided and multiplied by this.
TIMES = 10.0


def design(
    case: Case | str | Path,
    targets: Mapping[str, float | str],
    vary: Sequence[str] | Mapping[str, tuple[float | str, float | str] | None],
    *,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Design:
    """Values of inputs at which metrics are what they should be.

    Parameters
    ----------
    case : Case, or str or Path
        Where the search begins: a case, the name of a bundled one, or a file.
    targets : mapping of "STAGE.METRIC" to value
        Numbers in SI, or texts with a unit.
    vary : sequence of paths, or mapping of path to (low, high)
        What may change; without bounds a tenth to ten times its value.
    tell : callable, optional
        Is called with the runs that have been done, and the most that there may be.

    Raises
    ------
    CaseError
        If the case, a target or an input is wrong.

    Examples
    --------
    >>> from bumpform.case.file import load_case
    >>> wanted = {"reflow.ball_height_m": "85 um"}
    >>> found = design(load_case("plated_column"), wanted, ["coat.polyimide.thickness"])
    >>> found.reached, abs(found.achieved["reflow.ball_height_m"] - 85e-6) < 1e-13
    (True, True)
    """
    case = as_case(case)
    spans = vary if isinstance(vary, Mapping) else dict.fromkeys(vary)
    texts = [
        path if span is None else f"{path}={span[0]}:{span[1]}" for path, span in spans.items()
    ]
    wanted = read_targets(case, [f"{name}={value}" for name, value in targets.items()])
    return meet_targets(case, wanted, read_vary(case, texts), tell=tell)


def read_targets(case: Case, texts: Sequence[str]) -> dict[str, float]:
    """Targets "STAGE.METRIC=VALUE" in SI.

    Raises
    ------
    CaseError
        With everything that is wrong.
    """
    stages = [step.name for step in case.steps if isinstance(step, Reflow | Mount)]
    tables: dict[str, dict[str, object]] = {}
    problems: list[Problem] = []
    for text in texts:
        name, equals, value = (part.strip() for part in text.rpartition("="))
        if not equals:
            message = 'STAGE.METRIC=VALUE is needed, for example "reflow.ball_height_m=80 um".'
            problems.append(Problem("--target", message, f'"{text}"'))
        elif name in tables:
            problems.append(Problem(f"--target {name}", "is there twice."))
        else:
            tables[name] = {"min": _number(value)}
    barrier = ["barrier"] if any(isinstance(step, Barrier) for step in case.steps) else []
    limits, found = read_requirements(tables, [*stages, *barrier])
    for problem in found:
        path = problem.path.replace("requirements.", "--target ", 1).removesuffix(".min")
        problems.append(problem._replace(path=path))
    for name in limits:
        if is_count(name):
            message = "is a count, which no input moves by degrees: a requirement judges it."
            problems.append(Problem(f"--target {name}", message))
    raise_if(problems, case.name)
    return {name: table["min"] for name, table in limits.items()}


def read_vary(case: Case, texts: Sequence[str]) -> tuple[Vary, ...]:
    """What may vary, "PATH" or "PATH=LO:HI".

    Raises
    ------
    CaseError
        With everything that is wrong.
    """
    found: list[Vary] = []
    problems: list[Problem] = []
    for text in texts:
        path, equals, span = (part.strip() for part in text.partition("="))
        try:
            item = input_at(case, path)
            if any(item.place == other.input.place for other in found):
                raise CaseError([Problem(path, "is there twice.")])
            if not equals and item.value == 0.0:
                message = "is 0, so that a tenth to ten times it is no range: write bounds, LO:HI."
                raise CaseError([Problem(path, message)])
            if not equals:
                found.append(vary_of(item))
                continue
            ends = [end.strip() for end in span.split(":")]
            if len(ends) != 2 or not all(ends):
                raise CaseError([Problem(path, 'bounds are written LO:HI, as "2 um:5 um".', span)])
            bounds = [item.quantity.read(_number(end)) for end in ends]
            if not bounds[0] < bounds[1]:
                raise CaseError(
                    [Problem(path, "the lower bound must be below the upper one.", span)]
                )
            found.append(Vary(item, *bounds))
        except QuantityError as error:
            problems.append(Problem(f"--vary {path}", str(error), span))
        except CaseError as error:
            problems += [p._replace(path=f"--vary {p.path}") for p in error.problems]
    raise_if(problems, case.name)
    return tuple(found)


def vary_of(item: Input) -> Vary:
    """An input from a tenth of its value to ten times, as far as the schema allows it."""
    low, high = item.limits
    ends = sorted((item.value / TIMES, item.value * TIMES))
    low, high = max(low, ends[0]), min(high, ends[1])
    if not item.allows(low):  # the limit itself is left out
        low = item.value - 0.999999 * (item.value - low)
    if not item.allows(high):
        high = item.value + 0.999999 * (high - item.value)
    return Vary(item, low, high)


def _number(text: str) -> float | str:
    """A bare number is in SI; whatever has a unit stays text."""
    try:
        return float(text)
    except ValueError:
        return text
