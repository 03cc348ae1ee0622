"""Bundled cases changed once, and what the verdict says of them."""

from __future__ import annotations

import tomllib

from bumpform.case.bundled import bundled_cases
from bumpform.case.case import Case
from bumpform.runner import run


def sections(name):
    """A bundled case as its file has it."""
    return tomllib.loads(bundled_cases()[name].read_text("utf-8"))


def judged(data):
    """Conditions of a case by their id, the first of each."""
    found = {}
    for condition in run(Case.from_dict(data)).result["conditions"]:
        found.setdefault(condition["id"], condition)
    return found


def place(data, do, count=0):
    """Index of the step of a kind."""
    return [i for i, step in enumerate(data["step"]) if step["do"] == do][count]


def told(found, name):
    return found[name]["verdict"], found[name]["reason"]


def blanket(material="Si3N4", thickness="5 um"):
    return {"do": "coat", "layer": "cover", "material": material, "thickness": thickness}
