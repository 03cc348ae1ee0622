"""Sentences of a result against the run that they tell of: names, numbers, what came after what.

Only what a sentence itself says is looked at; whether a condition holds is the second verdict's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import shapely
from sections import holes, outlines, revolved

import bumpform
from bumpform.materials.materials import Materials
from bumpform.process.moment import Moment
from bumpform.process.state import State
from bumpform.stack.stack import Stack
from bumpform.steps.kinds import Coat, Deposit, Mount, Reflow
from bumpform.units.units import parse_quantity

#: What no sentence has in it.
_UNSPEAKABLE = re.compile(r"\b(nan|inf|None|np\.\w+)\b|<.* object at|\{|\n")
#: Relative slack of numbers that are told in a few digits.
TOLD = 2e-3
_VOID = re.compile(r"^(\w+): it closes a void of (.+)$")
_OVERHANG = re.compile(r"^coat .+: it fills under the overhang of (.+); a film")
_LAST = re.compile(r"^the last deposit \((.+)\) is never reflowed$")
_CORNER = re.compile(
    r"the corner of (.+) and (.+) at r = (\S+) m, z = (\S+) m: the contact angles there add up to "
    r"(\S+)°, not less than 180° \+ (\S+)°"
)
_REFUSED = re.compile(r"^(.+) is refused \((\w+)\): (.+)$")
_SHORT = re.compile(
    r"top at z = (\S+ [num]?m) does not reach the package's pad\b.* at (\S+ [num]?m)$"
)
_PULL = re.compile(
    r"under a pull of (\S+ [num]?N): the largest that the liquid holds is (\S+ [num]?N)"
)
_MODEL = re.compile(r"the model's outer radius (\S+ [num]?m)\b")
_INSIDE = re.compile(r"^(.+) would melt inside the solid")
_FEATURE = re.compile(r"^(.+?) (?:top|wall|side|face|surface|edge|rim|bottom|cut|plane)\b")


def spoken(text: str) -> bool:
    """Whether a person could have said it."""
    return len(text.strip()) >= 4 and not _UNSPEAKABLE.search(text)


def untrue(done: bumpform.Run) -> list[str]:
    """What a run's notes, stages and refusal say that is not so."""
    return [*_notes(done), *_stages(done), *_voids(done), *_enclosed(done), *_verdicts(done)]


def _notes(done: bumpform.Run) -> Iterator[str]:
    """Sentences beside what they are about."""
    known = {r.name for m in done.history for r in m.state.stack.regions}
    stages = {m.step.name: m for m in done.history if isinstance(m.step, Reflow | Mount)}
    refused = next((s.name for s in done.stages if s.refusal is not None), None)
    for note in done.notes:
        found = _LAST.match(note)
        if found:
            kinds = [type(step) for step in done.case.steps]
            if {Reflow, Mount} & {*kinds[len(kinds) - kinds[::-1].index(Deposit) :]}:
                yield f"a stage follows: {note}"
        found = _OVERHANG.match(note)
        if found and found[1] not in known:
            yield f"there is no {found[1]}: {note}"
        found = _CORNER.search(note)
        if found and float(found[5]) < 180.0 + float(found[6]) - 0.1:
            yield f"the angles fill that corner: {note}"
        found = _REFUSED.match(note)
        if found and found[1] != refused:
            yield f"it was not refused: {note}"
        elif found:
            moment = stages[found[1]]
            assert moment.before is not None
            yield from (f"{words}: {note}" for words in _refusal(found[3], moment.before))


def _refusal(detail: str, before: State) -> Iterator[str]:
    found = _SHORT.search(detail)
    if found and not parse_quantity(found[1], "length") < parse_quantity(found[2], "length"):
        yield "it does reach it"
    found = _PULL.search(detail)
    if found and not parse_quantity(found[1], "force") > parse_quantity(found[2], "force"):
        yield "the liquid holds more"
    found = _MODEL.search(detail)
    outer = before.stack.outer
    if found and not math.isclose(parse_quantity(found[1], "length"), outer, rel_tol=1e-5):
        yield f"the model ends at {outer}"
    found = _INSIDE.match(detail)
    if found and found[1] != "solder":
        names = {r.name for r in before.stack.regions}
        left = found[1]
        for name in sorted(names, key=len, reverse=True):
            left = re.sub(rf"(^|,? and |, ){re.escape(name)}(?=$|,? and |, )", "", left)
        if left.strip():
            yield f"there is no {left.strip()}"


def _stages(done: bumpform.Run) -> Iterator[str]:
    """What stages say has melted, and what their lines are on."""
    library = Materials(done.case.materials)
    reported = {s["step"]: s for s in done.result["stages"]}
    for moment in done.history:
        stage = reported.get(moment.index)
        if stage is None or moment.before is None:
            continue
        name, peak = stage["name"], stage["peak_K"]
        regions = moment.before.stack.regions
        for solder in stage["molten"]:
            solidus = library.get(solder).solidus
            if solidus is not None and peak < solidus.value and not _mixed(moment, solder):
                yield f"{name}: {solder} is molten below its solidus"
        if not math.isclose(math.fsum(stage["composition"].values()), 1.0, abs_tol=1e-9):
            yield f"{name}: the composition adds up to {sum(stage['composition'].values())}"
        names = {r.name for r in regions}
        here = (b for b in (stage, *stage.get("bodies", ())) if "on" not in b)  # not on a package
        surfaces = [b["surface"] for b in here if "surface" in b]
        for line in (line for surface in surfaces for line in surface["contact_lines"]):
            if line["end"] == "top":
                continue  # on the package
            for feature in line["feature"].split(" / "):  # of both sides of a corner
                found = _FEATURE.match(feature)
                if found and found[1] not in names:
                    yield f"{name}: its line is on {feature}, of which there is none"


def _mixed(moment: Moment, solder: str) -> bool:
    """Whether a solder is part of a mixture that has been liquid."""
    assert moment.before is not None
    return any(
        len(c.alloys) > 1 and solder in (name for name, _ in c.alloys)
        for c in moment.before.contents.values()
    )


def _voids(done: bumpform.Run) -> Iterator[str]:
    """Volumes of the voids that steps say they close, by polygons."""
    notes = iter([n for n in done.notes if _VOID.match(n)])
    for moment in done.history:
        before, after = moment.before, moment.state
        if before is None or isinstance(moment.step, Reflow | Mount):
            continue
        new = [n for n in after.notes[len(before.notes) :] if _VOID.match(n)]
        for note in new:
            found = _VOID.match(note)
            assert found is not None
            said = parse_quantity(found[2], "volume")
            there = _room(after.stack)
            if next(notes, None) != note or not math.isclose(said, there, rel_tol=TOLD):
                yield f"{moment.step.do}: {note}; by polygons {there:.6g} m³"
        if isinstance(moment.step, Coat) and len(after.stack.voids) > len(before.stack.voids):
            if not new:
                yield f"coat {moment.step.layer}: it closes a void and says nothing"


def _enclosed(done: bumpform.Run) -> Iterator[str]:
    """Liquid that is said to be enclosed, and shows more than a line of its surface outside."""
    for moment in done.history:
        stage = moment.state.stage
        if stage is None or not stage.enclosed:
            continue
        near = 1e-6 * stage.solids.outer
        shapes = {n: shape.buffer(0.0) for n, shape in outlines(stage.solids.regions).items()}
        voids = holes(stage.solids, shapes) or []
        axis = shapely.box(-near, -1.0, near, 1.0)
        for name in stage.enclosed:
            others = [shape for n, shape in shapes.items() if n != name]
            around = shapely.union_all([s.buffer(near) for s in (*others, *voids)])
            bare = shapes[name].boundary.difference(around).difference(axis)
            if bare.length > 100.0 * near:
                yield f"{moment.step.name}: {name} is bare on {bare.length:.3g} m, and is enclosed"


def _room(stack: Stack) -> float:
    """Volume of the closed holes, m³; one across the axis is cut there."""
    right = shapely.box(0.0, -1.0, 1.0, 1.0)
    return math.fsum(revolved(hole.intersection(right)) for hole in holes(stack) or ())


def _verdicts(done: bumpform.Run) -> Iterator[str]:
    """Conditions as they are told: verdicts that exist, each reason where one is due."""
    names = {s.name for s in done.stages} | {"barrier"}
    nil = 1e-9 * done.snapshots[-1].stack.outer  # a length of no account: limits may be 0
    for entry in done.result["conditions"]:
        if entry["verdict"] not in ("holds", "fails", "not judged"):
            yield f"{entry['id']}: {entry['verdict']} is no verdict"
        if entry["verdict"] == "not judged" and not entry.get("reason"):
            yield f"{entry['id']}: it is not judged, and no reason is given"
        value, limits = entry.get("value"), entry.get("limits") or (None, None)
        if entry["verdict"] == "holds" and isinstance(value, float):
            low, high = limits
            off = max(-math.inf if low is None else low - value,
                      -math.inf if high is None else value - high)  # fmt: skip
            size = max(abs(x) for x in (value, low, high) if x is not None)
            if off > max(1e-6 * size, nil):
                yield f"{entry['id']} holds at {value:.9g} outside of {limits}"
        stage = entry.get("stage")
        if stage and stage not in names and stage not in {
            getattr(s, "name", None) for s in done.case.steps}:  # fmt: skip
            yield f"{entry['id']}: it is about {stage}, which there is not"
