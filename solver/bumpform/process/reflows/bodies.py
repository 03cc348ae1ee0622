"""Which regions of solder melt in a stage, which of them are one liquid, and which are shut in.

Regions are one body where they share a surface. A body with a free surface is a liquid that
finds its own equilibrium; two of them whose free surfaces touch in a point run together, and so do
those on either side of a void. A body that solid encloses on all sides melts inside its shell and
keeps its shape, also where the shell ends in a line on its edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bumpform.errors import CaseError, Problem, ProcessError
from bumpform.materials.materials import Materials
from bumpform.process.reflows.melt import Content, is_molten, molten_from
from bumpform.quick import quick
from bumpform.stack.contacts import NEAR, in_common, joined, share_surface
from bumpform.stack.stack import Region, Stack, apart
from bumpform.units.units import format_quantity

#: 0 °C in K.
ZERO_CELSIUS = 273.15


@quick
@dataclass(frozen=True)
class Bodies:
    """Bodies of molten solder on a stack, each as the names of its regions.

    Attributes
    ----------
    free : tuple of tuple of str
        With a free surface. The lowest one that reaches the axis comes first, or the lowest.
    enclosed : tuple of tuple of str
        All round in solid.
    """

    free: tuple[tuple[str, ...], ...]
    enclosed: tuple[tuple[str, ...], ...]

    @property
    def melted(self) -> tuple[str, ...]:
        """Regions of the free ones."""
        return tuple(name for body in self.free for name in body)

    @property
    def shut_in(self) -> tuple[str, ...]:
        """Regions of the enclosed ones."""
        return tuple(name for body in self.enclosed for name in body)


def molten_regions(
    stack: Stack, contents: dict[str, Content], temperature: float, materials: Materials
) -> tuple[str, ...]:
    """Names of the regions that are liquid at a temperature, from the bottom.

    Raises
    ------
    CaseError
        If one is between its solidus and liquidus.
    ProcessError
        If nothing melts.
    """
    solders = [r for r in stack.regions if r.is_solder]
    there = [r.material for r in solders]
    for solder in dict.fromkeys(there):
        wrong = materials.half_molten(solder, temperature, there)
        if wrong:
            raise CaseError([Problem(f"materials.{solder}", wrong, key="peak")])
    names = tuple(
        r.name for r in solders if is_molten(r.material, contents[r.name], temperature, materials)
    )
    if not names:
        if not there:
            raise ProcessError(
                "nothing melts: there is no solder on the stack. Deposit some before this step, or "
                "leave the step out"
            )
        at = format_quantity(temperature, "temperature")
        known = (molten_from(r.material, contents[r.name], materials) for r in solders)
        needed = min((t for t in known if t is not None), default=None)
        listed = ", ".join(dict.fromkeys(there))
        raise ProcessError(
            f"nothing melts at {at} (there is {listed}): {_hotter(temperature, needed)}", key="peak"
        )
    return names


def _hotter(temperature: float, needed: float | None) -> str:
    """What to do about a peak at which nothing melts, both in K."""
    if needed is None:
        return "raise the peak"
    advice = f"raise the peak above {format_quantity(needed, 'temperature')}"
    if temperature.is_integer() and temperature + ZERO_CELSIUS > needed:
        advice += f'; a bare number is in K: for {temperature:g} °C write "{temperature:g} degC"'
    return advice


def bodies_of(stack: Stack, names: Sequence[str]) -> Bodies:
    """The bodies that molten regions of a stack form.

    Parameters
    ----------
    stack : Stack
        With the molten regions.
    names : sequence of str
        Of the molten regions.
    """
    near = NEAR * stack.outer
    shown = {  # what rounding leaves bare is no free surface
        piece.region
        for piece in stack.profile
        if piece.region in names and apart(*piece.ends) > near
    }
    if len(names) == 1:
        body = (tuple(names),)
        return Bodies(body, ()) if shown else Bodies((), body)
    molten = [r for r in stack.regions if r.name in names]
    parts = joined([(r,) for r in molten], share_surface)
    free = [part for part in parts if any(r.name in shown for r in part)]
    shut = [part for part in parts if part not in free]
    rooms = [{edge.region for edge in void} for void in stack.voids]
    if rooms:  # what a body with a free surface shuts in over a void shows once that flows
        under = joined([*free, *shut], lambda a, b: _share_room(a, b, rooms))
        free = [part for part in under if any(r.name in shown for r in part)]
        shut = [part for part in under if part not in free]
    bare = [*stack.profile, *(edge for void in stack.voids for edge in void)]

    def ends(body: Sequence[Region]) -> list[tuple[float, float]]:
        """Where the free surfaces of a body begin and end."""
        own = {region.name for region in body}
        return [end for edge in bare if edge.region in own for end in edge.ends]

    free = joined(free, lambda a, b: in_common(ends(a), ends(b), near))
    free.sort(key=_place)
    return Bodies(_names(free, stack), _names(shut, stack))


def around(stack: Stack, names: Iterable[str]) -> tuple[str, ...]:
    """Regions that share a surface with some regions, in the order in which they came."""
    inside = set(names)
    within = [stack.region(name) for name in inside]
    return tuple(
        r.name
        for r in stack.regions
        if r.name not in inside and any(share_surface((r,), (w,)) for w in within)
    )


def in_words(names: Sequence[str]) -> str:
    """Names as a list: "a", "a and b", "a, b and c"."""
    head, last = ", ".join(names[:-1]), names[-1]
    return f"{head} and {last}" if head else last


def enclosed_words(stack: Stack, bodies: Bodies) -> str:
    """What is molten inside of what, in words."""
    shells = ((in_words(body), around(stack, body)) for body in bodies.enclosed)
    return "; ".join(
        f"{body} inside {in_words(shell)}" if shell else f"{body} in a void"
        for body, shell in shells
    )


def _share_room(one: Sequence[Region], other: Sequence[Region], rooms: list[set[str]]) -> bool:
    """Whether two bodies show in one void."""
    a, b = ({r.name for r in part} for part in (one, other))
    return any(room & a and room & b for room in rooms)


def _place(part: Sequence[Region]) -> tuple[bool, float]:
    """Order of bodies: what lies on the axis first, lower ones before higher ones."""
    on_axis = any(e.feature == "axis" for r in part for e in r.loop)
    return not on_axis, min(float(e.point(0.0)[1]) for r in part for e in r.loop)


def _names(parts: Iterable[Sequence[Region]], stack: Stack) -> tuple[tuple[str, ...], ...]:
    """Names of the regions of each part, in the order in which they came."""
    return tuple(tuple(r.name for r in stack.regions if r in part) for part in parts)
