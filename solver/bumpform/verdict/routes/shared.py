"""Conditions that several routes share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from bumpform.findings.condition import (
    Answer,
    claims,
    condition,
    fails,
    holds,
    holds_if,
    judged,
    not_judged,
)
from bumpform.findings.findings import Findings
from bumpform.stack.borders import AIR
from bumpform.stack.cut import is_part
from bumpform.steps.kinds import (
    Abrade,
    Barrier,
    Coat,
    Cure,
    Deposit,
    Etch,
    Mount,
    Plate,
    Reflow,
    Step,
    Strip,
)


@condition(
    "opening-exposes-pad",
    "The opening shows the pad.",
    photoimaged_opening=claims("000", 1),
    plated_column=claims("002", 1, 10, 19, 27),
    core_and_cap=("003 (a)",),
    stacked_masks=claims("004", 1, 15),
)
def opening_exposes_pad(found: Findings) -> Answer:
    """Some of the pad (004: of the UBM) faces air just after the coat with the opening."""
    route = found.case.route
    if route == "plated_column":
        index = found.column.passivation
    elif route == "stacked_masks":
        index = found.masks.masks[0].index if found.masks.masks else None
    else:
        index = next((i for i, s in found.steps(Coat) if s.opening is not None), None)
    if index is None:
        kind = {"plated_column": "passivation", "stacked_masks": "mask"}.get(route or "", "coat")
        absent = found.masks.no_mask if route == "stacked_masks" else ""
        return found.missing(lambda s: isinstance(s, Coat), absent or f"no {kind} has an opening")
    step = found.history[index].step
    assert isinstance(step, Coat)
    if step.opening is None:
        return not_judged("the passivation has no opening: it is blanket")
    shown: tuple[str, ...] = found.land(index) if route == "stacked_masks" else ("pad",)
    return holds_if(found.borders(index).touch(shown, AIR), "the opening does not show it")


@condition(
    "steps-in-order",
    "The steps come in the document's order.",
    photoimaged_opening=claims("000", 1),
    laminated_abraded=claims("000", 20),
    plated_column=claims("002", 1, 9, 10, 18, 19, 20),
    stacked_masks=claims("004", 1, 15),
)
def steps_in_order(found: Findings) -> Answer:
    """Indices of the steps increase; what is missing is named, the rest is still judged."""
    route = found.case.route or ""
    order = {
        "photoimaged_opening": _photoimaged,
        "laminated_abraded": _laminated,
        "plated_column": _plated,
        "stacked_masks": _stacked,
    }[route]
    steps = list(order(found))
    missing = [name for name, index, optional in steps if index is None and not optional]
    there = [(name, index) for name, index, _ in steps if index is not None]
    for (one, i), (other, j) in pairwise(there):
        if i >= j:
            return fails(f"{other} comes before {one}")
    if missing:
        what = _IN_ITS_PLACE.get(missing[0], missing[0])
        if missing[0] == _NO_MASK and found.masks.no_mask:
            return not_judged(found.masks.no_mask)
        if what == "first solder":
            what += f": {found.bumps.none_melted}"
        return found.missing(_puts(missing[0]), f"there is no {what}")
    return holds()


_NO_MASK: Final = "mask with solder in its opening"
#: What is missing, where there may be one that does another work.
_IN_ITS_PLACE: Final = {
    "UBM": "UBM between pad and solder",
    "resist": "resist through which a column is deposited",
    "polyimide": "polyimide coated round a column",
}
#: Steps that make what is missing, by the first word that says so; a coat or plate otherwise.
_MADE_BY: Final = {
    "solder": (Deposit,),
    "reflow": (Reflow, Mount),
    "strip": (Strip,),
    "etch": (Etch,),
    "abrading": (Abrade,),
    "barrier": (Barrier,),
}


def _puts(name: str) -> Callable[[Step], bool]:
    """Whether a step is of the kind that makes what is missing."""
    kinds = next((_MADE_BY[w] for w in name.split() if w in _MADE_BY), (Coat, Plate))
    return lambda step: isinstance(step, kinds)


type _Order = Iterator[tuple[str, int | None, bool]]


def _melted(found: Findings, deposits: frozenset[int], after: int) -> int | None:
    return next(
        (m.index for m in found.lineage.meltings if m.index > after and m.deposits & deposits),
        None,
    )


def _bumps_in(found: Findings) -> _Order:
    bumps = found.bumps
    optional = found.case.route == "photoimaged_opening"  # by 001
    yield "barrier", bumps.barrier_step, optional
    second = min(bumps.second, default=None)
    yield "second solder", second, False
    yield (
        "reflow of the second solder",
        None if second is None else _melted(found, bumps.second, second),
        False,
    )


def _photoimaged(found: Findings) -> _Order:
    bumps = found.bumps
    round_it = bumps.dielectric or bumps.taken_away
    opened = (i for i, s in found.steps(Coat) if s.layer == round_it)
    yield "dielectric with an opening", next(opened, None), False
    first = min(bumps.first, default=None)
    yield "first solder", first, False
    melting = bumps.first_melting
    yield "reflow of the first solder", None if melting is None else melting.index, False
    yield from _bumps_in(found)


def _laminated(found: Findings) -> _Order:
    bumps = found.bumps
    first = min(bumps.first, default=None)
    yield "first solder", first, False
    melting = bumps.first_melting
    yield "reflow of the first solder", None if melting is None else melting.index, False
    coat = None if melting is None else _coat_over(found, melting.index)
    yield "coat over the first bump", coat, False
    worn = None
    if coat is not None:
        step = found.history[coat].step
        assert isinstance(step, Coat)
        worn = next((i for i in bumps.abraded(step.layer) if i > coat), None)
    yield "abrading of the coat", worn, False
    yield from _bumps_in(found)


def _coat_over(found: Findings, froze: int) -> int | None:
    """The last coat of no metal on the frozen first bump; of those that are abraded, if any is."""
    bumps = found.bumps
    coats = [
        (i, s.layer)
        for i, s in found.steps(Coat)
        if froze < i < bumps.built_on and not found.is_metal(s.material)
    ]
    worn = [(i, layer) for i, layer in coats if bumps.abraded(layer)]
    return max(worn or coats, default=(None, ""))[0]


def _plated(found: Findings) -> _Order:
    column = found.column
    yield "passivation", column.passivation, False
    if column.out_of_order is not None and column.roles_told:
        lower, upper = column.out_of_order
        yield upper.name, upper.index, False
        yield lower.name, lower.index, False
        return
    resist = column.resist if column.resist is not None else -1
    blankets = [x for x in column.layers if isinstance(found.history[x.index].step, Coat)]
    under = [x for x in column.layers if x.index < resist or x in blankets]
    under = [x for x in under if x.index < resist or x.role != "additional"]
    for layer in under:
        yield layer.name, layer.index, False
    if not column.of_role("ubm"):
        yield "UBM", None, False
    yield "resist", column.resist, False
    yield "cure of the resist", _cured(found), True
    for layer in column.layers:
        if layer not in (*under, *blankets):
            yield layer.name, layer.index, False
    yield "solder", column.deposit, False
    coated = found.history[column.resist].step if column.resist is not None else None
    strips = (
        i for i, s in found.steps(Strip) if isinstance(coated, Coat) and s.layer == coated.layer
    )
    yield "strip of the resist", next(strips, None), False
    for role, words in (("ubm", "UBM"), ("seed", "seed")):
        for layer in reversed([x for x in blankets if x.role == role]):  # from above
            etches = (i for i, s in found.steps(Etch) if s.layer == layer.name)
            named = words if layer.name.casefold() == words.casefold() else f"{words} {layer.name}"
            yield f"etch of the {named}", next(etches, None), False
    yield "polyimide", column.polyimide, False
    yield "etch of the polyimide", min(column.etches, default=None), True
    melting = column.column_melting or column.ball_melting
    yield "reflow", None if melting is None else melting.index, False


def _cured(found: Findings) -> int | None:
    """The first cure of the resist before the solder; one that names no layer is of the resist."""
    resist, deposit = found.column.resist, found.column.deposit
    if resist is None or deposit is None:
        return None
    coated = found.history[resist].step
    assert isinstance(coated, Coat)
    cures = (i for i, s in found.steps(Cure) if s.layer in (None, coated.layer))
    return next((i for i in cures if resist < i < deposit), None)


def _stacked(found: Findings) -> _Order:
    route = found.masks
    alone = route.first_melting is not None or len(route.masks) < 2
    if not route.masks:
        yield _NO_MASK, None, False
    for layer in route.empty:
        yield f"solder in the opening of {layer}", None, False
    if alone:
        for number, mask in enumerate(route.masks, 1):
            yield f"mask {number}", mask.index, False
            yield f"solder {number}", min(mask.deposits), False
            if number == 1 and len(route.masks) > 1:
                melting = route.first_melting
                yield "reflow of the first solder", melting.index if melting else None, False
    else:
        late = [(k, m) for k, m in enumerate(route.masks, 1) if min(m.deposits) < m.index]
        for number, mask in late:  # every deposit after its mask
            yield f"mask {number}", mask.index, False
            yield f"solder {number}", min(mask.deposits), False
        yield "solders", max(route.deposits, default=None), False
    yield "fusing reflow", route.reflowed, False
    if len(route.masks) == 1:
        yield "second mask", None, False
    strips = {s.layer: i for i, s in found.steps(Strip)}
    there = [(strips[n], n) for m in route.masks if (n := m.step.layer) in strips]
    missing = [n for m in route.masks if (n := m.step.layer) not in strips]
    if there:
        first, name = min(there)
        yield f"strip of {name}", first, False
    if missing:
        yield f"strip of {missing[0]}", None, False


@condition(
    "first-melts-higher",
    "The first solder melts at a higher temperature than the second.",
    photoimaged_opening=claims("000", 3, 17),
    laminated_abraded=claims("000", 31),
    core_and_cap=("003 abstract",),
)
def first_melts_higher(found: Findings) -> Answer:
    """By their liquidus: a bump reflows only above it."""
    if found.case.route == "core_and_cap":
        if found.core.metal is not None and not found.core.core:
            return not_judged("the core is a solid ball: it does not melt")
        if absent := found.core.no_core():
            return absent
        first, second = found.core.core, found.core.cap
    else:
        bumps = found.bumps
        if absent := bumps.no_first_bump() or bumps.no_second():
            return absent
        first, second = bumps.first, bumps.second
    heights = []
    for deposits in (first, second):
        name = "+".join(sorted(found.solders(deposits)))
        material = found.materials.get(name)
        if material.liquidus is None:
            return not_judged(f"the liquidus of {name} is not in the library")
        heights.append((name, material.liquidus.value))
    (one, high), (other, low) = heights
    about = f"{one} over {other}"
    return judged(high - low, 0.0, strict=True, scale=high, unit="K", about=about)


@condition(
    "masks-removed",
    "Every resist or mask that solder was deposited in has been removed.",
    plated_column=claims("002", 10, 19),
    stacked_masks=claims("004", 1, 15),
)
def masks_removed(found: Findings) -> Answer:
    """No such layer stands in the last stack (002: nor when the column melts)."""
    if found.case.route == "plated_column":
        column = found.column
        if column.resist is None:
            return column.no_column() or column.no_resist()
        step = found.history[column.resist].step
        assert isinstance(step, Coat)
        layers = {step.layer}
        last = column.column_melting or column.ball_melting
        if last is None:
            return column.never_melted() or not_judged("the column is never melted")
        moments = [len(found.history) - 1, last.index]
    else:
        if absent := found.masks.no_masks():
            return absent
        layers = {m.step.layer for m in found.masks.masks}
        if not found.masks.fusing:
            return found.masks.no_fusing() or holds()
        moments = [len(found.history) - 1]
    left = sorted(set().union(*(found.standing(layers, i) for i in moments)))
    later = found.not_reached(lambda s: isinstance(s, Strip) and s.layer in left)
    in_polyimide = found.case.route == "plated_column" and found.column.column_melting is not None
    if later and not (in_polyimide and left):
        return not_judged(later)
    stand = "stands" if len(left) == 1 else "stand"
    if left and not found.standing(left, moments[0]):
        return fails(f"{' and '.join(left)} {stand} there when the column melts")
    return holds_if(not left, f"{' and '.join(left)} still {stand}")


@condition(
    "metal-path",
    "Pad, seed, UBM, added metal and solder lie on one another, in this order.",
    plated_column=claims("002", 1, 10, 19, 27),
    stacked_masks=claims("004", 14, 18),
)
def metal_path(found: Findings) -> Answer:
    """Each touches the next in the last stack before a mount."""
    index = found.end
    stack = found.state(index).stack
    if found.case.route == "plated_column":
        column = found.column
        if absent := column.no_column():
            return absent
        if absent := column.roles_in_order():
            return absent
        if column.out_of_order is not None:
            under, over = column.out_of_order
            return fails(f"{under.name} ({under.role}) lies under {over.name} ({over.role})")
        solder = found.lineage.named(index, column.deposits)
    else:
        if absent := found.masks.no_masks():
            return absent
        if not found.column.layers:
            return not_judged("the pad itself is the UBM")
        solder = found.lineage.named(index, found.masks.deposits)
    if not solder:
        return not_judged("its solder is not there any more")
    chain: list[tuple[str, tuple[str, ...]]] = [("pad", ("pad",))]
    for layer in found.column.layers:
        left = tuple(r.name for r in stack.regions if is_part(r, layer.name))
        if not left:
            return fails(f"{layer.name} is not there any more")
        chain.append((layer.name, left))
    chain.append(("solder", solder))
    borders = found.borders(index)
    for (one, lower), (other, upper) in pairwise(chain):
        if not borders.touch(lower, upper):
            return fails(f"{other} does not lie on {one}")
    return holds()
