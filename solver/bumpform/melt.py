"""What melts in a stage, and the liquid that it becomes.

Melted solders that touch are one liquid: masses add, the composition follows by mass.
The mixture's surface tension and cosines of contact angles are the means of those of
its parts by volume, its volume the sum of theirs (ideal mixing).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from bumpform.landscape import Drop
from bumpform.materials import Materials


@dataclass(frozen=True)
class Content:
    """Metal in one region of solder.

    Attributes
    ----------
    alloys : tuple of (solder, mass in kg)
        Masses are 0 until the first melting fixes them from the volume.
    volume : float, m³
        Of the metal when it last was liquid (of a deposit: as it will be).
    """

    alloys: tuple[tuple[str, float], ...]
    volume: float


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

    def drop(self, gravity: float) -> Drop:
        """The liquid as the solver takes it."""
        return Drop(self.volume, self.surface_tension, self.density, gravity)

    def contact_angle(self, surface: str, materials: Materials) -> float:
        """Young's angle on a surface, rad: mean of the solders' cosines by volume."""
        if len(self.solders) == 1:
            return materials.contact_angle(self.solders[0], surface)
        mean = math.fsum(
            v * math.cos(materials.contact_angle(s, surface))
            for s, v in zip(self.solders, self.volumes, strict=True)
        )
        return math.acos(mean / self.volume)


def melt(contents: list[Content], temperature: float, materials: Materials) -> Melt:
    """Fuse the contents of regions at a temperature in K."""
    masses: dict[str, float] = {}
    for content in contents:
        for solder, mass in content.alloys:
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
    return Melt(
        solders,
        tuple(masses.values()),
        volumes,
        dict(sorted(elements.items())),
        tension / total,
        mass / total,
    )
