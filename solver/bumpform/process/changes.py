"""What several steps do to a state: after a cut, and of the voids that they close."""

from __future__ import annotations

from bumpform.errors import ProcessError
from bumpform.geometry.names import is_coating
from bumpform.process.reflows.bodies import in_words
from bumpform.process.reflows.gas import shut_in
from bumpform.process.reflows.melt import Content
from bumpform.process.state import State, cavity_of
from bumpform.quick import replace
from bumpform.stack.contacts import adrift
from bumpform.stack.cut import Cut
from bumpform.steps.kinds import Step
from bumpform.units.units import format_quantity

__all__ = ["after_cut", "noted"]


def noted(after: State, before: State, step: Step) -> State:
    """The state with a note of every void that a step has closed."""
    if len(after.stack.voids) <= len(before.stack.voids):
        return after
    size = format_quantity(shut_in(after.stack.voids) - shut_in(before.stack.voids), "volume")
    which = step.makes or (getattr(step, step.identity) if step.identity else "")
    text = f"{f'{step.do} {which}'.rstrip()}: it closes a void of {size}"
    return replace(after, notes=(*after.notes, text))


def after_cut(state: State, cut: Cut) -> State:
    """The state whose solder is what a cut has left of it.

    Raises
    ------
    ProcessError
        If what a ball rested on is gone.
    """
    loose = adrift(cut.stack)
    if loose:
        raise ProcessError(
            f"{in_words(loose)} would hang in the air without what this takes away: take away "
            "less, or reflow first"
        )
    before = {r.name: r for r in state.stack.regions}
    after = {r.name: r for r in cut.stack.regions}
    contents: dict[str, Content] = {}
    for name, content in state.contents.items():
        for part in cut.parts[name]:
            share = after[part].volume / before[name].volume
            same = after[part] is before[name]
            contents[part] = content if same else content.scaled(share)
    coated = [r for r in state.stack.regions if is_coating(r.name)]
    whole = all(after.get(r.name) is r for r in coated)
    return replace(
        state,
        stack=cut.stack,
        contents=contents,
        cavity=cavity_of(cut.stack),
        barrier=state.barrier if whole else None,
    )
