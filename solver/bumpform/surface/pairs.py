"""Coarse equilibria with both contact lines held: ``sampling`` for rings and bridges."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bumpform.stack.curve import Array
from bumpform.surface.arc import FLAT
from bumpform.surface.forms import interval
from bumpform.surface.sampling import ELEMENTS, pulls, relax

#: Arcs are looked for up to this half of their opening angle, rad.
WIDEST = 0.97 * math.pi
#: Halvings of the range of arcs: to 1e-6 rad.
HALVINGS = 22
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


def arcs(first: Array, last: Array, volumes: Array, xi: Array) -> tuple[Array, Array]:
    r"""Circular arcs that hold volumes: exact without gravity only between equal discs.

    An arc of half angle h and radius R over a chord from X₀ to X₁ holds the chord's frustum and,
    by Pappus, its segment: area R²(h − sin h cos h), with the moment about the chord
    R³(⅔ sin³h − cos h (h − sin h cos h)).

    Parameters
    ----------
    first, last : ndarray, shape (places, 2)
    volumes : ndarray, shape (places,)
        ∫½r²dz along each.
    xi : ndarray, shape (nodes,)

    Returns
    -------
    ndarray, shape (places, nodes, 2)
        Nodes, equally spaced in angle; NaN where no arc holds the volume.
    ndarray, shape (places,)
        Curvature of each arc, positive where it bulges from the liquid.
    """
    chord = last - first
    length = np.sqrt((chord**2).sum(axis=1))
    out = np.stack([chord[:, 1], -chord[:, 0]], axis=1) / length[:, None]
    r0, r1 = first[:, 0], last[:, 0]
    frustum = chord[:, 1] * (r0 * r0 + r0 * r1 + r1 * r1) / 6.0
    middle = 0.5 * (r0 + r1)

    def excess(half: Array) -> Array:
        h = np.where(np.abs(half) < FLAT, FLAT, half)
        sine, cosine = np.sin(h), np.cos(h)
        radius = 0.5 * length / sine
        segment = h - sine * cosine
        area = np.where(h == half, radius**2 * segment, length**2 * half / 6.0)
        moment = radius**3 * (2.0 / 3.0 * sine**3 - cosine * segment)
        return np.asarray(frustum + area * middle + out[:, 0] * moment - volumes)

    low, high = np.full(len(length), -WIDEST), np.full(len(length), WIDEST)
    for _ in range(HALVINGS):
        half = 0.5 * (low + high)
        small = excess(half) < 0.0
        low, high = np.where(small, half, low), np.where(small, high, half)
    half = 0.5 * (low + high)
    half = np.where(np.abs(half) > 0.99 * WIDEST, np.nan, np.where(half == 0.0, 1e-9, half))
    angle = half[:, None] * (2.0 * xi - 1.0)
    radius = (0.5 * length / np.sin(half))[:, None, None]
    along = chord / length[:, None]
    shift = np.sin(angle)[..., None] * along[:, None]
    shift += (np.cos(angle) - np.cos(half)[:, None])[..., None] * out[:, None]
    x = 0.5 * (first + last)[:, None] + radius * shift
    x[:, 0], x[:, -1] = first, last
    x[(x[..., 0] < 0.0).any(axis=1)] = np.nan
    return x, 2.0 * np.sin(half) / length


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
