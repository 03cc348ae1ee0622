"""A run moment by moment: pictures, and what has become of every deposit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import shapely

from bumpform.materials.materials import Materials

from .polygons import Picture, picture_of

HEATS = ("reflow", "mount")


@dataclass(eq=False)
class Frame:
    """What a step has left, and what it found.

    Attributes
    ----------
    index : int
    step : the case's step
    picture, before : Picture
        After and before the step (``before`` is None at the substrate).
    holds : dict of region name to frozenset of int
        The deposits (by their steps) whose metal is in each region of solder.
    melted : frozenset of int
        Deposits whose metal is molten in this step.
    stage : the product's Stage or Mounted, or None
    """

    index: int
    step: object
    picture: Picture
    before: Picture | None
    holds: dict[str, frozenset[int]]
    held: dict[str, frozenset[int]]
    melted: frozenset[int]
    molten: frozenset[str]
    stage: object
    ever: frozenset[int]

    @property
    def heats(self):
        return self.step.do in HEATS

    @property
    def solved(self):
        return self.heats and self.stage is not None and _refusal(self.stage) is None

    def cuts(self, deposits):
        """Whether the step takes off some of these deposits' metal."""
        return any(
            self.picture.bodies.get(n) is not self.before[n]
            for n, held in self.held.items() if held & deposits
        )  # fmt: skip

    @property
    def new(self):
        """Names of the regions that the step has made."""
        old = {} if self.before is None else self.before.bodies
        return tuple(n for n, b in self.picture.bodies.items() if old.get(n) is not b)

    @cached_property
    def shaped(self):
        """Deposits of the liquids that this stage gives a shape: none of what is shut in."""
        if self.solved:
            free = {n for n in self.molten if self.picture.bodies.get(n) is not self.before[n]}
        else:  # what would have been one liquid with what faces air
            bare = {n for n in self.molten if self.before.faces_outside(n)}
            free = {n for g in self._together() if g & bare for n in g}
        return frozenset().union(*(self.held[n] for n in free))

    def _together(self):
        """Sets of what is molten that touch, or face one closed room: what closes it flows in."""
        groups = [set(g) for g in self.before.joined(self.molten)]
        for room in self.before.shut_rooms():
            at = [g for g in groups if any(self.before[n].border.intersects(room) for n in g)]
            groups = [g for g in groups if g not in at] + ([set().union(*at)] if at else [])
        return groups

    @cached_property
    def liquids(self):
        """Names of the regions in which this stage's liquids froze."""
        return tuple(n for n in self.new if n in self.holds) if self.solved else ()

    def region(self, deposits):
        """Names of the regions that hold any of some deposits."""
        return tuple(n for n, d in self.holds.items() if d & frozenset(deposits))


def _refusal(stage):
    return stage.refusal


def frames_of(run):
    """Frames of a run."""
    case = run.case
    library = Materials(case.materials, case.wetting)
    size = case.steps[0].pad.radius
    known, frames = {}, []
    holds: dict[str, frozenset[int]] = {}
    before, ever = None, frozenset()
    been: dict[str, float] = {}  # highest peak that each region has been liquid at, K
    for moment in run.history:
        stack = moment.state.stack
        picture = picture_of(stack.regions, stack.outer, stack.bottom, size, known)
        step, stage = moment.step, moment.state.stage
        held = dict(holds)
        melted, molten = frozenset(), frozenset()
        if step.do == "deposit":
            (fresh,) = [n for n in picture.bodies if before is None or n not in before] or [None]
            if fresh is not None:
                holds = {**holds, fresh: frozenset({moment.index})}
        elif step.do in HEATS:
            peak = step.peak_K
            gone = {n for n in held if picture.bodies.get(n) is not before[n]}
            molten = frozenset(
                n
                for n in held
                if _melts(before[n].material, peak, library, n in gone)
                or (  # what is said of an alloy counts, though it has been liquid at less
                    library.get(before[n].material).liquidus is None
                    and peak >= been.get(n.split(" part ")[0], math.inf)
                )
            )
            melted = frozenset().union(*(held[n] for n in molten)) if molten else frozenset()
            holds = _after_melting(held, molten, before, picture)
            if _refusal(stage) is None:
                ever |= melted
                been |= {
                    n: peak for n in holds if n in molten or picture[n] is not before.bodies.get(n)
                }
        else:
            holds = _after_cutting(held, before, picture)
        frames.append(
            Frame(
                moment.index, step, picture, before, dict(holds), held, melted, molten, stage, ever
            )
        )  # fmt: skip
        before = picture
    return frames


def _melts(material, peak, library, changed):
    """By the library where it knows the alloy; a mixture by what became of it."""
    known = library.get(material)
    if known.liquidus is None:
        bounds = library.melting_bounds(material)
        if bounds is None or bounds.solid_below.value <= peak <= bounds.molten_above.value:
            return changed
        return peak > bounds.molten_above.value
    return peak > known.liquidus.value


def _after_melting(held, molten, before, after):
    """Deposits in each region after a stage: each liquid froze as a new region."""
    kept = {n: d for n, d in held.items() if after.bodies.get(n) is before[n]}
    old = set(before.bodies.values())
    new = [n for n, b in after.bodies.items() if b not in old and b.kind == "solder"
           and not n.startswith("package ")]  # fmt: skip
    gone = [n for n in held if n not in kept]
    if len(new) == 1:
        kept[new[0]] = frozenset().union(*(held[n] for n in gone))
        return kept
    for name in new:
        kept[name] = frozenset()
    for group in before.joined(gone):
        body = shapely.union_all([before[n].polygon for n in group])
        if not new:
            continue
        home = max(new, key=lambda n: _near(after[n].polygon, body))
        kept[home] |= frozenset().union(*(held[n] for n in group))
    return kept


def _near(one, other):
    """How much of one is where the other was; of two that are elsewhere, which is nearer."""
    return one.intersection(other).area, -one.distance(other)


def _after_cutting(held, before, after):
    kept = {
        n: d for n, d in held.items() if n in after and after.bodies.get(n) is before.bodies.get(n)
    }
    for name, body in after.bodies.items():
        if body.kind != "solder" or name in kept:
            continue
        inside = body.polygon.representative_point()
        for old, deposits in held.items():
            if before[old].polygon.contains(inside):
                kept[name] = deposits
    return kept
