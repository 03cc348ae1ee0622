"""Energy over the places of contact lines: what a picture of the landscape shows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bumpform.geometry.curve import Array
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.drop.penetration import find_penetration
from bumpform.surface.drop.reference_element import reference_mesh
from bumpform.surface.drop.sampling import ELEMENTS, hold
from bumpform.surface.search.chart import Chart, Places


@dataclass(frozen=True, eq=False)
class EnergyMap:
    """Energy with every contact line held, the liquid in equilibrium otherwise.

    Attributes
    ----------
    places : tuple of Places
        Of one line, or of two.
    energy : ndarray, shape (places,) or (places, places), J
        Above that of the reached equilibrium; NaN where there is no surface.
    clear : ndarray of bool, of the same shape
        Whether the surface enters no solid.
    """

    places: tuple[Places, ...]
    energy: Array
    clear: NDArray[np.bool_]


def of_caps(land: LineForce, places: Places, reached: Equilibrium) -> EnergyMap:
    """Energy of caps, by the place of their contact line."""
    drop, mesh = land.drop, reference_mesh(ELEMENTS)
    lines = [land.line(station, free=False) for station in places.stations]
    solid = np.array([line.solid for line in lines])
    points = np.array([line.point() for line in lines])
    volumes = drop.scaled_volume - solid[:, 0]
    held = hold(points, volumes, drop.bond)
    area, weight = mesh.integrals(held.x).T
    energy = area + drop.bond * (weight + solid[:, 1]) - solid[:, 2]
    energy[~held.converged] = math.nan
    clear = np.zeros(len(lines), dtype=bool)
    for i in np.flatnonzero(held.converged):
        clear[i] = find_penetration(mesh.curve(held.x[i] * drop.length), land.profile) is None
    return EnergyMap((places,), drop.energy_unit * energy - reached.values["energy_J"], clear)


def of_pairs(chart: Chart, reached: Equilibrium) -> EnergyMap:
    """Energy of rings, or of joints at one height, by the places of both contact lines."""
    drop, (first, last) = chart.joint.drop, chart.places
    solids = {id(axis.solid.profile): axis.solid.profile for axis in (first, last)}.values()
    clear = np.zeros(chart.index.shape, dtype=bool)
    for i, j in np.argwhere(chart.index >= 0).tolist():
        curve = reference_mesh(ELEMENTS).curve(chart.surfaces.x[chart.index[i, j]] * drop.length)
        clear[i, j] = find_penetration(curve, *solids, between=True) is None
    above = chart.energy - reached.surface.energy()
    return EnergyMap(chart.places, drop.energy_unit * above, clear)
