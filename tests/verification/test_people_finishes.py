"""Finishes, liners and lifted-off metal that people have: what works, and what is told of the rest.

Problem    a via lined by its seed; a resist that shall lift metal off; nickel, palladium and gold
Exact      a cap of 30° on a plane: V = π a³ (2 + cos θ)(1 − cos θ)² / (3 sin³ θ)
Expect     the cap to its Bond number (1e-3); what is refused names what is in the way, and each
           remedy works
"""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import pytest

from bumpform.case.bundled import bundled_cases
from bumpform.case.case import Case
from bumpform.errors import CaseError
from bumpform.runner import run

pytestmark = pytest.mark.dolfinx

UM = 1e-6
VIA = (Path(__file__).parent.parent / "people" / "lined_via.toml").read_text("utf-8")


def told(data):
    """What a process is stopped by, as a run finds it or dry."""
    try:
        stopped = run(Case.from_dict(data)).stopped
    except CaseError as error:
        return error.problems[0].message
    return None if stopped is None else stopped.problems[0].message


def via(number, *steps):
    """The lined via up to a step, then other steps."""
    data = tomllib.loads(VIA)
    return {**data, "step": [*data["step"][:number], *steps]}


def test_a_lined_via_is_filled_by_a_plate_of_the_liners_radius():
    """Level with its seed's top, so that a ball on it spreads as on a plane."""
    done = run(Case.from_dict(tomllib.loads(VIA)))
    copper = done.history[3].state.stack.region("copper").volume
    assert copper == pytest.approx(math.pi * 29.5**2 * 20 * UM**3, rel=1e-12)
    (line,) = done.result["stages"][0]["surface"]["contact_lines"]
    cos, sin = math.cos(math.radians(30)), math.sin(math.radians(30))
    ball = math.pi * (80 * UM) ** 3 / 6
    shape = math.pi * (2 + cos) * (1 - cos) ** 2 / (3 * sin**3)
    assert line["r_m"] == pytest.approx((ball / shape) ** (1 / 3), rel=2e-3)
    assert line["z_m"] == pytest.approx(20.5 * UM, rel=1e-12)


@pytest.mark.parametrize(
    ("fill", "words"),
    [
        (
            {"do": "plate", "material": "Cu", "fill": {"layer": "via", "height": 20 * UM}},
            "via shows no opening here: seed covers it. Plate on seed with a radius and",
        ),
        (
            {"do": "deposit", "solder": "SAC305", "fill": {"layer": "via"}},
            "fill of 'via', which seed covers: put it into what is left of the opening with a",
        ),
    ],
)
def test_what_lines_an_opening_is_named_where_that_is_to_be_filled(fill, words):
    assert words in told(via(3, fill))


@pytest.mark.parametrize(
    "amount",
    [
        {"stencil": {"radius": 29.5 * UM, "thickness": 20 * UM, "metal_fraction": 0.5}},
        {"column": {"radius": 29.5 * UM, "height": 10 * UM}},
    ],
)
def test_solder_gets_into_a_lined_opening_as_it_is_told(amount):
    attach = {"do": "reflow", "name": "attach", "peak": "245 degC"}
    done = run(Case.from_dict(via(3, {"do": "deposit", "solder": "SAC305", **amount}, attach)))
    assert done.stopped is None and done.refused is None
    assert done.result["stages"][0]["surface"]["contact_lines"][0]["r_m"] < 30 * UM


def test_metal_on_a_resist_is_not_lifted_off_and_what_to_do_is_told():
    """The remedy: the metal that stays is plated by its radius; a ball then ends at its edge."""
    land = {"radius": 40 * UM, "thickness": UM, "material": "Al"}
    start = {"do": "substrate", "pad": land, "base": {"material": "SiO2"}}
    resist = {
        "do": "coat",
        "layer": "resist",
        "material": "photoresist",
        "thickness": 5 * UM,
        "opening": {"radius": 45 * UM},
    }
    metal = {"do": "coat", "layer": "ubm", "material": "Ni", "thickness": 0.5 * UM}
    off = {"do": "strip", "layer": "resist"}
    head = {"case": {"name": "lift_off"}, "wetting": {"SiO2": "140 deg"}}
    for growth in ("planar", "conformal"):
        message = told({**head, "step": [start, resist, {**metal, "growth": growth}, off]})
        assert "strip ubm first; a lift-off, which takes off what lies on it, is not" in message
    ball = {"do": "deposit", "solder": "SAC305", "ball": {"diameter": 80 * UM}}
    plate = {"do": "plate", "material": "Ni", "radius": 45 * UM, "thickness": 0.5 * UM}
    reflow = {"do": "reflow", "name": "attach", "peak": "245 degC"}
    done = run(Case.from_dict({**head, "step": [start, plate, ball, reflow]}))
    (line,) = done.result["stages"][0]["surface"]["contact_lines"]
    assert (line["r_m"], line["z_m"]) == pytest.approx((45 * UM, 0.5 * UM), rel=1e-12)


def test_palladium_between_nickel_and_gold_is_counted_with_one_of_them():
    """A second barrier is refused; with the middle coat's thickness in the finish all holds."""
    data = tomllib.loads(bundled_cases()["photoimaged_opening"].read_text("utf-8"))
    at = next(i for i, s in enumerate(data["step"]) if s["do"] == "barrier")
    gold = data["step"][at].pop("finish")
    palladium = {"do": "barrier", "material": "Pd", "thickness": 0.1 * UM, "finish": gold}
    twice = {**data, "step": [*data["step"][: at + 1], palladium, *data["step"][at + 1 :]]}
    assert "Its second metal is that barrier's finish; of three coats count" in told(twice)
    data["step"][at]["finish"] = {"material": "Au", "thickness": 0.15 * UM}
    found = {c["id"]: c["verdict"] for c in run(Case.from_dict(data)).result["conditions"]}
    for name in ("barrier-group-viiib", "barrier-noble-coating", "barrier-flush"):
        assert found[name] == "holds", name
