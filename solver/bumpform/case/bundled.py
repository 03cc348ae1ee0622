"""Cases, studies and mesh recipes of bumpform's own, in a checkout as in an installed wheel."""

from __future__ import annotations

from pathlib import Path

__all__ = ["bundled_cases", "bundled_recipes", "bundled_studies"]


def bundled_cases() -> dict[str, Path]:
    """Path of every bundled case by its name."""
    return _find("cases")


def bundled_studies() -> dict[str, Path]:
    """Path of every bundled study by its name."""
    return _find("cases/studies")


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
