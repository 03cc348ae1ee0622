"""Whether liquid that is said to spread past the model does so in a wider one."""

from __future__ import annotations

import math

import numpy as np
from record import Moment, run_recorded

from bumpform.case.case import Case
from bumpform.errors import CaseError
from bumpform.geometry.profile import Profile
from bumpform.process.mounts.mounted import Mounted

#: How much wider, in radii of the model, in turn.
WIDER = (4.0, 16.0)


def spreads(case: Case, moment: Moment) -> tuple[str, str]:
    """Where the liquid of a refused stage rests with more room: verdict and words, as `confirm`.

    That it rests there is told by shooting, so that nothing of the search is believed. Under a
    package that comes down to solid in the wider model, it is told by the room there is.
    """
    from judge import stage_row

    outer, why = moment.before.stack.outer, ""
    for wider in WIDER:
        wide = case.model_copy(update={"pitch": 2.0 * wider * outer, "requirements": {}})
        try:
            moments = run_recorded(wide).moments
        except CaseError as error:
            return "open", f"a wider model is another case: {error.problems[0]}"
        there = next((m for m in moments if m.index == moment.index), None)
        if there is None:
            return "open", "in a wider model an earlier stage is refused"
        if there.stage.refusal is None:
            break
        why = there.stage.refusal.reason
        if why == "collapsed" and _room(moment) < moment.stage.melt.volume:
            return "confirmed", "the package comes down, and leaves less room than there is liquid"
        if why != "off_model":
            return "open", f"in a wider model it is {why}"
    else:
        return "open", f"it spreads past a model {WIDER[-1]:g} times as wide, too"
    if failures := stage_row(wide, there)["failures"]:
        return "open", f"shooting denies the rest in a wider model: {failures[0]}"
    lines = [line for body in there.liquids if body.equilibrium for line in body.equilibrium.lines]
    furthest = max(float(line.solid.profile.point(line.station)[0]) for line in lines)
    words = f"in a wider model it rests at r = {1e6 * furthest:.6g} µm, of {1e6 * outer:.6g}"
    return ("confirmed" if furthest > outer else "missed"), words


def _room(moment: Moment) -> float:
    """Volume between a stack and a package that lies on it, in the model, m³, from polylines."""
    stage = moment.stage
    if not isinstance(stage, Mounted):
        return math.inf
    above = stage.package.at(stage.touch.height).profile
    return _under(above) - _under(stage.solids.profile)


def _under(profile: Profile) -> float:
    """∫πr²dz along a profile, from its end inwards: what is below its surface, m³."""
    r, z = np.vstack([piece.sample(64) for piece in profile]).T
    area = (r[1:] ** 2 + r[1:] * r[:-1] + r[:-1] ** 2) / 3.0
    return float(math.pi * (r[-1] ** 2 * z[-1] - (area * np.diff(z)).sum()))
