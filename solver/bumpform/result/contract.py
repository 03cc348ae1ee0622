"""The types of `result.json` (``bumpform/result-1``), for readers, editors and other programs.

SI throughout, the unit at the end of every name. Keys of the file are the fields, in their order.
A field that is None unless given is left out of the file where it is None; any other number that
is none (or not finite) is null.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, Final, Literal, dataclass_transform

import numpy as np
from pydantic import ConfigDict, Field, TypeAdapter

from bumpform.brief import brief

__all__ = ["RESULT", "SCHEMA", "Result", "plain", "result_schema"]

#: Name of the schema, which a file has as its first value.
SCHEMA: Final = "bumpform/result-1"

type Number = float | None
type End = Literal["outer", "inner", "top", "package"]


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(Field,))
def _closed[T](cls: type[T]) -> type[T]:
    """Frozen data, read from a file only where it has no other keys."""
    cls.__pydantic_config__ = ConfigDict(extra="forbid", defer_build=True)  # type: ignore[attr-defined]
    return dataclass(frozen=True, kw_only=True)(cls)


@_closed
class CaseName:
    """Which case was run."""

    name: str
    title: str
    sha256: str


@_closed
class LiquidValues:
    """A liquid's amount and properties at the peak; null where they are not known."""

    volume_m3: Number
    mass_kg: Number
    surface_tension_N_m: Number
    density_kg_m3: Number


@_closed
class ContactLine:
    """Where a free surface meets solid, and the angles between which it stays there.

    `angle_deg` is counted from the solid that the liquid covers, `from_horizontal_deg` from the
    level through the line; both through the liquid.
    """

    end: End
    r_m: float
    z_m: float
    on: str
    feature: str
    state: Literal["free", "pinned"]
    angle_deg: float
    admissible_deg: tuple[float, float]
    from_horizontal_deg: float | None = None


@_closed
class Surface:
    """A free surface in numbers; `apex_z_m` is null for a ring or a bridge."""

    apex_z_m: Number
    top_z_m: Number
    max_radius_m: Number
    max_radius_z_m: Number
    area_m2: Number
    pressure_Pa: Number
    energy_J: Number
    contact_lines: tuple[ContactLine, ...]


@_closed
class Place:
    """A point of the meridian; a package's line has a height alone."""

    r_m: float | None = None
    z_m: float


@_closed
class Move:
    """A leg of the path of a contact line or of a package, or an event on it."""

    line: str
    event: str
    start: Annotated[Place, Field(alias="from")]
    stop: Annotated[Place, Field(alias="to")]
    feature: str
    why: str


@_closed
class Leans:
    """A state that leans: in which mode, and what holding the line would do."""

    mode: int
    margin: float
    held_margin: Number
    holds_when_pinned: bool | None


@_closed
class OtherEquilibrium:
    """An equilibrium that exists beside the one reached.

    Its energy is above the reached one's by `energy_above_reached_J`, the barrier before it by
    `barrier_J`: `barrier_share` of what was released since the deposit.
    """

    name: str
    contact: ContactLine
    contact_lines: tuple[ContactLine, ...]
    standoff_m: float | None = None
    joint_force_N: float | None = None
    held_by: str | None = None
    energy_J: float
    energy_above_reached_J: float
    barrier_J: float | None = None
    barrier_share: float | None = None
    stable: bool
    lowest_eigenvalues: Mapping[str, Number]
    neutral_modes: tuple[str, ...]
    stability_margin: Number
    weakest_mode: int | None
    leans: Leans | None


@_closed
class EquilibriumReached:
    """How the reached equilibrium was found, its errors, its stability, and what exists beside it.

    Eigenvalues are those of the second variation by azimuthal mode.
    """

    iterations: int
    residual: float
    volume_error: float
    elements: int
    error_estimate: Mapping[str, float]
    stable: bool
    lowest_eigenvalues: Mapping[str, Number]
    neutral_modes: tuple[str, ...]
    stability_margin: Number
    weakest_mode: int | None
    leans: Leans | None
    name: str
    path: tuple[Move, ...]
    searched: str
    alternatives: tuple[OtherEquilibrium, ...]


@_closed
class FrozenLine:
    """The edge of what has frozen."""

    end: End
    r_m: float
    z_m: float
    angle_deg: float
    on: str
    feature: str


@_closed
class FrozenSurface:
    """The free surface of what has frozen."""

    apex_z_m: Number
    top_z_m: Number
    max_radius_m: Number
    max_radius_z_m: Number
    area_m2: Number
    contact_lines: tuple[FrozenLine, ...]


@_closed
class Frozen:
    """A liquid that has frozen and shrunk: its volume and density at 25 °C."""

    solidus_K: float
    volume_m3: float
    density_kg_m3: float
    surface: FrozenSurface
    error_estimate: Mapping[str, float]


@_closed
class Body:
    """One liquid; `on` says that it hangs on a package which it does not join to the stack."""

    on: Literal["package"] | None = None
    molten: tuple[str, ...]
    composition: Mapping[str, float]
    liquid: LiquidValues
    surface: Surface | None = None
    equilibrium: EquilibriumReached | None = None
    frozen: Frozen | None = None
    warnings: tuple[str, ...] | None = None


@_closed
class Refused:
    """Why a stage has no result."""

    reason: str
    detail: str


@_closed
class Stage:
    """A reflow or a mount; its first liquid, with the others in `bodies`.

    `orientation` is that of a step which says its own.
    """

    step: int
    name: str
    kind: Literal["reflow", "mount"]
    peak_K: float
    orientation: Literal["up", "down"] | None = None
    molten: tuple[str, ...]
    composition: Mapping[str, float]
    liquid: LiquidValues
    surface: Surface | None = None
    equilibrium: EquilibriumReached | None = None
    frozen: Frozen | None = None
    bodies: tuple[Body, ...] | None = None
    enclosed: tuple[str, ...] | None = None
    warnings: tuple[str, ...] | None = None
    refused: Refused | None = None

    __repr__ = brief

    @property
    def liquids(self) -> Iterator[tuple[str, Stage | Body]]:
        """Every liquid and what it is called: the stage's first one by the stage's name."""
        yield self.name, self
        for count, body in enumerate(self.bodies or (), 2):
            yield f"{self.name}, liquid {count}", body


@_closed
class Condition:
    """A sentence of the verdict."""

    id: str
    route: str
    source: str
    sources: tuple[str, ...]
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


@_closed
class ProblemTold:
    """What was wrong with a step."""

    path: str
    message: str
    came: str


@_closed
class Stopped:
    """The step at which a process could not go on, on what had been solved."""

    step: int
    problems: tuple[ProblemTold, ...]


@_closed
class Result:
    """All of `result.json`; metrics by stage, and those of the barrier under "barrier"."""

    schema: Literal["bumpform/result-1"]
    bumpform: str
    case: CaseName
    stages: tuple[Stage, ...]
    metrics: Mapping[str, Mapping[str, float | int | str | bool | Mapping[str, float] | None]]
    metrics_error: Mapping[str, Mapping[str, float | Mapping[str, float] | None]]
    conditions: tuple[Condition, ...]
    stopped: Stopped | None = None
    notes: tuple[str, ...] | None = None
    files: Mapping[str, str] | None = None

    __repr__ = brief

    @property
    def refused(self) -> Stage | None:
        """The stage that was refused, if one was."""
        return next((stage for stage in self.stages if stage.refused is not None), None)


RESULT: TypeAdapter[Result] = TypeAdapter(Result)


def result_schema() -> dict[str, Any]:
    """JSON schema of `result.json`; what may be left out is never null there."""
    schema = RESULT.json_schema()
    for model in (schema, *schema["$defs"].values()):
        for field in model.get("properties", {}).values():
            if "default" in field:
                del field["default"]
                (kind,) = (kind for kind in field.pop("anyOf") if kind != {"type": "null"})
                field |= kind
    return schema | {"title": "bumpform result"}


#: Mappings whose keys are names, of which no order means anything.
_BY_NAME: Final = frozenset({"composition", "error_estimate", "lowest_eigenvalues"})


@cache
def _keys(cls: type) -> tuple[tuple[str, str, bool], ...]:
    """Fields of a type of this contract: name, key in the file, whether it may be left out."""
    aliases = {"start": "from", "stop": "to"} if cls is Move else {}
    return tuple((f.name, aliases.get(f.name, f.name), f.default is None) for f in fields(cls))


def plain(value: Any, key: str = "") -> Any:
    """Value as JSON knows it: numpy unwrapped, no NaN, no infinity, no tuples."""
    if isinstance(value, Mapping):
        names = sorted(value, key=str) if key in _BY_NAME else list(value)
        return {str(name): plain(value[name], str(name)) for name in names}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, set | frozenset):
        return sorted(plain(item) for item in value)
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if is_dataclass(value) and not isinstance(value, type):
        told = ((k, getattr(value, name), optional) for name, k, optional in _keys(type(value)))
        return {k: plain(v, k) for k, v, optional in told if not (optional and v is None)}
    return None if value is None else str(value)
