"""Coarse equilibria with both contact lines held: ``sampling`` for rings and bridges."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bumpform.stack.curve import Array
from bumpform.surface.arc import arcs
from bumpform.surface.interval import interval
from bumpform.surface.sampling import ELEMENTS, pulls, relax

#: Newton steps: what an arc is near to takes four, what takes more has left its shape.
MAX_STEPS = 8


class Pairs(NamedTuple):
    """Equilibria with both lines held, scaled as in ``meridian``.

    Attributes
    ----------
    x : ndarray, shape (places, nodes, 2)
    pressure : ndarray, shape (places,)
    lift : ndarray, shape (places,)
        Rise of the last ends, where an upper body floats.
    pulls : ndarray, shape (places, 2, 2)
        Unit vectors along the surface away from the first and from the last line.
    energy : ndarray, shape (places,)
        A + Bo·W of the free surface.
    converged : ndarray of bool, shape (places,)
    """

    x: Array
    pressure: Array
    lift: Array
    pulls: Array
    energy: Array
    converged: NDArray[np.bool_]


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
) -> Pairs:
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
    """
    mesh = interval(ELEMENTS)
    with np.errstate(all="ignore"):
        x, curved = arcs(first, last, volumes, mesh.xi)
        # curvature across: a line round the axis adds the slope's share
        pressure = curved + bond * first[:, 1]
        weights = None if load is None else bond * load.volumes + load.force
        done = relax(x, pressure, volumes, bond, closed=False, steps=MAX_STEPS, weights=weights)
        gradient, _ = mesh.gradients(x, bond, pressure)
        ends = [pulls(x, gradient, bond, pressure, last=last) for last in (False, True)]
        area, weight = mesh.integrals(x).T
        energy = area + bond * weight
        return Pairs(x, pressure, done.lift, np.stack(ends, axis=1), energy, done.converged)
