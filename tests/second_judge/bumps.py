"""Conditions of both routes with two bumps, and of each."""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely import LineString, Point

from .answer import FAILS, Answer, above, both, unjudged, within, yes

NO_BARRIER = unjudged("no barrier")
LATE = unjudged("the barrier is grown after the second bump")
NONE_LEFT = unjudged("nothing is left of the barrier")
NO_SECOND = unjudged("there is no second bump")
SEVERAL_EDGES = unjudged("the barrier lies in several parts, each with an edge")


def _zero(seen, area):
    """That an area is none."""
    return Answer("holds" if area < 1e-5 * seen.size**2 else FAILS, f"area {area:.3g}",
                  1e-7 * seen.size**2 < area < 1e-4 * seen.size**2)  # fmt: skip


def _some(seen, area):
    """That there is an area."""
    return Answer("holds" if area > 1e-4 * seen.size**2 else FAILS, f"area {area:.3g}",
                  1e-6 * seen.size**2 < area < 1e-3 * seen.size**2)  # fmt: skip


def _second_state(seen):
    """Why the second bump cannot be judged, or None."""
    if not seen.b1 or not seen.b2:
        return NO_SECOND
    if seen.f2 is None:
        return unjudged("the second bump first melts at mounting")
    if not seen.f2.solved:
        return unjudged("refused")
    return None


def stacked_in_order(seen):
    if seen.barrier is None:
        return NO_BARRIER
    why = _second_state(seen)
    if why:
        return why
    if _melted_with_second(seen):
        return unjudged("the first bump melted")
    picture, skin = seen.f2.picture, seen.skin(seen.f2)
    one, two = seen.body(seen.f2, seen.b1), seen.body(seen.f2, seen.b2)
    return both(
        _some(seen, picture.area(seen.land_in(seen.f2), one)),
        _some(seen, picture.area(one, skin)),
        _some(seen, picture.area(skin, two)),
    )


def _melted_with_second(seen):
    """Whether the first bump melted until the second had its shape."""
    return any(f.melted & seen.b1 for f in seen.frames if seen.b2_start < f.index <= seen.f2.index)


def _fused(seen):
    """Whether both bumps are one body where the second has its shape."""
    return bool({*seen.body(seen.f2, seen.b1)} & {*seen.body(seen.f2, seen.b2)})


def barrier_on_first_bump(seen):
    if seen.barrier is None:
        return NO_BARRIER
    if not seen.b1:
        return unjudged("no first bump")
    frame = seen.finished
    if not seen.skin(frame):
        return NONE_LEFT
    one = seen.body(frame, seen.b1)
    return both(
        _zero(seen, frame.picture.area(one, "air")),
        _some(seen, frame.picture.area(one, seen.skin(frame))),
    )


def barrier_separates_bumps(seen):
    if seen.barrier is None:
        return NO_BARRIER
    if not seen.b1 or not seen.b2:
        return NO_SECOND
    first = next((f.index for f in seen.frames if f.heats and f.melted & seen.b2), None)
    stages = [f for f in seen.frames if first is not None and f.heats and f.index >= first]
    if any(f.melted & seen.b1 for f in stages):
        return unjudged("the first bump melted")
    stages = [f for f in stages if f.solved]
    if not stages:
        return unjudged("refused or never molten")
    answers = []
    for frame in stages:
        one, two = set(seen.body(frame, seen.b1)), set(seen.body(frame, seen.b2))
        answers.append(_zero(seen, frame.picture.area(one, two)))
    return both(*answers)


def barrier_thickness_matches(seen):
    if seen.barrier is None:
        return NO_BARRIER
    if seen.barrier_is_late:
        return LATE
    d = seen.depth
    if seen.route == "photoimaged_opening":
        where = dome_ends_on_wall(seen)
        if where.verdict != "holds":  # a depth is one of a line on the wall
            return Answer("not judged", "the dome does not end on the wall", where.near)
    if d is None or d <= 1e-8 * seen.size:
        near = d is not None and abs(d) > 1e-11 * seen.size and d < 1e-7 * seen.size
        return Answer("not judged", "no defined distance", near)
    t = seen.thickness_on_axis
    if t is None:
        return NONE_LEFT
    d -= seen.rim[1] - seen.finished_rim[1]
    slack = 1e-8 * seen.size
    return above(seen.case.tolerance * d, abs(t - d), slack, f"t {t:.6g}, d {d:.6g}", or_equal=True)


def barrier_flush(seen):
    if seen.barrier is None:
        return NO_BARRIER
    if seen.barrier_is_late:
        return LATE
    if not seen.skin(seen.finished):
        return NONE_LEFT
    if seen.rim is None:
        return unjudged("no dielectric")
    if not seen.finished.picture.area(seen.skin(seen.finished), seen.dielectric) > 0.0:
        return yes(False, "stands clear of the wall")
    slack = 1e-8 * seen.size
    below = (
        unjudged("no first line or plane") if seen.depth is None
        else above(seen.depth, 0.0, slack)
    )  # fmt: skip
    if seen.barrier_parts > 1:
        return both(below, SEVERAL_EDGES)
    gap = math.dist(seen.edge, seen.finished_rim)
    return both(
        below,
        above(
            seen.case.tolerance * seen.finished_thickness,
            gap,
            slack,
            f"gap {gap:.6g}",
            or_equal=True,
        ),
    )


def _miss(seen):
    """Length along the solids from the barrier's edge to the second bump's line, signed.

    With whether the bump is closed, and how far the edge is off the solids that face no solid.
    """
    two = seen.body(seen.f2, seen.b2)
    chain, closed = seen.f2.picture.surface(two[0])
    profile, edge = seen.f2.stage.solids.profile, np.array(seen.edge)
    place = profile.locate(edge)
    off = float(np.hypot(*(profile.point(place) - edge)))
    return profile.arclength(place, profile.locate(chain[0])), closed, off


def _top_bare(seen):
    """Area of the barrier's top that faces air at F2: of one cut by then, all but its sides.

    What it shut in as it grew lies bare to its top, too.
    """
    top = LineString(seen.barrier_top)
    picture, before = seen.f2.picture, seen.finished.picture
    bare = [p for n in seen.skin(seen.f2) for p in picture.pieces(n) if p.other == "air"]
    if any(picture.bodies.get(n) is not before[n] for n in seen.skin(seen.finished)):
        return sum(p.area for p in bare if abs(p.end[0] - p.start[0]) > seen.tol)
    places = [*before.shut_rooms(), top.buffer(4.0 * seen.tol)]
    return sum(p.area for p in bare if any(x.contains(Point(p.middle)) for x in places))


def second_covers_barrier(seen):
    if seen.barrier is None:
        return NO_BARRIER
    if seen.barrier_is_late:
        return LATE
    why = _second_state(seen)
    if why:
        return why
    if _fused(seen):
        return unjudged("the first bump melted")
    if not seen.skin(seen.f2):
        return unjudged("nothing is left of the barrier")
    miss, closed, off = _miss(seen)
    if not closed:
        return yes(False, "open on the axis")
    bare = _zero(seen, _top_bare(seen))
    if off > 4.0 * seen.tol or seen.barrier_parts > 1:  # its edge is cut off, buried, or not one
        return bare
    return both(
        bare,
        above(miss, 0.0, 1e-6 * seen.size, f"miss {miss:.6g}", or_equal=True),
    )


def second_ends_at_juncture(seen):
    if seen.barrier is None:
        return NO_BARRIER
    if seen.barrier_is_late:
        return LATE
    if not seen.skin(seen.finished):
        return NONE_LEFT
    why = _second_state(seen)
    if why:
        return why
    if _fused(seen):
        return unjudged("the first bump melted")
    if seen.barrier_parts > 1:
        return SEVERAL_EDGES
    miss, _, off = _miss(seen)
    if off > 4.0 * seen.tol:
        return unjudged("the barrier's edge does not show")
    flush = barrier_flush(seen)
    r, z = seen.edge
    # past the rim it ends on the dielectric's top: that is where both meet
    rim = seen.finished_rim
    over = rim is not None and abs(z - rim[1]) < seen.tol and r > rim[0] - seen.tol
    if flush.verdict != "holds" and not over:
        return Answer(
            "not judged", "the barrier's top does not meet the dielectric's top", flush.near
        )
    if rim is not None and seen.dielectric in seen.f2.picture:
        top = float(seen.f2.picture[seen.dielectric].points[:, 1].max())
        if top < rim[1] - seen.tol:
            return unjudged("the dielectric's top is lower by then")
    limit = seen.case.tolerance * seen.finished_thickness
    answer = above(limit, abs(miss), 1e-6 * seen.size, f"miss {miss:.6g}", or_equal=True)
    return Answer(answer.verdict, answer.why, answer.near or flush.near)


def second_covers_first(seen):
    if seen.barrier is not None and not seen.barrier_is_late:
        return unjudged("barrier present")
    why = _second_state(seen)
    if why:
        return why
    if _melted_with_second(seen):
        return unjudged("the first bump melted")
    if not seen.body(seen.f2, seen.b1):
        return unjudged("nothing is left of the first bump")
    return _zero(seen, seen.f2.picture.area(seen.body(seen.f2, seen.b1), "air"))


def defined_distance_window(seen):
    if seen.route == "laminated_abraded":
        if seen.rim is None:
            return unjudged("no plane")
        why = _no_plane(seen)
        if why:
            return why
        where = above(seen.depth, 0.0, 1e-8 * seen.size)
        why = "the plane is not below the top"
    else:
        where = dome_ends_on_wall(seen)
        why = "the dome does not end on the wall"
    if where.verdict != "holds":
        return Answer("not judged", why, where.near)
    fraction = seen.depth / seen.wall
    answer = within(fraction, 1e-4, 0.5, 1e-8, f"fraction {fraction:.6g}")
    return Answer(answer.verdict, answer.why, answer.near or where.near)


def _first_state(seen):
    if not seen.b1:
        return unjudged("no first bump")
    if seen.f1 is None:
        return unjudged("it never melts")
    if not seen.f1.solved:
        return unjudged("refused")
    return None


def dome_shaped(seen):
    why = _first_state(seen)
    if why:
        return why
    chain, closed = seen.f1.picture.surface(seen.body(seen.f1, seen.b1)[0])
    if not closed:
        return yes(False, "open on the axis")
    slack = 1e-9 * seen.size
    rise = float(np.diff(chain[:, 1]).min())
    return both(
        yes(rise > -slack, f"falls by {-rise:.3g} somewhere"),
        above(float(chain[-1, 1] - chain[0, 1]), 0.0, slack),
    )


def _dome(seen):
    why = _first_state(seen)
    if why:
        return why
    if seen.rim is None:
        return unjudged("no opening")
    if seen.cuts:
        return unjudged("the first bump was abraded")
    if seen.line1 is None:
        return unjudged("no line")
    return None


def dome_ends_below_top(seen):
    return _dome(seen) or above(seen.rim[1] - seen.line1[1], 0.0, 1e-8 * seen.size)


def dome_protrudes(seen):
    why = _dome(seen)
    if why:
        return why
    names = seen.body(seen.f1, seen.b1)
    chain, closed = seen.f1.picture.surface(names[0])
    top = float(chain[-1, 1]) if closed else max(seen.f1.picture[n].top for n in names)
    return above(top - seen.rim[1], 0.0, 1e-8 * seen.size)


def dome_ends_on_wall(seen):
    why = _dome(seen)
    if why:
        return why
    bodies = [seen.f1.picture[n] for n in seen.coats if n in seen.f1.picture.bodies]
    if not bodies:
        return yes(False, "the dielectric is laid later")
    slack = 1e-8 * seen.size
    r, z = seen.line1
    on = any(shapely.dwithin(body.border, Point(r, z), seen.tol) for body in bodies)
    # beside and above a place of a top there is nothing of it; a ledge's edge is free on one side
    whole = shapely.union_all([body.polygon for body in bodies])
    beside, up = 64.0 * seen.tol, 2.0 * seen.tol
    behind, under, before = (
        whole.contains(Point(r + x, z + y))
        for x, y in ((beside, up), (beside, -up), (-beside, -up))
    )
    on = on and (behind or (under and not before))
    top = min(seen.rim[1], max(body.top for body in bodies))  # what is laid later is no wall yet
    return both(
        yes(bool(on), f"line at {r:.6g}, {z:.6g}"),
        above(top, z, slack),
        above(z, max(seen.rim[1] - seen.wall, _lowest_shown(seen)), slack),
    )


def _lowest_shown(seen):
    """Height from which the dielectric's inner face is no longer behind what stays solid at F1."""
    free = {"air", *seen.body(seen.f1, seen.b1)}
    shown = (
        p.end[1] for n in seen.coats if n in seen.f1.picture.bodies
        for p in seen.f1.picture.pieces(n) if p.other in free and p.end[1] < p.start[1] - seen.tol
    )  # fmt: skip
    return float(min(shown, default=seen.rim[1]))


# -- laminated and abraded ---------------------------------------------------


def _last_abrade(seen):
    coats = [f.index for f in seen.steps("coat") if seen.dielectric in f.new]
    if seen.dielectric is None or not coats or not seen.b1:
        return None, None
    froze = -1 if seen.f1 is None else seen.f1.index
    cuts = [
        f for f in seen.abrades
        if f.index > max(coats[0], froze) and (f in seen.cuts or seen.wears(f, seen.dielectric))
    ]  # fmt: skip
    return (cuts[0], cuts[-1]) if cuts else (None, None)


def abrading_exposes_bump(seen):
    first, last = _last_abrade(seen)
    if first is None or seen.f1 is None or first.index < seen.f1.index:
        return unjudged("nothing is abraded after the first bump froze and was coated")
    before = first.before.area(first_names(first, seen), "air")
    if before > 1e-4 * seen.size**2:
        return unjudged("the bump was not covered")
    return _some(seen, last.picture.area(seen.body(last, seen.b1), "air"))


def first_names(frame, seen):
    """Regions of the first bump before a frame."""
    return [n for n, d in frame.held.items() if d & seen.b1]


def _bare(seen, frame):
    return [
        p for n in seen.body(frame, seen.b1) for p in frame.picture.pieces(n) if p.other == "air"
    ]


def inside_shows_as_plane(seen):
    _, last = _last_abrade(seen)
    if last is None:
        return unjudged("nothing is abraded after the coat")
    pieces = _bare(seen, last)
    if not sum(p.area for p in pieces) > 1e-4 * seen.size**2:
        return unjudged("nothing exposed")
    if seen.f1 is None or not seen.f1.solved:
        return unjudged("it never melts")
    z = [v for p in pieces for v in (p.start[1], p.end[1])]
    apex = max(seen.f1.picture[n].top for n in seen.body(seen.f1, seen.b1))
    slack = 1e-8 * seen.size
    return both(
        yes(max(z) - min(z) < slack, f"spread {max(z) - min(z):.3g}"), above(apex, max(z), slack)
    )


def _no_plane(seen):
    """Why there is no plane, or None: the bump is cut, whatever else of it is bare."""
    _, last = _last_abrade(seen)
    if last is None or not seen.cuts or seen.plane is None or not seen.f1.solved:
        return unjudged("no plane")
    if not last.picture.area(seen.body(last, seen.b1), "air") > 1e-4 * seen.size**2:
        return unjudged("no plane")
    return None


def plane_below_top(seen):
    if seen.rim is None:
        return unjudged("no dielectric")
    return _no_plane(seen) or above(seen.depth, 0.0, 1e-8 * seen.size)


def barrier_top_aligned(seen):
    if seen.barrier is None:
        return NO_BARRIER
    if seen.barrier_is_late:
        return LATE
    if not seen.skin(seen.finished):
        return NONE_LEFT
    why = _no_plane(seen)
    if why:
        return why
    if seen.rim is None:
        return unjudged("no dielectric")
    off = float(np.abs(seen.barrier_top[:, 1] - seen.finished_rim[1]).max())
    limit = seen.case.tolerance * seen.finished_thickness
    return above(limit, off, 1e-8 * seen.size, f"off by {off:.6g}", or_equal=True)
