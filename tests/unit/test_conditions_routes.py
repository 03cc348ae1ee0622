"""Which routes a case has, and what their conditions say when they do not hold."""

import pytest

from bumpform.case.file import load_case
from bumpform.materials.materials import Materials
from bumpform.verdict.conditions import judge, routes_of

ROUTES = {
    "photoimaged_opening": ("photoimaged_opening",),
    "photoimaged_opening_no_barrier": ("photoimaged_opening",),
    "laminated_abraded": ("laminated_abraded",),
    "plated_column": ("plated_column",),
    "plated_column_etched": ("plated_column",),
    "stacked_masks": ("stacked_masks",),
    "stacked_masks_one_reflow": ("stacked_masks",),
    "stacked_masks_three": ("stacked_masks",),
    "core_and_cap": ("core_and_cap",),
    "core_metal_ball": ("core_and_cap",),
}


def verdicts(name, metrics, *sets):
    case = load_case(name, sets=list(sets))
    stages = [key for key in metrics if key != "barrier"]
    return {c.statement: c for c in judge(case, metrics, stages, Materials())}


def failing(name, metrics, *sets):
    return [c.statement for c in verdicts(name, metrics, *sets).values() if not c.holds]


@pytest.mark.parametrize("name", ROUTES)
def test_routes(name):
    assert routes_of(load_case(name)) == ROUTES[name]


BALL = {
    "ball_height_m": 87e-6,
    "ball_diameter_m": 88e-6,
    "column_protrusion_m": 55e-6,
    "height_above_dielectric_m": 62e-6,
    "sphericity": 1.0,
    "spread_m": 0.0,
    "clearance_m": 112e-6,
}


def test_plated_column():
    assert failing("plated_column", {"reflow": BALL}) == []
    assert failing("plated_column", {"reflow": BALL}, "plate.1.thickness=12 um") == [
        "the UBM (Ni) is 1 um to 10 um thick in all"
    ]
    for key, value, word in (
        ("column_protrusion_m", -1e-6, "column protrudes"),
        ("height_above_dielectric_m", -1e-6, "stands above"),
        ("sphericity", 1.2, "near-spherical"),
        ("spread_m", -2e-6, "ends at the polyimide's edge"),
        ("clearance_m", -1e-6, "clear of the next"),
    ):
        (statement,) = failing("plated_column", {"reflow": BALL | {key: value}})
        assert word in statement
    flat = {k: v for k, v in BALL.items() if k not in ("sphericity", "spread_m")}
    assert len(failing("plated_column", {"reflow": flat})) == 2


def test_the_seed_layer_is_no_part_of_the_ubm():
    found = verdicts("plated_column", {})
    assert found["the UBM (Ni) is 1 um to 10 um thick in all"].value == pytest.approx(5e-6)


PLANE = {
    "plane_depth_m": 2e-6,
    "plane_fraction": 2 / 45,
    "juncture_miss_m": 0.0,
    "covers_barrier": True,
}
FLUSH = {"barrier_fit_m": 0.0, "juncture_offset_m": 0.0}


def test_laminated_abraded():
    good = {"first reflow": {}, "second reflow": PLANE, "barrier": FLUSH}
    assert failing("laminated_abraded", good) == []
    for part, change, word in (
        ("second reflow", {"plane_depth_m": 0.0, "plane_fraction": 0.0}, "planar surface"),
        ("second reflow", {"plane_fraction": 0.6}, "0.01 %"),
        ("second reflow", {"juncture_miss_m": 2e-6}, "juncture"),
        ("second reflow", {"covers_barrier": False, "juncture_miss_m": -2e-6}, "covers"),
        ("barrier", {"barrier_fit_m": 0.9e-6}, "generally equal to the plane's depth"),
        ("barrier", {"juncture_offset_m": -0.9e-6}, "aligned"),
    ):
        bad = {**good, part: {**good[part], **change}}
        assert any(word in s for s in failing("laminated_abraded", bad))


ONE = {"fused_bodies": 2, "coverage": 1.0, "rests_on": "Ni", "mass_balance": 0.0}


def test_stacked_masks():
    good = {"second reflow": ONE, "third reflow": {"contact_radius_m": 50e-6}}
    assert failing("stacked_masks", good) == []
    narrow = "coat.second mask.opening.radius=45 um"
    assert "larger" in failing("stacked_masks", good, narrow)[0]
    for key, value, word in (
        ("rests_on", "photoresist", "rests on the UBM"),
        ("coverage", 0.9, "fuse to one ball"),
        ("mass_balance", 1e-9, "mass"),
    ):
        bad = {**good, "second reflow": ONE | {key: value}}
        (statement,) = failing("stacked_masks", bad)
        assert word in statement
    (statement,) = failing("stacked_masks", {**good, "third reflow": {"contact_radius_m": 49e-6}})
    assert "UBM's edge" in statement


def test_core_and_cap():
    core = {"ball_height_m": 248e-6, "coverage": 1.0}
    good = {
        "core reflow": core,
        "cap reflow": {"ball_height_m": 350e-6, "coverage": 1.0},
        "mounting": {"held_by": "core", "standoff_m": 248e-6},
    }
    assert failing("core_and_cap", good) == []
    floating = {**good, "mounting": {"held_by": "liquid", "standoff_m": 258e-6}}
    assert len(failing("core_and_cap", floating)) == 2
    bare = {**good, "cap reflow": {"ball_height_m": 200e-6, "coverage": 0.93}}
    found = verdicts("core_and_cap", bare)["the cap covers the core: covered part"]
    assert (found.holds, found.value) == (False, 0.93)
    hot = failing("core_and_cap", good, "mounting.peak=330 degC")
    assert any("stays solid" in s for s in hot)
    metal = {"cap reflow": {"coverage": 1.0}, "mounting": {"held_by": "core", "standoff_m": 300e-6}}
    assert failing("core_metal_ball", metal) == []


def test_a_pure_number_is_told_so():
    found = verdicts("plated_column", {"reflow": BALL})
    sphere = next(c for s, c in found.items() if "near-spherical" in s)
    assert sphere.to_dict()["metric"] == ""
    assert "metric" not in next(c for s, c in found.items() if "UBM" in s).to_dict()
