"""What the name of a region tells of where it came from."""

from __future__ import annotations

#: First words of the names of the regions that a barrier step adds.
_COATING = ("barrier", "finish")


def is_barrier(region: str) -> bool:
    """Whether it is of a barrier itself, not of its finish."""
    return region.split(" ")[0] == _COATING[0]


def is_coating(region: str) -> bool:
    """Whether it is of a barrier or of the finish over it."""
    return region.split(" ")[0] in _COATING


def of_package(region: str) -> str:
    """Name in a joint of what is called so on the package alone."""
    return f"package {region}"


def is_of_package(region: str) -> bool:
    """Whether it is part of the package that stands on a joint."""
    return region.startswith("package ")
