"""Solids in place of surfaces that nobody has solved yet, for a process gone through dry.

Each has the volume and the composition of what melts. Together they bracket what a surface may
be: low and wide, high and narrow, wider than its foot, and two in between. What is so with every
one of them is taken to be so with the solved surface.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from bumpform.errors import ProcessError
from bumpform.geometry.curve import Arc
from bumpform.geometry.edge import Edge
from bumpform.process.reflows.melt import Content, Melt
from bumpform.process.state import State
from bumpform.quick import replace
from bumpform.stack.deposit import deposit, opening_rim
from bumpform.stack.stack import Region, Stack, line
from bumpform.steps.kinds import Column, Deposit

__all__ = ["PLAINEST", "WAYS", "stand_in"]

#: Radius of the high one, relative to the cube root of its volume: it is then 2 of these high, a
#: sphere 1.24; and of the wide one, relative to the model's, whose edge no liquid reaches.
_NARROW: Final = 0.4
#: The same, relative to the radius of what it stands on.
_WITHIN: Final = 0.5
_WIDE: Final = 0.999
#: By which a sphere may miss what it touches, relative to its radius.
_SLACK: Final = 1e-9


def stand_in(
    state: State,
    way: str,
    molten: tuple[str, ...],
    liquid: Melt,
    peak: float,
    volume: float | None = None,
) -> State:
    """The state with a solid in place of what has melted and frozen again.

    Parameters
    ----------
    state : State
        With the deposits.
    way : str
        One of `WAYS`.
    molten : tuple of str
        Regions that melt.
    liquid : Melt
    peak : float, K
    volume : float or None, m³
        Of the solid; None: the liquid's.

    Raises
    ------
    ProcessError
        If no such solid fits the stack.
    """
    content = liquid.content(peak, volume)
    return WAYS[way](state, molten, "+".join(liquid.solders), content)


def _as_deposited(state: State, molten: tuple[str, ...], material: str, content: Content) -> State:
    """Each body where it stands, all of one material."""
    regions, contents = [], dict(state.contents)
    whole = math.fsum(state.contents[name].volume for name in molten)
    for region in state.stack.regions:
        if region.name in molten:
            contents[region.name] = content.scaled(state.contents[region.name].volume / whole)
            region = Region.bounded(region.name, material, region.loop, region.kind)
        regions.append(region)
    return replace(state, stack=replace(state.stack, regions=tuple(regions)), contents=contents)


def _poured(state: State, molten: tuple[str, ...], material: str, content: Content) -> State:
    """Level in the cavity, what exceeds it over the rim; a cap of 90° on a flat place."""
    step = Deposit.model_construct(solder=material, volume=content.volume)
    return _put(state, molten, content, step)


def _high(state: State, molten: tuple[str, ...], material: str, content: Content) -> State:
    """A narrow cylinder about the axis, on nothing but what is uppermost there.

    Of a ball or a post, liquid may lie on the top alone, and nothing of it at the foot.
    """
    radius = _narrow(state.stack.without(*molten), content.volume)
    return _cylinder(state, molten, material, content, radius)


def _narrow(solids: Stack, volume: float) -> float:
    """Radius of a foot that is on nothing but what is uppermost on the axis, m."""
    under = solids.region(solids.profile.pieces[0].region).widest
    return min(_NARROW * volume ** (1.0 / 3.0), _WITHIN * under)


def _wide(state: State, molten: tuple[str, ...], material: str, content: Content) -> State:
    """A lake almost to the model's edge."""
    return _cylinder(state, molten, material, content, _WIDE * state.stack.outer)


def _cylinder(
    state: State, molten: tuple[str, ...], material: str, content: Content, radius: float
) -> State:
    height = content.volume / (math.pi * radius**2)
    column = Column.model_construct(radius=radius, height=height)
    return _put(state, molten, content, Deposit.model_construct(solder=material, column=column))


def _bulging(state: State, molten: tuple[str, ...], material: str, content: Content) -> State:
    """Part of a sphere, wider than its foot: what is put beside it may run in under it.

    Over an opening that it fills, or as narrow at its foot as the high one.
    """
    solids = state.stack.without(*molten)
    profile = solids.profile
    narrow = profile.crossings(0, _narrow(solids, content.volume))
    foot = opening_rim(solids) or max(narrow, key=lambda s: float(profile.point(s)[1]))
    inside = profile.between(profile.start, foot)
    radius, level = profile.point(foot).tolist()
    over = 3.0 / math.pi * (content.volume - math.tau * float(profile.moments(foot)[0]))
    if over < 2.0 * radius**3:
        raise ProcessError("what is over its foot is less than a half of a ball")
    part = (over + math.hypot(over, radius**3)) ** (1.0 / 3.0)
    height = part - radius**2 / part  # h³ + 3r²h = 6V/π
    sphere = 0.5 * (radius**2 / height + height)
    centre = level + height - sphere
    for pieces, is_in in ((inside, True), (profile.between(foot, profile.end), False)):
        r, z = np.vstack([edge.sample(16) for edge in pieces]).T
        off = np.hypot(r, z - centre) / sphere - 1.0
        if np.any((off > _SLACK) & (z > level) if is_in else off < -_SLACK):
            raise ProcessError("it would stand in solid")
    first = math.atan2(level - centre, radius)
    arc = Arc((0.0, centre), sphere, first, 0.5 * math.pi)
    axis = line((0.0, level + height), profile.point(profile.start))
    loop = (*inside, Edge(arc, first, 0.5 * math.pi), Edge(axis, 0.0, 1.0, "axis"))
    name = solids.unique_name(material)
    stack = solids.with_region(Region.bounded(name, material, loop, "solder"))
    return _with(state, molten, content, stack)


def _put(state: State, molten: tuple[str, ...], content: Content, step: Deposit) -> State:
    """A deposit on what stays solid; its size is no input, so no limit on inputs holds for it."""
    stack, _ = deposit(state.stack.without(*molten), step)
    return _with(state, molten, content, stack)


def _with(state: State, molten: tuple[str, ...], content: Content, stack: Stack) -> State:
    """The state with a stack, on which the last region is what has melted."""
    contents = {name: c for name, c in state.contents.items() if name not in molten}
    contents[stack.regions[-1].name] = content
    return replace(state, stack=stack, contents=contents)


#: Kinds of stand-ins.
WAYS: Final[dict[str, Callable[[State, tuple[str, ...], str, Content], State]]] = {
    "as deposited": _as_deposited,
    "poured": _poured,
    "high": _high,
    "wide": _wide,
    "bulging": _bulging,
}
PLAINEST: Final = ("as deposited",)
