"""The steps of a process, as plain data in SI: every kind that there is.

Each is a file of `bumpform.steps`. `needs` and `gives` say what must have happened before it and
what it adds, so the order of a process is checked without knowing the kinds.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

import bumpform.steps as package
from bumpform.steps.abrade import Abrade
from bumpform.steps.barrier import Barrier, Finish
from bumpform.steps.coat import Coat, Opening
from bumpform.steps.core import Core
from bumpform.steps.deposit import Deposit
from bumpform.steps.etch import Etch
from bumpform.steps.mount import Mount
from bumpform.steps.plate import Plate
from bumpform.steps.reflow import Reflow
from bumpform.steps.step import KINDS, Step
from bumpform.steps.strip import Strip
from bumpform.steps.substrate import Base, Pad, Substrate
from bumpform.steps.told import Clean, Cure, Flux, Note
from bumpform.units.amounts import Ball, Column, Fill, Stencil

__all__ = [
    "STEP_KINDS",
    "Abrade",
    "AnyStep",
    "Ball",
    "Barrier",
    "Base",
    "Clean",
    "Coat",
    "Column",
    "Core",
    "Cure",
    "Deposit",
    "Etch",
    "Fill",
    "Finish",
    "Flux",
    "Mount",
    "Note",
    "Opening",
    "Pad",
    "Plate",
    "Reflow",
    "Stencil",
    "Step",
    "Strip",
    "Substrate",
]

#: Kinds in the order in which they are told; others come after them.
_ORDER: Final = (
    "substrate", "coat", "plate", "deposit", "core", "reflow", "clean", "cure", "flux", "note",
    "barrier", "etch", "strip", "abrade", "mount",
)  # fmt: skip

for _module in pkgutil.iter_modules(package.__path__):
    import_module(f"{package.__name__}.{_module.name}")
for _do in sorted(KINDS, key=lambda do: _ORDER.index(do) if do in _ORDER else len(_ORDER)):
    KINDS[_do] = KINDS.pop(_do)

#: Every kind of step by its `do`.
STEP_KINDS: Final = KINDS


class _OfSomeKind:
    """A step, read by the model that its `do` names."""

    @staticmethod
    def __get_pydantic_core_schema__(_: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        choices = {do: handler.generate_schema(kind) for do, kind in STEP_KINDS.items()}
        return core_schema.tagged_union_schema(choices, discriminator="do")


if TYPE_CHECKING:
    type AnyStep = Step
else:
    AnyStep = Annotated[Step, _OfSomeKind]
