"""The steps of a process, as plain data in SI.

A kind of step is one model here and one entry in `AnyStep`. `needs` and `gives` say what must
have happened before it and what it adds, so the order of a process is checked without knowing
the kinds.
"""

from __future__ import annotations

import itertools
import math
from typing import Annotated, ClassVar, Final, Literal, get_args

from pydantic import Field, model_validator

from bumpform.case.amounts import Amounted, Ball, Column, Fill, Stencil
from bumpform.case.fields import (
    DielectricName,
    Length,
    MaterialName,
    Model,
    Name,
    NonNegativeLength,
    Sidewall,
    Temperature,
    Time,
)
from bumpform.case.step_base import Heated, Role, Step
from bumpform.case.steps_mount import Mount
from bumpform.case.steps_solid import Abrade, Core, Etch, Plate, Strip
from bumpform.case.steps_told import Cure, Flux, Note

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


class Pad(Model):
    """Terminal under the bump; its top is z = 0, `proud` above the base (0: flush with it)."""

    radius: Length
    thickness: Length
    material: MaterialName
    proud: NonNegativeLength = 0.0

    @model_validator(mode="after")
    def _stands_in_the_base(self) -> Pad:
        if self.proud > self.thickness:
            raise ValueError("proud is more than the pad's thickness: the pad would hang in air.")
        return self


class Base(Model):
    """What surrounds the pad."""

    material: DielectricName


class Substrate(Step):
    """Pad and base: what the process starts from."""

    needs: ClassVar[tuple[str, ...]] = ()
    gives: ClassVar[tuple[str, ...]] = ("substrate",)

    do: Literal["substrate"] = "substrate"
    pad: Pad
    base: Base


class Opening(Model):
    """Round opening: radius at its bottom; a sidewall below 90° widens upwards."""

    radius: Length
    sidewall: Sidewall = math.pi / 2

    def radius_at(self, height: float) -> float:
        """Radius in m at a height in m above the opening's bottom."""
        # cos/sin, not 1/tan: exactly vertical must not become 6e-17 off
        slope = 0.0 if self.sidewall == math.pi / 2 else 1.0 / math.tan(self.sidewall)
        return self.radius + height * slope


class Coat(Step):
    """Layer over everything.

    It planarises: fills up to its top, `thickness` above the field, around whatever stands there.
    Or, with `growth = "conformal"`, it is a film of that thickness everywhere, over steps too; its
    opening then has an upright wall.
    """

    gives: ClassVar[tuple[str, ...]] = ("layer",)
    identity: ClassVar[str] = "layer"

    do: Literal["coat"] = "coat"
    layer: Name
    material: DielectricName
    thickness: Length
    opening: Opening | None = None
    growth: Literal["planar", "conformal"] = "planar"
    role: Role | None = None

    @model_validator(mode="after")
    def _upright_opening_of_a_film(self) -> Coat:
        tilted = self.opening is not None and self.opening.sidewall != math.pi / 2
        if self.growth == "conformal" and tilted:
            raise ValueError("the opening of a conformal coat is upright: leave out its sidewall.")
        return self

    @model_validator(mode="after")
    def _opening_reaches_the_top(self) -> Coat:
        if self.opening is not None and self.opening.radius_at(self.thickness) <= 0:
            raise ValueError("the opening closes below the layer's top: lower its sidewall angle.")
        return self


class Deposit(Amounted, Step):
    """Solder put on the stack, its amount said in exactly one way."""

    gives: ClassVar[tuple[str, ...]] = ("solder",)
    identity: ClassVar[str] = "solder"

    do: Literal["deposit"] = "deposit"


class Reflow(Heated, Step):
    """Heating: every solder whose liquidus the peak exceeds melts and finds its equilibrium.

    A package that has been mounted floats on it again, or stays at its standoff. `remelts` allows
    it to melt what an earlier stage froze and something was built upon. `atmosphere` ("nitrogen",
    "formic acid") is told and changes no number: what it does to angles and surface tension is said
    by their values.
    """

    needs: ClassVar[tuple[str, ...]] = ("substrate", "solder")
    gives: ClassVar[tuple[str, ...]] = ("solid",)
    identity: ClassVar[str] = "name"

    do: Literal["reflow"] = "reflow"
    name: Name
    peak: Temperature | None = None
    profile: tuple[tuple[Time, Temperature], ...] | None = None
    atmosphere: Name | None = None
    remelts: bool = False

    @model_validator(mode="after")
    def _one_temperature(self) -> Reflow:
        if (self.peak is None) == (self.profile is None):
            raise ValueError("exactly one of peak and profile is needed.")
        if self.profile is not None:
            times = [time for time, _ in self.profile]
            if not times:
                raise ValueError('profile needs at least one point, as [["0 s", "25 degC"]].')
            if any(late <= early for early, late in itertools.pairwise(times)):
                raise ValueError("the times of profile must increase.")
        return self

    @property
    def peak_K(self) -> float:
        """Highest temperature of the stage, K."""
        if self.peak is not None:
            return self.peak
        return max(temperature for _, temperature in self.profile or ())


class Clean(Step):
    """Residue of the flux removed; the shape stays."""

    do: Literal["clean"] = "clean"


class Finish(Model):
    """Thin noble layer on top of a barrier; solder then wets the finish."""

    material: MaterialName
    thickness: Length


class Barrier(Step):
    """Diffusion barrier on the solid bump; `thickness` is without the finish."""

    needs: ClassVar[tuple[str, ...]] = ("substrate", "solid")
    gives: ClassVar[tuple[str, ...]] = ("barrier",)
    identity: ClassVar[str] = "material"

    do: Literal["barrier"] = "barrier"
    material: MaterialName
    thickness: Length
    growth: Literal["conformal", "planar"] = "conformal"
    finish: Finish | None = None

    @property
    def total_thickness(self) -> float:
        """Thickness with the finish, m."""
        return self.thickness + (self.finish.thickness if self.finish else 0.0)

    @property
    def surface(self) -> str:
        """Material that the next solder meets."""
        return self.finish.material if self.finish else self.material


AnyStep = Annotated[
    Substrate
    | Coat
    | Plate
    | Deposit
    | Core
    | Reflow
    | Clean
    | Cure
    | Flux
    | Note
    | Barrier
    | Etch
    | Strip
    | Abrade
    | Mount,
    Field(discriminator="do"),
]

STEP_KINDS: Final[dict[str, type[Step]]] = {
    kind.model_fields["do"].default: kind for kind in get_args(get_args(AnyStep)[0])
}
