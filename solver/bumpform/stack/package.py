"""The package above a joint: a stack of its own, hung upside down over the bump."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from bumpform.stack.curve import Curve, Line
from bumpform.stack.layers import coat, substrate
from bumpform.stack.profile import Edge, Profile
from bumpform.stack.stack import Region, Stack
from bumpform.stack.touch import Touch, first_touch_of

#: Thickness of the package's pad relative to its radius: for pictures and meshes only.
PAD_THICKNESS = 0.1
#: What the limits of a stack that hangs upside down are called.
_TURNED_LIMITS = {"axis": "axis", "outer": "package outer", "bottom": "package top"}


class Hung(NamedTuple):
    """A package at its height: what liquid can touch, axis outwards, and its regions."""

    profile: Profile
    regions: tuple[Region, ...]


@dataclass(frozen=True, eq=False)
class Package:
    """A package with its pad facing down.

    Attributes
    ----------
    stack : Stack
        In its own frame: z' counts from the pad's face into the gap.
    """

    stack: Stack

    def at(self, height: float) -> Hung:
        """The package with its pad's face at a height, m."""
        curves: dict[int, Curve] = {}
        profile = Profile(tuple(_turned(e, height, curves) for e in self.stack.profile.pieces))
        regions = []
        for region in self.stack.regions:
            loop = tuple(_turned(e, height, curves).reversed() for e in reversed(region.loop))
            regions.append(replace(region, loop=loop))
        return Hung(profile, tuple(regions))

    def touch(self, below: Profile) -> Touch:
        """Where the package touches a profile first as it comes down, with its pad's height."""
        return first_touch_of(below, self.stack.profile)


def _turned(edge: Edge, height: float, curves: dict[int, Curve]) -> Edge:
    """The edge upside down; regions that share a curve share its image."""
    if id(edge.curve) not in curves:
        (r0, z0), (r1, z1) = (edge.curve.point(t).tolist() for t in (0.0, 1.0))
        curves[id(edge.curve)] = Line((r0, height - z0), (r1, height - z1))
    return replace(edge, curve=curves[id(edge.curve)])


def package(
    *,
    pad_radius: float,
    pad_material: str,
    base_material: str,
    outer: float,
    pad_thickness: float | None = None,
    proud: float = 0.0,
    base_thickness: float | None = None,
    resist: tuple[str, float, float] | None = None,
) -> Package:
    """Package with a pad in (or, by ``proud``, on) its base, and maybe a resist around the pad.

    Parameters
    ----------
    pad_radius : float, m
    pad_material, base_material : str
    outer : float, m
    pad_thickness, base_thickness : float, m, optional
        Without them for pictures and meshes only.
    proud : float, m
    resist : tuple of material, thickness in m, radius of its opening in m, optional

    Raises
    ------
    ProcessError
    """
    stack = substrate(
        pad_radius=pad_radius,
        pad_thickness=PAD_THICKNESS * pad_radius if pad_thickness is None else pad_thickness,
        pad_material=pad_material,
        base_material=base_material,
        outer=outer,
        proud=proud,
        base_thickness=base_thickness,
    )
    if resist is not None:
        material, thickness, opening = resist
        stack = coat(
            stack, layer="resist", material=material, thickness=thickness, opening_radius=opening
        )
    return Package(replace(stack, regions=tuple(_named(r) for r in stack.regions)))


def _named(region: Region) -> Region:
    """With "package" before every name."""
    loop = tuple(
        replace(e, feature=_TURNED_LIMITS.get(e.feature, f"package {e.feature}"))
        for e in region.loop
    )
    return Region.bounded(f"package {region.name}", region.material, loop, region.kind)
