"""The diffusion barrier: layers grown one on the other on all solder that is exposed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bumpform.errors import ProcessError
from bumpform.geometry.curve import Array
from bumpform.geometry.edge import Edge
from bumpform.geometry.names import is_coating
from bumpform.growth.film import grow_film
from bumpform.stack.planar import grow_level, highest
from bumpform.stack.stack import Stack
from bumpform.units.units import format_length


class Juncture(NamedTuple):
    """Where a barrier's top surface ends: on a wall, on a layer's top, or at its own side.

    Attributes
    ----------
    r_m, z_m : float, m
    """

    r_m: float
    z_m: float


@dataclass(frozen=True)
class Layer:
    """One layer to grow: name of its region, material, thickness in m."""

    name: str
    material: str
    thickness: float


def grow(
    stack: Stack, layers: tuple[Layer, ...], *, growth: str = "conformal"
) -> tuple[Stack, tuple[Juncture, ...]]:
    """Grow layers, one on the other, on all exposed solder.

    Parameters
    ----------
    stack : Stack
    layers : tuple of Layer
        From the solder outwards: the barrier, then its finish.
    growth : "conformal" or "planar"
        As thick everywhere, or level: at its thickness above the solder's highest point about
        the axis.

    Returns
    -------
    Stack
        With a region for each layer (several where it grows on solder in several places).
    tuple of Juncture
        Of the last layer's top, for each part that it lies in, axis outwards.

    Raises
    ------
    ProcessError
        If no solder is exposed (for a level layer: at the axis), or the solder or a layer
        reaches the model's outer radius.
    """
    runs = exposed_solder(stack)
    profile = stack.profile
    if not runs or (growth == "planar" and runs[0].start > 0):
        first = profile.pieces[0].region
        if is_coating(first):
            raise ProcessError(
                f"barrier: the solder lies under {first} already. Its second metal is that "
                "barrier's finish; of three coats count the middle one's thickness with another"
            )
        where = "at the axis " if runs else ""
        raise ProcessError(
            f"barrier: no solder is exposed {where}({profile.pieces[0].region} is at the axis): "
            "deposit and reflow a solder first"
        )
    if runs[-1].stop == len(profile):
        raise ProcessError("barrier: the solder reaches the model's outer radius")
    grown = {profile.pieces[i].region for run in runs for i in run}
    total, ends = 0.0, tuple[Array, ...]()
    for layer in layers:
        total += layer.thickness
        if total > stack.outer:
            raise ProcessError(
                f"barrier: with {layer.name} it is {format_length(total)} thick, more than the "
                f"model's outer radius {format_length(stack.outer)}: make it thinner"
            )
        if growth == "planar":
            count = 1 if total > layer.thickness else runs[0].stop
            height = highest(stack.profile.pieces[:count]) + layer.thickness
            stack, end = grow_level(
                stack, name=layer.name, material=layer.material, height=height, count=count
            )
            ends = (end,)
            continue
        on = frozenset(grown)
        film = grow_film(
            stack,
            name=layer.name,
            material=layer.material,
            thickness=layer.thickness,
            on=lambda piece, on=on: piece.region in on,  # type: ignore[misc]
        )
        if any(region.limit is not None for region in film.regions):
            raise ProcessError(
                f"barrier: {layer.name} reaches the model's outer radius "
                f"{format_length(stack.outer)}, "
                "where it meets that of the next bump: make it thinner or the pitch larger"
            )
        stack, ends = film.stack, film.ends
        grown = {region.name for region in film.regions}
    return stack, tuple(Juncture(*end.tolist()) for end in ends)


def exposed_solder(stack: Stack) -> list[range]:
    """Numbers of the profile's pieces that are solder, for each run of them, axis outwards."""
    solder = {r.name for r in stack.regions if r.is_solder}
    bare = [i for i, piece in enumerate(stack.profile) if piece.region in solder]
    starts = [i for i in bare if i - 1 not in bare]
    stops = [i + 1 for i in bare if i + 1 not in bare]
    return [range(start, stop) for start, stop in zip(starts, stops, strict=True)]


def distance_to_surface(point: tuple[float, float], pieces: tuple[Edge, ...]) -> float:
    """Shortest distance of a point from a chain of edges, m.

    The parallel curve at this distance passes through the point: the flush thickness,
    when the point is the opening's rim and the chain is the dome.
    """
    best = math.inf
    for edge in pieces:
        u = edge.fractions(16)
        gap = edge.sample(16) - np.array(point)
        slope = np.vecdot(gap, edge.slopes(16))
        best = min(best, math.hypot(*gap[0].tolist()), math.hypot(*gap[-1].tolist()))
        for i in np.flatnonzero((slope[:-1] <= 0.0) & (slope[1:] > 0.0)).tolist():
            r, z, *_ = edge.jet(edge.foot(np.array(point), float(u[i]), float(u[i + 1])))
            best = min(best, math.hypot(r - point[0], z - point[1]))
    return best
