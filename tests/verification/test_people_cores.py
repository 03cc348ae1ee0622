"""Joints on cores as people make them: carried on a flank, low-temperature paste on a ball.

Reference  shooting from line to line (``shooting_two``); the core shot too
Expect     1e-9 relative, the product's promise
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import pytest
from scipy.optimize import brentq

from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.runner import run
from joints import UM
from shooting import integrate, plane, point, shoot
from shooting_two import Line, shoot_two
from two_lines import EARTH, TOLERANCE, liquid_of

pytestmark = pytest.mark.dolfinx

PEOPLE = Path(__file__).parent.parent / "people"

PAD, RESIST, OPENING = 180 * UM, 25 * UM, 120 * UM


@cache
def on_a_flank(radius):
    """A core of solder under a package whose resist has an opening of a radius."""
    wet = {"Cu": "25 deg", "solder resist": "140 deg", "Sn63Pb37 on Pb95Sn5": "20 deg"}
    coat = {"material": "solder resist", "thickness": RESIST}
    pad, base = {"radius": PAD, "material": "Cu"}, {"material": "FR4"}
    steps = [
        {"do": "substrate", "pad": pad | {"thickness": 30 * UM}, "base": base},
        {"do": "coat", "layer": "resist", **coat, "opening": {"radius": OPENING}},
        {"do": "deposit", "solder": "Pb95Sn5", "volume": "12 nl"},
        {"do": "reflow", "name": "core", "peak": "350 degC"},
        {"do": "deposit", "solder": "Sn63Pb37", "volume": "16 nl"},
        {"do": "reflow", "name": "cap", "peak": "220 degC"},
        {
            "do": "mount",
            "name": "joint",
            "pad": pad,
            "base": base,
            "resist": coat | {"opening": {"radius": radius}},
            "load": "0.5 mN",
            "peak": "220 degC",
        },
    ]
    return run(
        Case.from_dict(
            {"case": {"name": "flank", "pitch": "1.27 mm"}, "wetting": wet, "step": steps}
        )
    )


@pytest.mark.slow
@pytest.mark.parametrize("radius", [5, 30, 60, 75, 82, 90, 119])
def test_a_core_carries_the_package_where_it_touches_it_first(radius):
    """At the edge of a narrow resist, else at the top; the liquid fills the opening above.

    The shot core is met at the edge's radius. The liquid in the opening adds its volume, and its
    weight to the package.
    """
    ran = on_a_flank(radius * UM)
    assert ran.refused is None
    volume, _, b = liquid_of(ran.result["stages"][0], 9.81)
    hold = point(OPENING, RESIST, 0.5 * OPENING**2 * RESIST)
    core = shoot(hold, volume, capillarity=b)

    unit = volume ** (1 / 3)

    def state(length):
        return integrate(core.apex_pressure * unit, b * unit**2, length)[0]

    length = brentq(lambda s: state(s)[0] * unit - radius * UM, 1e-3, 1.2, xtol=1e-15)
    at_edge = core.apex_z - state(length)[1] * unit + RESIST
    metrics, stage = ran.metrics["joint"], ran.result["stages"][-1]
    assert metrics["standoff_m"] == pytest.approx(max(core.apex_z, at_edge), rel=TOLERANCE)
    assert metrics["held_by"] == "core"
    moment = hold.moment - volume / (2 * math.pi)
    volume, tension, b = liquid_of(stage, 9.81)
    below, above = stage["surface"]["contact_lines"]
    assert [below["feature"], above["feature"]] == ["resist top", "package resist top"]
    recess = math.pi * (radius * UM) ** 2 * RESIST
    shot = shoot_two(
        Line(plane(RESIST, moment), OPENING, math.radians(140)),
        Line(plane(metrics["standoff_m"] - RESIST), PAD, math.radians(140)),
        volume - recess,
        capillarity=b,
        top=True,
    )
    force = (shot.force - b * recess) * tension
    size = tension * OPENING
    assert metrics["joint_force_N"] == pytest.approx(force, rel=TOLERANCE, abs=TOLERANCE * size)
    assert metrics["core_force_N"] == pytest.approx(5e-4 - force, rel=TOLERANCE)
    assert above["r_m"] == pytest.approx(shot.r[1], rel=TOLERANCE)
    assert below["r_m"] == pytest.approx(shot.r[0], rel=TOLERANCE)


def test_low_temperature_paste_on_a_ball():
    """The ball stays solid and carries the package at its apex; melted too, all of it floats."""
    case = load_case(PEOPLE / "low_temperature_paste_on_ball.toml")
    solid = run(case)
    attached = solid.result["stages"][0]
    volume, tension, b = liquid_of(attached, EARTH)
    edge = (200 * UM, 25 * UM)  # on the land, inside of the mask, up to its edge
    room = 0.5 * edge[0] ** 2 * edge[1]
    apex = shoot(point(*edge, room), volume, capillarity=b).apex_z
    metrics = solid.metrics["low temp assembly"]
    assert metrics["held_by"] == "core"
    assert metrics["standoff_m"] == pytest.approx(apex, rel=TOLERANCE)
    assert metrics["standoff_m"] == pytest.approx(375.159 * UM, abs=5e-4 * UM)

    melted = run(case.with_values({"mount.low temp assembly.peak": "245 degC"}))
    stage, metrics = melted.result["stages"][-1], melted.metrics["low temp assembly"]
    volume, tension, b = liquid_of(stage, EARTH)
    upper = Line(point(200 * UM, 300 * UM), 0.0)
    shot = shoot_two(
        Line(point(*edge, room), 0.0), upper, volume, capillarity=b, top=True, load=5e-5 / tension
    )
    assert [line["state"] for line in stage["surface"]["contact_lines"]] == ["pinned", "pinned"]
    assert metrics["held_by"] == "liquid"
    assert metrics["standoff_m"] == pytest.approx(shot.z[1], rel=TOLERANCE)
    assert metrics["standoff_m"] == pytest.approx(313.789 * UM, abs=5e-4 * UM)
