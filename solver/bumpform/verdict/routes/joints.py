"""Whether solder joins the package's pad to the pad under it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from bumpform.findings.condition import EVERY, Answer, condition, fails, holds, not_judged
from bumpform.findings.findings import Findings
from bumpform.findings.wetting import unheld, unheld_as_attached
from bumpform.geometry.names import is_of_package
from bumpform.process.moment import Moment
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.pastes import is_unmelted_paste
from bumpform.stack.borders import AIR, Borders
from bumpform.steps.kinds import Mount, Reflow
from bumpform.units.units import format_quantity

#: Up to this part of the model's radius two heights are one.
NIL: Final = 1e-9


@condition("joint-closed", "The solder joins both pads.", **EVERY)
def joint_closed(found: Findings) -> list[Answer]:
    """One liquid touches the package's pad, and metal leads from it to the pad under it.

    Where no metal holds it, the reason says so. Metal that is attached to a pad counts as that;
    what rests on it in a point does not.
    """
    answers = []
    for moment in found.history:
        step, stage = moment.step, moment.state.stage
        if not isinstance(step, Reflow | Mount) or not isinstance(stage, Mounted):
            continue
        told: dict[str, Any] = {"stage": step.name, "about": step.name}
        if stage.refusal is not None:
            comes_off = stage.refusal.reason == "no_equilibrium" and (stage.load or 0.0) < 0.0
            open_ = comes_off or stage.refusal.reason == "no_joint"
            words = stage.refusal.detail
            refused = f"{step.name} was refused: {words}"
            answers.append(fails(words, **told) if open_ else not_judged(refused, **told))
            continue
        if stage.gap is not None:
            answers.append(_left_open(stage, told))
            continue
        borders = found.borders(moment.index)
        solder = [m.name for m in found.lineage.meltings if m.index == moment.index]
        hung = _metal(found, moment.index, package=True)
        pads = found.on_pad(moment.index, hung, "package pad", attached=True)
        met = [name for name in solder if borders.touch(name, pads)]
        joints = [n for n in met if borders.touch(n, pads[1:]) or _wets_pad(borders, n)]
        if not joints:
            words = "it does not touch the package's pad"
            paste = [n for n in _paste(found, moment.index) if is_of_package(n)]
            if borders.touch(solder, paste):
                words = "between it and the package's pad is paste that has not melted"
            elif not met and borders.touch(solder, found.on_pad(moment.index, hung, "package pad")):
                words = "what it ends on touches the package's pad in a point only"
            elif met or _lies(stage):
                words = (
                    "the package's pad lies on what is solid: the solder is pressed out of between"
                )
            answers.append(fails(words, **told))
            continue
        below = _metal(found, moment.index)
        if any(_leads(found, moment.index, n, below - {n}, attached=True) for n in joints):
            answers.append(holds(_unheld(found, moment, joints), **told))
        elif any(_leads(found, moment.index, n, below - {n}, attached=False) for n in joints):
            answers.append(fails("what leads from it to the pad touches in a point only", **told))
        else:
            words = "no metal leads from it to the pad"
            under = below | {n for n in _paste(found, moment.index) if not is_of_package(n)}
            if any(_leads(found, moment.index, n, under - {n}, attached=False) for n in joints):
                words = "between it and the pad is paste that has not melted"
            foot = stage.solids.profile.pieces[0].region
            if _lies(stage) and foot in found.on_pad(moment.index, below):
                words = f"the package lies on the {foot}: the solder is pressed out of between"
            answers.append(fails(words, **told))
    return answers


def _unheld(found: Findings, moment: Moment, joints: list[str]) -> str:
    """What a joint touches and is not soldered to; empty where both sides hold it."""
    meltings = [m for m in found.lineage.meltings if m.index == moment.index and m.name in joints]
    liquid = [f"{m.name} {words}" for m in meltings for words in unheld(found, m)]
    return "; ".join([*liquid, *unheld_as_attached(found, moment, frozen=True)])


def _lies(stage: Mounted) -> bool:
    """Whether the package lies on the axis on what is solid."""
    below, above = stage.solids.profile, stage.package.stack.profile
    touch = float(below.point(below.start)[1] + above.point(above.start)[1])
    assert stage.height is not None
    return abs(stage.height - touch) < NIL * stage.solids.outer


def _leads(found: Findings, index: int, name: str, below: set[str], *, attached: bool) -> bool:
    """Whether metal of the stack leads from a body of solder to the pad."""
    pads = found.on_pad(index, below, attached=attached)
    return found.borders(index).touch(name, pads)


def _wets_pad(borders: Borders, name: str) -> bool:
    """Whether liquid lies on some of the package's pad, and not only where that lies on a solid.

    Between a pad and the solid that it lies on a film of no thickness is left.
    """
    near = NIL * borders.outer
    pad = [b.edge.tips for b in borders.between(name, "package pad")]
    if any(abs(tips[0, 1] - tips[1, 1]) > near for tips in pad):
        return True  # its side is wet
    face = np.concatenate(pad)
    under = [
        b.edge.tips
        for b in borders.all
        if name in b.sides and not {"package pad", AIR} & {*b.sides} and b.edge.is_straight
    ]
    pressed = sum(
        float(np.ptp(tips[:, 0].clip(face[:, 0].min(), face[:, 0].max())))
        for tips in under
        if abs(tips[:, 1] - face[0, 1]).max() < near
    )
    return float(np.ptp(face[:, 0])) - pressed > near


def _metal(found: Findings, index: int, *, package: bool = False) -> set[str]:
    """Regions of metal after a step, the stack's or the package's: no paste that has not melted."""
    metal = {
        r.name
        for r in found.state(index).stack.regions
        if is_of_package(r.name) == package and (r.is_metallic or found.is_metal(r.material))
    }
    return metal - _paste(found, index)


def _paste(found: Findings, index: int) -> set[str]:
    """Paste after a step that has not melted."""
    state = found.state(index)
    regions = (r for r in state.stack.regions if r.name in state.contents)
    return {r.name for r in regions if is_unmelted_paste(r, state.contents[r.name])}


def _left_open(stage: Mounted, told: dict[str, Any]) -> Answer:
    """That a joint has stayed open, with the gap that is missing."""
    assert stage.gap is not None
    assert stage.reach is not None
    short, most = (format_quantity(x.value, "length", 6) for x in (stage.gap, stage.reach))
    if stage.gap.value <= stage.gap.error + NIL * stage.solids.outer:
        words = f"the liquid is level with the {most} at which what is solid holds the package off"
        return not_judged(f"{words}: whether it joins is not known", **told)
    words = (
        f"it stays open: the package stays {short} above the {most} up to which the liquid joins"
    )
    gap = {"metric": "open_gap_m", "value": stage.gap.value, "unit": "m"}
    return fails(words, **gap, **told)
