"""The same process written in another way: what it comes to must be the same.

Each rewrite takes a case's data and returns the other's, or None where it does not apply.
"""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable
from typing import Any

from bumpform.case.case import Case
from bumpform.materials.library import load_library

type Data = dict[str, Any]

#: Keys of quantities and their other units: name of the unit, and its size in SI.
_LENGTHS = ("radius", "thickness", "height", "diameter", "by", "to", "proud", "standoff", "pitch")
_UNITS = {"mm": 1e-3, "um": 1e-6, "m": 1.0, "nm": 1e-9}


def units(data: Data, draw: random.Random) -> Data:
    """Lengths, volumes, angles and peaks as texts with units."""

    def spelt(value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {k: spelt(v, k) for k, v in value.items()}
        if isinstance(value, list) and key == "step":
            return [spelt(v, "") for v in value]
        if not isinstance(value, float):
            return value
        if key in _LENGTHS:
            unit = draw.choice(sorted(_UNITS))
            return f"{value / _UNITS[unit]!r} {unit}"
        if key == "volume":
            return f"{value / 1e-12!r} nl"
        if key == "peak":
            return f"{value!r} K"
        if key == "sidewall":
            return f"{value!r} rad"
        if key == "load":
            return f"{value / 1e-3!r} mN"
        return value

    return {
        **data,
        "case": spelt(data["case"], ""),
        "step": spelt(data["step"], "step"),
        "wetting": {k: f"{v!r} rad" for k, v in data["wetting"].items()},
    }


def cleaned(data: Data, draw: random.Random) -> Data | None:
    """A clean somewhere: residue only."""
    place = draw.randint(1, len(data["step"]))
    return _with(data, place, place, [{"do": "clean"}])


def profiled(data: Data, draw: random.Random) -> Data | None:
    """A peak as a profile of temperature."""
    found = [i for i, s in enumerate(data["step"]) if s["do"] == "reflow" and "peak" in s]
    if not found:
        return None
    i = draw.choice(found)
    step = dict(data["step"][i])
    peak = step.pop("peak")
    step["profile"] = [[0.0, 298.15], [90.0, peak], [120.0, peak - 1.0]]
    return _with(data, i, i + 1, [step])


def respelt(data: Data, draw: random.Random) -> Data | None:
    """A column as a print of its size, a print as a column, of the same outline and amount.

    Only on what has no hollow: a print fills what is open below its stencil, too.
    """
    hollow = ("coat", "plate", "core", "barrier", "etch", "strip", "abrade", "mount")
    steps = data["step"]
    level = next((i for i, s in enumerate(steps) if s["do"] in hollow), len(steps))
    found = [i for i, s in enumerate(steps[:level]) if s["do"] == "deposit"
             and ("column" in s or "stencil" in s)]  # fmt: skip
    if not found:
        return None
    i = draw.choice(found)
    step = dict(data["step"][i])
    if "column" in step:
        column = step.pop("column")
        share = draw.uniform(0.4, 1.0)
        step["stencil"] = {"radius": column["radius"], "thickness": column["height"] / share,
                           "transfer": share}  # fmt: skip
        return _with(data, i, i + 1, [step])
    print_ = step["stencil"]
    share = print_.get("transfer", 1.0)
    if print_.get("metal_fraction", 1.0) == 1.0 and "metal_weight_fraction" not in print_:
        step.pop("stencil")
        step["column"] = {"radius": print_["radius"], "height": print_["thickness"] * share}
    else:
        step["stencil"] = {**print_, "thickness": print_["thickness"] * share, "transfer": 1.0}
    return _with(data, i, i + 1, [step])


def other_way(data: Data, draw: random.Random) -> Data | None:
    """A ball that melts next as a volume of its size, or the other way round."""
    found = [
        i
        for i, s in enumerate(data["step"])
        if s["do"] == "deposit" and ("ball" in s or "volume" in s) and _melts_next(data, i)
    ]
    if not found:
        return None
    i = draw.choice(found)
    step = dict(data["step"][i])
    if "ball" in step:
        step["volume"] = math.pi / 6.0 * step.pop("ball")["diameter"] ** 3
    else:
        step["ball"] = {"diameter": (6.0 / math.pi * step.pop("volume")) ** (1.0 / 3.0)}
    return _with(data, i, i + 1, [step])


def _melts_next(data: Data, deposit: int) -> bool:
    """Whether a deposit melts before anything else is done: else it matters where it lies."""
    stage = next((s for s in data["step"][deposit + 1 :] if s["do"] != "clean"), None)
    if stage is None or stage["do"] not in ("reflow", "mount"):
        return False
    peak = stage["peak"] if "peak" in stage else max(t for _, t in stage["profile"])
    solder = data["step"][deposit]["solder"]
    known = load_library().materials[solder].liquidus
    assert known is not None
    return peak >= known.value


def halved_coat(data: Data, draw: random.Random) -> Data | None:
    """A blanket layer that no later step names, in two halves."""
    found = [i for i, s in enumerate(data["step"]) if s["do"] == "coat" and "opening" not in s
             and not _named(data["step"][i + 1 :], s["layer"])]  # fmt: skip
    if not found:
        return None
    i = draw.choice(found)
    half = {**data["step"][i], "thickness": 0.5 * data["step"][i]["thickness"]}
    return _with(data, i, i + 1, [half, {**half, "layer": half["layer"] + " again"}])


def halved_plate(data: Data, draw: random.Random) -> Data | None:
    """A plated disc that no later step names, in two halves.

    Not one that a wall may lean over: as a disc it ends below where as a film it goes up there.
    """
    leans = any(math.pi / 2 < s["opening"].get("sidewall", 0.0) for s in data["step"]
                if s["do"] == "coat" and s.get("opening"))  # fmt: skip
    found = [i for i, s in enumerate(data["step"]) if s["do"] == "plate" and not leans
             and not _named(data["step"][i + 1 :], s.get("layer", s["material"]))]  # fmt: skip
    if not found:
        return None
    i = draw.choice(found)
    half = {**data["step"][i], "thickness": 0.5 * data["step"][i]["thickness"]}
    half.pop("layer", None)
    return _with(data, i, i + 1, [half, {**half, "layer": "second half"}])


def resisted(data: Data, draw: random.Random) -> Data | None:
    """A resist put on beside everything and taken off again."""
    last = next((i for i, s in enumerate(data["step"]) if s["do"] == "mount"), len(data["step"]))
    place = draw.randint(1, last)
    wide = 1.2 * max(_radii(data["step"]))
    pitch = data["case"].get("pitch")
    if pitch is not None and wide > 0.45 * pitch:
        return None
    coat = {"do": "coat", "layer": "resist for a while", "material": "photoresist",
            "thickness": 1e-6, "opening": {"radius": wide}}  # fmt: skip
    return _with(data, place, place, [coat, {"do": "strip", "layer": coat["layer"]}])


def turned(data: Data, draw: random.Random) -> Data | None:
    """Gravity the other way round, on a stack that hangs."""
    gravity = data["environment"]["gravity"]
    return {**data, "environment": {"gravity": -gravity, "orientation": "down"}}


def written(data: Data, draw: random.Random) -> Data:
    """Defaults written out."""
    return Case.from_dict(data).to_dict()


#: Rewrites that a process may refuse, because they take room of their own.
ROOMY = {"two coats", "two plates", "resist on and off", "ball or volume"}
#: Rewrites that melt from elsewhere: they may come to another rest, which each then lists.
ELSEWHERE = {"ball or volume"}

REWRITES: dict[str, Callable[[Data, random.Random], Data | None]] = {
    "units": units,
    "defaults": written,
    "clean": cleaned,
    "profile": profiled,
    "column or print": respelt,
    "ball or volume": other_way,
    "two coats": halved_coat,
    "two plates": halved_plate,
    "resist on and off": resisted,
    "hung": turned,
}


def _with(data: Data, start: int, stop: int, steps: list[Data]) -> Data:
    """The data with other steps from ``start`` to before ``stop``; stages keep their names."""
    old = copy.deepcopy(data["step"])
    return {**data, "step": [*old[:start], *steps, *old[stop:]]}


def _named(steps: list[Data], layer: str) -> bool:
    """Whether a step names a layer."""
    return any(
        layer
        in (s.get("layer"), s.get("fill", {}).get("layer"), s.get("below_top", {}).get("layer"))
        for s in steps
    )


def _radii(value: Any) -> list[float]:
    """Every radius that steps name, and of every amount that of its ball."""
    if isinstance(value, list):
        return [r for item in value for r in _radii(item)]
    if not isinstance(value, dict):
        return []
    own = [v for k, v in value.items() if k in ("radius", "diameter") and isinstance(v, float)]
    own += [2.0 * (0.75 * v / math.pi) ** (1 / 3) for k, v in value.items() if k == "volume"]
    return own + [r for item in value.values() for r in _radii(item)]
