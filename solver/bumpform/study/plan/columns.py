"""Columns that the table of a study can have, beside its axes and outcomes.

=====================================  =========================================================
``first reflow.protrusion_m``          a metric of a stage, with its error; of the ``barrier``
``first reflow.outer.state``           what holds a contact line, and ``.outer.feature`` where
``first reflow.stability_margin``      of the stage's equilibrium, and ``.stable``
``condition.dome-protrudes``           a condition's verdict, with its value and its margin
``conditions``                         all of them
``seconds``                            what the row took
=====================================  =========================================================
"""

from __future__ import annotations

from typing import Final

from bumpform.case.case import Case
from bumpform.steps.kinds import Mount, Reflow
from bumpform.study.plan.kept_values import STATES
from bumpform.units.naming import split_unit
from bumpform.units.table import DIMENSIONS

__all__ = ["CONDITION", "SECONDS", "is_state", "known_columns", "unit_of"]

CONDITION: Final = "condition."
SECONDS: Final = "seconds"
#: Units of names that end in more than a dimension of case files.
_UNITS: Final = {"degrees": "deg", "temperature difference": "K"}
#: Endings of axes that no number of a result has.
_OF_AXES: Final = {"_rad": "rad", "_m_s2": "m/s^2"}


def known_columns(case: Case) -> tuple[str, ...]:
    """Every column of which rows of a case may have a value; requirements apart."""
    from bumpform.metrics.metric import names_of, stage_names
    from bumpform.verdict.conditions import CONDITIONS

    stages = [step.name for step in case.steps if isinstance(step, Reflow | Mount)]
    names = (*stage_names(), *STATES)
    return (
        *(f"{stage}.{name}" for stage in stages for name in names),
        *(f"barrier.{name}" for name in names_of("barrier")),
        *(f"{CONDITION}{name}" for name in CONDITIONS),
        "conditions",
        SECONDS,
    )


def is_state(name: str) -> bool:
    """Whether a column tells of a stage's equilibrium rather than of a metric."""
    return name.endswith(tuple(f".{state}" for state in STATES))


def unit_of(column: str) -> str:
    """Unit of a column's numbers, by the end of its name; empty where it has none.

    Examples
    --------
    >>> unit_of("first reflow.protrusion_m_error"), unit_of("coat.opening.sidewall_rad")
    ('m', 'rad')
    >>> unit_of("first reflow.joint_stiffness_N_m"), unit_of("outcome"), unit_of("seconds")
    ('N/m', '', 's')
    """
    name = column.removesuffix("_error")
    if name == SECONDS:
        return "s"
    for ending, unit in _OF_AXES.items():
        if name.endswith(ending):
            return unit
    dimension = split_unit(name)[1]
    return _UNITS.get(dimension) or (DIMENSIONS[dimension].si if dimension else "")
