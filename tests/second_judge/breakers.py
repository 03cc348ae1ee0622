"""Random cases, each made to break one condition (or to keep it), on every route.

A case starts from a bundled one, is varied a little, and is then changed in the one respect that
a named condition is about: to where it fails, to where there is nothing to judge, or not at all.
"""

from __future__ import annotations

import copy
import math
import random
from dataclasses import dataclass, field
from functools import cache

from bumpform.case.case import Case
from bumpform.case.file import load_case

UM, NL, C = 1e-6, 1e-12, 273.15


class Dice:
    """Random numbers of one case."""

    def __init__(self, seed, number):
        self._random = random.Random(f"second judge {seed} {number}")

    def lin(self, low, high):
        return self._random.uniform(low, high)

    def log(self, low, high):
        return math.exp(self._random.uniform(math.log(low), math.log(high)))

    def chance(self, share):
        return self._random.random() < share

    def pick(self, items):
        return self._random.choice(list(items))

    def number(self, count):
        return self._random.randrange(count)


@dataclass
class Draft:
    """A case as its file says it, in SI, to be changed."""

    data: dict
    dice: Dice

    @property
    def steps(self):
        return self.data["step"]

    def all(self, do):
        return [s for s in self.steps if s["do"] == do]

    def step(self, do, number=0):
        return self.all(do)[number]

    def named(self, layer):
        return next(s for s in self.steps if s.get("layer") == layer)

    def insert(self, before, **step):
        """A step before another one (or at the end)."""
        at = len(self.steps) if before is None else self._place(before)
        self.steps.insert(at, step)

    def drop(self, *steps):
        for step in steps:
            del self.steps[self._place(step)]

    def cut_from(self, step):
        """Without a step and all that follow."""
        del self.steps[self._place(step) :]

    def move(self, step, before):
        self.drop(step)
        self.steps.insert(len(self.steps) if before is None else self._place(before), step)

    def wet(self, **angles):
        """Contact angles in degrees."""
        for name, degrees in angles.items():
            self.data["wetting"][name.replace("_", " ")] = math.radians(degrees)

    def _place(self, step):
        return next(i for i, s in enumerate(self.steps) if s is step)


@dataclass(frozen=True)
class Broken:
    """One random case."""

    number: int
    base: str
    condition: str
    aim: str
    data: dict = field(repr=False)

    def case(self):
        """The case itself; CaseError where the change makes no sense."""
        return Case.from_dict(copy.deepcopy(self.data))


_KINDS = []


def breaks(condition, *bases, aim="fails"):
    """Register a change that makes a condition fail (or leaves nothing to judge)."""

    def register(change):
        for base in bases:
            _KINDS.append((condition, base, aim, change))
        return change

    return register


@cache
def _base(name):
    return load_case(name).to_dict()


ROUTE_OF = {
    "photoimaged_opening": "photoimaged_opening",
    "photoimaged_opening_no_barrier": "photoimaged_opening",
    "laminated_abraded": "laminated_abraded",
    "plated_column": "plated_column",
    "plated_column_etched": "plated_column",
    "core_and_cap": "core_and_cap",
    "core_metal_ball": "core_and_cap",
    "stacked_masks": "stacked_masks",
    "stacked_masks_one_reflow": "stacked_masks",
    "stacked_masks_three": "stacked_masks",
}


def kinds():
    """(condition, base, aim) of every kind of change."""
    from . import breaks_bumps, breaks_columns, breaks_cores, breaks_general  # noqa: F401

    return [(c, b, a) for c, b, a, _ in _KINDS]


def draw(seed, number):
    """Case of a number, the same in every run of the seed.

    The kinds of changes take turns; every fourth case is varied alone and not broken.
    """
    kinds()
    condition, base, aim, change = _KINDS[number % len(_KINDS)]
    dice = Dice(seed, number)
    data = copy.deepcopy(_base(base))
    data["case"]["route"] = ROUTE_OF[base]
    draft = Draft(data, dice)
    first = number < len(_KINDS)  # the first round breaks the bundled case as it is
    if not first:
        _vary(data, dice, 0.03 if dice.chance(0.5) else 0.12)
    if first or not dice.chance(0.25):
        change(draft)
    else:
        condition, aim = "", "none"
    return Broken(number, base, condition, aim, data)


_SIZES = ("radius", "thickness", "volume", "height", "diameter", "by", "to", "load", "transfer")


def _vary(node, dice, spread):
    """Every size times 1 ± spread, in place; radii that are equal stay equal."""
    same = {}

    def walk(value, key):
        if isinstance(value, dict):
            for k, v in value.items():
                value[k] = walk(v, k)
        elif isinstance(value, list):
            for i, v in enumerate(value):
                value[i] = walk(v, key)
        elif key in _SIZES and isinstance(value, float) and value:
            factor = same.setdefault((key, value), 1.0 + dice.lin(-spread, spread))
            return min(value * factor, 1.0) if key == "transfer" else value * factor
        return value

    walk(node["step"], "")
    for surface in node["wetting"]:
        node["wetting"][surface] *= 1.0 + dice.lin(-spread, spread)
