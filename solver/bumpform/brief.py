"""How public objects show themselves: what they are in a line, however much they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

__all__ = ["brief"]

#: Longest text of one value.
LONGEST: Final = 40


def brief(held: Any) -> str:
    """Return the type and its fields: short values as they are, of collections how many they are.

    For a class to take as its ``__repr__``.
    """
    return f"{type(held).__name__}({', '.join(_parts(held))})"


def _parts(held: Any) -> Iterator[str]:
    names = (
        [f.name for f in fields(held)] if is_dataclass(held) else list(held.__class__.model_fields)
    )
    for name in names:
        value = getattr(held, name)
        if value is None or isinstance(value, bool | int | float | str):
            text = repr(value)
            yield f"{name}={text if len(text) <= LONGEST else text[: LONGEST - 1] + '…'}"
        elif isinstance(value, tuple | list | Mapping):
            yield f"{name}: {len(value)}"
        elif isinstance(getattr(value, "name", None), str):
            yield f"{name}={value.name!r}"
        else:
            yield f"{name}: {type(value).__name__}"
