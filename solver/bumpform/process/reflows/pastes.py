"""Paste that a stage leaves as it was put down: grains in flux."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bumpform.process.reflows.melt import Content
from bumpform.stack.stack import Region, Stack

__all__ = ["is_unmelted_paste", "unmelted_pastes"]


def is_unmelted_paste(region: Region, content: Content) -> bool:
    """Whether a region of solder is a paste that has never melted: not all of it is metal."""
    if content.liquid_at is not None or not content.soft:
        return False
    return content.volume / region.volume < 1.0 - 1e-9


def unmelted_pastes(solids: Iterable[Stack], contents: Mapping[str, Content]) -> Iterator[str]:
    """A note of every paste that has never melted, and of which a stage's shapes make a solid.

    Parameters
    ----------
    solids : iterable of Stack
        What the stage has left solid, on the base and on the package.
    contents : mapping of region name to Content
        After the stage.
    """
    for region in (region for stack in solids for region in stack.regions):
        content = contents.get(region.name)
        if content is not None and is_unmelted_paste(region, content):
            metal = content.volume / region.volume
            yield (
                f"{region.name} is a paste that has not melted, {100.0 * metal:.4g} % metal by "
                "volume: it is computed as a solid of its outline; that a liquid sinks into it is "
                "not followed"
            )
