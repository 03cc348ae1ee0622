"""What a run does by the thousand, done quickly: frozen dataclasses, and what they know once."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import fields
from typing import TYPE_CHECKING, Any

__all__ = ["cached_property", "instance_of", "quick", "replace"]

if TYPE_CHECKING:
    from functools import cached_property
else:

    class cached_property(functools.cached_property):
        """That of ``functools``, for instances that have a dictionary."""

        def __get__(self, instance, owner=None):
            """What the function tells of an instance, which keeps it."""
            if instance is None:
                return self
            value = self.func(instance)
            instance.__dict__[self.attrname] = value
            return value


def quick[T](cls: type[T]) -> type[T]:
    """A frozen dataclass whose instances are made, and read, three times as fast.

    One that Python makes sets every field by a call past its own ``__setattr__``, which forbids
    it. This one gives the instance its dictionary, in one piece: of one that has grown bit by bit,
    or shares its keys with others, Python looks every field up anew, wherever it is read. It takes
    the same arguments, and is as frozen.

    Parameters
    ----------
    cls : type
        Without ``slots``, and without fields that a factory or ``__post_init__`` fills; all of its
        fields by keyword only, or none.
    """
    made_of = fields(cls)  # type: ignore[arg-type]
    names = [field.name for field in made_of]
    given = ["*", *names] if all(field.kw_only for field in made_of) else names
    lines = f"def __init__(self, {', '.join(given)}):\n"
    lines += f" put(self, {{{', '.join(f'{name!r}: {name}' for name in names)}}})"
    owner = next(of for of in cls.__mro__ if "__dict__" in vars(of))
    made: dict[str, Any] = {"put": vars(owner)["__dict__"].__set__}
    exec(lines, made)
    init, before = made["__init__"], cls.__init__
    kept = "defaults", "kwdefaults", "annotations", "doc", "module", "qualname"
    for of_it in (f"__{name}__" for name in kept):
        setattr(init, of_it, getattr(before, of_it))
    cls.__init__ = init  # type: ignore[method-assign]
    cls.__quick__ = tuple(names), made["put"]  # type: ignore[attr-defined]
    return cls


def replace[T](held: T, **changes: Any) -> T:
    """A dataclass with other values in some fields, as ``dataclasses.replace`` makes it."""
    known = getattr(type(held), "__quick__", None)
    if known is None:
        return dataclasses.replace(held, **changes)  # type: ignore[type-var]
    names, values = known[0], vars(held)
    fields = {name: values[name] for name in names} | changes
    if len(fields) > len(names):
        raise TypeError(f"no field of a {type(held).__name__}: {', '.join(changes)}")
    return instance_of(type(held), fields)


def instance_of[T](cls: type[T], known: dict[str, Any]) -> T:
    """An instance of a quick dataclass with these fields, and with what else is known of it."""
    instance = object.__new__(cls)
    cls.__quick__[1](instance, known)  # type: ignore[attr-defined]
    return instance
