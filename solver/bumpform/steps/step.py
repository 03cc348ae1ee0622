"""What every kind of step of a process has, and the kinds that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from bumpform.units.fields import Model

if TYPE_CHECKING:
    from bumpform.case.case import Case
    from bumpform.materials.materials import Materials
    from bumpform.process.state import State

__all__ = ["KINDS", "Heated", "Role", "Step"]

#: What a layer of metal between pad and solder is for.
type Role = Literal["ubm", "seed", "additional"]

#: Every kind of step by its `do`.
KINDS: Final[dict[str, type[Step]]] = {}


class Step(Model):
    """What every step has.

    Attributes
    ----------
    needs, gives : tuple of str
        Words for what must be on the stack before the step, and for what it adds. One that puts
        on or takes off anything cannot follow a mount unless it needs a "package".
    identity : str
        Name of the field that tells two steps of a kind apart; empty if there is none.
    shapes : bool
        Whether it shapes the solid.
    """

    needs: ClassVar[tuple[str, ...]] = ("substrate",)
    gives: ClassVar[tuple[str, ...]] = ()
    identity: ClassVar[str] = ""
    shapes: ClassVar[bool] = False

    if TYPE_CHECKING:  # each kind has its own
        do: str

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Register a kind by its `do`.

        Raises
        ------
        TypeError
            If there is none or it has no default, or another kind has it.
        """
        super().__pydantic_init_subclass__(**kwargs)
        field = cls.model_fields.get("do")
        do = None if field is None else field.default
        if not isinstance(do, str):
            raise TypeError(
                f"{cls.__name__}: a step needs `do`, with its word both as type and as default: "
                'do: Literal["word"] = "word"'
            )
        if do in KINDS:
            raise TypeError(f'{cls.__name__}: {KINDS[do].__name__} is do = "{do}" already')
        KINDS[do] = cls

    def apply(self, state: State, case: Case, materials: Materials) -> State:
        """The state after the step; the same, where it changes no shape.

        Raises
        ------
        CaseError, ProcessError
            If the step cannot be done on the state.
        """
        return state

    @property
    def layers(self) -> tuple[str, ...]:
        """Layers that it needs by name."""
        return ()

    @property
    def makes(self) -> str:
        """Layer that it makes; empty where it makes none."""
        return ""


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
