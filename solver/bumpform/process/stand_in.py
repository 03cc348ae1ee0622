"""Solids in place of surfaces that nobody has solved yet, for a process gone through dry.

Each has the volume and the composition of what melts. Together they bracket what a surface may
be: low and wide, high and narrow, wider than its foot, and two in between. What is so with every
one of them is taken to be so with the solved surface.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from bumpform.process.reflows.melt import Content, Melt
from bumpform.process.state import State
from bumpform.quick import replace
from bumpform.stack.deposit import deposit
from bumpform.stack.stack import Region
from bumpform.steps.kinds import Ball, Column, Deposit

__all__ = ["PLAINEST", "WAYS", "stand_in"]

#: Radius of the high one, relative to the cube root of its volume: it is then 2 of these high, a
#: sphere 1.24; and of the wide one, relative to the model's, whose edge no liquid reaches.
_NARROW: Final = 0.4
#: The same, relative to the radius of what it stands on.
_WITHIN: Final = 0.5
_WIDE: Final = 0.999


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
    solids = state.stack.without(*molten)
    under = solids.region(solids.profile.pieces[0].region).widest
    radius = min(_NARROW * content.volume ** (1.0 / 3.0), _WITHIN * under)
    return _cylinder(state, molten, material, content, radius)


def _wide(state: State, molten: tuple[str, ...], material: str, content: Content) -> State:
    """A lake almost to the model's edge."""
    return _cylinder(state, molten, material, content, _WIDE * state.stack.outer)


def _cylinder(
    state: State, molten: tuple[str, ...], material: str, content: Content, radius: float
) -> State:
    height = content.volume / (math.pi * radius**2)
    column = Column.model_construct(radius=radius, height=height)
    return _put(state, molten, content, Deposit.model_construct(solder=material, column=column))


def _round(state: State, molten: tuple[str, ...], material: str, content: Content) -> State:
    """A sphere: it bulges over its foot, and what is poured beside it runs under it."""
    ball = Ball.model_construct(diameter=(6.0 * content.volume / math.pi) ** (1.0 / 3.0))
    return _put(state, molten, content, Deposit.model_construct(solder=material, ball=ball))


def _put(state: State, molten: tuple[str, ...], content: Content, step: Deposit) -> State:
    """A deposit on what stays solid; its size is no input, so no limit on inputs holds for it."""
    stack, _ = deposit(state.stack.without(*molten), step)
    contents = {name: c for name, c in state.contents.items() if name not in molten}
    contents[stack.regions[-1].name] = content
    return replace(state, stack=stack, contents=contents)


#: Kinds of stand-ins.
WAYS: Final[dict[str, Callable[[State, tuple[str, ...], str, Content], State]]] = {
    "as deposited": _as_deposited,
    "poured": _poured,
    "high": _high,
    "wide": _wide,
    "round": _round,
}
PLAINEST: Final = ("as deposited",)
