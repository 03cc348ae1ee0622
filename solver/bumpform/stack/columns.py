"""What a column of solder comes to where it is not the cylinder that its numbers say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bumpform.geometry.profile import Profile
from bumpform.stack.stack import Region
from bumpform.units.amounts import Column
from bumpform.units.units import format_length, format_quantity

__all__ = ["Mould", "column_notes"]

#: Relative to a column's sizes: below this nothing is told.
SAME = 1e-9


@dataclass(frozen=True)
class Mould:
    """The opening of a resist.

    Attributes
    ----------
    layer : str
    top, radius : float, m
        Height of the resist's top, and radius of the opening there.
    """

    layer: str
    top: float
    radius: float


def column_notes(
    column: Column, placed: Region, before: Profile, mould: Mould | None
) -> Iterator[str]:
    """Notes of a column that stands out of its resist, or not as high as it is said to be.

    Parameters
    ----------
    column : Column
    placed : Region
        As it stands there: its volume is that of the cylinder, its top is level.
    before : Profile
        Of what it has been put on.
    mould : Mould or None
        The resist in which it stands, if there is one.
    """
    top = placed.top
    if mould is not None and column.radius > mould.radius * (1.0 + SAME):
        yield (
            f"a column of radius {format_length(column.radius)} does not go into the opening of "
            f"{mould.layer}, whose radius is {format_length(mould.radius)}: its volume, "
            f"{format_quantity(placed.volume, 'volume')}, is kept, and reaches z = "
            f"{format_length(top)}; {mould.layer}'s top is at {format_length(mould.top)}"
        )
        return
    if mould is not None and top > mould.top + SAME * column.height:
        yield (
            f"the column stands {format_quantity(top - mould.top, 'length')} above the top of "
            f"{mould.layer}, straight up: what is plated so high would grow over the rim too"
        )
    if not any(edge.feature == "axis" for edge in placed.loop):
        return  # round what stands there
    height = top - float(before.point(before.start)[1])
    if abs(height - column.height) > SAME * column.height:
        yield (
            f"the column is {format_length(height)} high on the axis, not "
            f"{format_length(column.height)}: its volume is that of the cylinder, and what it "
            "lies on is not level"
        )
