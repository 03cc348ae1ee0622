"""Cases, studies and mesh recipes of bumpform's own, in a checkout as in an installed wheel."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

__all__ = ["bundled_cases", "bundled_recipes", "bundled_studies", "nearest"]


def bundled_cases() -> dict[str, Path]:
    """Path of every bundled case by its name."""
    return _find("cases")


def bundled_studies() -> dict[str, Path]:
    """Path of every bundled study by its name."""
    return _find("cases/studies")


def bundled_recipes() -> dict[str, Path]:
    """Path of every bundled mesh recipe by its name."""
    return _find("meshes")


def nearest(name: str | Path, bundled: Mapping[str, Path]) -> str:
    """A hint for one who asked for what is not bundled; empty where nothing is."""
    stem = str(name).rpartition("/")[2].removesuffix(".toml")
    near = difflib.get_close_matches(stem, bundled, n=1)
    known = ", ".join(bundled)
    return f"Did you mean {near[0]}?" if near else f"Bundled: {known}." if known else ""


def _find(folder: str) -> dict[str, Path]:
    package = Path(__file__).resolve().parents[1]
    for place in (package / "_data" / folder, package.parents[1] / folder):
        found = sorted(place.glob("*.toml"))
        if found:
            return {path.stem: path for path in found}
    return {}
