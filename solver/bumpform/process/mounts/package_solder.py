"""The package of a mounting as it comes, with the solder on its pad: put there, or attached."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from bumpform.errors import ProcessError
from bumpform.materials.materials import Materials
from bumpform.process.mounts.cooling import shrunk
from bumpform.process.mounts.package import Package, package
from bumpform.process.reflows.freezing import freeze
from bumpform.process.reflows.melt import Content
from bumpform.process.reflows.reflow import reflow
from bumpform.quick import replace
from bumpform.steps.kinds import Mount
from bumpform.units.units import format_length, format_quantity

__all__ = ["attached", "brought"]

#: Where a case says at which peak a package's solder was attached.
ATTACHED: Final = "solder.attached"


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


@lru_cache(maxsize=4)  # at other temperatures, with other loads it is the same
def attached(
    above: Package,
    content: Content,
    peak: float,
    gravity: float,
    materials: Materials,
    *,
    shrinks: bool,
) -> tuple[Package, Content]:
    """A package whose solder has been melted onto it, its pad up, and the metal there.

    Parameters
    ----------
    above : Package
        Whose last region is the solder as it was put there.
    content : Content
        Of that region.
    peak : float, K
    gravity : float, m/s²
        Its magnitude.
    materials : Materials
    shrinks : bool
        Whether what freezes shrinks.

    Raises
    ------
    CaseError
    ProcessError
        Where the solder comes to no rest on the package.
    """
    stack = above.stack
    contents = {stack.regions[-1].name: content}
    stage = reflow(stack, contents, temperature=peak, gravity=gravity, materials=materials)
    if shrinks:
        stage = shrunk(stage, peak, materials)
    at = format_quantity(peak, "temperature")
    if stage.refusal is not None or stage.shape is None:
        why = stage.refusal.detail if stage.refusal is not None else "it comes to no rest"
        raise ProcessError(f"the package's solder cannot be attached at {at}: {why}", key=ATTACHED)
    stack = freeze(stage.solids, (stage,))
    shape, alloy = stage.shape, stack.regions[-1].material
    high, wide = shape.values["top_z_m"], 2.0 * shape.values["max_radius_m"]
    note = (
        f"{alloy}, attached at {at}, stands {format_length(high)} from the pad and is "
        f"{format_length(wide)} wide"
    )
    made = replace(
        Package(stage.solids).with_region(stack.regions[-1]),
        metal=above.metal,
        notes=(*above.notes, note),
        doubt=shape.doubt,
    )
    volume = None if stage.frozen is None else stage.frozen.volume
    return made, stage.melt.content(peak, volume)
