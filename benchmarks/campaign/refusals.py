"""What a second method says of a stage: of a refusal's reason, of the equilibrium selected."""

from __future__ import annotations

import cmath
import math
from itertools import pairwise

import shapely
from flowed import flowed, refused
from frozen import frozen
from record import Moment, young
from second import Outcome, Walk
from sections import bodies
from sides import Side
from wider import spreads

from bumpform.case.case import Case
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.reflow import Liquid, first_touch

#: How far apart the same place may be by the two methods, relative to the drop's size.
SAME = 1e-3


def walk(case: Case, moment: Moment, liquid: Liquid | Mounted) -> tuple[Outcome, Walk, bool]:
    """The walk of a liquid as if it covered the axis, its shots, and whether it does."""
    stage = moment.stage
    outer, inner = first_touch(moment.before.stack, stage.solids, liquid.melted)
    angle = young(case, liquid.melt)
    profile = stage.solids.profile
    side = Side(profile, tuple(angle(p.material) for p in profile), "outer")
    drop = liquid.melt.drop(case.steps[moment.index].gravity_in(case.gravity))
    bond = drop.density * drop.gravity * drop.volume ** (2.0 / 3.0) / drop.surface_tension
    shots = Walk(side, drop.volume, bond)
    return shots.walk(*outer), shots, inner is None


def selection(case: Case, moment: Moment) -> str:
    """Whether the walk ends where the solver says: "same", "open" or what it found instead."""
    found = moment.stage.equilibrium
    if isinstance(moment.stage, Mounted) or found is None or len(found.lines) > 1:
        return "open"
    out, shots, covers = walk(case, moment, moment.stage)
    if not covers or out.kind == "lost":
        return "open"
    line = found.lines[0]
    if out.kind == "rest":
        r, z, _ = shots.side.place(out.piece, out.u)
        apart = math.hypot(r - found.values["outer.r_m"], z - found.values["outer.z_m"])
        if apart < SAME * found.drop.length:
            return "same"
    return f"{out.kind} ({out.state} on piece {out.piece} at {out.u:.6f}), solver: {line.station}"


def confirm(case: Case, moment: Moment, eigenvalues: dict) -> tuple[str, str]:
    """What a second method says of a refusal.

    Parameters
    ----------
    case : Case
    moment : Moment
    eigenvalues : dict
        Of the refused surface, if there is one.

    Returns
    -------
    verdict : "confirmed", "missed" (there is an equilibrium) or "open"
    words : str
    """
    stage, reason = moment.stage, moment.stage.refusal.reason
    if reason == "unstable":
        _, lowest = eigenvalues.get("0", (math.nan, math.nan))
        if lowest < 0.0:
            return "confirmed", f"eigenvalue {lowest:.3g} of m = 0"
        return "open", "no surface to judge"
    if reason == "carried":
        loose = len(bodies(stage.solids.regions, stage.solids.outer)) > 1
        return (
            ("confirmed", "a solid on liquid alone") if loose else ("open", "solids hang together")
        )
    if reason == "freezing":
        return frozen(case, moment)
    if reason == "enclosed":
        return ("confirmed", "a closed hole") if _hole(stage) else ("open", "no hole")
    joint = isinstance(stage, Mounted)
    if reason == "gas_shut_in":
        closed = _closes_hole(moment.before.stack.regions, stage.solids.outer)
        if joint and not closed:
            return flowed(case, moment)
        return ("confirmed", "a closed hole") if closed else ("missed", "no hole")
    verdict, words = ("open", "a joint") if joint else _walked(case, moment)
    if verdict != "confirmed":
        flows = flowed(case, moment)
        verdict, words = flows[0], f"{flows[1]} (walk: {words})"
    if verdict == "open" and reason == "off_model":
        verdict, more = spreads(case, moment)
        words = f"{more}; {words}"
    return verdict, words


def _walked(case: Case, moment: Moment) -> tuple[str, str]:
    """What held shots along the whole profile say of a drop."""
    reason = moment.stage.refusal.reason
    out, shots, covers = walk(case, moment, refused(moment))
    if not covers:
        return "open", "a ring"
    if reason == "unfilled_corner":
        return _unfilled_corner(shots)
    words = f"{out.kind} {out.state}"
    alike = {"no_equilibrium": ("opens", "itself"), "penetration": ("opens", "itself")}
    if out.kind in alike.get(reason, (reason,)):
        return "confirmed", f"the walk ends: {words}"
    return ("missed" if out.kind == "rest" else "open"), words


def _unfilled_corner(shots: Walk) -> tuple[str, str]:
    """Whether the drop comes to no rest short of the first corner that it does not fill.

    Drawn back from it, the line goes on inwards as long as it is driven so; a rest behind a ridge
    is none that it comes to.
    """
    pieces, angles = shots.side.profile.pieces, shots.side.angles
    for number, (a, b) in enumerate(pairwise(pieces)):
        before, after = complex(*a.tangent(1.0)), complex(*b.tangent(0.0))
        turn = cmath.phase(after / before)  # left: re-entrant
        if turn > 1e-6 and angles[number] + angles[number + 1] >= 2.0 * math.pi - turn:
            break
    else:
        return "open", "no such corner"
    rests = [rest for rest in shots.rests(number) if shots.stays_out(rest)]
    if not rests:
        return "confirmed", f"no place to rest on the {number + 1} pieces short of it"
    place = f"{rests[-1].state} on piece {rests[-1].piece} at {rests[-1].u:.6f}"
    back = shots.back_from(number)
    if back is None:
        return "confirmed", f"it is driven into it both ways; a rest {place} is behind a ridge"
    if back.kind == "rest" and not shots.stays_out(back):
        return "confirmed", f"driven back, it meets solid past it; a rest {place} is behind a ridge"
    return ("missed" if back.kind == "rest" else "open"), f"rests {place}"


def _hole(stage) -> bool:
    """Whether what stays solid, turned round the axis, closes a hole."""
    left = [r for r in stage.solids.regions if r.name not in stage.enclosed]
    return _closes_hole(left, stage.solids.outer)


def _closes_hole(regions, outer: float) -> bool:
    """Whether regions, turned round the axis, close a hole."""
    parts = [shapely.make_valid(shapely.Polygon(r.outline)) for r in regions]
    half = shapely.union_all(parts)
    size = 1e-6 * outer
    both = shapely.union_all([half, shapely.transform(half, lambda x: x * (-1.0, 1.0))]).buffer(
        size
    )
    pieces = getattr(both, "geoms", [both])
    return any(len(piece.interiors) > 0 for piece in pieces)
