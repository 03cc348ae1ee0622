"""Conditions: each holds where the metrics say so, at its limits, and not beyond."""

from __future__ import annotations

import pytest

from bumpform.case.file import load_case
from bumpform.materials.materials import Materials
from bumpform.verdict.conditions import judge

UM = 1e-6
NAMES = ["first reflow", "second reflow"]
GOOD = {
    "first reflow": {"protrusion_m": 14 * UM, "terminus_fraction": 0.14, "terminus_depth_m": 4e-6},
    "second reflow": {"juncture_miss_m": 0.0, "covers_barrier": True},
    "barrier": {"barrier_fit_m": -0.7 * UM, "juncture_offset_m": 0.0},
}


def judged(names=NAMES, sets=(), **changes):
    """Conditions on GOOD with some values changed, given as stage=(metric, value)."""
    case = load_case("photoimaged_opening", sets=list(sets))
    metrics = {stage: dict(values) for stage, values in GOOD.items()}
    for stage, (name, value) in changes.items():
        metrics[stage.replace("_", " ")][name] = value
    found = judge(case, metrics, names, Materials(case.materials, case.wetting))
    return {c.statement: c for c in found}


def verdict(found, words):
    (condition,) = [c for text, c in found.items() if words in text]
    return condition.holds


def test_everything_holds():
    """The bundled route with good metrics."""
    found = judged()
    assert all(c.holds for c in found.values())
    assert {c.route for c in found.values()} == {"photoimaged_opening"}


@pytest.mark.parametrize(("value", "holds"), [(1e-9, True), (0.0, False), (-1e-6, False)])
def test_protrusion(value, holds):
    """Strictly above the dielectric's top."""
    assert verdict(judged(first_reflow=("protrusion_m", value)), "protrudes") is holds


@pytest.mark.parametrize(
    ("value", "holds"), [(1e-4, True), (9.9e-5, False), (0.5, True), (0.5001, False)]
)
def test_terminus_window(value, holds):
    """0.01 % to 50 %, limits included."""
    assert verdict(judged(first_reflow=("terminus_fraction", value)), "ends on the op") is holds


@pytest.mark.parametrize(
    ("value", "holds"), [(1.08, True), (1.1, False), (-1.08, True), (-1.1, False)]
)
def test_barrier_fit(value, holds):
    """|t − d| within the tolerance times d; t = 3.65 µm, so d = t − fit."""
    value *= UM
    slack = 0.25 * (3.65 * UM - value)
    expected = abs(value) <= slack
    assert verdict(judged(barrier=("barrier_fit_m", value)), "generally equal") is expected
    assert holds in (True, False)


@pytest.mark.parametrize("sign", [1, -1])
def test_flush(sign):
    """|offset| within the tolerance times the thickness, 0.25 · 3.65 µm."""
    limit = 0.25 * 3.65 * UM
    for part, holds in ((0.999, True), (1.001, False)):
        found = judged(barrier=("juncture_offset_m", sign * part * limit))
        assert verdict(found, "flush") is holds


def test_tolerance_is_the_case_s():
    """A narrower tolerance refuses what the wider one accepts."""
    offset = ("juncture_offset_m", 0.2 * 3.65 * UM)
    assert verdict(judged(barrier=offset), "flush")
    assert not verdict(judged(sets=["conditions.tolerance=0.1"], barrier=offset), "flush")


@pytest.mark.parametrize(("miss", "covers", "end"), [(2e-6, True, False), (-2e-6, False, False)])
def test_second_bump(miss, covers, end):
    """It covers the barrier when it does not end inside; it ends at the juncture within slack."""
    case = {"juncture_miss_m": miss, "covers_barrier": covers}
    loaded = load_case("photoimaged_opening")
    metrics = {**GOOD, "second reflow": case}
    found = judge(loaded, metrics, NAMES, Materials(loaded.materials, loaded.wetting))
    by_text = {c.statement: c for c in found}
    assert verdict(by_text, "covers the barrier") is covers
    assert verdict(by_text, "ends at the juncture") is end


def test_materials():
    """Barrier of Group VIIIB, noble finish, first solder melts above the second."""
    found = judged()
    assert verdict(found, "Group VIIIB")
    assert verdict(found, "noble metal")
    assert verdict(found, "melts above")
    assert not verdict(judged(sets=["barrier.Ni.material=Cu", "wetting.Cu=25 deg"]), "Group VIIIB")


def test_only_solved_stages_are_judged():
    """Without a second stage there is no word on it; without a first, none at all."""
    found = judged(names=NAMES[:1])
    assert not any("second bump" in text for text in found)
    assert judged(names=[]) == {}
