"""What every kind of step of a process has."""

from __future__ import annotations

from typing import ClassVar, Literal

from bumpform.case.fields import Model

__all__ = ["Heated", "Role", "Step"]

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


class Heated(Model):
    """A step that melts solder.

    `orientation`: "up", the bump on top, or "down", all hanging; without it that of
    [environment]. It holds in this step alone, for liquid and for a package's weight.
    """

    orientation: Literal["up", "down"] | None = None

    def gravity_in(self, gravity: float) -> float:
        """Gravity in this step, m/s², negative where all hangs; ``gravity`` is the case's."""
        if self.orientation is None:
            return gravity
        return abs(gravity) if self.orientation == "up" else -abs(gravity)
