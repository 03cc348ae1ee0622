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

Notes
-----
Rooms, from the foundation up: each imports only what stands before it here. The docstring of
a room says what it is, in what order to read it, and what it imports.

``units``; ``materials``; ``files``; ``steps``; ``case.checks``; ``case``; ``kernel``;
``geometry``; ``stack``; ``growth``; ``surface.drop``; ``surface.joints``; ``surface.search``;
``surface.continuation``; ``surface``; ``process.reflows``; ``process.mounts``; ``process``;
``metrics``; ``findings``; ``verdict.routes``; ``verdict``; ``result``; ``mesh``; ``picture``;
``output``; ``melting.shapes``; ``melting.flows``; ``melting.beginning``; ``melting.motion``;
``melting``; ``runner``; ``answers.basis``; ``answers.methods``; ``answers``; ``study.plan``;
``study.rows``; ``study.report``; ``study``; ``cli.terminal``; ``cli``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from bumpform.answers.methods.asked import design
    from bumpform.answers.methods.design import Design
    from bumpform.answers.methods.margins import Margins, margins
    from bumpform.answers.methods.sensitivity import Sensitivity, sensitivity
    from bumpform.answers.methods.yields import Yield, yield_of
    from bumpform.case.case import Case
    from bumpform.case.file import load_case
    from bumpform.output.run_folder import read_result, write_run
    from bumpform.result.run import Run
    from bumpform.runner import melt, run, run_case
    from bumpform.study.plan.file import load_study
    from bumpform.study.plan.study import Study
    from bumpform.study.read import StudyTable, read_study
    from bumpform.study.run import run_study

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
    "Design": "bumpform.answers.methods.design",
    "Margins": "bumpform.answers.methods.margins",
    "Run": "bumpform.result.run",
    "Sensitivity": "bumpform.answers.methods.sensitivity",
    "Study": "bumpform.study.plan.study",
    "StudyTable": "bumpform.study.read",
    "Yield": "bumpform.answers.methods.yields",
    "design": "bumpform.answers.methods.asked",
    "load_case": "bumpform.case.file",
    "load_study": "bumpform.study.plan.file",
    "margins": "bumpform.answers.methods.margins",
    "melt": "bumpform.runner",
    "read_result": "bumpform.output.run_folder",
    "read_study": "bumpform.study.read",
    "run": "bumpform.runner",
    "run_case": "bumpform.runner",
    "run_study": "bumpform.study.run",
    "sensitivity": "bumpform.answers.methods.sensitivity",
    "write_run": "bumpform.output.run_folder",
    "yield_of": "bumpform.answers.methods.yields",
}


def __getattr__(name: str) -> Any:
    """Import a public name at first use (PEP 562)."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'bumpform' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Public names, whether they have been imported yet or not."""
    return sorted(__all__)
