"""Two bumps, or one, on a land in polyimide: steps as data, and what the verdict says of them."""

from __future__ import annotations

from bumpform.case.case import Case
from bumpform.runner import run

ANGLES = {
    **{m: "25 deg" for m in ("Cu", "Ni", "Au", "Pb95Sn5", "Sn63Pb37")},
    **{m: "140 deg" for m in ("SiO2", "polyimide", "FR4", "solder resist")},
}
LAND = {
    "do": "substrate",
    "pad": {"radius": "60 um", "thickness": "5 um", "material": "Cu"},
    "base": {"material": "SiO2"},
}
BARRIER = {"do": "barrier", "material": "Ni", "thickness": "3 um"}


def opening(thickness="30 um", radius="60 um"):
    return {**blanket(thickness), "opening": {"radius": radius}}


def blanket(thickness="30 um", layer="dielectric"):
    return {"do": "coat", "layer": layer, "material": "polyimide", "thickness": thickness}


def drop(solder, volume):
    return {"do": "deposit", "solder": solder, "volume": volume}


def reflow(name, peak):
    return {"do": "reflow", "name": name, "peak": peak}


def mount(peak, **more):
    pad = {"radius": "50 um", "material": "Cu"}
    return {"do": "mount", "pad": pad, "base": {"material": "FR4"}, "peak": peak, **more}


def judged(steps, route=None, *, case=None, wetting=None, requirements=None, **conditions):
    """Verdict and reason of every condition by id (of several answers the first), and the run."""
    head = {"name": "truths", "pitch": "600 um"} | ({"route": route} if route else {})
    data = {
        "case": head | (case or {}),
        "wetting": ANGLES | (wetting or {}),
        "conditions": conditions,
        "requirements": requirements or {},
        "step": [LAND, *steps],
    }
    done = run(Case.from_dict(data))
    found = {}
    for c in done.result["conditions"]:
        found.setdefault(c["id"], (c["verdict"], c["reason"] or ""))
    return found, done


ONE = [opening(), drop("Pb95Sn5", "0.4 nl"), reflow("first", "350 degC")]
CAP = [drop("Sn63Pb37", "0.4 nl"), reflow("second", "220 degC")]
