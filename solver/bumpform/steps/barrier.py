"""A diffusion barrier on a solid bump."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from bumpform.steps.step import Step
from bumpform.units.fields import Length, MaterialName, Model

if TYPE_CHECKING:
    from bumpform.case.case import Case
    from bumpform.geometry.profile import Profile
    from bumpform.materials.materials import Materials
    from bumpform.process.state import State

__all__ = ["Barrier", "Finish"]


class Finish(Model):
    """Thin noble layer on top of a barrier; solder then wets the finish."""

    material: MaterialName
    thickness: Length


class Barrier(Step):
    """Diffusion barrier on the solid bump; `thickness` is without the finish."""

    needs: ClassVar[tuple[str, ...]] = ("substrate", "solid")
    gives: ClassVar[tuple[str, ...]] = ("barrier",)
    identity: ClassVar[str] = "material"
    shapes: ClassVar[bool] = True

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

    def apply(self, state: State, case: Case, materials: Materials) -> State:
        """The state with the barrier, its juncture, and which thickness would be flush."""
        from bumpform.growth.barrier import Layer, distance_to_surface, exposed_solder, grow
        from bumpform.process.state import GrownBarrier
        from bumpform.stack.planar import highest

        layers = [Layer("barrier", self.material, self.thickness)]
        if self.finish is not None:
            layers.append(Layer("finish", self.finish.material, self.finish.thickness))
        stack, edges = grow(state.stack, tuple(layers), growth=self.growth)
        run = exposed_solder(state.stack)[0]
        surface = state.stack.profile.pieces[run.start : run.stop]
        flush = edge_to_rim = None
        if state.cavity is not None:
            rim = (state.cavity.rim_r, state.cavity.z_top)
            edge_to_rim = math.dist(edges[0], rim)
            if self.growth == "planar":
                flush = state.cavity.z_top - highest(surface)
            else:
                flush = distance_to_surface(rim, surface)
        off = state.doubt.place
        off_at_end = off / _steepness(state.stack.profile, run.stop)
        grown = GrownBarrier(self, edges, flush, edge_to_rim, surface, off, off_at_end)
        return replace(state, stack=stack, barrier=grown)


def _steepness(profile: Profile, end: int) -> float:
    """How directly a barrier's top meets the wall: what lies off by δ meets it δ over this away.

    Half the sine of the angle between the solder's surface and the wall beside it: the barrier's
    top, further up, meets it at another angle, yet not at so much a flatter one.
    """
    a, b = profile.pieces[end - 1].tangent(1.0), profile.pieces[end].tangent(0.0)
    return max(1e-3, 0.5 * abs(float(a[0] * b[1] - a[1] * b[0])))
