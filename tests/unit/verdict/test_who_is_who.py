"""Who is who in a verdict: bumps of what froze as one, columns on metal, what stays solid when."""

from __future__ import annotations

import pytest

from bumpform.case.case import Case
from bumpform.runner import run

pytestmark = pytest.mark.dolfinx

ANGLES = {"Cu": "25 deg", "Ni": "25 deg", "Au": "20 deg", "SiO2": "150 deg", "polyimide": "125 deg"}


def land():
    pad = {"radius": "60 um", "thickness": "5 um", "material": "Cu"}
    return {"do": "substrate", "pad": pad, "base": {"material": "SiO2"}}


def drop(solder, volume):
    return {"do": "deposit", "solder": solder, "volume": volume}


def reflow(name, peak):
    return {"do": "reflow", "name": name, "peak": peak}


def judged(steps, route):
    """Verdict and reason of every condition, by id."""
    head = {"name": "roles", "pitch": "600 um"} | ({"route": route} if route else {})
    done = run(Case.from_dict({"case": head, "wetting": ANGLES, "step": [land(), *steps]}))
    return {c["id"]: (c["verdict"], c.get("reason") or "") for c in done.result["conditions"]}, done


OPENING = {
    "do": "coat",
    "layer": "dielectric",
    "material": "polyimide",
    "thickness": "30 um",
    "opening": {"radius": "60 um"},
}
BARRIER = {"do": "barrier", "material": "Ni", "thickness": "3 um"}
TWO = [
    OPENING,
    drop("Pb95Sn5", "0.4 nl"),
    reflow("first", "350 degC"),
    BARRIER,
    drop("Sn63Pb37", "0.4 nl"),
    reflow("second", "220 degC"),
]


def test_solder_put_on_later_is_no_part_of_the_second_bump():
    """It changes neither the second bump's liquidus nor its composition."""
    two, _ = judged(TWO, "photoimaged_opening")
    three, _ = judged([*TWO, drop("SAC305", "0.1 nl")], "photoimaged_opening")
    for name in ("first-melts-higher", "different-compositions", "tin-first-lead-second"):
        assert two[name][0] == "holds"
        assert three[name] == two[name]


@pytest.mark.parametrize("plated", [True, False])
def test_a_column_stands_on_metal_over_the_pad(plated):
    metal = {"do": "plate", "material": "Ni", "radius": "40 um", "thickness": "3 um"}
    column = {"radius": "40 um", "height": "50 um"}
    steps = [*([metal] if plated else []), {"do": "deposit", "solder": "Pb95Sn5", "column": column}]
    found, _ = judged(steps, "plated_column")
    assert found["metal-path"][0] == ("holds" if plated else "not judged")
    if not plated:
        assert "on metal over the pad" in found["metal-path"][1]


@pytest.mark.parametrize("cure", ["150 degC", "250 degC"])
def test_a_cure_counts_for_what_stays_solid(cure):
    """The least margin is that of the hottest step, a cure or a stage, to a solidus of 308 °C."""
    cured = {"do": "cure", "temperature": cure}
    steps = [*TWO[:-2], cured, TWO[-2], reflow("second", "217 degC")]
    _, done = judged(steps, "photoimaged_opening")
    [entry] = [c for c in done.result["conditions"] if c["id"] == "frozen-stays-solid"]
    assert entry["verdict"] == "holds"
    solidus = entry["value"] + max(217.0, float(cure.split()[0]))
    assert 300.0 < solidus < 315.0


def test_a_shell_on_liquid_is_carried_by_nothing_else():
    """A level barrier that ends in a line at the bump's foot stands on the bump alone."""
    bump = {"do": "deposit", "solder": "SAC305", "column": {"radius": "40 um", "height": "20 um"}}
    steps = [
        bump,
        reflow("first", "240 degC"),
        BARRIER | {"growth": "planar"},
        drop("SAC405", "0.5 nl"),
        reflow("second", "240 degC"),
    ]
    found, done = judged(steps, None)
    assert done.result["stages"][1]["enclosed"] == ["SAC305"]
    assert found["nothing-on-liquid"][0] == "fails"
    cold, _ = judged([*steps[:-2], drop("Sn63Pb37", "0.5 nl"), reflow("second", "200 degC")], None)
    assert cold["nothing-on-liquid"][0] == "holds"
