"""What a run does by the thousand, done quickly: frozen dataclasses, and what they know once."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import fields
from typing import TYPE_CHECKING, Any

__all__ = ["cached_property", "quick", "replace"]

if TYPE_CHECKING:
    from functools import cached_property
else:

    class cached_property(functools.cached_property):
        """That of ``functools``, for instances that have a dictionary."""

        def __get__(self, instance, owner=None):
            """What the function tells of an instance, which keeps it."""
            if instance is None:
                return self
            value = instance.__dict__[self.attrname] = self.func(instance)
            return value


def quick[T](cls: type[T]) -> type[T]:
    """A frozen dataclass whose instances are made four times as fast.

    One that Python makes sets every field by a call past its own ``__setattr__``, which forbids
    it. This one writes to the instance's dictionary; it takes the same arguments, and is as frozen.

    Parameters
    ----------
    cls : type
        Without ``slots``, and without fields that a factory or ``__post_init__`` fills; all of its
        fields by keyword only, or none.
    """
    made_of = fields(cls)  # type: ignore[arg-type]
    names = [field.name for field in made_of]
    given = ["*", *names] if all(field.kw_only for field in made_of) else names
    lines = [f"def __init__(self, {', '.join(given)}):", " held = self.__dict__"]
    lines += [f" held[{name!r}] = {name}" for name in names]
    made: dict[str, Any] = {}
    exec("\n".join(lines), made)
    init, before = made["__init__"], cls.__init__
    kept = "defaults", "kwdefaults", "annotations", "doc", "module", "qualname"
    for of_it in (f"__{name}__" for name in kept):
        setattr(init, of_it, getattr(before, of_it))
    cls.__init__ = init  # type: ignore[method-assign]
    cls.__quick__ = tuple(names)  # type: ignore[attr-defined]
    return cls


def replace[T](held: T, **changes: Any) -> T:
    """A dataclass with other values in some fields, as ``dataclasses.replace`` makes it."""
    names = getattr(type(held), "__quick__", None)
    if names is None:
        return dataclasses.replace(held, **changes)  # type: ignore[type-var]
    values = vars(held)
    return type(held)(**{name: values[name] for name in names} | changes)
