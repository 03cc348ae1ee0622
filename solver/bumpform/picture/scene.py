"""A stage with everything that its drawings need, lengths in µm."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bumpform.geometry.curve import PolynomialCurve
from bumpform.metrics.metric import FROZEN
from bumpform.picture.section import UM
from bumpform.result.contract import ContactLine, Stage, Surface
from bumpform.stack.stack import Region, Stack


def as_frozen(
    stage: Stage, metrics: Mapping[str, Any]
) -> tuple[Surface | None, Mapping[str, Any], bool]:
    """Surface and metrics of a stage as what is drawn has them, and whether that is frozen.

    Where nothing shrinks, they are those of the liquid.
    """
    surface, frozen = stage.surface, stage.frozen
    if frozen is None or surface is None:
        return surface, metrics, False
    cold = frozen.surface
    lines = tuple(
        replace(old, r_m=new.r_m, z_m=new.z_m, angle_deg=new.angle_deg)
        for old, new in zip(surface.contact_lines, cold.contact_lines, strict=True)
    )
    surface = replace(
        surface,
        apex_z_m=cold.apex_z_m,
        top_z_m=cold.top_z_m,
        max_radius_m=cold.max_radius_m,
        max_radius_z_m=cold.max_radius_z_m,
        area_m2=cold.area_m2,
        contact_lines=lines,
    )
    as_solid = {n.removeprefix(FROZEN): v for n, v in metrics.items() if n.startswith(FROZEN)}
    return surface, {**metrics, **as_solid}, True


def outer_first(surface: Surface | None) -> list[ContactLine]:
    """Contact lines of a surface, the outer one first; none where there is no surface."""
    lines = () if surface is None else surface.contact_lines
    return sorted(lines, key=lambda line: line.end != "outer")


@dataclass(frozen=True, eq=False)
class Scene:
    """A stage: its result, its metrics, its stack.

    Attributes
    ----------
    stage : Stage or None
        As in the result file; None of what is made after the last stage.
    shape : Surface or None
        Of the first liquid, as it is drawn: of what has frozen, where that shrinks; None where
        the stage was refused.
    is_frozen : bool
        Whether what is drawn has another shape than the liquid.
    values : mapping
        Metrics of the stage as in the result file; empty where there are none.
    metrics : mapping
        The same as they are drawn.
    barrier : mapping
        Metrics of the barrier, where the stack contains one.
    stack : Stack or None
        After the stage; None where the run has no snapshot of it.
    surfaces : tuple of PolynomialCurve
        The solved free surface of every liquid, that of the result's surface first.
    below : Scene or None
        The earlier stage whose dome ends on the wall.
    """

    stage: Stage | None
    shape: Surface | None
    is_frozen: bool
    values: Mapping[str, Any]
    metrics: Mapping[str, Any]
    barrier: Mapping[str, Any]
    stack: Stack | None
    surfaces: tuple[PolynomialCurve, ...]
    below: Scene | None

    @property
    def surface(self) -> PolynomialCurve | None:
        """The solved free surface that the result's numbers are of."""
        return self.surfaces[0] if self.surfaces else None

    @property
    def regions(self) -> tuple[Region, ...]:
        """Regions of the stack."""
        return self.stack.regions if self.stack else ()

    @property
    def apex(self) -> float | None:
        """Height of the apex, or the highest point, µm."""
        if self.shape is None:
            return None
        top = self.shape.top_z_m if self.shape.apex_z_m is None else self.shape.apex_z_m
        return None if top is None else UM * top

    @property
    def contact_lines(self) -> list[ContactLine]:
        """Contact lines as drawn, the outer one first."""
        return outer_first(self.shape)

    @property
    def contact(self) -> tuple[float, float] | None:
        """Position of the outer contact line, µm."""
        if not self.contact_lines:
            return None
        line = self.contact_lines[0]
        return UM * line.r_m, UM * line.z_m

    def value(self, name: str) -> float | None:
        """A metric that is a number, or a barrier's, in SI; None where it means nothing here."""
        value = (self.metrics if name in self.metrics else self.barrier).get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
        return None

    def length(self, name: str) -> float | None:
        """A metric, or a barrier's, in µm."""
        value = self.value(name)
        return None if value is None else UM * value

    @property
    def depth(self) -> float | None:
        """Terminus depth of the dome: the one below the barrier, or this stage's own, µm."""
        return self.below.depth if self.below else self.length("terminus_depth_m")

    @property
    def terminus(self) -> tuple[float, float] | None:
        """Where the dome ends on the wall, µm."""
        if self.below:
            return self.below.terminus
        return self.contact if self.length("terminus_depth_m") is not None else None

    @property
    def thickness(self) -> float | None:
        """Thickness of the barrier with its finish, µm."""
        known = self.length("thickness_m")
        fit = self.length("barrier_fit_m")
        if known is None and fit is not None and self.depth is not None:
            return fit + self.depth
        return known

    @property
    def juncture(self) -> tuple[float, float] | None:
        """Where the barrier's top meets the wall, µm."""
        if "juncture" not in self.barrier:
            return None
        place = self.barrier["juncture"]
        return UM * place["r_m"], UM * place["z_m"]

    @property
    def top(self) -> float | None:
        """Height of the dielectric's top at the opening's rim, µm."""
        protrusion = self.length("protrusion_m")
        if protrusion is not None and self.apex is not None:
            return self.apex - protrusion
        heights = [
            float(edge.point(u)[1])
            for region in self.regions
            if region.is_dielectric
            for edge in region.loop
            if edge.feature == f"{region.name} top"
            for u in (0.0, 1.0)
        ]
        if not heights:  # it has been stripped
            return None
        if self.terminus is not None and self.depth is not None:
            return self.terminus[1] + self.depth
        return UM * max(heights)

    @property
    def rim(self) -> tuple[float, float] | None:
        """Upper end of the wall at the height of the dielectric's top, µm."""
        top = self.top
        if top is None:
            return None
        ends = [
            UM * edge.point(u)
            for region in self.regions
            for edge in region.loop
            if edge.feature.endswith(" wall")
            for u in (0.0, 1.0)
        ]
        near = [p for p in ends if abs(p[1] - top) < 1e-6 * (1.0 + abs(top))]
        return (float(near[0][0]), top) if near else None
