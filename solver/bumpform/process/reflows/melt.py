"""What melts in a stage, and the liquid that it becomes.

Melted solders that touch are one liquid: masses add, the composition follows by mass.
The mixture's surface tension and cosines of contact angles are the means of those of
its parts by volume, its volume the sum of theirs (ideal mixing), unless the case gives the
mixture's own: [materials."A+B"], "A+B on SURFACE", the parts in any order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from bumpform.errors import CaseError, Problem
from bumpform.materials.materials import Materials
from bumpform.quick import quick, replace
from bumpform.surface.drop.drop import Drop
from bumpform.units.units import format_quantity


@quick
@dataclass(frozen=True)
class Content:
    """Metal in one region of solder.

    Attributes
    ----------
    alloys : tuple of (solder, mass in kg)
        Of a deposit whose amount is said as a volume of liquid, masses are 0 until the first
        melting fixes them.
    volume : float, m³
        Of the metal as it stands there: as deposited, or as it froze.
    liquid_at : float or None, K
        Temperature at which it was last liquid; None until it first melts.
    soft : bool
        Whether it is a paste, or liquid, and gives way to what is set down on it.
    """

    alloys: tuple[tuple[str, float], ...]
    volume: float
    liquid_at: float | None = None
    soft: bool = False

    def scaled(self, share: float) -> Content:
        """What is left of it when a share of its volume is."""
        alloys = tuple((solder, mass * share) for solder, mass in self.alloys)
        return replace(self, alloys=alloys, volume=self.volume * share)


@quick
@dataclass(frozen=True)
class Melt:
    """One liquid in one stage, SI.

    Attributes
    ----------
    solders : tuple of str
    masses : tuple of float, kg
        Of each solder.
    volumes : tuple of float, m³
        Of each solder at the stage's temperature.
    composition : dict of str to float
        Mass fraction by element.
    surface_tension, density : float
    """

    solders: tuple[str, ...]
    masses: tuple[float, ...]
    volumes: tuple[float, ...]
    composition: dict[str, float]
    surface_tension: float
    density: float

    @property
    def volume(self) -> float:
        """Volume, m³."""
        return math.fsum(self.volumes)

    @property
    def mass(self) -> float:
        """Mass, kg."""
        return math.fsum(self.masses)

    def content(self, temperature: float, volume: float | None = None) -> Content:
        """What a region holds that has frozen from it, last liquid at a temperature in K.

        Of a volume in m³, or of that of the liquid.
        """
        alloys = tuple(zip(self.solders, self.masses, strict=True))
        return Content(alloys, self.volume if volume is None else volume, temperature)

    def drop(self, gravity: float) -> Drop:
        """The liquid as the solver takes it."""
        return Drop(self.volume, self.surface_tension, self.density, gravity)

    def contact_angle(self, surface: str, materials: Materials) -> float:
        """Young's angle on a surface, rad.

        Of a mixture: the one given for the mixture itself, or the mean of the solders' cosines
        by volume.
        """
        if len(self.solders) == 1:
            return materials.contact_angle(self.solders[0], surface)
        own = materials.own_contact_angle("+".join(self.solders), surface)
        if own is not None:
            return own
        mean = math.fsum(
            v * math.cos(materials.contact_angle(s, surface))
            for s, v in zip(self.solders, self.volumes, strict=True)
        )
        return math.acos(mean / self.volume)


def is_molten(
    material: str, content: Content, temperature: float, materials: Materials, key: str = "peak"
) -> bool:
    """Whether a body of solder is molten at a temperature in K.

    Where a mixture melts depends on its proportions. Known is that it is molten at a temperature
    at which it has been, and hotter, and for some mixtures where they are solid or molten whatever
    the proportions. The case may give the range, as [materials."A+B"].

    Parameters
    ----------
    material : str
    content : Content
    temperature : float, K
    materials : Materials
    key : str
        Of the step that is done, what says the temperature.

    Raises
    ------
    CaseError
        Between solidus and liquidus, or where it is not known.
    """
    if materials.melting_known(material):
        return materials.state(material, temperature) == "molten"
    if content.liquid_at is not None and temperature >= content.liquid_at:
        return True
    bounds = materials.melting_bounds(material)
    if bounds is not None and temperature < bounds.solid_below.value:
        return False
    if bounds is not None and temperature > bounds.molten_above.value:
        return True
    at = format_quantity(temperature, "temperature")
    been = ""
    if content.liquid_at is not None:
        known = format_quantity(content.liquid_at, "temperature")
        been = f" (it has been liquid at {known}: a peak of at least that melts it)"
    within = ""
    if bounds is not None:
        low, high = (format_quantity(bound.value, "temperature") for bound in bounds)
        within = f"; whatever its proportions it is solid below {low} and molten above {high}"
    raise CaseError(
        [
            Problem(
                f'materials."{material}"',
                f"{material} has fused from different solders: whether it melts at {at} is not "
                f"known{been}{within}. "
                f'Give [materials."{material}"] with solidus and liquidus.',
                key=key,
            )
        ]
    )


def molten_from(material: str, content: Content, materials: Materials) -> float | None:
    """Temperature in K above which a body of solder is known to be molten; None if none is."""
    if materials.melting_known(material):
        liquidus = materials.get(material).liquidus
        return None if liquidus is None else liquidus.value
    bounds = materials.melting_bounds(material)
    known = [] if bounds is None else [bounds.molten_above.value]
    known += [] if content.liquid_at is None else [content.liquid_at]
    return min(known, default=None)


def fuse(contents: list[Content], temperature: float, materials: Materials) -> Melt:
    """Fuse the contents of regions at a temperature in K."""
    masses: dict[str, float] = {}
    spelled: dict[str, str] = {}  # one solder under two names is one, named as it came first
    for content in contents:
        for name, mass in content.alloys:
            solder = spelled.setdefault(materials.canonical(name), name)
            if mass == 0.0:
                mass = content.volume * materials.liquid(solder, temperature).density
            masses[solder] = masses.get(solder, 0.0) + mass
    solders = tuple(masses)
    liquids = [materials.liquid(s, temperature) for s in solders]
    volumes = tuple(masses[s] / q.density for s, q in zip(solders, liquids, strict=True))
    total, mass = math.fsum(volumes), math.fsum(masses.values())
    elements: dict[str, float] = {}
    for solder in solders:
        for element, fraction in materials.get(solder).composition:
            elements[element] = elements.get(element, 0.0) + fraction * masses[solder] / mass
    tension = math.fsum(q.surface_tension * v for q, v in zip(liquids, volumes, strict=True))
    tension /= total
    if len(solders) > 1:  # a mixture of which the case gives values
        own = materials.get("+".join(solders))
        if own.surface_tension is not None:
            tension = own.surface_tension.at(temperature)
        if own.density_liquid is not None:
            stretch = mass / own.density_liquid.at(temperature) / total
            volumes = tuple(v * stretch for v in volumes)
            total *= stretch
    return Melt(
        solders,
        tuple(masses.values()),
        volumes,
        dict(sorted(elements.items())),
        tension,
        mass / total,
    )
