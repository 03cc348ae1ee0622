"""The package above a joint: a stack of its own, hung upside down over the bump."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bumpform.errors import BumpformError, ProcessError
from bumpform.geometry.curve import Arc, Curve, Line, PolynomialCurve
from bumpform.geometry.edge import Edge
from bumpform.geometry.first_touch import Touch, first_touch_of
from bumpform.geometry.names import of_package
from bumpform.geometry.profile import Profile
from bumpform.growth.plated import plate
from bumpform.quick import cached_property, quick, replace
from bumpform.stack.deposit import deposit
from bumpform.stack.layers import coat, substrate
from bumpform.stack.stack import Region, Stack
from bumpform.stack.volumes import volume_note
from bumpform.surface.drop.equilibrium import CERTAIN, Doubt
from bumpform.units.amounts import Amounted
from bumpform.units.units import format_length

#: Thickness of the package's pad relative to its radius: for pictures and meshes only.
PAD_THICKNESS = 0.1
#: What the limits of a stack that hangs upside down are called.
_TURNED_LIMITS = {"axis": "axis", "outer": "package outer", "bottom": "package top"}


@quick
@dataclass(frozen=True, eq=False)
class Hung:
    """A package at its height.

    Attributes
    ----------
    stack : Stack
        The package's, in its own frame.
    height : float, m
        Of its pad's face.
    """

    stack: Stack
    height: float

    @cached_property
    def profile(self) -> Profile:
        """What liquid can touch, axis outwards."""
        return Profile(tuple(self._turned(e) for e in self.stack.profile.pieces))

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """Its regions; those that share a curve share its image."""
        return tuple(
            replace(r, loop=tuple(self._turned(e).reversed() for e in reversed(r.loop)))
            for r in self.stack.regions
        )

    @cached_property
    def _images(self) -> dict[int, Curve]:
        return {}

    def _turned(self, edge: Edge) -> Edge:
        """The edge upside down."""
        image = self._images.get(id(edge.curve))
        if image is None:
            image = self._images[id(edge.curve)] = upside_down(edge.curve, self.height)
        first, last = edge.first, edge.last
        if isinstance(image, Arc):  # its angle counts the other way
            first, last = -first, -last
        return Edge(image, first, last, edge.feature, edge.region, edge.material)


@dataclass(frozen=True, eq=False)
class Package:
    """A package with its pad facing down.

    Attributes
    ----------
    stack : Stack
        In its own frame: z' counts from the pad's face into the gap.
    metal : float, m³
        Of the solder on its pad.
    notes : tuple of str
        What one may not expect of that amount, and what has come of it in a reflow of its own.
    doubt : Doubt
        How far off its solder may lie where its shape has been solved.
    """

    stack: Stack
    metal: float = 0.0
    notes: tuple[str, ...] = ()
    doubt: Doubt = CERTAIN

    def at(self, height: float) -> Hung:
        """The package with its pad's face at a height, m."""
        return _hung(self.stack, height)

    def touch(self, below: Iterable[Edge]) -> Touch:
        """Where it touches a profile, or pieces of one, first on its way down; its pad's height."""
        return first_touch_of(below, self.stack.profile)

    def with_region(self, region: Region) -> Package:
        """With one more region, "package" before its names."""
        return Package(self.stack.with_region(_named(region)))


@lru_cache(maxsize=8)  # it is asked for again where it has come to
def _hung(stack: Stack, height: float) -> Hung:
    return Hung(stack, height)


def upside_down(curve: Curve, height: float) -> Curve:
    """A curve in the frame of a package at a height, m, as it is in that of the stack, or back."""
    if isinstance(curve, Line):
        (r0, z0), (r1, z1) = curve.start, curve.end
        return Line((r0, height - z0), (r1, height - z1))
    if isinstance(curve, Arc):
        r, z = curve.centre
        return Arc((r, height - z), curve.radius, -curve.first, -curve.last)
    if isinstance(curve, PolynomialCurve):
        coefficients = curve.coefficients.copy()
        coefficients[..., 1] *= -1.0
        coefficients[:, 0, 1] += height
        return PolynomialCurve(coefficients)
    raise BumpformError(f"no package has a {type(curve).__name__}")


@lru_cache(maxsize=4)  # at other temperatures, with other loads it is the same
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
    pillar: tuple[str, float, float] | None = None,
    solder: Amounted | None = None,
    metal_density: float | None = None,
) -> Package:
    """Package with a pad in (or, by ``proud``, on) its base, and what there is round it and on it.

    Parameters
    ----------
    pad_radius : float, m
    pad_material, base_material : str
    outer : float, m
    pad_thickness, base_thickness : float, m, optional
        Without them for pictures and meshes only.
    proud : float, m
    resist : tuple of material, thickness in m, radius of its opening in m, optional
    pillar : tuple of material, radius in m, height in m, optional
    solder : Amounted, optional
        On the pad, or on the pillar.
    metal_density : float or None, kg/m³
        Of the solid solder; needed for a paste by weight only.

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
        try:
            stack = coat(
                stack,
                layer="resist",
                material=material,
                thickness=thickness,
                opening_radius=opening,
            )
        except ProcessError as error:
            raise ProcessError(str(error), key="resist") from error
    if pillar is not None:
        material, radius, height = pillar
        if resist is not None and radius > resist[2]:
            raise ProcessError(
                f"the pillar's radius {format_length(radius)} is more than the "
                f"{format_length(resist[2])} of the resist's opening",
                key="pillar.radius",
            )
        plated = plate(stack, name="pillar", material=material, radius=radius, thickness=height)
        stack = plated.stack
    metal, notes = 0.0, list[str]()
    if solder is not None:
        bare = stack
        stack, amount = deposit(bare, solder, metal_density)
        metal, told = amount.metal, (amount.note(solder), volume_note(solder, bare, stack))
        notes += [note for note in told if note is not None]
    regions = tuple(_named(r) for r in stack.regions)
    return Package(replace(stack, regions=regions), metal, tuple(notes))


def _named(region: Region) -> Region:
    """With "package" before every name."""
    loop = tuple(
        replace(e, feature=_TURNED_LIMITS.get(e.feature, f"package {e.feature}"))
        for e in region.loop
    )
    return Region.bounded(of_package(region.name), region.material, loop, region.kind)
