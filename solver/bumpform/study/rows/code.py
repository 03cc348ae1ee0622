"""Which code and materials rows follow from, beside the version."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

import bumpform

__all__ = ["code_sha256", "hash_of"]

#: Parts of the package from which no row follows.
_OTHER: Final = (
    "_data/",
    "answers/",
    "cli/",
    "melting/",
    "mesh/",
    "picture/",
    "study/report/",
)
_KINDS: Final = (".py", ".c", ".toml")


@cache
def code_sha256() -> str:
    """Hash of the solver's code and materials, in hex: rows of other code are not mixed in."""
    return hash_of(Path(bumpform.__file__).resolve().parent)


def hash_of(package: Path) -> str:
    """The same of the package in a folder."""
    total = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        place = path.relative_to(package)
        if path.suffix in _KINDS and not place.as_posix().startswith(_OTHER):
            total.update(f"{place.as_posix()}\0".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
