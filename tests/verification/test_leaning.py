"""Leaning: minima of all axisymmetric shapes that m = 1 unsettles are computed, told, gone on from.

Exact      a cylinder of radius R and height H between two bowls or balls of curvature c that it
           meets at right angles to its rim: w' ∓ q w = 0 at its ends with q = c/sinθ, so that at
           m = 1 λR² = (μR)² with μ tan(μH/2) = q (bulging solids), or −(μR)² with
           μ tanh(μH/2) = −q (hollow ones: it leans); with its lines held λR² = (πR/H)²
Reference  collocation on shot meridians, for caps on a ball
Expect     1e-8 of the unit σ/R², as for all eigenvalues
"""

from __future__ import annotations

import copy
import json
import math
from dataclasses import replace

import pytest
from scipy.optimize import brentq
from typer.testing import CliRunner

from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.cli.commands import app
from bumpform.geometry.curve import Arc, Line
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile
from bumpform.runner import run
from bumpform.surface.continuation.limit_points import turning_point
from bumpform.surface.drop.stability import NEUTRAL, Leaning, Stability, analyse
from scenes import bridge, capillarity, core, posts, rest
from second_variation import End, lowest, of_drop
from shooting import Sphere, shoot

pytestmark = pytest.mark.dolfinx

A = 100e-6
#: Between balls and bowls: the cylinder's height in radii.
HEIGHT = 1.2


# ---------------------------------------------------------------- margins


def end_surface(curvature, height, way):
    """Ball (curvature > 0), plane or bowl whose rim of radius A is at a height; up: way = 1."""
    if curvature == 0.0:
        return Profile((Edge(Line((0.0, height), (3 * A, height)), 0.0, 1.0, "end", "end", "end"),))
    radius = A / abs(curvature)
    inwards = math.sqrt(radius**2 - A**2)
    # the solid's side of its rim: away from the liquid for a ball, towards it for a bowl
    side = -way if curvature > 0.0 else way
    top = math.copysign(math.pi / 2, -side)
    arc = Arc((0.0, height + side * inwards), radius, top, 0.0)
    return Profile((Edge(arc, top, 0.0, "end", "end", "end"),))


def cylinder(curvature):
    """Liquid cylinder of radius A between two solids of the same curvature/A, without gravity."""
    lower, upper = end_surface(curvature, 0.0, 1.0), end_surface(curvature, HEIGHT * A, -1.0)
    slope = math.asin(curvature)  # how steeply the solid falls outwards
    degrees = 90.0 - math.degrees(slope)
    radius = A / abs(curvature) if curvature else math.inf
    deep = A**2 / (radius + math.sqrt(radius**2 - A**2)) if curvature else 0.0
    lens = math.copysign(math.pi * deep * (3 * A**2 + deep**2) / 6, curvature)
    volume = math.pi * A**2 * HEIGHT * A - 2.0 * lens
    start = abs(slope) / (math.pi / 2) if curvature else 1 / 3
    found = bridge(
        (lower, (degrees,)), (upper, (degrees,)), volume, 0.0, starts=(0.98 * start, 0.98 * start)
    )
    assert found.values["outer.r_m"] == pytest.approx(A, rel=1e-9)
    assert found.values["max_radius_m"] == pytest.approx(A, rel=1e-9)
    return found, (found.drop.length / A) ** 2


def exact_margin(curvature):
    """Lowest λR² of m = 1 with lines that slide."""
    q, h = curvature / math.cos(math.asin(curvature)), HEIGHT
    if q == 0.0:
        return 0.0
    if q > 0.0:
        return brentq(lambda m: m * math.tan(0.5 * m * h) - q, 1e-9, (math.pi - 1e-9) / h) ** 2
    return -(brentq(lambda m: m * math.tanh(0.5 * m * h) + q, 1e-9, 10.0) ** 2)


@pytest.mark.parametrize("curvature", [-0.5, -0.2, -0.05, -0.01, -1e-3])
def test_a_cylinder_between_bowls_leans_and_stands_with_its_lines_held(curvature):
    found, unit = cylinder(curvature)
    verdict = analyse(found.surface)
    assert (verdict.stable, verdict.upright, verdict.neutral) == (False, True, ())
    leans = verdict.leans
    assert leans is not None and leans.mode == 1
    assert leans.margin == verdict.margin == verdict.lowest[1]
    assert leans.margin == pytest.approx(exact_margin(curvature) * unit, abs=1e-8 * unit)
    assert leans.held_margin == pytest.approx((math.pi / HEIGHT) ** 2 * unit, rel=1e-8)
    assert leans.holds_when_pinned


def test_the_margin_is_continuous_through_zero_and_the_state_is_told_on_each_side():
    """From bowls over planes, between which it glides, to balls, which centre it."""
    curvatures = [-0.1, -0.03, -1e-2, -1e-3, -1e-4, 0.0, 1e-4, 1e-3, 1e-2, 0.03, 0.1]
    for curvature in curvatures:
        found, unit = cylinder(curvature)
        verdict = analyse(found.surface)
        assert verdict.lowest[1] == pytest.approx(exact_margin(curvature) * unit, abs=1e-8 * unit)
        assert (verdict.leans is not None) == (curvature < 0.0)
        assert verdict.neutral == ((1,) if curvature == 0.0 else ())
        assert verdict.stable == (curvature >= 0.0)


@pytest.mark.parametrize(("height", "ratio"), [(1.0, 1.860269202), (2.0, 2.920993949)])
def test_a_bridge_between_discs_leans_from_its_neutral_volume_on(height, ratio):
    """Gillette and Dyson's volume (in πR²h). Its lines are held as it is: that does not help."""
    for share in (1.0 - 1e-6, 1.0 + 1e-6):
        found = posts(A, A, height * A, share * ratio * math.pi * A**3 * height)
        leans = analyse(found.surface).leans
        assert (leans is None) == (share < 1.0)
        if leans is not None:
            assert leans.held_margin == leans.margin < -NEUTRAL
            assert not leans.holds_when_pinned


@pytest.mark.parametrize("bond", [1e-4, 1e-2, 0.3])
@pytest.mark.parametrize("degrees", [40, 90])
def test_a_cap_on_a_ball_leans_by_its_weight_until_its_line_is_held(degrees, bond):
    """Both margins by collocation on the shot cap; hanging from the ball it stands."""
    volume = 0.8 * A**3
    gravity = bond / capillarity(1.0) / volume ** (2.0 / 3.0)
    solid, profile = Sphere(A, 0.7 * A), core(A, 0.7 * A, 20 * A)
    found = rest(profile, (degrees, 179), volume, gravity, (0, 0.3))
    angle = math.radians(degrees)
    shot = shoot(solid, volume, capillarity=capillarity(gravity), angle=angle, bracket=(0.05, 2.4))
    meridian = of_drop(shot, solid, angle, found.drop.length)
    leans = analyse(found.surface).leans
    assert leans is not None
    assert leans.margin == pytest.approx(lowest(meridian, 1)[0], abs=1e-8)
    line, apex = meridian.ends
    held = replace(meridian, ends=(End(line.solid, line.t), apex))
    assert leans.held_margin == pytest.approx(lowest(held, 1)[0], rel=1e-8)
    hangs = rest(profile, (degrees, 179), volume, -gravity, (0, 0.3))
    assert analyse(hangs.surface).leans is None


def test_a_branch_may_be_followed_past_the_place_where_it_begins_to_lean():
    found = posts(A, A, A, 1.5 * math.pi * A**3)
    neutral = turning_point(found, "volume", 1.0)
    assert neutral is not None and neutral.kind == "neutral" and "m = 1" in neutral.detail
    end = turning_point(found, "volume", 1.0, leaning=True)
    assert end is None or (end.kind != "neutral" and end.value > 1.01 * neutral.value)


# ---------------------------------------------------------------- processes


BASE = load_case("core_and_cap").to_dict()
#: Where the cap of the bundled case begins to lean: what is changed, leaning and upright values.
CHANGES = {
    "second volume, nl": (lambda d, v: d["step"][4].update(volume=v * 1e-12), (5, 14.8), (15, 17)),
    "opening, um": (
        lambda d, v: d["step"][1]["opening"].update(radius=v * 1e-6),
        (122, 127, 132),
        (121, 134),
    ),
    "resist angle, deg": (
        lambda d, v: d["wetting"].update({"solder resist": math.radians(v)}),
        (141, 150),
        (138, 140.5),
    ),
    "sidewall, deg": (
        lambda d, v: d["step"][1]["opening"].update(sidewall=math.radians(v)),
        (72, 81),
        (60, 95),
    ),
}


def changed(what, value):
    data = copy.deepcopy(BASE)
    CHANGES[what][0](data, value)
    return run(Case.from_dict(data))


@pytest.mark.parametrize(
    ("what", "value"), [(what, v) for what, (_, leaning, _) in CHANGES.items() for v in leaning]
)
def test_a_cap_that_leans_is_told_and_the_mounting_after_it_is_solved(what, value):
    done = changed(what, value)
    _, cap, joint = done.result["stages"]
    assert done.refused is None
    found = cap["equilibrium"]
    assert (found["stable"], found["leans"]["mode"]) == (False, 1)
    assert (
        found["leans"]["margin"] == found["stability_margin"] < 0.0 < found["leans"]["held_margin"]
    )
    assert found["leans"]["holds_when_pinned"] is True
    upright = {
        c["stage"]: c["holds"] for c in done.result["conditions"] if c["id"] == "stands-upright"
    }
    assert upright == {"core reflow": True, "cap reflow": False, "mounting": True}
    assert (joint["equilibrium"]["stable"], joint["equilibrium"]["leans"]) == (True, None)


@pytest.mark.parametrize(
    ("what", "value"), [(what, v) for what, (*_, upright) in CHANGES.items() for v in upright]
)
def test_its_neighbours_stand(what, value):
    done = changed(what, value)
    assert done.refused is None
    assert [s["equilibrium"]["leans"] for s in done.result["stages"]] == [None] * 3


@pytest.mark.parametrize("volume", [0.5, 1, 2])
def test_a_ring_too_low_for_the_package_leaves_the_joint_open(volume):
    """The ring round the core leans, is computed, and does not reach the pad on the core."""
    done = changed("second volume, nl", volume)
    cap, joint = done.result["stages"][1:]
    assert cap["equilibrium"]["leans"]["mode"] == 1
    metrics = done.metrics[joint["name"]]
    assert joint["surface"]["contact_lines"][1]["end"] == "inner"
    assert metrics["held_by"] == "core"
    gap = metrics["standoff_m"] - joint["surface"]["top_z_m"]
    assert metrics["open_gap_m"] == pytest.approx(gap, rel=1e-9)
    told = next(c for c in done.result["conditions"] if c["id"] == "joint-closed")
    assert told["verdict"] == "fails"


@pytest.mark.slow
def test_console_log_report_and_picture_say_that_it_leans(tmp_path):
    setting = "core_and_cap", "--set", "deposit.Sn63Pb37.volume=14 nl", "--no-mesh"
    done = CliRunner().invoke(app, ["run", *setting, "--out", str(tmp_path)])
    assert "leans (m = 1)" in done.stdout and "unstable" not in done.stdout
    found = json.loads((tmp_path / "result.json").read_text("utf-8"))["stages"][1]["equilibrium"]
    margin = f"{found['leans']['margin']:.4g}".replace("-", "−")
    words = f"leans: unstable to mode m = 1 (margin {margin} σ/L²); with its line held it stands"
    assert words in (tmp_path / "log.txt").read_text("utf-8")
    assert words in (tmp_path / "report.html").read_text("utf-8")
    assert "leans (m = 1)" in (tmp_path / "stages.svg").read_text("utf-8")


def test_a_state_that_is_no_minimum_as_a_whole_does_not_lean():
    """Plateau and Rayleigh: a cylinder between discs falls from a height of 2πR on."""
    for height in (6.2, 6.35):
        found = analyse(posts(A, A, height * A, math.pi * A**3 * height).surface)
        assert found.upright == (height < 2 * math.pi)
        assert found.leans is None


@pytest.mark.parametrize(("lowest_of_m_0", "reason"), [(-0.1, "unstable"), (0.1, None)])
def test_only_m_0_refuses(monkeypatch, lowest_of_m_0, reason):
    """Whatever m = 1 says; the refusal tells of m = 0."""
    leans = Leaning(1, -2.0, 1.0) if lowest_of_m_0 > 0.0 else None
    told = Stability({0: lowest_of_m_0, 1: -2.0, 2: 1.0}, (), leans)
    for name in ("reflows.reflow", "mounts.mount"):
        monkeypatch.setattr(f"bumpform.process.{name}.analyse", lambda *_: told)
    done = run(load_case("core_and_cap"))
    if reason is None:
        assert done.refused is None and len(done.result["stages"]) == 3
        return
    assert (len(done.result["stages"]), done.refused.reason) == (1, reason)
    assert "m = 0" in done.refused.detail
