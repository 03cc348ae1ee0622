"""Corners that a liquid fills, and its films: how thick it covers a body."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import shapely
from scipy.signal import find_peaks
from shapely import LineString

from bumpform.geometry.profile import Station

from .answer import Answer, above, worst, yes
from .measures import liquid_surface, shrunk_liquid
from .polygons import TOUCH, _chains

FILM = 1e-6  # m
#: Slope of a film's thickness along its surface below which it is none.
LEVEL = 3e-3
#: Part of a thickness by which a minimum, or an end that is further off, is too near to tell.
DENT = 1e-5


def _roof_and_core(*pieces):
    """Whether one of the neighbours, and one only, is the package."""
    return len({p.other.startswith("package ") for p in pieces}) == 2


def _lies_flat(seen, frame, place):
    """Whether a package and what is solid under it share a face that ends at a place."""
    near = 32.0 * seen.tol
    shared = (
        (p.start, p.end)
        for n in frame.picture.bodies
        if not n.startswith("package ") and n not in frame.liquids
        for p in frame.picture.pieces(n)
        if p.other.startswith("package ") and p.other not in frame.liquids
    )
    return any(
        math.dist(*ends) > near and min(math.dist(place, end) for end in ends) < near
        for ends in shared
    )


def _turn(a, b):
    """By how much the way turns to the left from a piece to the next."""
    u, v = a.end - a.start, b.end - b.start
    return math.atan2(u[0] * v[1] - u[1] * v[0], float(u @ v))


def _wedges(seen, frame, name):
    """(angle of the liquid, the two neighbours, place) of every corner that a liquid fills."""
    pieces = frame.picture.pieces(name)
    found = []
    for a, b in zip(pieces, pieces[1:] + pieces[:1], strict=True):
        if a.other in ("air", "limit") or b.other in ("air", "limit"):
            continue
        if math.dist(a.end, b.start) > 32.0 * seen.tol:  # pieces too short to tell are left out
            continue
        turn = _turn(a, b)
        # what chords turn by is less; a roof that a core touches in a point makes a cusp, no corner
        cusp = turn > 3.0 and (_roof_and_core(a, b) or a.other == b.other)
        cusp = cusp and not _lies_flat(seen, frame, a.end)
        ball = a.other == b.other and frame.picture[a.other].kind == "core"  # has chords alone
        if turn > 4e-3 and not cusp and not ball:
            found.append((math.pi - turn, a.other, b.other, a.end))
    return found


def _wedges_of_melt(seen, frame, name):
    """The same of the liquid as it was, where what has frozen from it may have another line."""
    picture, tol = frame.picture, seen.tol
    if any(n.startswith("package ") for n in picture.bodies):
        return [found[:3] for found in _wedges(seen, frame, name)]  # both lines are held, or nearly
    chain, closed = liquid_surface(frame, name)
    profile = frame.stage.solids.profile
    outer = profile.locate(chain[0])
    inner = profile.start if closed else profile.locate(chain[-1])

    def covered(place):
        """Whether the liquid is over a place: where the solid comes there twice, on either way."""
        ends = (Station(i, u) for i in range(len(profile)) for u in (0.0, 1.0))
        there = (at for at in ends if math.dist(profile.point(at), place) < 8.0 * tol)
        return any(
            profile.arclength(inner, at) > -tol and profile.arclength(at, outer) > tol
            for at in (profile.locate(np.asarray(place)), *there)
        )

    own = [found for found in _wedges(seen, frame, name) if covered(found[3])]
    rest = picture.without(*frame.liquids)
    bare = [(p, n) for n in rest.bodies for p in rest.pieces(n) if p.other == "air"]
    starts = np.array([p.start for p, _ in bare])
    for a, one in bare:  # solid on their left: inwards
        next_to = [bare[i] for i in np.flatnonzero(np.hypot(*(starts - a.end).T) < 8.0 * tol)]
        back = a.start - a.end
        place = a.end + min(0.5, 64.0 * tol / math.hypot(*back)) * back
        off = math.dist(profile.point(profile.locate(place)), place)  # gas that is shut in
        if not next_to or off > 8.0 * tol or not covered(place):
            continue
        if any(math.dist(a.end, found[3]) < 32.0 * tol for found in own):
            continue
        turn, two, b = max(
            ((-_turn(a, b), two, b) for b, two in next_to), key=lambda found: found[:2]
        )  # the nearest across air
        ahead = b.end - b.start
        beyond = b.start + min(0.5, 64.0 * tol / math.hypot(*ahead)) * ahead
        if turn > 4e-3 and covered(beyond):  # else a line is at the corner
            own.append((math.pi - turn, one, two, a.end))
    return [found[:3] for found in own]


def _melt_of(frame, name):
    """The liquid that froze as a region, for its contact angles."""
    melts = [liquid.melt for liquid in getattr(frame.stage, "liquids", (frame.stage,))]
    own = [m for m in melts if "+".join(m.solders) == frame.picture[name].material]
    return (own or melts)[0]


def corners_filled(seen):
    answers = []
    for frame in seen.frames:
        if not frame.solved:
            refusal = frame.stage.refusal if frame.heats and frame.stage is not None else None
            if refusal is not None and refusal.reason == "unfilled_corner":
                answers.append(yes(False, refusal.detail))
            continue
        for name in frame.liquids:
            wedges = _wedges if shrunk_liquid(frame) is None else _wedges_of_melt
            surface, _ = frame.picture.surface(name)
            for wedge, one, two, *_ in wedges(seen, frame, name):
                melt = _melt_of(frame, name)
                angles = [
                    melt.contact_angle(frame.picture[n].material, seen.library) for n in (one, two)
                ]
                margin = math.pi + wedge - sum(angles)
                answer = above(margin, 0.0, 1e-4, f"{one}, {two} in {frame.step.name}")
                # level with what a package brought: what lies on it may touch it in the picture
                answers.append(replace(answer, near=answer.near or not len(surface)))
    short = any(_has_a_step(seen, f) for f in seen.frames if f.solved and f.liquids)
    if not answers and short:
        return Answer("not judged", "a face is too short to tell", near=True)
    return worst(answers)


def _has_a_step(seen, frame):
    """Whether the solid has a face too short for a polygon, beside which there may be a corner."""
    return any(piece.length() < 32.0 * seen.tol for piece in frame.stage.solids.profile)


def film_thickness(seen):
    answers = []
    for frame in seen.frames:
        if not frame.solved:
            continue
        for name in frame.liquids:
            answer = _film_of(seen, frame, name)
            if answer is not None:
                answers.append(answer)
    return worst(answers)


def _film_of(seen, frame, name):
    """Least local minimum of the distance from a free surface to what it covers of a body."""
    tol, pieces = seen.tol, frame.picture.pieces(name)
    under = [p for p in pieces if p.other in frame.picture and _is_body(seen, frame, p.other)]
    chain, closed = liquid_surface(frame, name)
    if len(chain) < 5:
        return None
    answers = []
    hung = [p for p in under if p.other.startswith("package ")]  # its own, if a core touches it
    below = [p for p in under if not p.other.startswith("package ")]
    chains = [(c, False) for c in _chains(below, 8.0 * tol)]
    chains += [(c, True) for c in _chains(hung, 8.0 * tol)]
    for covered, hangs in chains:
        body = LineString(covered)
        ends = [
            p for p in (covered[0], covered[-1])
            if p[0] > 8.0 * tol and not _goes_on(frame, p, chain, hangs, 8.0 * tol)
        ]  # fmt: skip
        answer = _thinnest(body, ends, chain, closed, tol)
        if answer is not None and revolved(covered) <= TOUCH * seen.size**2:
            answer = replace(answer, near=True)  # a cover, or a touch: too small to tell
        answers.append(answer)
    found = worst(a for a in answers if a is not None)
    if found is not None and not closed and seen.case.freezing == "shrinks":
        return replace(found, near=True)  # what has frozen may have a minimum, the liquid none
    return found


def _goes_on(frame, place, surface, hangs, near):
    """Whether a body goes on there under one of the other side that lies on it: no wedge's end."""
    if min(math.dist(place, line) for line in (surface[0], surface[-1])) < near:
        return False
    at = shapely.Point(*place)
    hung = [
        n.startswith("package ")
        for n, b in frame.picture.bodies.items()
        if n not in frame.liquids and b.border.distance(at) < near
    ]
    return hung.count(hangs) == 1 and hung.count(not hangs) > 0


def revolved(points):
    """Area of revolution of a polyline, m²."""
    return sum(math.pi * (a[0] + b[0]) * math.dist(a, b) for a, b in pairwise(points))


def _thinnest(body, ends, chain, closed, tol):
    """Film over one body; what is nearest to an end of what is covered is a wedge beside it."""
    gap = shapely.distance(body, shapely.points(chain))
    raw, beside = gap, np.full(len(gap), np.inf)
    for end in ends:
        off = np.hypot(*(chain - end).T)
        beside = np.minimum(beside, off)
        gap = np.where(off < gap * (1.0 + 1e-6) + 8.0 * tol, np.inf, gap)
    foot = shapely.shortest_line(body, shapely.Point(chain[-1])).coords[0]
    over = bool(np.isfinite(gap[-1])) and foot[1] < chain[-1][1] - 8.0 * tol  # not only round it
    level = [  # the surface runs level with the body from its line on: a minimum, or just none
        gap[i]
        for i, j in ([(0, 1)] if closed else [(0, 1), (-1, -2)])
        if tol < gap[i] <= gap[j] < gap[i] + LEVEL * math.dist(chain[i], chain[j])
    ]
    if closed:  # mirrored, so that the axis is inside
        gap = np.r_[gap, gap[-2::-1]]
    low, found = find_peaks(-gap, prominence=tol)  # chords feign dents in what is level
    inside = np.isfinite(gap[low - 1] + gap[low + 1])
    low, deep = low[inside], found["prominences"][inside]
    gap = gap[np.isfinite(gap)] if not len(low) else gap
    if not len(gap):
        return None
    if not len(low) and not (closed and over):
        ending, _ = find_peaks(-raw, prominence=tol)  # next to an end: a wedge, or a film
        level += [raw[i] for i in ending if not closed and beside[i] > raw[i] * (1.0 + DENT)]
        if level:
            return replace(above(min(level), FILM, 1e-4 * FILM, or_equal=True), near=True)
        return None  # a body or a ring beside it, no cover
    # where it only grows from the contact line on, the cover is as thick as it gets
    least = float(gap[low].min()) if len(low) else float(gap.max())
    answer = above(least, FILM, 1e-4 * FILM, f"film {least:.6g} m", or_equal=True)
    dents = bool(len(low)) and float(deep.max()) < DENT * least  # samples may miss it
    return replace(answer, near=answer.near or dents)


def _is_body(seen, frame, name, above=()):
    body = frame.picture[name]
    layers = set(seen.barrier_layers) if seen.barrier is not None else set()
    return (
        body.kind == "core" or name in layers or _lies_on_body(seen, frame, name, above)
        or any(name in f.new for f in seen.steps("barrier"))
        or (body.kind == "solder" and name not in frame.liquids)
    )  # fmt: skip


def _lies_on_body(seen, frame, name, above=()):
    """Whether a plate lies on frozen solder or a core that stood there before, or on their skin.

    What an etch has parted is still that plate. To what has melted since, it is a land.
    """
    plated = [f for f in seen.steps("plate") if {name, name.split(" part ")[0]} & set(f.new)]
    since = {
        n for f in seen.frames for n in f.liquids
        if plated and plated[-1].index < f.index < frame.index
    }  # fmt: skip
    return any(
        other not in (name, *above)
        and other not in {*frame.liquids, *since}
        and (other in plated[-1].before or other.split(" part ")[0] in plated[-1].before)
        and frame.picture.touch(name, other)
        and _is_body(seen, frame, other, (name, *above))
        for other in frame.picture.bodies
    ) if plated else False  # fmt: skip
