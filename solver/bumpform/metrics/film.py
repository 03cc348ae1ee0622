"""How thin the liquid over a covered bump, core or barrier is where it is thinnest."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from bumpform.geometry.curve import Array, PolynomialCurve, even_places
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.geometry.roots import find_root
from bumpform.kernel.native import doubles, library
from bumpform.metrics.coverage import body_chains, wetted
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.reflow import Liquid, Stage
from bumpform.process.state import State
from bumpform.units.measured import Measured

#: Places on each element of a surface where distances are looked at first.
PLACES = 4
#: Parts of the elements at the contact lines where they are looked at, too: a body whose edge is
#: beside a line is nearest in a small part of one. To the last bit those that the others are at
#: too, or a minimum at two places that are one lies between neither and its neighbours.
CLOSER = 2.0 ** np.linspace(-12.0, 0.0, 49)
#: Parts that a stretch is looked at in, which rises at first though it has a minimum inside.
FINER = 8
#: Up to this part of a length another is none: a radius on the axis, a gap at a contact line.
NIL = 1e-9
#: Up to this part of the radius at which it is a distance is round-off.
ROUND_OFF = 1e-13


def film_thickness(before: State, stage: Stage | Mounted) -> dict[str, Measured | float]:
    """Least local minimum of the distance between a free surface and the body that it covers.

    The wedge at a contact line is no film: what thins towards a line has no minimum. Where
    there is none at all and the surface closes over the axis, the liquid is thickest there, and
    that is its thickness, unless the body only stands round it; a ring without a minimum is all
    wedge.

    Parameters
    ----------
    before : State
        Before the stage.
    stage : Stage or Mounted
        A joint covers all inside of its lines, of the lower body and of the package.

    Returns
    -------
    dict
        film_thickness_m; empty where no body is covered.

    Notes
    -----
    A distance is off by no more than the two surfaces that it is measured between.
    """
    least: list[Measured] = []
    liquids: tuple[Liquid | Mounted, ...] = (
        (stage, *stage.bodies) if isinstance(stage, Mounted) else stage.liquids
    )
    for liquid in liquids:
        found = liquid.equilibrium
        if found is None:
            continue
        profile = stage.solids.profile
        joined = isinstance(liquid, Mounted) and liquid.gap is None
        span = (profile.start, found.station) if joined else wetted(liquid, profile)
        covered = list(_covered(profile, body_chains(stage.solids), span))
        if isinstance(liquid, Mounted) and joined and liquid.standoff is not None:
            hung = liquid.package.at(liquid.standoff).profile
            span = hung.start, found.lines[1].station
            covered += _covered(hung, body_chains(liquid.package.stack), span)
        for under in covered:
            thin = thinnest(found.curve, under, closes=len(found.lines) == 1)
            if thin is not None:
                least.append(Measured(thin, found.doubt.place + before.doubt.place))
    return {"film_thickness_m": min(least, key=float)} if least else {}


def _covered(
    profile: Profile, bodies: list[list[int]], span: tuple[Station, Station]
) -> Iterator[list[Edge]]:
    """What of every body lies between two places of a profile."""
    inner, outer = span
    for body in bodies:
        under = []
        for i in body:
            start = inner.u if i == inner.piece else 0.0
            stop = outer.u if i == outer.piece else 1.0
            if inner.piece <= i <= outer.piece and stop > start:
                under.append(profile.pieces[i].part(start, stop))
        if under:
            yield under


def thinnest(curve: PolynomialCurve, under: list[Edge], *, closes: bool) -> float | None:
    """Least local minimum of a curve's distance from edges, m; None where there is none."""
    places = _places(len(curve.coefficients), closes)
    points = curve.point(places)
    looked = [_feet(points, edge) for edge in under]
    gaps, feet = np.array([gap for gap, _ in looked]), np.array([foot for _, foot in looked])
    nearest, gap = gaps.argmin(axis=0), gaps.min(axis=0)
    found = []
    last, none = len(places) - 1, max(NIL * gap.max(), ROUND_OFF * points[:, 0].max())
    low = [(i - 1, i, i + 1) for i in _dips(gap)]
    if none < gap[0] <= gap[1]:  # it may fall before it rises
        low.append((0, 0, 1))
    if not closes and none < gap[-1] <= gap[-2]:
        low.append((last - 1, last, last))
    for start, i, stop in low:
        near = int(nearest[i]), float(feet[nearest[i], i])
        thin = _least(curve, under, places[[start, stop]].tolist(), near)
        if thin is not None and thin > none:  # in a wedge round-off makes minima, too
            found.append(thin)
    if closes and (gap[-1] <= gap[-2] or not found):  # on the axis the distance is stationary
        near, apex = (int(nearest[-1]), float(feet[nearest[-1], -1])), points[-1].tolist()
        thin, number, u = _foot(apex, under, near)
        lies_over = float(under[number].jet(u)[1]) < apex[1] - NIL * thin
        if (found or lies_over) and not _is_rim(under, number, u):
            found.append(thin)
    return min(found) if found else None


@lru_cache(maxsize=64)
def _places(elements: int, closes: bool) -> Array:
    """Parameters of a curve at which its distance is looked at: more of them beside its lines."""
    ends = (CLOSER,) if closes else (CLOSER, elements - CLOSER)
    places = np.unique(np.concatenate((even_places(elements, PLACES), *ends)))
    places.flags.writeable = False
    return places


def _dips(gap: Array) -> list[int]:
    """Places inside at which a distance is no more than at both neighbours."""
    dips: list[int] = (
        np.flatnonzero((gap[1:-1] <= gap[:-2]) & (gap[1:-1] <= gap[2:])) + 1
    ).tolist()
    return dips


def _is_rim(under: list[Edge], number: int, u: float) -> bool:
    """Whether a foot is where what is covered ends: the axis is no end."""
    if (number, u) == (len(under) - 1, 1.0):
        return True
    start, stop = under[0].ends
    return (number, u) == (0, 0.0) and start[0] > NIL * math.dist(start, stop)


def _least(
    curve: PolynomialCurve, under: list[Edge], between: list[float], near: tuple[int, float]
) -> float | None:
    """Distance at the local minimum between two places of a curve; None where it is a wedge's.

    Parameters
    ----------
    curve : PolynomialCurve
    under : list of Edge
    between : list of float
        The curve's parameters of the two places.
    near : tuple of int, float
        Number of the edge that the foot is on, and a fraction of it nearby.
    """

    def rise(t: float) -> float:
        r, z, dr, dz, *_ = curve.jet(t)
        _, number, u = _foot((r, z), under, near)
        foot_r, foot_z, *_ = under[number].jet(u)
        return float((r - foot_r) * dr + (z - foot_z) * dz)

    low, high = between
    if rise(low) >= 0.0 or rise(high) <= 0.0:  # as where a foot comes to a corner
        at = np.linspace(low, high, FINER + 1)
        gaps = np.array([_foot(place, under, near)[0] for place in curve.point(at).tolist()])
        dip = next(iter(_dips(gaps)), None)
        if dip is None:
            return None  # it turns where another part is nearer: no minimum of either
        low, high = float(at[dip - 1]), float(at[dip + 1])
        if rise(low) >= 0.0 or rise(high) <= 0.0:
            return None
    place = curve.point(find_root(rise, low, high)).tolist()
    gap, number, u = _foot(place, under, near)
    if _is_rim(under, number, u):
        return None  # the distance from the rim of what is covered: the wedge beside a line
    return gap


def _foot(
    place: Sequence[float], under: list[Edge], near: tuple[int, float]
) -> tuple[float, int, float]:
    """Distance of a place from a chain of edges, with the foot, by Newton's method.

    The foot moves on to the next edge where it leaves one.
    """
    (ffi, compiled), (number, u) = library(), near
    edges = ffi.new("edge *[]", [edge.table for edge in under])
    at, fraction = ffi.new("int *", number), ffi.new("double *", u)
    gap = compiled.chain_foot(len(under), edges, place, at, fraction)
    return gap, at[0], fraction[0]


def _feet(points: Array, edge: Edge) -> tuple[Array, Array]:
    """Distances of points from an edge, m, and the fractions of the edge at their feet."""
    gaps, feet = np.empty(len(points)), np.empty(len(points))
    numbers = map(doubles, (points, gaps, feet))
    if not library()[1].rough_feet(edge.table, len(points), *numbers):
        raise MemoryError
    return gaps, feet
