"""The largest pull of a package that stands on its pillar: at no standoff that it cannot reach.

Reference  shooting from line to line (``shooting_two``)
Expect     1e-9 relative, the product's promise; the height of a smooth largest pull 1e-6, since a
           maximum is found by its values to the root of their error
"""

from __future__ import annotations

import math

import pytest
from scipy.optimize import minimize_scalar

from bumpform.case.case import Case
from bumpform.runner import run
from joints import UM, force_told
from shooting import plane, point
from shooting_two import Line, shoot_two
from two_lines import TOLERANCE, liquid_of

pytestmark = pytest.mark.dolfinx

GRAVITY = -9.81  # it hangs


def hanging_on(pad, pillar, volume, **held):
    """Solder between pads of copper, a pillar on the upper one; upside down."""
    radius, height = pillar
    steps = [
        {"do": "substrate", "pad": {"radius": pad, "material": "Cu", "thickness": 30 * UM},
         "base": {"material": "FR4"}},
        {"do": "deposit", "solder": "SAC305", "volume": volume},
        {"do": "mount", "name": "joint", "pad": {"radius": pad, "material": "Cu"},
         "base": {"material": "FR4"}, "peak": "245 degC", "orientation": "down",
         "pillar": {"radius": radius, "height": height, "material": "Cu"}, **held},
    ]  # fmt: skip
    wetting = {"Cu": "30 deg", "FR4": "140 deg"}
    case = {"name": "hanging on a pillar"}
    return run(Case.from_dict({"case": case, "wetting": wetting, "step": steps}))


def tall(**held):
    return hanging_on(150 * UM, (60 * UM, 100 * UM), "2.121 nl", **held)


def low(**held):
    return hanging_on(50 * UM, (20 * UM, 20 * UM), "0.1 nl", **held)


@pytest.fixture(scope="module")
def fold_of_the_tall():
    """Pull and standoff, from a line that slides on the pad to the pillar's edge."""
    volume, tension, b = liquid_of(tall(load=-1e-5).result["stages"][-1], GRAVITY)
    foot = Line(plane(0.0), 136 * UM, math.radians(30))

    def force(standoff):
        upper = Line(point(60 * UM, standoff - 100 * UM), 0.0)
        return shoot_two(foot, upper, volume, capillarity=b, top=True).force * tension

    best = minimize_scalar(
        force, bounds=(180 * UM, 205 * UM), method="bounded", options={"xatol": 1e-11}
    )
    return -float(best.fun), float(best.x)


@pytest.mark.parametrize(
    "held",
    [
        {"load": -9.8e-6},
        {"load": -1.3e-4},
        {"load": -1.9e-4},
        {"standoff": 100 * UM},
        {"standoff": 200 * UM},
    ],
)
def test_the_largest_pull_does_not_hang_on_what_holds_the_package(fold_of_the_tall, held):
    """Further down than the pillar lets it, the liquid would pull six times as much."""
    pull, standoff = fold_of_the_tall
    metrics = tall(**held).metrics["joint"]
    assert metrics["largest_pull_N"] == pytest.approx(pull, rel=TOLERANCE)
    assert metrics["standoff_at_largest_pull_m"] == pytest.approx(standoff, rel=1e-6)


def test_a_larger_pull_is_told_that_number(fold_of_the_tall):
    ran = tall(load=-2e-4)
    assert ran.refused.reason == "no_equilibrium"
    assert force_told(ran) == pytest.approx(fold_of_the_tall[0], rel=1e-8)


def test_where_the_pull_falls_from_its_pillar_on_a_package_comes_off_there():
    """Both lines slide on the pads; the liquid also lifts the pillar, which is in it."""
    ran = low(load=-1e-4)
    volume, tension, b = liquid_of(ran.result["stages"][-1], GRAVITY)
    pillar = math.pi * (20 * UM) ** 2 * 20 * UM

    def pull(standoff):
        ends = [Line(plane(z), 48.8 * UM, math.radians(30)) for z in (0.0, standoff)]
        shot = shoot_two(*ends, volume + pillar, capillarity=b, top=True)
        return -(shot.force + b * pillar) * tension

    there = pull(20 * UM)
    assert pull(20.1 * UM) < there
    metrics = ran.metrics["joint"]
    assert metrics["held_by"] == "core"
    assert metrics["largest_pull_N"] == pytest.approx(there, rel=TOLERANCE)
    assert metrics["standoff_at_largest_pull_m"] == pytest.approx(20 * UM, rel=TOLERANCE)
    assert low(load=-there * (1 - 1e-6)).refused is None
    fallen = low(load=-there * (1 + 1e-6))
    assert fallen.refused.reason == "no_equilibrium"
    assert force_told(fallen) == pytest.approx(there, rel=1e-8)
