"""Metrics of the bundled route, recomputed from the contact lines and PRODUCT's definitions."""

from __future__ import annotations

from functools import cache

import pytest

from bumpform.case.file import load_case
from bumpform.runner import run

pytestmark = pytest.mark.dolfinx

UM = 1e-6
Z_TOP, H, PITCH = 30 * UM, 30 * UM, 250 * UM
FIRST, SECOND = "first reflow", "second reflow"


@cache
def done(*sets):
    return run(load_case("photoimaged_opening", sets=list(sets)))


def line(result, stage):
    return result.result["stages"][stage]["surface"]["contact_lines"][0]


def test_first_bump():
    """Protrusion, terminus depth and fraction, ball size, clearance."""
    result = done()
    surface, metrics = result.result["stages"][0]["surface"], result.metrics[FIRST]
    depth = Z_TOP - line(result, 0)["z_m"]
    expected = {
        "protrusion_m": surface["apex_z_m"] - Z_TOP,
        "terminus_depth_m": depth,
        "terminus_fraction": depth / H,
        "ball_height_m": surface["top_z_m"],
        "ball_diameter_m": 2 * surface["max_radius_m"],
        "height_above_contact_line_m": surface["top_z_m"] - line(result, 0)["z_m"],
        "clearance_m": PITCH - 2 * surface["max_radius_m"],
    }
    for name, value in expected.items():
        assert metrics[name] == pytest.approx(value, rel=1e-14), name


def test_barrier():
    """Fit t − d, offset of the juncture, and the flush thickness below d."""
    result = done()
    metrics = result.metrics["barrier"]
    depth = result.metrics[FIRST]["terminus_depth_m"]
    assert metrics["thickness_m"] == pytest.approx(3.63 * UM, rel=1e-14)
    assert metrics["barrier_fit_m"] == pytest.approx(3.63 * UM - depth, rel=1e-9)
    assert metrics["juncture_offset_m"] == pytest.approx(
        metrics["juncture"]["z_m"] - Z_TOP, abs=1e-18
    )
    assert 0.0 < metrics["flush_thickness_m"] < depth


def test_flush_thickness_is_flush():
    """A barrier of that thickness ends at the rim, to 1e-9 of the opening."""
    flush = done().metrics["barrier"]["flush_thickness_m"] - 0.05 * UM
    metrics = done(f"barrier.Ni.thickness={flush!r} m").metrics["barrier"]
    assert metrics["juncture_offset_m"] == pytest.approx(0.0, abs=1e-9 * 60 * UM)


@pytest.mark.parametrize("nanolitres", [0.6, 1.5, 2.5])
def test_juncture_miss_is_the_arclength_from_the_juncture(nanolitres):
    """Zero on the juncture; else up (or down) the side and out over the polyimide's top."""
    result = done(f"deposit.Sn63Pb37.volume={nanolitres} nl")
    metrics, end = result.metrics[SECOND], line(result, 1)
    juncture = result.metrics["barrier"]["juncture"]
    miss = abs(juncture["z_m"] - end["z_m"]) + (end["r_m"] - juncture["r_m"])
    assert metrics["juncture_miss_m"] == pytest.approx(miss, abs=1e-18)
    assert metrics["covers_barrier"]


def test_dome_that_does_not_end_on_the_wall_has_no_terminus():
    """Overfilled, the first bump ends at the rim or on top: the metric is absent."""
    result = done("deposit.Pb95Sn5.volume=0.8 nl")
    assert line(result, 0)["z_m"] == pytest.approx(Z_TOP)
    assert "terminus_depth_m" not in result.metrics[FIRST]


def test_a_dome_that_has_spread_over_the_top():
    """From the rim to its line; a dome that ends on the wall has not spread."""
    wide = done("deposit.Pb95Sn5.volume=1.2 nl", "wetting.polyimide=60 deg")
    assert line(wide, 0)["z_m"] == pytest.approx(Z_TOP)
    spread = line(wide, 0)["r_m"] - 60 * UM
    assert wide.metrics[FIRST]["spread_m"] == pytest.approx(spread, rel=1e-12)
    assert spread > 30 * UM
    assert "spread_m" not in done().metrics[FIRST]


def test_a_plated_column_before_it_melts():
    """As drawn: 60 µm of solder in polyimide of 45 µm, of which 20 µm are etched away."""
    (column,) = run(load_case("plated_column_etched")).metrics.values()
    assert column["solder_height_m"] == pytest.approx(60 * UM, rel=1e-12)
    assert column["polyimide_thickness_m"] == pytest.approx(25 * UM, rel=1e-12)
    assert column["etch_gain_m"] == pytest.approx(20 * UM, rel=1e-12)
    (unetched,) = run(load_case("plated_column")).metrics.values()
    assert "etch_gain_m" not in unetched
