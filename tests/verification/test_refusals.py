"""Refusals of written cases, each confirmed by a method that does not ask the product.

Reference  the campaign's second methods: held shots along the profile, a gradient flow of the
           curve, solid that lies on solid as polylines do; shooting from line to line
"""

from __future__ import annotations

import importlib
import math
import re
import sys
from pathlib import Path

import pytest

from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.runner import run
from shooting import plane
from shooting_two import Line as At
from shooting_two import shoot_two
from two_lines import liquid_of

pytestmark = [pytest.mark.dolfinx, pytest.mark.slow]

CAMPAIGN = Path(__file__).parents[2] / "benchmarks" / "campaign"


@pytest.fixture
def confirmed(monkeypatch):
    """Reason of a case's refusal, and what a second method says of it."""
    monkeypatch.syspath_prepend(str(CAMPAIGN))
    before = {*sys.modules}
    record, refusals = (importlib.import_module(name) for name in ("record", "refusals"))

    def look(data):
        recorded = record.run_recorded(Case.from_dict(data))
        refused = next(m for m in recorded.moments if m.stage.refusal is not None)
        said, words = refusals.confirm(recorded.done.case, refused, {})
        return refused.stage.refusal.reason, said, words

    yield look
    for name in {*sys.modules} - before:  # its modules have names of their own folder
        if str(CAMPAIGN) in str(getattr(sys.modules[name], "__file__", None)):
            del sys.modules[name]


def process(*steps, pitch="250 um", gravity=9.81, **wetting):
    angles = {"Cu": 25.0, "FR4": 140.0, "Pd": 20.0, "solder resist": 103.0} | wetting
    return {
        "case": {"name": "refused", "pitch": pitch, "amounts": "liquid", "freezing": "none"},
        "environment": {"gravity": gravity},
        "wetting": {name: math.radians(angle) for name, angle in angles.items()},
        "step": list(steps),
    }


def land(radius, thickness="5 um"):
    pad = {"radius": radius, "thickness": thickness, "material": "Cu"}
    return {"do": "substrate", "pad": pad, "base": {"material": "FR4"}}


def bump(solder="SAC305", **amount):
    return (
        {"do": "deposit", "solder": solder, **amount},
        {"do": "reflow", "name": "bump", "peak": "245 degC"},
    )


@pytest.mark.parametrize("angle", [10.0, 40.0, 70.0])
@pytest.mark.parametrize(("radius", "volume"), [("100 um", 4e-12), ("60 um", 20e-12)])
def test_solder_that_spreads_past_the_model(confirmed, angle, radius, volume):
    found = confirmed(process(land(radius), *bump(volume=volume), FR4=angle))
    assert found[:2] == ("off_model", "confirmed"), found[2]


def test_solder_round_a_core_that_spreads_past_the_model(confirmed):
    """On a land that is wetted as its base is."""
    core = {"do": "core", "material": "Ni", "diameter": "80 um"}
    data = process(land("90 um"), core, *bump(volume=6e-12), FR4=12.0, Cu=12.0, Ni=30.0)
    found = confirmed(data)
    assert found[:2] == ("off_model", "confirmed"), found[2]


@pytest.mark.parametrize(("load", "angle"), [(0.2e-3, 50.0), (1e-3, 70.0)])
def test_a_joint_that_is_drawn_out_past_the_model(load, angle):
    """Once it is wider than its pads no height holds the package: at each the joint draws it down.

    Shot between the bases, which it wets, from as wide as the pads to the model's end.
    """
    pad = {"radius": "80 um", "material": "Cu", "proud": 0.0}
    mount = {"do": "mount", "pad": pad, "base": {"material": "FR4"}, "load": load}
    substrate = {"do": "substrate", "pad": pad | {"thickness": "5 um"}, "base": {"material": "FR4"}}
    steps = substrate, *bump(volume=0.8e-12)[:1], mount | {"peak": "245 degC"}
    ran = run(Case.from_dict(process(*steps, pitch="210 um", FR4=angle)))
    assert ran.refused.reason == "off_model"
    stage = ran.result["stages"][-1]
    volume, _, b = liquid_of(stage, 9.81)
    for radius in (82e-6, 90e-6, 98e-6, 105e-6):
        height = volume / (math.pi * radius**2)
        line = math.radians(angle)
        shot = shoot_two(
            At(plane(), radius, line),
            At(plane(height), radius, line),
            volume,
            capillarity=b,
            top=True,
        )
        assert shot.force < 0.0


def test_a_film_that_breaks_as_it_shrinks(confirmed):
    """1.5 µm of solder over a ball: as a solid it is less."""
    dense = {"case.freezing": "shrinks", "materials.Sn63Pb37.density_solid": "20000 kg/m^3"}
    found = confirmed(load_case("core_metal_ball").with_values(dense).to_dict())
    assert found[:2] == ("freezing", "confirmed"), found[2]


@pytest.mark.parametrize(("load", "opening"), [(2e-3, "8 um"), (4e-3, "20 um")])
def test_a_package_that_comes_down_flat(confirmed, load, opening):
    """Its mask on a post, with solder in its opening and round the post."""
    mount = {
        "do": "mount",
        "pad": {"radius": "6 um", "material": "Cu"},
        "base": {"material": "FR4"},
        "resist": {
            "material": "solder resist",
            "thickness": "11 um",
            "opening": {"radius": opening},
        },
        "solder": {"solder": "SAC305", "column": {"radius": "7.5 um", "height": "14 um"}},
        "load": load,
        "peak": "245 degC",
    }
    post = {"do": "plate", "material": "Pd", "radius": "117 um", "thickness": "38 um"}
    data = process(land("117 um"), post, *bump(volume=5.2e-13)[:1], mount, pitch="1 mm")
    found = confirmed(data)
    assert found[:2] == ("collapsed", "confirmed"), found[2]


@pytest.mark.parametrize(
    ("mask", "volume", "reason"),
    [("140 deg", 1.1335e-11, "gas_shut_in"), ("140 deg", 1.16e-11, "gas_shut_in")],
)
def test_a_package_that_lies_flat_on_a_mask_shuts_in_what_its_liquid_leaves_empty(
    confirmed, mask, volume, reason
):
    """Its pad is wetted past the mask's rim, whose wall is not: no surface ends on both.

    In a corner of 90° angles that differ by more than 90° have none (Concus and Finn).
    """
    coat = {"do": "coat", "layer": "mask", "material": "solder resist", "thickness": "92 um"}
    mount = {
        "do": "mount",
        "pad": {"radius": "241 um", "material": "Cu"},
        "base": {"material": "FR4"},
        "load": 3.6e-3,
        "peak": "245 degC",
    }
    steps = (
        land("202.4 um"),
        coat | {"opening": {"radius": "202.4 um"}},
        *bump(volume=volume)[:1],
        mount,
    )
    data = process(*steps, pitch="2 mm", FR4=155.0)
    data["wetting"]["solder resist"] = mask
    found = confirmed(data)
    assert found[:2] == (reason, "confirmed"), found[2]
    detail = run(Case.from_dict(data)).refused.detail
    room = math.pi * 202.4e-6**2 * 92e-6
    assert "touches the mask wall at r = 202.4 µm" in detail
    said = float(re.search(r"at least ([\d.]+) nl of gas", detail)[1])
    assert said > 1e12 * (room - volume)  # it does so on the way down, above the mask's top


@pytest.mark.parametrize("load", [0.5e-3, 1e-3])
def test_an_opening_that_its_solder_fills_to_the_rim_has_no_surface_under_a_package(
    confirmed, load
):
    coat = {"do": "coat", "layer": "mask", "material": "solder resist", "thickness": "65.5 um"}
    fill = {"layer": "mask", "metal_fraction": 1.0}
    mount = {
        "do": "mount",
        "pad": {"radius": "96 um", "material": "Cu"},
        "base": {"material": "FR4"},
        "load": load,
        "peak": "245 degC",
    }
    deposit = {"do": "deposit", "solder": "SAC305", "fill": fill}
    steps = land("65.3 um"), coat | {"opening": {"radius": "65.3 um"}}, deposit, mount
    angles = {"Cu": 56.0, "FR4": 135.0, "solder resist": 142.0}
    found = confirmed(process(*steps, pitch="1 mm", **angles))
    assert found[:2] == ("collapsed", "confirmed"), found[2]
