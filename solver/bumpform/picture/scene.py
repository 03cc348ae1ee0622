"""A stage with everything that its drawings need, lengths in µm."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bumpform.picture.section import UM
from bumpform.stack.curve import PolynomialCurve
from bumpform.stack.stack import Region, Stack
from bumpform.units.metric_names import FROZEN


def as_frozen(
    stage: Mapping[str, Any], metrics: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """A stage of the result and its metrics as what is drawn has them: of what has frozen.

    Where nothing shrinks, the same.
    """
    frozen = stage.get("frozen")
    if frozen is None or not stage.get("surface"):
        return stage, metrics
    lines = [
        {**old, **new}
        for old, new in zip(
            stage["surface"]["contact_lines"], frozen["surface"]["contact_lines"], strict=True
        )
    ]
    surface = {**stage["surface"], **frozen["surface"], "contact_lines": lines}
    cold = {name.removeprefix(FROZEN): v for name, v in metrics.items() if name.startswith(FROZEN)}
    return {**stage, "surface": surface}, {**metrics, **cold}


def outer_first(stage: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Contact lines of a stage, the outer one first; none where it was refused."""
    lines = (stage.get("surface") or {}).get("contact_lines") or []
    return sorted(lines, key=lambda line: line.get("end") != "outer")


@dataclass(frozen=True, eq=False)
class Scene:
    """A stage: its result, its metrics, its stack.

    Attributes
    ----------
    told : mapping
        The stage as in the result file: that of the liquid.
    stage : mapping
        The same as it is drawn: with the surface of what has frozen, where that shrinks.
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

    told: Mapping[str, Any]
    stage: Mapping[str, Any]
    values: Mapping[str, Any]
    metrics: Mapping[str, Any]
    barrier: Mapping[str, Any]
    stack: Stack | None
    surfaces: tuple[PolynomialCurve, ...]
    below: Scene | None

    @property
    def is_frozen(self) -> bool:
        """Whether what is drawn has another shape than the liquid."""
        return self.stage is not self.told

    @property
    def surface(self) -> PolynomialCurve | None:
        """The solved free surface that the result's numbers are of."""
        return self.surfaces[0] if self.surfaces else None

    @property
    def regions(self) -> tuple[Region, ...]:
        """Regions of the stack."""
        return self.stack.regions if self.stack else ()

    @property
    def shape(self) -> Mapping[str, Any]:
        """The surface of the result; empty where the stage was refused."""
        return self.stage.get("surface") or {}

    @property
    def apex(self) -> float | None:
        """Height of the apex, or the highest point, µm."""
        for key in ("apex_z_m", "top_z_m"):
            if isinstance(self.shape.get(key), float):
                return UM * float(self.shape[key])
        return None

    @property
    def contact_lines(self) -> list[Mapping[str, Any]]:
        """Contact lines as drawn, the outer one first."""
        return outer_first(self.stage)

    @property
    def contact(self) -> tuple[float, float] | None:
        """Position of the outer contact line, µm."""
        if not self.contact_lines:
            return None
        line = self.contact_lines[0]
        return UM * line["r_m"], UM * line["z_m"]

    def length(self, name: str) -> float | None:
        """A metric, or a barrier's, in µm."""
        value = self.metrics.get(name, self.barrier.get(name))
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return UM * float(value)
        return None

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
        place = self.barrier.get("juncture")
        return (UM * place["r_m"], UM * place["z_m"]) if place else None

    @property
    def top(self) -> float | None:
        """Height of the dielectric's top at the opening's rim, µm."""
        protrusion = self.length("protrusion_m")
        if protrusion is not None and self.apex is not None:
            return self.apex - protrusion
        if self.terminus is not None and self.depth is not None:
            return self.terminus[1] + self.depth
        heights = [
            float(edge.point(u)[1])
            for region in self.regions
            if region.kind == "dielectric"
            for edge in region.loop
            if edge.feature == f"{region.name} top"
            for u in (0.0, 1.0)
        ]
        return UM * max(heights) if heights else None

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
