"""The verdict judged a second time, from polygons: `tests/second_judge`, where it is there."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import bumpform

sys.path.append(str(Path(__file__).parents[2] / "tests"))


def differences(done: bumpform.Run) -> list[str] | None:
    """Conditions on which the two verdicts differ; None where there is no second one."""
    try:
        second = importlib.import_module("second_judge.compare")
    except ModuleNotFoundError:
        return None
    return [str(difference) for difference in second.compare(done).differences]
