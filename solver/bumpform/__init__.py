"""Equilibrium shapes of molten solder through a bumping process.

Examples
--------
>>> import bumpform
>>> done = bumpform.run("photoimaged_opening")  # or a file, or a case
>>> done.stages[0].equilibrium.name
'cap on dielectric wall (free)'
>>> case = bumpform.load_case("photoimaged_opening")
>>> thinner = case.with_values({"coat.dielectric.thickness": "28 um"})
>>> done = bumpform.run(thinner)
>>> done.metrics["first reflow"]["protrusion_m"] > 0.0
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from bumpform.answers.asked import design
    from bumpform.answers.design import Design
    from bumpform.answers.margins import Margins, margins
    from bumpform.answers.sensitivity import Sensitivity, sensitivity
    from bumpform.answers.yields import Yield, yield_of
    from bumpform.case.case import Case
    from bumpform.case.file import load_case
    from bumpform.output.run_folder import read_result, write_run
    from bumpform.process.outcome import Run
    from bumpform.runner import melt, run, run_case
    from bumpform.study.file import load_study
    from bumpform.study.read import StudyTable, read_study
    from bumpform.study.run import run_study
    from bumpform.study.study import Study

__all__ = [
    "Case",
    "Design",
    "Margins",
    "Run",
    "Sensitivity",
    "Study",
    "StudyTable",
    "Yield",
    "__version__",
    "design",
    "load_case",
    "load_study",
    "margins",
    "melt",
    "read_result",
    "read_study",
    "run",
    "run_case",
    "run_study",
    "sensitivity",
    "write_run",
    "yield_of",
]

#: Where each public name lives; imported at first use, so that importing bumpform is quick.
_HOMES = {
    "Case": "bumpform.case.case",
    "Design": "bumpform.answers.design",
    "Margins": "bumpform.answers.margins",
    "Run": "bumpform.process.outcome",
    "Sensitivity": "bumpform.answers.sensitivity",
    "Study": "bumpform.study.study",
    "StudyTable": "bumpform.study.read",
    "Yield": "bumpform.answers.yields",
    "design": "bumpform.answers.asked",
    "load_case": "bumpform.case.file",
    "load_study": "bumpform.study.file",
    "margins": "bumpform.answers.margins",
    "melt": "bumpform.runner",
    "read_result": "bumpform.output.run_folder",
    "read_study": "bumpform.study.read",
    "run": "bumpform.runner",
    "run_case": "bumpform.runner",
    "run_study": "bumpform.study.run",
    "sensitivity": "bumpform.answers.sensitivity",
    "write_run": "bumpform.output.run_folder",
    "yield_of": "bumpform.answers.yields",
}


def __getattr__(name: str) -> Any:
    """Import a public name at first use (PEP 562)."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'bumpform' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Public names, whether they have been imported yet or not."""
    return sorted(__all__)
