"""Solder too little for the room that a package closes over it: gas shut in all round.

Problem    a wide pad draws the solder of a mask's opening along it to past the rim, and over that
Reference  the room to the rim, by hand; shooting from line to line (``shooting_two``) for where the
           surface would enter the wall
Expect     the digits that are told; a refusal that holds on both sides, remedies that do remedy
"""

from __future__ import annotations

import math
import re

import pytest
from scipy.optimize import brentq

from bumpform.case.case import Case
from bumpform.runner import run
from joints import UM, mounted
from shooting import plane, point
from shooting_two import Line, integrate, shoot_two
from two_lines import liquid_of

pytestmark = pytest.mark.dolfinx

OPENING, DEEP, YOUNG = 55 * UM, 50 * UM, 30.0
GAS = re.compile(r"shuts in at least ([\d.]+) nl of gas")
PLACE = re.compile(r"touches the mask wall at r = 55 µm, z = ([\d.]+) µm")
COVERED = re.compile(r"covers the package pad up to r = ([\d.]+) µm")


def recessed(pad=78 * UM, printed=20 * UM, **held):
    """Solder printed into a mask's opening and over its rim, melted; then a package."""
    paste = {"radius": 70 * UM, "thickness": printed, "metal_fraction": 0.5}
    return run(
        mounted(
            {"stencil": paste},
            {"pad": {"radius": pad, "material": "Cu"}, **held},
            pad=65 * UM,
            mask=(DEEP, OPENING),
            wetting={"Cu": f"{YOUNG} deg", "FR4": "140 deg", "solder resist": "140 deg"},
        )
    )


def metal(printed):
    """Half of what is printed into the opening and over it."""
    return 0.5 * math.pi * (OPENING**2 * DEEP + (70 * UM) ** 2 * printed)


@pytest.mark.parametrize(
    ("held", "pad", "printed"),
    [
        ({"load": 1e-7}, 78 * UM, 20 * UM),
        ({"load": 8e-6}, 65 * UM, 20 * UM),
        ({"load": 8e-6}, 78 * UM, 24 * UM),
        ({"standoff": 50 * UM}, 78 * UM, 20 * UM),
        ({"standoff": 52 * UM}, 78 * UM, 20 * UM),
        ({"standoff": 52 * UM}, 60 * UM, 20 * UM),
        ({"standoff": 52 * UM}, 78 * UM, 30 * UM),
    ],
)
def test_what_is_less_than_the_room_to_the_rim_shuts_in_gas(held, pad, printed):
    """It touches the wall further out than its line, and covers the pad to past there."""
    ran = recessed(pad, printed, **held)
    assert ran.refused.reason == "gas_shut_in"
    gas = math.pi * OPENING**2 * held.get("standoff", DEEP) - metal(printed)
    assert float(GAS.search(ran.refused.detail)[1]) == pytest.approx(gas * 1e12, rel=5e-3)
    assert ran.refused.detail.endswith("Give more solder, or let the package pad end at r = 55 µm")
    void = next(c for c in ran.result["conditions"] if c["id"] == "no-closed-void")
    assert void["verdict"] == "fails"


def turned(wide, volume, **held):
    """The mask and the solder are the package's, the wide pad is the board's; no gravity."""
    mask = {"material": "solder resist", "thickness": DEEP, "opening": {"radius": OPENING}}
    pad = {"material": "Cu", "radius": wide, "thickness": 35 * UM, "proud": 0.0}
    steps = [
        {"do": "substrate", "pad": pad, "base": {"material": "FR4"}},
        {
            "do": "mount",
            "pad": {"material": "Cu", "radius": 65 * UM},
            "base": {"material": "FR4"},
            "resist": mask,
            "solder": {"solder": "Sn63Pb37", "volume": volume},
            "peak": "215 degC",
            **held,
        },
    ]
    wet = {"Cu": f"{YOUNG} deg", "FR4": "140 deg", "solder resist": "140 deg"}
    head, still = {"name": "turned", "amounts": "liquid"}, {"gravity": 0.0}
    return run(Case.from_dict({"case": head, "environment": still, "wetting": wet, "step": steps}))


def test_a_pad_hardly_wider_than_the_opening_lies_flat_over_gas():
    """The same gas and the same remedy, where the package has come down on the mask."""
    detail = recessed(56 * UM, load=8e-6).refused.detail
    gas = math.pi * OPENING**2 * DEEP - metal(20 * UM)
    assert f"shuts in {gas * 1e12:.3g} nl of gas" in detail
    assert detail.endswith("Give more solder")
    assert recessed(56 * UM, 34 * UM, load=8e-6).refused is None


@pytest.mark.parametrize("printed", [34, 35, 36])
def test_more_than_the_room_floats_the_package_on_a_film(printed):
    """It comes out over the rim, and from a pull of 0.26 mN the force turns into 12 mN."""
    load = 7.848e-6
    ran = recessed(printed=printed * UM, load=load)
    assert ran.refused is None
    stage, metrics = ran.result["stages"][-1], ran.metrics["joint"]
    lower, _ = stage["surface"]["contact_lines"]
    volume, tension, b = liquid_of(stage, 9.81)
    shot = shoot_two(
        Line(plane(DEEP, 0.5 * OPENING**2 * DEEP), lower["r_m"], math.radians(140)),
        Line(point(78 * UM, metrics["standoff_m"]), 0.0),
        volume,
        capillarity=b,
        top=True,
        load=load / tension,
    )
    assert metrics["standoff_m"] == pytest.approx(shot.z[1], rel=1e-9)
    assert lower["r_m"] == pytest.approx(shot.r[0], rel=1e-9)


@pytest.mark.parametrize("held", [{"load": 1e-7}, {"standoff": 52 * UM}])
def test_upside_down_it_shuts_in_the_same_gas(held):
    """A pad that ends at the rim remedies it there, too."""
    volume = metal(20 * UM)
    ran = turned(78 * UM, volume, **held)
    assert ran.refused.reason == "gas_shut_in"
    gas = math.pi * OPENING**2 * held.get("standoff", DEEP) - volume
    assert float(GAS.search(ran.refused.detail)[1]) == pytest.approx(gas * 1e12, rel=5e-3)
    assert "touches the package resist wall at r = 55 µm" in ran.refused.detail
    assert ran.refused.detail.endswith("Give more solder, or let the pad end at r = 55 µm")
    assert turned(OPENING, volume, **held).refused is None


def test_the_surface_between_the_lines_would_be_in_the_wall():
    """From the pad's rim below to 30° above there is one, which passes through the mask."""
    standoff = 52 * UM
    ran = recessed(standoff=standoff)
    covered, place = (float(p.search(ran.refused.detail)[1]) * UM for p in (COVERED, PLACE))
    volume, _, b = liquid_of(ran.result["stages"][0], 9.81)
    first = Line(point(OPENING), 0.0)
    last = Line(plane(standoff), 60 * UM, math.radians(YOUNG))
    shot = shoot_two(first, last, volume, capillarity=b, top=True)
    assert covered == pytest.approx(shot.r[1], rel=1e-5)  # the digits that are told
    start = OPENING / UM, 0.0, math.pi - shot.theta[0]

    def at(length):
        return integrate(start, shot.pressure * UM, b * UM**2, length)

    end = shot.length / UM
    crossing = brentq(lambda s: at(s)[0] - OPENING / UM, 0.5 * end, end)
    assert place == pytest.approx(at(crossing)[1] * UM, rel=1e-4)  # a polyline's
    assert place < DEEP


@pytest.mark.parametrize("held", [{"load": 8e-6}, {"standoff": 52 * UM}])
@pytest.mark.parametrize(("pad", "printed"), [(OPENING, 20 * UM), (78 * UM, 40 * UM)])
def test_more_solder_or_a_pad_no_wider_than_the_opening_joins(held, pad, printed):
    assert recessed(pad, printed, **held).refused is None


# a ring that comes to rest under a lip


def under_a_lip(opening):
    """Paste round a copper ball, coated before it melts; half of it is metal."""
    paste = {"radius": 95 * UM, "thickness": 25 * UM, "metal_fraction": 0.5}
    pad = {"radius": 63 * UM, "thickness": 20 * UM, "material": "Cu"}
    coat = {"layer": "lip", "material": "photoresist", "thickness": 58 * UM}
    steps = [
        {"do": "substrate", "pad": pad, "base": {"material": "SiO2"}},
        {"do": "core", "material": "Cu", "diameter": 85 * UM},
        {"do": "deposit", "solder": "Sn42Bi58", "stencil": paste},
        {"do": "coat", **coat, "opening": {"radius": opening}},
        {"do": "reflow", "name": "melt", "peak": "170 degC"},
    ]
    wet = {"Cu": "30 deg", "photoresist": "140 deg", "SiO2": "140 deg"}
    head = {"name": "lip", "pitch": 300 * UM, "amounts": "liquid"}
    return run(Case.from_dict({"case": head, "wetting": wet, "step": steps}))


def test_a_ring_touches_a_lip_where_it_would_pass_without_one():
    """It comes back to the pad's rim from there: between them is gas under the lip.

    A lip that stays clear of it makes no difference to the ring.
    """
    shut, clear, wide = (under_a_lip(opening * UM) for opening in (52, 66, 80))
    assert shut.refused.reason == "gas_shut_in"
    assert shut.refused.detail.endswith("Keep lip clear of it")
    place = re.search(
        r"touches the lip wall at r = ([\d.]+) µm, z = ([\d.]+) µm", str(shut.refused)
    )
    r, z = (float(number) * UM for number in place.groups())
    rings = [ran.history[-1].state.stage.equilibrium for ran in (clear, wide)]
    for name in ("pressure_Pa", "inner.z_m"):
        assert rings[0].values[name] == pytest.approx(rings[1].values[name], rel=1e-9)
    curve = rings[1].curve
    at = brentq(lambda t: curve.point(t)[1] - z, 0.0, 0.5 * len(curve.coefficients))
    assert curve.point(at)[0] == pytest.approx(r, rel=1e-4)  # a polyline's
