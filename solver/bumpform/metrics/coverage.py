"""How much of a solid bump or core liquid covers, by area, whatever the liquid's topology."""

from __future__ import annotations

import math

from bumpform.geometry.names import is_coating
from bumpform.geometry.profile import Profile, Station
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.reflow import Liquid, Stage
from bumpform.process.state import State
from bumpform.stack.stack import Stack
from bumpform.units.measured import Measured


def coverage(before: State, stage: Stage) -> dict[str, Measured | float]:
    r"""Covered part of a bump or core, and the radius of what is bare round the axis.

    .. math:: \text{coverage} = \frac{A_\text{covered}}{A_\text{exposed}}

    Of the body's surface as it was exposed before the liquid was put on it: that of its barrier
    where one is grown. What liquids cover is what lies between their contact lines. A surface
    that lies off by δ everywhere has an area that is off by δ∫(κ1 + κ2) dA, which of a sphere is
    2δA/R.

    Parameters
    ----------
    before : State
        Before the stage.
    stage : Stage

    Returns
    -------
    dict
        coverage, bare_polar_radius_m; empty where the stage has no shape, or there is no body.
    """
    found = stage.equilibrium
    pieces = covered_pieces(stage.solids)
    if found is None or not pieces:
        return {}
    profile = stage.solids.profile
    whole = math.fsum(_area(profile, piece, 0.0, 1.0) for piece in pieces)
    spans = [wetted(liquid, profile) for liquid in stage.liquids if liquid.equilibrium]
    bare = math.fsum(_bare(profile, piece, spans) for piece in pieces)
    shape = 4.0 * before.doubt.place * math.sqrt(whole)
    along = math.fsum(
        values[f"{line.end}.r_m"].value
        * math.hypot(values[f"{line.end}.r_m"].error, values[f"{line.end}.z_m"].error)
        for liquid in stage.liquids
        if liquid.equilibrium is not None
        for values in (liquid.equilibrium.measured,)
        for line in liquid.equilibrium.lines
        if line.station.piece in pieces
    )
    polar: Measured | float = 0.0
    if len(found.lines) == 2:
        polar = found.measured["inner.r_m"]
    if bare <= 1e-12 * whole:  # a line at its end covers it, to round-off
        return {"coverage": 1.0, "bare_polar_radius_m": polar}
    exposed = Measured(bare, along + shape) / Measured(whole, shape)
    return {"coverage": 1.0 - exposed, "bare_polar_radius_m": polar}


def covered_pieces(solids: Stack) -> tuple[int, ...]:
    """Numbers of the pieces of the solid profile that are a bump's, a core's or its barrier's.

    A barrier's skin, where there is one; else the bump or core about the axis, or the
    innermost one where none stands there.
    """
    bumps = {r.name for r in solids.regions if r.is_bump}
    pieces = solids.profile.pieces
    skin = tuple(i for i, p in enumerate(pieces) if is_coating(p.region))
    if skin:
        return skin
    body = [i for i, p in enumerate(pieces) if p.region in bumps]
    return tuple(i for n, i in enumerate(body) if i == body[0] + n)


def body_chains(solids: Stack) -> list[list[int]]:
    """Numbers of the pieces that are bumps, cores, barriers and plates on them, by what is joined.

    A plate lies on a bump or core if it came after it and shares a surface with it, or with another
    plate that lies on it. To solder that has melted since under it, it is a land.
    """
    named = {r.name for r in solids.regions if r.is_bump or is_coating(r.name)}
    shown = {piece.region for piece in solids.profile} - named
    named |= {name for name in shown if _lies_on(solids, name)}
    chains: list[list[int]] = []
    for i, piece in enumerate(solids.profile):
        if piece.region not in named:
            continue
        if chains and chains[-1][-1] == i - 1:
            chains[-1].append(i)
        else:
            chains.append([i])
    return chains


def _lies_on(solids: Stack, name: str) -> bool:
    """Whether a region of metal lies on a bump or core that was there before, or on its plates."""
    above = solids.region(name)
    if not above.is_metal:
        return False
    own = [(id(e.curve), *sorted((e.first, e.last))) for e in above.loop]
    before = solids.regions[: solids.regions.index(above)]
    return any(
        curve == id(edge.curve) and max(low, ends[0]) < min(high, ends[1])
        for region in before
        if region.is_bump or _lies_on(solids, region.name)
        for edge in region.loop
        for ends in (sorted((edge.first, edge.last)),)
        for curve, low, high in own
    )


def wetted(liquid: Liquid | Mounted, profile: Profile) -> tuple[Station, Station]:
    """Inner and outer end of what a liquid at rest covers."""
    found = liquid.equilibrium
    assert found is not None
    inner = found.lines[1].station if len(found.lines) == 2 else profile.start
    return inner, found.station


def _bare(profile: Profile, piece: int, spans: list[tuple[Station, Station]]) -> float:
    """Area/2π of a piece that no liquid covers, m²."""
    free = [(0.0, 1.0)]
    for inner, outer in spans:
        low = inner.u if inner.piece == piece else (0.0 if inner.piece < piece else 1.0)
        high = outer.u if outer.piece == piece else (1.0 if outer.piece > piece else 0.0)
        if high > low:
            free = [
                (a, b) for s, e in free for a, b in ((s, min(e, low)), (max(s, high), e)) if b > a
            ]
    return math.fsum(_area(profile, piece, a, b) for a, b in free)


def _area(profile: Profile, piece: int, start: float, stop: float) -> float:
    return float(profile.pieces[piece].moments(start, stop)[2])
