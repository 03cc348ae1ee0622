"""Conditions that several routes share: openings, order, compositions, materials."""

from __future__ import annotations

from itertools import pairwise

from .answer import FAILS, Answer, above, both, unjudged, yes
from .order import expected_steps

VIIIB = frozenset({"Fe", "Ru", "Os", "Co", "Rh", "Ir", "Ni", "Pd", "Pt"})
NOBLE = frozenset({"Au", "Ag", "Pt", "Pd", "Rh", "Ru", "Ir", "Os"})


def opening_exposes_pad(seen):
    frame, who = _opening(seen)
    if frame is None or frame.step.opening is None:
        return unjudged("no coat with an opening")
    # a coat reaches to the model's edge: what shows, shows in its opening
    return above(frame.picture.area(who, "air"), 0.0, 1e-6 * seen.size**2)


def _opening(seen):
    """Frame of the coat whose opening must show the pad, and what must show."""
    if seen.route == "stacked_masks":
        if not seen.masks:
            return None, ()
        frame = seen.masks[0][0]
        return frame, tuple(n for n in seen.land if n in frame.picture)
    if seen.route == "plated_column":
        return seen.passivation, ("pad",)
    for frame in seen.steps("coat"):
        if frame.step.opening is not None and not seen.is_metal(frame.picture[frame.new[0]]):
            return frame, ("pad",)
    return None, ()


def steps_in_order(seen):
    """Every step that is there after the one before it; a missing one leaves it open."""
    wanted = expected_steps(seen)
    there = [(name, index) for name, index, _ in wanted if index is not None]
    for (a, i), (b, j) in pairwise(there):
        if not i < j:
            return yes(False, f"{a} at {i}, {b} at {j}")
    missing = [name for name, index, needed in wanted if index is None and needed]
    if missing:
        return unjudged(f"missing: {', '.join(missing)}")
    return yes(True)


def composition(seen, deposits, frame):
    """Mass fractions of the solder of some deposits, as frozen in a stage (or as printed)."""
    solders = {}
    bare = seen.frames_before(seen.first_mount)  # in which a package's own solder may come in
    alone = (
        f for f in (frame, *bare)
        if f is not None and f.solved and f.melted & frozenset(deposits)
        and all(f.holds[n] <= frozenset(deposits) for n in seen.body(f, deposits))
    )  # fmt: skip
    found = next(alone, None)  # with another bump in it, as it was without
    state = next((m.state for m in seen.run.history if found and m.index == found.index), None)
    for name in seen.body(found, deposits):
        for solder, mass in state.contents[name].alloys:
            solders[solder] = solders.get(solder, 0.0) + mass
    total = sum(solders.values())
    if not total:  # never molten alone: volumes, as laid, are as good
        for frame in map(seen.at, deposits):
            state = next(m.state for m in seen.run.history if m.index == frame.index)
            solder, laid = frame.step.solder, [n for n in frame.new if n in state.contents]
            volume = sum(state.contents[name].volume for name in laid)
            solders[solder] = solders.get(solder, 0.0) + volume
        total = sum(solders.values())
    elements = {}
    for solder, mass in solders.items():
        for element, share in seen.library.get(solder).composition:
            elements[element] = elements.get(element, 0.0) + share * mass / total
    return elements


def _both_compositions(seen):
    if seen.b1 is None or seen.b2 is None:
        return None, unjudged("there is no second bump")
    found = []
    for deposits, frame in ((seen.b1, seen.f1), (seen.b2, seen.f2)):
        found.append(composition(seen, deposits, frame))
    return found, None


def different_compositions(seen):
    found, why = _both_compositions(seen)
    if why:
        return why
    one, two = found
    gap = max(abs(one.get(e, 0.0) - two.get(e, 0.0)) for e in one | two)
    return above(gap, 1e-3, 1e-9)


def tin_first_lead_second(seen):
    found, why = _both_compositions(seen)
    if why:
        return why
    one, two = found
    return both(
        above(one.get("Sn", 0.0), 1e-3, 1e-9, or_equal=True),
        above(two.get("Pb", 0.0), 1e-3, 1e-9, or_equal=True),
    )


def liquidus(seen, deposits):
    """Of the solder of some deposits, K; None where it is not in the library."""
    names = {seen.library.canonical(seen.at(d).step.solder) for d in deposits}
    known = seen.library.get("+".join(sorted(names)))
    return None if known.liquidus is None else known.liquidus.value


def first_melts_higher(seen):
    if seen.route == "core_and_cap":
        core, cap = seen.core
        if core is None:
            return unjudged("no core")
        if core[0] == "metal":
            return unjudged("the core is a metal ball")
        one, two = core[1], cap
    else:
        one, two = seen.b1, seen.b2
    if not one or not two:
        return unjudged("there is no second bump")
    high, low = liquidus(seen, one), liquidus(seen, two)
    if high is None or low is None:
        return unjudged("liquidus not in the library")
    return above(high, low, 1e-9 * high)


def mostly(seen, material, elements):
    """Whether a metal is one of some elements, or at least half of it by mass; None: unknown."""
    name = seen.library.canonical(material)
    if name in elements:
        return True
    parts = dict(getattr(seen.library.get(name), "composition", ()) or ())
    if not parts:
        return None if not _is_element(name) else False
    return sum(share for e, share in parts.items() if e in elements) >= 0.5


def _is_element(name):
    return 1 <= len(name) <= 2 and name[0].isupper() and (len(name) == 1 or name[1].islower())


def barrier_group_viiib(seen):
    if seen.barrier is None:
        return unjudged("no barrier")
    held = mostly(seen, seen.barrier.step.material, VIIIB)
    return unjudged("composition unknown") if held is None else yes(held)


def barrier_noble_coating(seen):
    if seen.barrier is None:
        return unjudged("no barrier")
    step = seen.barrier.step
    if step.finish is None:
        return unjudged("the barrier has no coating")
    if seen.library.canonical(step.finish.material) == seen.library.canonical(step.material):
        return yes(False, "of the barrier's own material")
    left = {seen.finished.picture[n].material for n in seen.skin(seen.finished)}
    if step.finish.material not in left:
        return unjudged("nothing is left of the coating")
    held = mostly(seen, step.finish.material, NOBLE)
    return unjudged("composition unknown") if held is None else yes(held)


def masks_removed(seen):
    masks = [name for _, name, _ in seen.masks]
    if seen.route == "plated_column":
        masks = list(seen.resist.new) if seen.resist is not None else []
    if not masks:
        return unjudged("no resist that solder was deposited in")
    if seen.route == "plated_column":
        stage = seen.column_stage or seen.ball_stage
        if stage is None:
            return unjudged("the case ends before its last melt")
        left = [n for n in stage.before.bodies if _is_of(n, masks)]
        if left and (seen.column_stage is not None or not _strip_to_come(seen, left)):
            return yes(False, f"{left} at the reflow")
    elif seen.ff is None:
        return unjudged("the case ends before its last melt")
    left = [n for n in seen.last.picture.bodies if _is_of(n, masks)]
    if _strip_to_come(seen, left):
        return unjudged("the run ends before the strip")
    return yes(not left, str(left))


def _strip_to_come(seen, left):
    """Whether the run has ended before a strip of what is left."""
    later = seen.case.steps[seen.last.index + 1 :]
    return any(s.do == "strip" and any(_is_of(n, [s.layer]) for n in left) for s in later)


def _is_of(name, masks):
    return any(name == m or name.startswith(f"{m} part ") for m in masks)


def metal_path(seen):
    if seen.route == "stacked_masks" and not seen.masks:
        return unjudged("no mask")
    if seen.route == "stacked_masks" and not seen.metal_layers:
        return unjudged("the pad itself is the UBM")
    if seen.route == "plated_column" and seen.column and seen.swapped is not None:
        return yes(False, "out of order by the roles given")
    if seen.route == "plated_column" and seen.metal_layers and not seen.roles_fit:
        return unjudged("the case does not say which layers are which")
    if seen.route == "plated_column" and not seen.column:
        return unjudged("no column")
    layers = [layer.name for layer in seen.metal_layers]
    if not seen.deposits:
        return unjudged("no solder")
    if not layers:
        return unjudged("no metal between pad and solder")
    last = seen.frames_before(seen.first_mount)[-1]
    solder = last.region(seen.path_deposits)
    if not solder:
        return unjudged("no solder")
    chain = [("pad",), *((n,) for n in layers), solder]
    gaps = [
        Answer(FAILS, f"{a} and {b} do not touch")
        for a, b in pairwise(chain)
        if not last.picture.area(a, b) > 1e-4 * seen.size**2
    ]
    return gaps[0] if gaps else yes(True)
