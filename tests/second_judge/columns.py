"""Conditions of the plated column, its UBM and its polyimide."""

from __future__ import annotations

import numpy as np

from .answer import Answer, above, both, unjudged, within, yes
from .bumps import _some
from .shared import mostly

MEASURABLE = 1e-6  # m, what inspection repeats to


def pad_metal(seen):
    material = seen.frames[0].step.pad.material
    held = mostly(seen, material, {"Al"})
    if held or seen.library.canonical(material) == "Cu":
        return yes(True)
    return unjudged("composition unknown") if held is None else yes(False, material)


def _stack_of(seen):
    """("nickel", its layers), ("cr cu au", its layers) or None."""
    nickel = []
    for x in seen.ubm:
        if mostly(seen, x.material, {"Ni"}):
            nickel.append(x)
        elif nickel:
            break
    if nickel:
        return nickel
    names = [seen.library.canonical(x.material) for x in seen.ubm]
    for i in range(len(names) - 2):
        if names[i : i + 3] == ["Cr", "Cu", "Au"]:
            return seen.ubm[i : i + 3]
    return None


def _no_ubm(seen):
    if not seen.column:
        return unjudged("no column")
    if not seen.metal_layers:
        return unjudged("no metal between pad and solder")
    if seen.ubm is None:
        return unjudged("the case does not say which layers are UBM")
    return None


def ubm_metals(seen):
    return _no_ubm(seen) or yes(_stack_of(seen) is not None)


def ubm_thickness(seen):
    why = _no_ubm(seen)
    if why:
        return why
    layers = _stack_of(seen)
    if layers is None:
        return unjudged("no thickness is claimed for this UBM")
    heights = {n: high - low for n, low, high in seen.bare.column(1e-3 * seen.size)}
    total = sum(heights[x.name] for x in layers)
    return within(total, 1e-6, 1e-5, 1e-7 * 1e-5, f"{total:.6g} m")


def _coated_state(seen):
    if not seen.column:
        return unjudged("no column")
    if seen.polyimide is None:
        return unjudged("no polyimide")
    return None


def _melted_before(seen, index):
    return any(f.solved and f.melted & seen.column and f.index < index for f in seen.frames)


def ubm_ends_at_solder(seen):
    layers = [x for x in seen.metal_layers if x.role in ("seed", "ubm")]
    if not seen.column or not layers:
        return unjudged("no column, or no seed or UBM")
    if not (seen.roles_fit or seen.said):
        return unjudged("the case does not say which layers are which")
    if seen.polyimide_coat is None:
        return unjudged("no polyimide before which to look")
    frame = seen.frames_before(seen.polyimide_coat.index)[-1]
    if _melted_before(seen, frame.index + 1):
        return unjudged("melted before the etch")
    added = [x for x in seen.metal_layers if x.role == "additional"]
    masks = [seen.at(d).picture[n].widest for d in seen.column for n in seen.at(d).region({d})]
    masks += [seen.at(x.index).picture[x.name].widest for x in added]
    limit = max(masks)
    slack = 1e-8 * seen.size
    answers = [
        above(limit, frame.picture[n].widest, slack, n, or_equal=True)
        for x in layers for n in frame.picture.bodies if n.split(" part ")[0] == x.name
    ]  # fmt: skip
    if not seen.passivations:
        return both(*answers, unjudged("no passivation"))
    names = [f.new[0] for f in seen.passivations if f.new[0] in frame.picture]
    outer = frame.picture.outer - 2.0 * seen.tol
    bare = [p for name in names for p in frame.picture.pieces(name) if p.other == "air"]
    shows = any(max(p.start[0], p.end[0]) > outer for p in bare)
    return both(*answers, yes(shows, "the passivation does not show"))


def polyimide_on_passivation(seen):
    why = _coated_state(seen)
    if why:
        return why
    if seen.passivation is None:
        return unjudged("no passivation")
    picture = _finished(seen)
    column = _column_names(seen, picture)
    metals = [x.name for x in seen.metal_layers]
    return both(
        _some(seen, picture.area(seen.polyimide, [f.new[0] for f in seen.passivations])),
        _some(seen, picture.area(seen.polyimide, [*column, *metals])),
    )


def _finished(seen):
    """Picture before FA; without one, the last before any mount."""
    if seen.column_stage is not None:
        return seen.column_stage.before
    return seen.frames_before(seen.first_mount)[-1].picture


def _column_names(seen, picture):
    for frame in [*seen.frames][::-1]:
        if frame.picture is picture:
            return frame.region(seen.column)
        if frame.before is picture:
            return tuple(n for n, d in frame.held.items() if d & seen.column)
    return ()


def _film(seen, picture):
    """(top at the column, thickness on the field) of the polyimide."""
    column = picture.column(picture.outer - 1e-3 * seen.size)
    field = sum(high - low for n, low, high in column if n in seen.polyimide)
    return max(b.top for b in _films(seen, picture)), field


def _films(seen, picture):
    """The polyimide's bodies: whole layers, or what cuts have left of them."""
    return [b for n, b in picture.bodies.items() if n.split(" part ")[0] in seen.polyimide]


def solder_higher_than_polyimide(seen):
    why = _coated_state(seen)
    if why:
        return why
    if _melted_before(seen, seen.polyimide_coat.index):
        return unjudged("the solder was no column any more")
    picture = _finished(seen)
    names = _column_names(seen, picture)
    height = sum(high - low for n, low, high in picture.column(1e-3 * seen.size) if n in names)
    gap = height - _film(seen, picture)[1]
    return above(gap, MEASURABLE, 1e-8 * seen.size, f"{gap:.6g} m", or_equal=True)


def _protrusion(seen, picture):
    names = _column_names(seen, picture)
    return max(picture[n].top for n in names) - _film(seen, picture)[0]


def column_protrudes(seen):
    why = _coated_state(seen)
    if why:
        return why
    if seen.column_stage is None and _melted_before(seen, seen.polyimide_coat.index):
        return unjudged("no reflow of it in the polyimide")
    if not _column_names(seen, _finished(seen)):
        return unjudged("nothing is left of it")
    gap = _protrusion(seen, _finished(seen))
    return above(gap, MEASURABLE, 1e-8 * seen.size, f"{gap:.6g} m", or_equal=True)


def etch_raises_protrusion(seen):
    why = _coated_state(seen)
    if why:
        return why
    fa = seen.column_stage
    etches = [f for f in seen.polyimide_etches if fa is not None and f.index < fa.index]
    if not etches:
        return unjudged("no etch before the reflow")
    if not _column_names(seen, _finished(seen)):
        return unjudged("nothing is left of it")
    before = _protrusion(seen, etches[0].before)
    after = _protrusion(seen, etches[-1].picture)
    slack = 1e-8 * seen.size
    return both(
        above(after - before, MEASURABLE, slack, f"gain {after - before:.6g}", or_equal=True),
        above(after, 0.0, slack),
    )


def _ball(seen):
    """(chain, closed) of the ball's surface at FB, or why not."""
    why = _coated_state(seen)
    if why:
        return None, why
    fb = seen.ball_stage
    if fb is None:
        return None, unjudged("no reflow")
    if not fb.solved:
        return None, unjudged("refused")
    after = fb if fb.index > seen.polyimide_coat.index else seen.polyimide_coat
    if not _films(seen, after.picture):
        return None, unjudged("the polyimide is gone")
    if not _column_names(seen, after.picture):
        return None, unjudged("nothing is left of it")
    return fb.picture.surface(fb.region(seen.column)[0]), None


def ball_above_polyimide(seen):
    found, why = _ball(seen)
    if why:
        return why
    top = float(found[0][:, 1].max())
    picture = seen.ball_stage.picture
    if seen.column_stage is None:  # the polyimide comes after it
        picture = seen.polyimide_coat.picture
        if _cut(seen):
            top = max(picture[n].top for n in _column_names(seen, picture))
    return above(top - _film(seen, picture)[0], 0.0, 1e-8 * seen.size)


def _cut(seen):
    """Whether the ball is worn off between its reflow and the polyimide."""
    if seen.column_stage is not None:
        return False
    tops = [max(f.picture[n].top for n in _column_names(seen, f.picture))
            for f in (seen.ball_stage, seen.polyimide_coat)]  # fmt: skip
    return tops[1] < tops[0] - seen.tol


def roundness(chain):
    """Widest radius over that of the sphere through apex and contact line, widest, r of line."""
    (a, foot), apex = chain[0], float(chain[-1, 1])
    height = apex - foot
    sphere = (a * a + height * height) / (2.0 * height)
    widest = float(chain[:, 0].max())
    return widest / sphere, widest, float(a)


def ball_spherical(seen):
    found, why = _ball(seen)
    if why:
        return why
    chain, closed = found
    if not closed:
        return yes(False, "open on the axis")
    over = ball_above_polyimide(seen)
    if over.verdict != "holds":
        return Answer("not judged", "not above the polyimide", over.near)
    if _cut(seen):
        return unjudged("cut")
    return spherical(seen, chain)


def _flare(chain):
    """Sine of the slope of r over z at the line, of the parabola through the first three nodes."""
    first, second = np.diff(chain[:3], axis=0)
    one, two = np.hypot(*first), np.hypot(*second)
    r, z = first / one - one * (second / two - first / one) / (one + two)
    return float(np.copysign(r, r * z) / np.hypot(r, z))


def spherical(seen, chain):
    if float(np.ptp(chain[:, 1])) == 0.0:
        return yes(False, "flat")
    round_, widest, a = roundness(chain)
    slack = 1e-6
    if widest > a:
        wider = above(widest, a, 1e-6 * seen.size, f"widest {widest:.6g}, line {a:.6g}")
    else:  # it may be widest between the line and the next node
        wider = above(_flare(chain), 0.0, 1e-4)
    return both(
        wider,
        within(round_, 0.95, 1.05, slack, f"sphericity {round_:.6g}"),
    )


def ball_ends_at_edge(seen):
    found, why = _ball(seen)
    if why:
        return why
    if seen.column_stage is None:
        return unjudged("the polyimide comes after the reflow")
    chain, _ = found
    picture = seen.ball_stage.picture
    points = max(_films(seen, picture), key=lambda b: b.top).points
    top = points[points[:, 1] > points[:, 1].max() - seen.tol]
    edge = float(top[:, 0].min())
    slack = 1e-8 * seen.size
    off = abs(float(chain[0, 1] - points[:, 1].max()))
    return both(
        above(float(chain[0, 0]), edge, slack, or_equal=True),
        above(0.0, off, slack, f"line {off:.3g} off the polyimide's top", or_equal=True),
    )


def cure_window(seen):
    resist = seen.resist
    if resist is None or not seen.column:
        return unjudged("no resist")
    cures = [f.step for f in seen.frames if f.step.do == "cure"
             and resist.index < f.index < min(seen.column)]  # fmt: skip
    if not cures:
        return unjudged("no cure")
    cure = sorted(cures, key=lambda c: -c.temperature)[0]
    temperature = getattr(cure, "temperature", None) or getattr(cure, "peak", None)
    answers = [within(temperature - 273.15, 300.0, 400.0, 1e-6)]
    time = getattr(cure, "time", None)
    if time is not None:
        answers.append(within(time, 5400.0, 9000.0, 1e-6))
    return both(*answers)
