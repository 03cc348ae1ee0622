"""Cases and mesh recipes that ship with bumpform, from a checkout as from an installed wheel."""

from __future__ import annotations

from pathlib import Path

__all__ = ["bundled_cases", "bundled_recipes"]


def bundled_cases() -> dict[str, Path]:
    """Path of every bundled case by its name."""
    return _find("cases")


def bundled_recipes() -> dict[str, Path]:
    """Path of every bundled mesh recipe by its name."""
    return _find("meshes")


def _find(folder: str) -> dict[str, Path]:
    package = Path(__file__).resolve().parents[1]
    for place in (package / "_data" / folder, package.parents[1] / folder):
        found = sorted(place.glob("*.toml"))
        if found:
            return {path.stem: path for path in found}
    return {}
