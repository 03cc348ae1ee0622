"""Solder as deposited: where it stands before it melts, and how much of it there is.

The shape matters for pictures and meshes, and its outline is where the liquid touches
the solid first. A paste takes up more room than its metal. Whether a volume of metal is that of
the liquid or of the solid is for the caller to say.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bumpform.errors import ProcessError
from bumpform.geometry.curve import Arc
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.geometry.roots import find_root
from bumpform.stack.bodies import ball_on
from bumpform.stack.layers import ends_on, lining, rim_of
from bumpform.stack.level import (
    NEAR,
    below_level,
    farthest,
    level_volume,
    levelled,
    summit,
    within_level,
)
from bumpform.stack.stack import Region, Stack, line
from bumpform.units.amounts import Amounted, metal_share
from bumpform.units.units import format_length, format_quantity

#: Less metal than this part of the cube of the model's radius is none.
NOTHING = 1e-15
#: Radius of solder drawn where a cap of 90° does not fit, relative to the model's.
WIDEST = 0.9
#: Part of a print's room from which on it is told what stands in its aperture.
TOLD = 1e-3
#: Radius of a deposit under a bulge, relative to the bulge's.
CLEAR = 1.001


@dataclass(frozen=True)
class Amount:
    """How much is deposited.

    Attributes
    ----------
    metal : float, m³
        Volume of the metal.
    bulk : float, m³
        Room that the deposit takes: paste and powder hold flux and air too.
    whole : float, m³
        Of a print: the room below the stencil's top, as if nothing stood in its aperture.
    standing : float, m³
        Of that, what is solid.
    """

    metal: float
    bulk: float
    whole: float = 0.0
    standing: float = 0.0

    def note(self, step: Amounted) -> str | None:
        """What one may not expect of it, if anything: solid that stands in a stencil's aperture."""
        if self.standing <= TOLD * self.whole or step.stencil is None:
            return None
        less = step.stencil.transfer * (1.0 - self.standing / self.whole)
        return (
            f"{step.solder}: {format_quantity(self.standing, 'volume', 4)} of solid stand in the "
            "stencil's aperture; the amount is that of the whole aperture, nothing is taken off "
            f"(transfer = {less:.4g} takes it off)"
        )


def deposit_amount(stack: Stack, step: Amounted, metal_density: float | None = None) -> Amount:
    """Volumes of a deposit on a stack (fills and prints depend on what they are put on).

    Parameters
    ----------
    stack : Stack
    step : Amounted
    metal_density : float or None, kg/m³
        Of the solid metal; needed for a paste by weight only.
    """
    if step.fill is not None:
        bulk = _fill(stack, step.fill.layer)[1]
        return Amount(bulk * metal_share(step.fill, metal_density), bulk)
    if step.stencil is not None:
        limit = _outline(stack.profile, step.stencil.radius, step)
        level, below = _below(stack.profile, limit)
        whole = step.stencil.aperture + below
        solid = _above(stack.profile, limit, level)
        solid -= _above(stack.profile, limit, level + step.stencil.thickness)
        bulk = whole * step.stencil.transfer
        return Amount(bulk * metal_share(step.stencil, metal_density), bulk, whole, solid)
    metal = step.metal_volume
    assert metal is not None  # every other way of stating an amount is a volume of metal
    return Amount(metal, metal)


def deposit(
    stack: Stack, step: Amounted, metal_density: float | None = None
) -> tuple[Stack, Amount]:
    """The stack with the deposit standing on it.

    Parameters
    ----------
    stack : Stack
    step : Amounted
        Column, stencil: a block over its own outline. Fill: level with the layer's top.
        Volume: level in the cavity, the excess as a cylinder over the opening's rim; on
        a flat place a cap of 90°, or a cylinder where the model is too narrow for it. Ball: a
        sphere at the lowest place that it can have, at the axis or on a ring over a hollow.
    metal_density : float or None, kg/m³
        Of the solid metal; needed for a paste by weight only.

    Returns
    -------
    Stack, Amount

    Raises
    ------
    ProcessError
        If the deposit is nothing or does not fit the model, or there is no such opening to fill.
    """
    amount = deposit_amount(stack, step, metal_density)
    if amount.metal < NOTHING * stack.outer**3:
        raise ProcessError(
            f"deposit {step.solder}: {format_quantity(amount.metal, 'volume', 3)} of metal is "
            "nothing"
            + (f": the opening of {step.fill.layer} is full" if step.fill else "")
            + ": leave the step out"
        )
    profile = stack.profile
    if step.fill is not None:
        loop = _fill(stack, step.fill.layer)[0]
    elif step.ball is not None:
        stack, loop = ball_on(stack, 0.5 * step.ball.diameter)
    elif step.column is not None:
        loop = _block(profile, _outline(profile, step.column.radius, step), amount.bulk)
    elif step.stencil is not None:
        loop = _block(profile, _outline(profile, step.stencil.radius, step), amount.bulk)
    else:
        rim = opening_rim(stack)
        if rim is not None and _overhangs(profile, rim):
            rim = None  # what stands in the opening hides it: a flat place, with a bump
        loop = _block(profile, rim, amount.bulk) if rim else _cap(profile, amount.bulk)
    name = stack.unique_name(step.solder)
    return stack.with_region(Region.bounded(name, step.solder, loop, "solder")), amount


def opening_rim(stack: Stack, layer: str | None = None) -> Station | None:
    """Rim of the topmost opening (of a layer): the inner end of the layer's top.

    What stands in the opening may hide its wall; where it rises straight over the rim
    (a barrier that stands proud), its own edge is the rim.
    """
    opened = {r.name for r in stack.regions if _is_open(r, 1e-9 * stack.outer)}
    profile = stack.profile
    for number in range(len(profile) - 1, 0, -1):
        piece = profile.pieces[number]
        if piece.region not in opened or piece.feature != f"{piece.region} top":
            continue
        if layer is not None and piece.region != layer:
            continue
        while number > 1 and (
            _drops(before := profile.pieces[number - 1])
            or (before.region, before.feature) == (piece.region, piece.feature)
        ):  # a film over a step has its top in several pieces
            number -= 1
        return Station(number - 1, 1.0)
    return None


def _is_open(layer: Region, near: float) -> bool:
    """Whether a wall ends where a layer's top does; a blanket ends on what stands through it."""
    rim = rim_of(layer)
    walls = (e.ends for e in layer.loop if e.feature == f"{layer.name} wall")
    return rim is not None and any(math.dist(rim, p) <= near for ends in walls for p in ends)


def _overhangs(profile: Profile, rim: Station) -> bool:
    """Whether what stands inside of a rim is wider than it, above it.

    Below it an opening may be wider: its wall leans over it, or a belly that was ground away above.
    """
    radius, height = profile.point(rim).tolist()
    inside = profile.between(profile.start, rim)
    widest = [e.point(farthest(e, 1.0, 0)) for e in inside]
    r, z = np.vstack([*(e.sample() for e in inside), widest]).T
    return bool(np.any((r > radius * (1.0 + 1e-9)) & (z > height + 1e-9 * radius)))


def _drops(piece: Edge) -> bool:
    """Whether a piece goes straight down, outwards along the profile."""
    (r0, z0), (r1, z1) = piece.ends
    return piece.is_straight and abs(r1 - r0) < 1e-9 * r1 and z1 < z0


def _outline(profile: Profile, radius: float, step: Amounted) -> Station:
    if not profile.crossings(0, radius):
        end = format_length(float(profile.point(profile.end)[0]))
        raise ProcessError(
            f"deposit {step.solder}: its radius {format_length(radius)} lies outside the model, "
            f"which ends at r = {end}, where the next "
            "one's begins: make it smaller, or the pitch larger"
        )
    return _upmost(profile, radius)


def _below(profile: Profile, limit: Station) -> tuple[float, float]:
    """Level of a stencil whose aperture ends at a station, m, and the room open below it, m³.

    It lies on what is highest from there outwards. What stands up into the aperture takes nothing
    from it: a stencil's amount is that of its aperture (``Amount.note`` tells what stands there).
    """
    beyond = profile.between(limit, profile.end)
    heights = [e.sample()[:, 1].max() for e in beyond]
    radius, edge = profile.point(limit).tolist()
    level = max([edge, *heights])
    room = 0.5 * radius**2 * (level - edge)
    for inner, outer, is_below in _parted(profile, limit, level):
        if is_below:
            room += float(profile.moments(outer)[0] - profile.moments(inner)[0])
    return level, 2.0 * math.pi * room


def _above(profile: Profile, limit: Station, level: float) -> float:
    """Volume in m³ of the solid above a level, inside of a station that is not above it."""
    solid = 0.0
    for inner, outer, is_below in _parted(profile, limit, level):
        if not is_below:
            solid -= float(profile.moments(outer)[0] - profile.moments(inner)[0])
    return 2.0 * math.pi * solid


def _parted(
    profile: Profile, limit: Station, level: float
) -> Iterator[tuple[Station, Station, bool]]:
    """Parts of a profile up to a station that lie below a level, or not."""
    ends = [profile.start, *(s for s in profile.crossings(1, level) if s < limit), limit]
    for inner, outer in itertools.pairwise(ends):
        z = np.concatenate([[level], *(e.sample()[:, 1] for e in profile.between(inner, outer))])
        yield inner, outer, bool(level - z.min() > z.max() - level)


def _outermost(profile: Profile, radius: float) -> Station:
    """The last of the places at a radius, as ``Profile.crossings`` lists them, from outside."""
    pieces = profile.pieces
    found = ((i, pieces[i].crossings(0, radius)) for i in range(len(pieces) - 1, -1, -1))
    number, fractions = next((i, us) for i, us in found if us)
    u = fractions[-1]
    if u < 1e-12 and number > 0:  # a vertex is the end of the piece inside of it
        inside = pieces[number - 1].crossings(0, radius)
        if inside and inside[-1] > 1.0 - 1e-12:
            return Station(number - 1, 1.0)
    return Station(number, 1.0 if u > 1.0 - 1e-12 else u)


def _upmost(profile: Profile, radius: float) -> Station:
    """The highest place at a radius; of several as high, the outermost."""
    places = profile.crossings(0, radius)
    return max(places, key=lambda s: (round(profile.point(s)[1], 15), s))


def _fill(stack: Stack, layer: str) -> tuple[tuple[Edge, ...], float]:
    rim = opening_rim(stack, layer)
    if rim is None:
        if over := lining(stack, layer):
            raise ProcessError(
                f"deposit: fill of {layer!r}, which {over} covers: put it into what is left of the "
                "opening with a stencil, or as a column, of that radius",
                key="fill",
            )
        if inside := ends_on(stack, layer):
            raise ProcessError(
                f"deposit: fill of {layer!r}, which ends on {inside}, at least as high as its top "
                "there, and leaves nothing to fill: give a volume",
                key="fill",
            )
        walls = sorted({p.region for p in stack.profile if p.feature == f"{p.region} wall"})
        known = f"openings: {', '.join(walls)}" if walls else "no layer has an open opening"
        raise ProcessError(
            f"deposit: fill of {layer!r}, which shows no opening here ({known})", key="fill"
        )
    profile = stack.profile
    level = float(profile.point(rim)[1])
    within = within_level(profile, rim, level)
    if within[0] == within[1]:
        raise ProcessError(
            f"deposit: what stands in the opening of {layer} leaves no room to fill", key="fill"
        )
    return levelled(profile, within, level), level_volume(profile, within)


def _block(profile: Profile, limit: Station, volume: float) -> tuple[Edge, ...]:
    """Level fill inside of a station; what exceeds it as a cylinder over the station.

    Where a ridge parts what it fills from a trough round the axis, and it is too much for the
    outside alone, or would stand in both, and is too little to cover the ridge: in the trough, and
    on it.
    """
    radius, height = (float(c) for c in profile.point(limit))
    inside = profile.between(profile.start, limit)
    floor = min(float(e.sample()[:, 1].min()) for e in inside)
    peak, _ = summit(profile, limit)
    base = 2.0 * math.pi * float(profile.moments(limit)[0])  # up to the station's height

    def excess(level: float) -> float:
        if level <= floor:  # round-off may hide the crossing at the floor itself
            return -volume
        if level >= peak:
            return base + math.pi * radius**2 * (level - height) - volume
        within = below_level(profile, limit, level)
        poured = level_volume(profile, within)
        if level > height:
            poured += math.pi * radius**2 * (level - height)
        return poured - volume

    top = peak - excess(peak) / (math.pi * radius**2)
    if excess(peak) > 0.0:
        top = find_root(excess, floor, peak, tolerance=1e-15 * radius)
        below = top - NEAR * radius
        if abs(excess(below)) > 1e-3 * volume:  # at a ridge it flows over into a trough
            trough = below_level(profile, limit, below)[0]
            if not profile.start < trough < limit:
                raise ProcessError(
                    "deposit: its edge would stand on a ridge: put down more or less"
                )
            return _block(profile, trough, volume)
        within = below_level(profile, limit, top)
        ridge, where = summit(profile, within[1])
        if within[0] == profile.start and ridge > top + NEAR * radius:
            return _block(profile, where, volume)
        return levelled(profile, within, top)
    return levelled(profile, (profile.start, limit), top)


def _bulge(profile: Profile) -> float:
    """Largest radius from which the profile goes back inwards and down, m; 0 if it never does."""
    r, z = np.vstack([piece.sample(32) for piece in profile]).T
    dz = np.where(np.abs(np.diff(z)) > 1e-12 * r[-1], np.diff(z), 0.0)
    sloping = np.maximum.accumulate(np.where(dz != 0.0, np.arange(len(dz)), 0))
    under = (np.diff(r) < -1e-9 * r[-1]) & (dz[sloping] < 0.0)  # a level piece: as before it
    return float(r[:-1][under].max(initial=0.0))


def _cap(profile: Profile, volume: float) -> tuple[Edge, ...]:
    """Cap of 90° that stands on the profile around whatever is at the axis.

    Where that is higher than the cap: as wide, but level, round it; where it bulges over the cap's
    edge, under the bulge, or on it where it bulges over all of the model. Where the model is too
    narrow: level, and as wide as neighbours leave room.
    """
    reach = float(profile.point(profile.end)[0])

    def excess(radius: float) -> float:
        inside = 2.0 * math.pi * float(profile.moments(_outermost(profile, radius))[0])
        return inside + 2.0 / 3.0 * math.pi * radius**3 - volume

    bulge = _bulge(profile)
    if bulge >= reach:  # nothing beside it lies in the open
        return _block(profile, _upmost(profile, WIDEST * reach), volume)
    least = max(1e-9 * reach, min(CLEAR * bulge, 0.5 * (bulge + reach)))
    if excess(reach * (1.0 - 1e-9)) < 0.0:
        return _block(profile, _upmost(profile, max(WIDEST * reach, least)), volume)
    if excess(least) > 0.0:
        return _block(profile, _outermost(profile, least), volume)
    most = reach * (1.0 - 1e-9)
    corners = sorted({piece.ends[1][0] for piece in profile.pieces})
    radii = [c * x for c in corners for x in (1.0 - 1e-12, 1.0) if least < c * x < most]
    # on a step there are several: the narrowest, however wide the model is
    low, high = next(p for p in itertools.pairwise([least, *radii, most]) if excess(p[1]) >= 0.0)
    radius = find_root(excess, low, high, tolerance=1e-15 * reach)
    station = _outermost(profile, radius)
    centre = float(profile.point(station)[1])
    inside = profile.between(profile.start, station)
    r, z = np.vstack([e.sample(16) for e in inside]).T
    pierced = np.any(np.hypot(r, np.maximum(z - centre, 0.0)) > radius * (1.0 + 1e-9))
    if pierced or abs(excess(radius)) > 1e-6 * volume:  # at a step none may have that volume
        return _block(profile, station, volume)
    arc = Arc((0.0, centre), radius, 0.0, math.pi / 2)
    start = profile.point(profile.start)
    return (
        *inside,
        Edge(arc, 0.0, math.pi / 2),
        Edge(line((0.0, centre + radius), start), 0.0, 1.0, "axis"),
    )
