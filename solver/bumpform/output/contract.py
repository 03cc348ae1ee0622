"""The types of `result.json` (``bumpform/result-1``), for readers, editors and other programs.

SI throughout, the unit at the end of every name. What may be absent is `NotRequired`; a number
that is none (not finite) is null.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from pydantic import ConfigDict, TypeAdapter

__all__ = ["RESULT", "Result", "result_schema"]

type Number = float | None


class _Closed(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]


class CaseName(_Closed):
    """Which case was run."""

    name: str
    title: str
    sha256: str


class LiquidValues(_Closed):
    """A liquid's amount and properties at the peak; null where they are not known."""

    volume_m3: Number
    mass_kg: Number
    surface_tension_N_m: Number
    density_kg_m3: Number


class ContactLine(_Closed):
    """Where a free surface meets solid, and the angles between which it stays there."""

    end: Literal["outer", "inner", "top", "package"]
    r_m: float
    z_m: float
    on: str
    feature: str
    state: Literal["free", "pinned"]
    angle_deg: float
    admissible_deg: tuple[float, float]


class Surface(_Closed):
    """A free surface in numbers; `apex_z_m` is null for a ring or a bridge."""

    apex_z_m: Number
    top_z_m: Number
    max_radius_m: Number
    max_radius_z_m: Number
    area_m2: Number
    pressure_Pa: Number
    energy_J: Number
    contact_lines: list[ContactLine]


class Place(_Closed):
    """A point of the meridian; a package's line has a height alone."""

    r_m: NotRequired[float]
    z_m: float


Move = TypedDict(
    "Move",
    {
        "line": str,
        "event": str,
        "from": Place,
        "to": Place,
        "feature": str,
        "why": str,
    },
)


class Leans(_Closed):
    """A state that leans: in which mode, and what holding the line would do."""

    mode: int
    margin: float
    held_margin: Number
    holds_when_pinned: bool | None


class Stability(_Closed):
    """Second variation by azimuthal mode."""

    stable: bool
    lowest_eigenvalues: dict[str, Number]
    neutral_modes: list[str]
    stability_margin: Number
    weakest_mode: int | None
    leans: Leans | None


class OtherEquilibrium(Stability):
    """An equilibrium that exists beside the one reached."""

    name: str
    contact: ContactLine
    contact_lines: list[ContactLine]
    standoff_m: NotRequired[float]
    joint_force_N: NotRequired[float]
    held_by: NotRequired[str | None]
    energy_J: float
    energy_above_reached_J: float
    barrier_J: NotRequired[float]
    barrier_share: NotRequired[float]


class EquilibriumReached(Stability):
    """How the reached equilibrium was found, its errors, and what exists beside it."""

    iterations: int
    residual: float
    volume_error: float
    elements: int
    error_estimate: dict[str, float]
    name: str
    path: list[Move]
    searched: str
    alternatives: list[OtherEquilibrium]


class FrozenLine(_Closed):
    """The edge of what has frozen."""

    end: Literal["outer", "inner", "top", "package"]
    r_m: float
    z_m: float
    angle_deg: float
    on: str
    feature: str


class FrozenSurface(_Closed):
    """The free surface of what has frozen."""

    apex_z_m: Number
    top_z_m: Number
    max_radius_m: Number
    max_radius_z_m: Number
    area_m2: Number
    contact_lines: list[FrozenLine]


class Frozen(_Closed):
    """A liquid that has frozen and shrunk: its volume and density at 25 °C."""

    solidus_K: float
    volume_m3: float
    density_kg_m3: float
    surface: FrozenSurface
    error_estimate: dict[str, float]


class Body(_Closed):
    """One liquid; `on` says that it hangs on a package which it does not join to the stack."""

    on: NotRequired[Literal["package"]]
    molten: list[str]
    composition: dict[str, float]
    liquid: LiquidValues
    surface: NotRequired[Surface]
    equilibrium: NotRequired[EquilibriumReached]
    frozen: NotRequired[Frozen]
    warnings: NotRequired[list[str]]


class Refused(_Closed):
    """Why a stage has no result."""

    reason: str
    detail: str


class Stage(Body):
    """A reflow or a mount; its first liquid, with the others in `bodies`.

    `orientation` is that of a step which says its own.
    """

    step: int
    name: str
    kind: Literal["reflow", "mount"]
    peak_K: float
    orientation: NotRequired[Literal["up", "down"]]
    bodies: NotRequired[list[Body]]
    enclosed: NotRequired[list[str]]
    refused: NotRequired[Refused]


class Condition(_Closed):
    """A sentence of the verdict."""

    id: str
    route: str
    source: str
    sources: list[str]
    statement: str
    verdict: Literal["holds", "fails", "not judged"]
    holds: bool | None
    value: Number
    error: Number
    limits: tuple[Number, Number]
    strict: bool
    unit: str
    metric: str
    stage: str | None
    reason: str


class ProblemTold(_Closed):
    """What was wrong with a step."""

    path: str
    message: str
    came: str


class Stopped(_Closed):
    """The step at which a process could not go on, on what had been solved."""

    step: int
    problems: list[ProblemTold]


class Result(_Closed):
    """All of `result.json`; metrics by stage, and those of the barrier under "barrier"."""

    schema: Literal["bumpform/result-1"]
    bumpform: str
    case: CaseName
    stages: list[Stage]
    metrics: dict[str, dict[str, float | int | str | bool | dict[str, float] | None]]
    metrics_error: dict[str, dict[str, float | dict[str, float] | None]]
    conditions: list[Condition]
    stopped: NotRequired[Stopped]
    files: NotRequired[dict[str, str]]


RESULT: TypeAdapter[Result] = TypeAdapter(Result)


def result_schema() -> dict[str, Any]:
    """JSON schema of `result.json`."""
    return RESULT.json_schema() | {"title": "bumpform result"}
