"""What every kind of step of a process has."""

from __future__ import annotations

from typing import ClassVar, Literal

from bumpform.case.fields import Model

__all__ = ["Role", "Step"]

#: What a layer of metal between pad and solder is for.
type Role = Literal["ubm", "seed", "additional"]


class Step(Model):
    """What every step has.

    Attributes
    ----------
    needs, gives : tuple of str
        Words for what must be on the stack before the step, and for what it adds.
    identity : str
        Name of the field that tells two steps of a kind apart; empty if there is none.
    """

    needs: ClassVar[tuple[str, ...]] = ("substrate",)
    gives: ClassVar[tuple[str, ...]] = ()
    identity: ClassVar[str] = ""
