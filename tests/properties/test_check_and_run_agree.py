"""What `check` calls wrong, `run` does not do; what is wrong without a surface, `check` finds.

Law      a process with dry problems never comes to its end, and a run raises just these
         problems; without, a run is only stopped by what it has solved, and says where
Cases    those that people have, and the bundled ones with sizes off by orders of magnitude, or a
         step dropped, doubled or moved
"""

from __future__ import annotations

import random
import re
import tomllib
from pathlib import Path

import pytest

import mangling
from bumpform.case.bundled import bundled_cases
from bumpform.case.case import Case
from bumpform.errors import CaseError
from bumpform.process.dry import dry_problems
from bumpform.runner import run

pytestmark = pytest.mark.dolfinx

TEXTS = {name: path.read_text("utf-8") for name, path in bundled_cases().items()}
PEOPLE = sorted((Path(__file__).parents[1] / "people").glob("*.toml"))


def assert_agreed(case):
    """Run a case; what came of it."""
    problems = dry_problems(case)
    try:
        done = run(case)
    except CaseError as error:
        assert problems and error.problems == tuple(dict.fromkeys(problems))
        return "wrong"
    if done.refused:  # an earlier stage, or wrong later too
        return "refused"
    if done.stopped is None:
        assert not problems, problems
        return "done"
    # a step that only the solved surface shows to be impossible: what is wrong after it, with that
    # step done, has been told by check, and lies beyond
    later = [int(re.search(r"step\.(\d+)", f"{p.path} {p.message}")[1]) for p in problems]
    assert all(step > done.stopped.step for step in later), problems
    assert done.result["stages"] and done.result["stages"][-1]["step"] < done.stopped.step
    assert all(problem.message for problem in done.stopped.problems)
    return "stopped"


@pytest.mark.slow
@pytest.mark.parametrize("path", PEOPLE, ids=lambda path: path.stem)
def test_on_the_cases_that_people_have(path):
    assert_agreed(Case.from_dict(tomllib.loads(path.read_text("utf-8"))))


@pytest.mark.slow
@pytest.mark.parametrize("change", ["scaled", "reordered"])
@pytest.mark.parametrize("batch", range(5))
def test_on_random_changes_of_the_bundled_cases(change, batch):
    """Of 60 changes some are right, some wrong; those that no case can have are left out."""
    found = set()
    for number in range(60 if change == "reordered" else 12):
        draw = random.Random(f"agree {batch} {number}")
        text = getattr(mangling, change)(draw, TEXTS[draw.choice(sorted(TEXTS))])
        try:
            case = Case.from_dict(tomllib.loads(text))
        except (CaseError, tomllib.TOMLDecodeError):
            continue
        found.add(assert_agreed(case))
    assert {"done", "wrong"} <= found
