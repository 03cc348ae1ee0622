"""Frozen dataclasses that are made by the thousand in a run, made quickly."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

__all__ = ["quick"]


def quick[T](cls: type[T]) -> type[T]:
    """A frozen dataclass whose instances are made four times as fast.

    One that Python makes sets every field by a call past its own ``__setattr__``, which forbids
    it. This one writes to the instance's dictionary; it takes the same arguments, and is as frozen.

    Parameters
    ----------
    cls : type
        Without ``slots``, and without fields that a factory or ``__post_init__`` fills.
    """
    names = [field.name for field in fields(cls)]  # type: ignore[arg-type]
    lines = [f"def __init__(self, {', '.join(names)}):", " held = self.__dict__"]
    lines += [f" held[{name!r}] = {name}" for name in names]
    made: dict[str, Any] = {}
    exec("\n".join(lines), made)
    init, before = made["__init__"], cls.__init__
    for of_it in ("__defaults__", "__annotations__", "__doc__", "__module__", "__qualname__"):
        setattr(init, of_it, getattr(before, of_it))
    cls.__init__ = init  # type: ignore[method-assign]
    return cls
