"""What a liquid becomes as it cools: the rest that it reaches at its solidus, and the solid.

Down to the solidus it is liquid and at rest; what freezes is that rest. The solid keeps the
mass and takes its volume at 25 °C on the contact lines where the liquid ended: a capillary surface
between held lines, of the weight and the surface tension that the liquid has at its solidus. A
package that the liquid carries follows it down under its load; one that a core or a fixture holds
stays where it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bumpform.errors import CaseError, ConvergenceError, NoEquilibriumError, Problem
from bumpform.geometry.profile import Profile
from bumpform.materials.materials import Materials
from bumpform.process.reflows.melt import Melt, fuse
from bumpform.quick import replace
from bumpform.surface.drop.contact import LineAt
from bumpform.surface.drop.drop import Drop
from bumpform.surface.drop.equilibrium import FIRST_TOLERANCE, Doubt, Equilibrium, accurate
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.drop.newton import Surface, solve, stiffness
from bumpform.surface.drop.penetration import find_penetration
from bumpform.surface.drop.stability import analyse
from bumpform.surface.search.cap_or_ring import reach_any
from bumpform.units.units import format_quantity

#: Steps in which a volume is changed where one does not do.
STEPS = 8

__all__ = [
    "Frozen",
    "as_guess",
    "at_its_solidus",
    "cold_problems",
    "cooled",
    "solid_volume",
    "taken",
]


@dataclass(frozen=True, eq=False)
class Frozen:
    """A liquid that has frozen and shrunk.

    Attributes
    ----------
    solidus : float, K
        Where it froze; the peak, where that is lower than the solidus given for a mixture.
    volume : float, m³
        Of the solid at 25 °C.
    density : float, kg/m³
    rest : Equilibrium
        The liquid at its solidus.
    shape : Equilibrium
        The solid's surface. Its lines are held; its pressure, energy and forces mean nothing.
    held_by : str
        What holds a body above it then; empty where there is none.
    """

    solidus: float
    volume: float
    density: float
    rest: Equilibrium
    shape: Equilibrium
    held_by: str = ""


def solid_volume(liquid: Melt, materials: Materials) -> float:
    """Volume of a liquid's metal as a solid at 25 °C, m³.

    Of a mixture the sum of its parts' (ideal mixing), unless the case gives its density.

    Raises
    ------
    CaseError
        If a density is not known.
    """
    own = materials.get("+".join(liquid.solders)).density_solid if liquid.solders[1:] else None
    if own is not None:
        return liquid.mass / own.value
    return math.fsum(
        mass / materials.solid_density(solder)
        for solder, mass in zip(liquid.solders, liquid.masses, strict=True)
    )


def solidus_of(liquid: Melt, materials: Materials) -> float:
    """Solidus of a liquid, K.

    Raises
    ------
    CaseError
        If it is not known: of a mixture that the case does not give.
    """
    name = "+".join(liquid.solders)
    solidus = materials.get(name).solidus
    if solidus is not None:
        return solidus.value
    place = f'materials."{name}"'
    raise CaseError(
        [
            Problem(
                place,
                f"{name} has fused from different solders: at what temperature it freezes, and so "
                f"of what volume, is not known. Give [{place}] with solidus and liquidus, or leave "
                'out freezing = "shrinks".',
            )
        ]
    )


def cold_problems(liquid: Melt, materials: Materials) -> tuple[Problem, ...]:
    """What is not known of a liquid that freezes and shrinks."""
    found: list[Problem] = []
    for needed in (solidus_of, solid_volume):
        try:
            needed(liquid, materials)
        except CaseError as error:
            found += error.problems
    return tuple(found)


def at_its_solidus(liquid: Melt, peak: float, materials: Materials) -> tuple[float, Melt]:
    """Where a liquid freezes, K, and the liquid there: the same masses.

    Raises
    ------
    CaseError
    """
    solidus = min(solidus_of(liquid, materials), peak)
    return solidus, fuse([liquid.content(peak)], solidus, materials)


def cooled(found: Equilibrium, liquid: Melt, peak: float, materials: Materials) -> Frozen:
    """A cap or a ring, cooled from its rest at the peak and frozen.

    Parameters
    ----------
    found : Equilibrium
        At the peak.
    liquid : Melt
        There.
    peak : float, K
    materials : Materials

    Raises
    ------
    CaseError
        If its solidus or its density as a solid is not known.
    NoEquilibriumError, ConvergenceError
        If there is no rest at the solidus, or no such solid.
    """
    solidus, cool = at_its_solidus(liquid, peak, materials)
    profile = found.lines[0].solid.profile
    angles = tuple(cool.contact_angle(p.material, materials) for p in profile)
    land = LineForce(profile, angles, cool.drop(found.drop.gravity))
    outer, *others = (line.station for line in found.lines)
    rest = reach_any(land, outer, others[0] if others else None)
    volume = solid_volume(liquid, materials)
    shape = taken(rest, volume, liquid.mass)
    refuse_entering(shape, profile)
    return Frozen(solidus, volume, liquid.mass / volume, rest, shape)


def taken(
    rest: Equilibrium,
    volume: float,
    mass: float,
    *,
    load: float | None = None,
    standoff: float | None = None,
) -> Equilibrium:
    """The surface of the solid that a liquid at rest becomes, on its lines.

    Parameters
    ----------
    rest : Equilibrium
    volume : float, m³
        Of the solid.
    mass : float, kg
    load : float or None, N
        Under which a body above it comes to where the solid has this volume.
    standoff : float or None, m
        Of a body above it, where not that of the rest.

    Raises
    ------
    NoEquilibriumError
        If the liquid is not stable, or the surface.
    ConvergenceError
        If there is no such surface.
    """
    stability = analyse(rest.surface)
    if not stability.upright:
        raise NoEquilibriumError(
            "unstable", f"it is not a minimum of energy there: {stability.reason()}"
        )
    drop = replace(rest.drop, volume=volume, density=mass / volume)
    rise = 0.0 if standoff is None else standoff - rest.values["standoff_m"]
    guess = as_guess(rest, drop, rise)
    if load is not None:
        guess = replace(guess, load=load / drop.force_unit)
    surface = _solved(guess, guess.volume * rest.drop.volume / volume)
    stiff = load is None or stiffness(surface) > 0.0
    if not stiff or not analyse(surface, (0,)).stable:
        raise NoEquilibriumError(
            "no_equilibrium",
            f"no surface round {format_quantity(volume, 'volume', 6)} has its edge where the "
            "liquid's is",
        )
    lines = tuple(LineAt(line.solid, line.station, "pinned") for line in rest.lines)
    return accurate(surface, lines, drop).on_solid(Doubt(rest.doubt.place, 0.0))


def _solved(guess: Surface, before: float) -> Surface:
    """A surface on the first mesh, by steps of its volume/2π from that before where need be.

    Raises
    ------
    ConvergenceError
    """
    try:
        return solve(guess, tolerance=FIRST_TOLERANCE)
    except ConvergenceError:
        surface = guess
        for part in np.linspace(0.0, 1.0, STEPS + 1):
            volume = before + float(part) * (guess.volume - before)
            surface = solve(replace(surface, volume=volume), tolerance=FIRST_TOLERANCE)
        return surface


def refuse_entering(shape: Equilibrium, *solid: Profile) -> None:
    """Refuse a solid that would enter another.

    Parameters
    ----------
    shape : Equilibrium
    *solid : Profile
        The one that its outer line is on first.

    Raises
    ------
    NoEquilibriumError
    """
    met = find_penetration(shape.curve, *solid, between=len(shape.lines) == 2)
    if met is not None:
        raise met.refusal()


def as_guess(rest: Equilibrium, drop: Drop, rise: float = 0.0) -> Surface:
    """A surface at rest as the guess for another drop, its lines held where they are.

    A body above it is raised by so much, m.
    """
    old, near, scale = rest.drop, rest.surface, drop.length
    ratio = old.length / scale
    x, xi = near.x * ratio, near.mesh.xi[:, None]
    outer = rest.lines[0]
    start, end = outer.solid.line(outer.station, free=False, scale=scale), None
    x = x + (1.0 - xi) * (start.point() - x[0])
    if near.end is not None:
        line, lift = rest.lines[1], near.end.lift * ratio + rise / scale
        end = line.solid.line(line.station, free=False, scale=scale, lift=lift)
        x = x + xi * (end.point() - x[-1])
    pressure = near.pressure * old.surface_tension / (drop.surface_tension * ratio)
    return Surface(x, start, end, drop.bond, pressure, drop.scaled_volume)
