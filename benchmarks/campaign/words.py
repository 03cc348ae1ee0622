"""What a process says besides its shapes: route, what may melt again, limits, cure, flux, notes."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

from bumpform.materials.library import load_library
from bumpform.metrics.metric import metric_names, metrics_of, word_names

ROUTES = ("photoimaged_opening", "laminated_abraded", "plated_column", "core_and_cap",
          "stacked_masks")  # fmt: skip
ROLES = ("ubm", "seed", "additional")
#: What a limit is drawn from, by the ending of the metric's name; otherwise a share of 1.
_SIZES = {"_K": 50.0, "_deg": 90.0, "_N_m": 1e2, "_N_m_rad": 1e-7, "_N": 1e-3, "_Pa": 1e3}

type Data = dict[str, Any]


def say(data: Data, draw: random.Random) -> Data:
    """A process with words of its own; its shapes stay as they are.

    Parameters
    ----------
    data : dict
        Sections of a case file, SI.
    draw : random.Random
        One that draws nothing else, so that the shapes do not depend on it.
    """
    steps: list[Data] = []
    for step in data["step"]:
        steps += [*_before(step, draw), _with_role(step, draw), *_after(step, draw)]
    head = dict(data["case"])
    if draw.random() < 0.6:
        head["route"] = draw.choice(ROUTES)
    if draw.random() < 0.15:
        head["remelts"] = True
    said = _weighed({**data, "case": head, "step": steps}, draw)
    if draw.random() < 0.3:
        said["requirements"] = _limits(said, draw)
    return said


def _weighed(data: Data, draw: random.Random) -> Data:
    """Some with amounts of solid metal, with pastes by weight, and with what freezes shrinking.

    Where it shrinks, most know the melting ranges of their mixtures, between their parts'.
    """
    head, steps, materials = dict(data["case"]), list(data["step"]), dict(data["materials"])
    if draw.random() < 0.2:
        head["amounts"] = draw.choice(("solid", "solid", "liquid"))
    shrinks = draw.random() < 0.15
    if shrinks or draw.random() < 0.1:
        head["freezing"] = "shrinks" if shrinks else "none"
    for i, step in enumerate(steps):
        way = next((w for w in ("fill", "stencil") if w in step), None)
        if way is not None and draw.random() < 0.1:
            paste = {k: v for k, v in step[way].items() if k != "metal_fraction"}
            paste |= {
                "metal_weight_fraction": draw.uniform(0.8, 0.95),
                "flux_density": draw.uniform(900.0, 1200.0),
            }
            steps[i] = {**step, way: paste}
    if shrinks and draw.random() < 0.8:
        library = load_library().materials
        names = sorted({s["solder"] for s in steps if s["do"] == "deposit"})
        for count in (2, 3):
            for parts in combinations(names, count):
                low = min(library[p].solidus.value for p in parts)
                high = max(library[p].liquidus.value for p in parts)
                materials.setdefault("+".join(parts), {"solidus": low, "liquidus": high})
    return {**data, "case": head, "step": steps, "materials": materials}


def kept(data: Data, wrong: set[int]) -> Data:
    """A process without some of its steps, and without the limits on their results."""
    steps = [step for i, step in enumerate(data["step"]) if i not in wrong]
    limits = {
        name: limit
        for name, limit in data.get("requirements", {}).items()
        if any(name.startswith(f"{stage}.") for stage in _stages(steps))
    }
    return {**data, "step": steps, "requirements": limits}


def _stages(steps: list[Data]) -> list[str]:
    """Names of stages, and the barrier if there is one."""
    named = [s.get("name", "mount") for s in steps if s["do"] in ("reflow", "mount")]
    return [*named, "barrier"] if any(s["do"] == "barrier" for s in steps) else named


def _before(step: Data, draw: random.Random) -> list[Data]:
    if step["do"] == "reflow" and draw.random() < 0.25:
        return [{"do": "flux"}]
    return []


def _after(step: Data, draw: random.Random) -> list[Data]:
    if step["do"] == "coat" and draw.random() < 0.25:
        cure: Data = {"do": "cure", "temperature": draw.uniform(330.0, 620.0)}
        if draw.random() < 0.8:
            cure["layer"] = step["layer"]
        if draw.random() < 0.5:
            cure["time"] = draw.uniform(60.0, 7200.0)
        return [cure]
    if draw.random() < 0.03:
        return [{"do": "note", "text": f"inspected after the {step['do']}"}]
    return []


def _with_role(step: Data, draw: random.Random) -> Data:
    chance = {"plate": 0.5, "coat": 0.03}.get(step["do"], 0.0)
    return {**step, "role": draw.choice(ROLES)} if draw.random() < chance else step


def _limits(data: Data, draw: random.Random) -> Data:
    """One to three limits on metrics that exist; met or not, of results that come or not."""
    pad = data["step"][0]["pad"]["radius"]
    limits: Data = {}
    stages = _stages(data["step"])
    for _ in range(draw.randint(1, 3) if stages else 0):
        stage = draw.choice(stages)
        kinds = ("barrier",) if stage == "barrier" else ("reflow", "joint", "open joint", "process")
        names = tuple(dict.fromkeys(entry.name for entry in metrics_of(*kinds)))
        some = metric_names() if draw.random() < 0.1 else names
        name = draw.choice([n for n in some if n not in word_names()])
        size = next((s for unit, s in _SIZES.items() if name.endswith(unit)), 1.0)
        if name.endswith("_m"):
            size = pad
        low, high = sorted(size * draw.uniform(-0.2, 2.5) for _ in range(2))
        both = {"min": low, "max": high}
        limits[f"{stage}.{name}"] = {k: both[k] for k in draw.choice((["min"], ["max"], [*both]))}
    return limits
