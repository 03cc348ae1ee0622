"""In which order each document takes its steps: (name, index or None, whether it is needed)."""

from __future__ import annotations


def expected_steps(seen):
    return {
        "photoimaged_opening": _photoimaged,
        "laminated_abraded": _laminated,
        "plated_column": _column,
        "stacked_masks": _masks,
    }[seen.route](seen)


def _index(frame):
    return None if frame is None else frame.index


def _two_bumps(seen):
    """Deposit and reflow of each bump, and the barrier."""
    # what melts first in a mount is a joint's, and no bump
    melts = seen.f1 is not None or seen.first_mount is None
    one = min(seen.b1) if seen.b1 and melts else None
    two = seen.b2_deposit
    return (
        [("first solder", one, True), ("first reflow", _index(seen.f1), True)],
        [
            ("barrier", _index(seen.barrier), seen.route == "laminated_abraded"),
            ("second solder", two, True),
            ("second reflow", _index(_second_reflow(seen)), True),
        ],
    )


def _second_reflow(seen):
    """F2, or a mount; where neither gives it a shape, what melts it shut in."""
    second = frozenset(seen.b2 or ())
    found = seen.f2 or seen.last_melting(second, kinds=("mount",))
    return found or next((f for f in seen.frames if f.heats and f.melted & second), None)


def _photoimaged(seen):
    first, second = _two_bumps(seen)
    layer = seen.ever_around
    own = [f.index for f in seen.steps("coat") if layer is not None and layer in f.new]
    coat = own[0] if own else None
    return [("dielectric", coat, True), *first, *second]


def _laminated(seen):
    first, second = _two_bumps(seen)
    froze = _index(seen.f1)
    over = [  # coats on the first bump, those that are abraded last
        (any(seen.wears(cut, f.step.layer) for cut in seen.abrades_all), f.index, f.step.layer)
        for f in seen.steps("coat")
        if froze is not None and froze < f.index <= seen.laying.index
        and f.step.layer in f.picture
        and not seen.is_metal(f.picture[f.step.layer])
    ]  # fmt: skip
    _, coat, layer = max(over, default=(False, None, None))
    worn = (
        f.index for f in seen.abrades_all
        if coat is not None and f.index > coat and seen.wears(f, layer)
    )  # fmt: skip
    abrade = next(worn, None)
    return [*first, ("coat", coat, True), ("abrade", abrade, True), *second]


def _column(seen):
    steps = []

    def add(name, index, needed=True):
        steps.append((name, index, needed))

    if seen.swapped is not None:
        lower, upper = seen.swapped
        return [(upper.name, upper.index, True), (lower.name, lower.index, True)]
    resist = seen.resist
    laid = resist.index if resist is not None else None
    add("passivation", _index(seen.passivation))
    under = [
        x for x in seen.metal_layers
        if (x.blanket and x.role != "additional") or (laid is not None and x.index < laid)
    ]  # fmt: skip
    for layer in under:
        add(layer.role, layer.index)
    add("resist", laid)
    end = min(seen.column) if seen.column else seen.last.index + 1
    cures = [
        f.index for f in seen.steps("cure")
        if laid is not None and laid < f.index < end and f.step.layer in (None, *resist.new)
    ]  # fmt: skip
    add("its cure", cures[0] if cures else None, False)
    for layer in seen.metal_layers:
        if layer not in under and not layer.blanket:
            add(layer.role, layer.index, layer.role == "ubm")
    if not any(x.role == "ubm" for x in seen.metal_layers):
        add("UBM", None)
    add("solder", min(seen.column) if seen.column else None)
    strip = None
    if resist is not None:
        strip = next((f.index for f in seen.steps("strip") if f.step.layer in resist.new), None)
    add("strip", strip)
    for role in ("ubm", "seed"):
        names = [x.name for x in seen.metal_layers if x.role == role and x.blanket]
        for name in reversed(names):
            add(
                f"etch {name}",
                next((f.index for f in seen.steps("etch") if f.step.layer == name), None),
            )
    coat = seen.polyimide_coat
    add("polyimide", _index(coat))
    if coat is not None:
        etch = next((f.index for f in seen.polyimide_etches), None)
        add("its etch", etch, False)
    add("reflow", _index(seen.column_stage or seen.ball_stage))
    return steps


def _masks(seen):
    masks = seen.masks
    if seen.fp is not None or len(masks) < 2:
        steps = []
        for number, (frame, _, deposits) in enumerate(masks):
            steps.append((f"mask {number + 1}", frame.index, True))
            steps.append((f"solder {number + 1}", min(deposits), True))
            if number == 0:
                steps.append(("first reflow", _index(seen.fp), True))
        if len(masks) < 2:
            steps += [("mask 2", None, True), ("solder 2", None, True)]
        steps.append(("reflow", _index(seen.ff_step), True))
        return steps + _strips(seen)
    # one reflow: every solder after its mask, all before the reflow
    steps = []
    wrong = [(f.index, min(d)) for f, _, d in masks if min(d) < f.index]
    if wrong:
        return [("mask", wrong[0][0], True), ("its solder", wrong[0][1], True)]
    last = max(max(d) for _, _, d in masks)
    return [("solders", last, True), ("reflow", _index(seen.ff_step), True), *_strips(seen)]


def _strips(seen):
    """The first strip of a mask; what lacks: of each that has none, solder in one below."""
    strips = {f.step.layer: f.index for f in seen.steps("strip")}
    names = [n for _, n, _ in seen.masks]
    done = [strips[n] for n in names if n in strips]
    lacking = [(f"strip {n}", None, True) for n in names if n not in strips]
    lacking += [(f"solder in {n}", None, True) for n in seen.unfilled]
    return [("strips", min(done), True), *lacking] if done else lacking
