"""The package of a mounting as it comes, with the solder on its pad."""

from __future__ import annotations

from bumpform.errors import ProcessError
from bumpform.process.mounts.package import Package, package
from bumpform.process.reflows.melt import Content
from bumpform.steps.kinds import Mount

__all__ = ["brought"]


def brought(
    step: Mount, outer: float, metal_density: float | None = None
) -> tuple[Package, dict[str, Content]]:
    """The package of a mounting, out to the model's radius in m, and the metal on its pad.

    That is weighed at once with a density, kg/m³, where its amount is one of solid metal.

    Raises
    ------
    ProcessError
    """
    pad, base, resist, pillar = step.pad, step.base, step.resist, step.pillar
    try:
        above = package(
            pad_radius=pad.radius,
            pad_material=pad.material,
            pad_thickness=pad.thickness,
            proud=pad.proud,
            base_material=base.material,
            base_thickness=base.thickness,
            outer=outer,
            resist=(resist.material, resist.thickness, resist.opening.radius) if resist else None,
            pillar=(pillar.material, pillar.radius, pillar.height) if pillar else None,
            solder=step.solder,
            metal_density=metal_density,
        )
    except ProcessError as error:
        bare = step.solder is not None and step.solder.fill is not None and resist is None
        give = ": give it one, mount.resist = { material, thickness, opening }" if bare else ""
        raise ProcessError(f"the package: {error}{give}", error.key) from error
    if step.solder is None:
        return above, {}
    mass = 0.0 if metal_density is None else above.metal * metal_density
    content = Content(((step.solder.solder, mass),), above.metal, soft=step.solder.is_soft)
    return above, {above.stack.regions[-1].name: content}
