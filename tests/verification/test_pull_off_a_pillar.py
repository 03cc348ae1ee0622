"""The largest pull of a package that stands on its pillar: at no standoff that it cannot reach.

Reference  shooting from line to line (``shooting_two``)
Expect     1e-9 relative, the product's promise; the height of a smooth largest pull 1e-6, since a
           maximum is found by its values to the root of their error
"""

from __future__ import annotations

import math

import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, minimize_scalar

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


def largest_pull_of_a_small_pad(pad, foot, volume, b):
    """Pull over the tension that liquid on a wide pad has at the edge of a small one, at the most.

    Shot from there down to the foot, over its slope: at a given height there are two meridians,
    one with a thinner neck.
    """

    def shot(slope, pressure):
        def rate(_, y):
            r, z, angle, _ = y
            turn = math.sin(angle) / r + b * z - pressure
            return -math.cos(angle), -math.sin(angle), turn, math.pi * r * r * math.sin(angle)

        def comes_back(_, y):
            return y[0] - foot

        comes_back.terminal, comes_back.direction = True, -1
        way = solve_ivp(rate, (0.0, 9.0 * foot), (pad, 0.0, slope, 0.0), method="DOP853",
                        rtol=1e-12, atol=1e-12 * foot, events=comes_back)  # fmt: skip
        return float(way.y[3, -1]) if way.status == 1 else 0.0

    def pull(slope):
        pressure = brentq(
            lambda p: shot(slope, p) - volume, 1.2 / foot, 1.9 / foot, xtol=1e-15 / foot, rtol=1e-14
        )
        return 2.0 * math.pi * pad * math.sin(slope) - math.pi * pad**2 * pressure

    bounds = math.radians(75.0), math.radians(130.0)
    best = minimize_scalar(
        lambda slope: -pull(slope), bounds=bounds, method="bounded", options={"xatol": 1e-6}
    )
    return -float(best.fun)


@pytest.mark.parametrize("pad", [6 * UM, 12 * UM, 20 * UM])
def test_a_small_pad_comes_off_a_wide_bump_where_its_neck_gives_way(pad):
    """The neck at a pad far smaller than the bump carries: its pull is told from far below, too."""

    def drawn(load):
        steps = [
            {"do": "substrate", "pad": {"radius": 150 * UM, "material": "Cu", "thickness": 9 * UM},
             "base": {"material": "FR4"}},
            {"do": "deposit", "solder": "SAC305", "volume": "15 nl"},
            {"do": "mount", "name": "joint", "pad": {"radius": pad, "material": "Cu"},
             "base": {"material": "FR4"}, "peak": "245 degC", "load": load},
        ]  # fmt: skip
        wetting = {"Cu": "30 deg", "FR4": "170 deg"}
        case = {"name": "a small pad on a wide bump"}
        return run(Case.from_dict({"case": case, "wetting": wetting, "step": steps}))

    volume, tension, b = liquid_of(drawn(-1e-6).result["stages"][-1], -GRAVITY)
    pull = tension * largest_pull_of_a_small_pad(pad, 150 * UM, volume, b)
    for part in (0.05, 0.5, 0.99):
        metrics = drawn(-part * pull).metrics["joint"]
        assert metrics["largest_pull_N"] == pytest.approx(pull, rel=1e-8), part
    for part in (1.0 + 1e-6, 1.02, 1.5):
        fallen = drawn(-part * pull)
        assert fallen.refused.reason == "no_equilibrium", part
        assert force_told(fallen) == pytest.approx(pull, rel=1e-8)
