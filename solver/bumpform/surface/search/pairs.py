"""Coarse equilibria with both contact lines held: ``sampling`` for rings and bridges."""

from __future__ import annotations

from typing import NamedTuple

from bumpform.geometry.curve import Array
from bumpform.surface.drop.reference_element import reference_mesh
from bumpform.surface.drop.sampling import ELEMENTS, STEP_TOLERANCE, Relaxed, relax
from bumpform.surface.joints.arc import arcs

#: Newton steps: what an arc is near to takes four, what takes more has left its shape.
MAX_STEPS = 8


class Load(NamedTuple):
    """What a floating upper body weighs on each place.

    Attributes
    ----------
    force : float
        Force/2πσL that presses it down.
    volumes : ndarray, shape (places,)
        Solid-side volume/2π of the last lines, which the liquid's weight acts through.
    """

    force: float
    volumes: Array


def hold_pairs(
    first: Array, last: Array, volumes: Array, bond: float, load: Load | None = None
) -> tuple[Relaxed, Array]:
    """Equilibria with both lines held at each pair of places.

    Parameters
    ----------
    first, last : ndarray, shape (places, 2)
        Scaled contact lines.
    volumes : ndarray, shape (places,)
        Volume/2π of the free part: the liquid's less both solid sides'.
    bond : float
    load : Load, optional
        Then the last lines rise until the liquid carries it; ``last`` is a guess.

    Returns
    -------
    Relaxed
    ndarray, shape (places,)
        A + Bo·W of each free surface.
    """
    mesh = reference_mesh(ELEMENTS)
    x, curved = arcs(first, last, volumes, mesh)
    # curvature across: a line round the axis adds the slope's share
    pressure = curved + bond * first[:, 1]
    weights = None if load is None else bond * load.volumes + load.force
    held = relax(
        mesh,
        x,
        pressure,
        volumes,
        bond,
        closed=False,
        tolerance=STEP_TOLERANCE,
        most=MAX_STEPS,
        weights=weights,
    )
    area, weight = mesh.integrals(held.x).T
    return held, area + bond * weight
