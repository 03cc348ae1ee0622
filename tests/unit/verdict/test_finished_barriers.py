"""The barrier as solder finds it: cut, cut open, cut away, too late or not there."""

from __future__ import annotations

import pytest

from second_judge.compare import compare
from two_bumps import BARRIER, CAP, ONE, blanket, drop, judged, opening, reflow

pytestmark = pytest.mark.dolfinx

CONFORMAL = {**BARRIER, "thickness": "4 um", "finish": {"material": "Au", "thickness": "50 nm"}}
BURIED = [
    drop("Pb95Sn5", "0.9 nl"),
    reflow("first", "350 degC"),
    blanket("100 um"),
    {"do": "abrade", "to": "45 um"},
    {"do": "abrade", "below_top": {"layer": "dielectric", "by": "2 um"}},
]


@pytest.mark.parametrize(("height", "left"), [(45.0, 2.0), (44.5, 1.5)])
def test_a_barrier_polished_flush_is_flush(height, left):
    """With the dielectric's top, be that lowered too, and as thick as it still lies deep."""
    polished = [*BURIED, CONFORMAL, {"do": "abrade", "to": f"{height} um"}]
    found, done = judged([*polished, *CAP], "laminated_abraded")
    grown, _ = judged([*BURIED, CONFORMAL, *CAP], "laminated_abraded")
    for name in ("barrier-flush", "barrier-top-aligned", "second-ends-at-juncture"):
        assert grown[name][0] == "fails" and found[name] == ("holds", ""), name
    said = f"grown 4.05 µm thick, cut to {left:g} µm on the axis"
    assert found["barrier-thickness-matches"] == ("holds", said)
    assert compare(done).differences == []


@pytest.mark.parametrize(("height", "told"), [
    ("47.02 um", ("holds", "")),
    ("45.5 um", ("not judged", "the barrier's coating was cut off before solder was put on it")),
])  # fmt: skip
def test_a_coating_that_is_polished_off_is_none(height, told):
    """4 µm of nickel on the plane at 43 µm, gold from 47 to 47.05 µm: solder finds it, or not."""
    level = {**CONFORMAL, "growth": "planar"}
    polished = [*BURIED, level, {"do": "abrade", "to": height}, *CAP]
    found, done = judged(polished, "laminated_abraded")
    assert found["barrier-noble-coating"] == told
    assert compare(done).differences == []


@pytest.mark.parametrize("growth", ["planar", "conformal"])
@pytest.mark.parametrize("proud", [0.4, 0.6, 1.9])
def test_a_cut_barrier_is_judged_as_one_grown_so_thick(growth, proud):
    """The tolerance is a quarter of what is left: 0.6 µm of 2.4, 0.65 of 2.6 and 0.98 of 3.9."""
    high = f"{2.0 + proud} um"
    plain = {"do": "barrier", "material": "Ni", "growth": growth}
    cut = [{**plain, "thickness": "20 um"}, {"do": "abrade", "to": f"{45.0 + proud} um"}]
    grown = [{**plain, "growth": "planar", "thickness": high}]
    (found, done), (level, _) = (
        judged([*BURIED, *steps, *CAP], "laminated_abraded") for steps in (cut, grown)
    )
    assert level["barrier-top-aligned"][0] == ("holds" if proud < 1.0 else "fails")
    for name in ("barrier-top-aligned", "barrier-thickness-matches"):
        assert found[name][0] == level[name][0], name
    (told,) = (c for c in done.result["conditions"] if c["id"] == "barrier-top-aligned")
    assert told["limits"][1] == pytest.approx(0.25e-6 * (2.0 + proud), rel=1e-9)
    if growth == "planar":
        for name in ("barrier-flush", "second-ends-at-juncture"):
            assert found[name][0] == level[name][0], name
    assert compare(done).differences == []


def test_a_barrier_is_as_thick_as_on_the_axis():
    """Where a dome's barrier is cut level it is thin on the axis, whatever it is at its edge."""
    deep = judged(ONE, "photoimaged_opening")[1]
    apex = deep.result["stages"][0]["surface"]["apex_z_m"]
    depth = deep.metrics["first"]["terminus_depth_m"]
    thick = [*ONE, {**BARRIER, "thickness": 1.2 * depth}]
    whole, _ = judged([*thick, *CAP], "photoimaged_opening")
    for left, verdict in [(0.9, "holds"), (0.5, "fails"), (-0.1, "fails")]:
        cut = {"do": "abrade", "to": apex + left * depth}
        found, done = judged([*thick, cut, *CAP], "photoimaged_opening")
        words = "through" if left < 0.0 else f"to {1e6 * left * depth:.4g} µm"
        said = f"grown {1.2e6 * depth:.4g} µm thick, cut {words} on the axis"
        assert found["barrier-thickness-matches"] == (verdict, said)
        assert found["barrier-flush"] == whole["barrier-flush"]
        assert found["barrier-on-first-bump"][0] == ("fails" if left < 0.0 else "holds")
        assert compare(done).differences == []


def test_a_level_barrier_on_a_dome_is_thicker_at_its_edge():
    """It is as thick as asked where it is thinnest; the words say what it is elsewhere."""
    depth = judged(ONE, "photoimaged_opening")[1].metrics["first"]["terminus_depth_m"]
    level = {**BARRIER, "thickness": depth, "growth": "planar"}
    found, done = judged([*ONE, level, *CAP], "photoimaged_opening")
    lines = done.result["stages"][0]["surface"]["contact_lines"]
    edge = done.metrics["barrier"]["juncture"]["z_m"] - lines[0]["z_m"]
    said = f"on the axis; at its edge it is {1e6 * edge:.4g} µm thick"
    assert found["barrier-thickness-matches"] == ("holds", said)
    assert found["barrier-flush"][0] == "fails"
    assert compare(done).differences == []


# what comes too late, or not at all


def test_a_barrier_over_both_bumps_is_none_between_them():
    """The bumps are those that lie on each other; the barrier is not between them."""
    found, done = judged([*ONE, *CAP, BARRIER], "photoimaged_opening")
    bare, _ = judged([*ONE, *CAP], "photoimaged_opening")
    assert found["steps-in-order"] == ("fails", "second solder comes before barrier")
    assert found["barrier-separates-bumps"] == ("fails", "they touch in second")
    assert found["barrier-on-first-bump"] == ("fails", "it does not lie on it")
    for name in ("dome-shaped", "dome-ends-on-wall", "dome-protrudes", "second-covers-first"):
        assert found[name] == bare[name] and found[name][0] == "holds", name
    for name in ("barrier-flush", "barrier-thickness-matches", "second-covers-barrier"):
        assert found[name] == ("not judged", "the barrier is grown after the second bump"), name
    assert compare(done).differences == []


def test_a_barrier_is_optional_in_one_route_alone():
    """001 leaves it out; claim 20 has it, and who leaves it out is told."""
    found, done = judged([*BURIED, *CAP], "laminated_abraded")
    assert found["steps-in-order"] == ("not judged", "there is no barrier")
    assert compare(done).differences == []
    assert judged([*ONE, *CAP], "photoimaged_opening")[0]["steps-in-order"][0] == "holds"


def test_the_flank_of_a_cut_barrier_is_no_top():
    """Laid bare by an etch of the dielectric, as that of one that is whole."""
    etch = {"do": "etch", "layer": "dielectric", "by": "1 um"}
    for steps in ([etch, {"do": "abrade", "to": "41 um"}], [{"do": "abrade", "to": "41 um"}, etch]):
        found, done = judged([*ONE, CONFORMAL, *steps, *CAP], "photoimaged_opening")
        assert found["second-covers-barrier"][0] == "holds"
        assert compare(done).differences == []


def test_of_a_barrier_that_is_cut_away_nothing_is_judged():
    """Neither its edge nor its top: there is none any more."""
    gone = {"do": "abrade", "to": "42.5 um"}
    found, done = judged([*BURIED, CONFORMAL, gone, *CAP], "laminated_abraded")
    for name in ("barrier-flush", "barrier-top-aligned", "barrier-thickness-matches",
                 "barrier-on-first-bump"):  # fmt: skip
        assert found[name] == ("not judged", "nothing is left of the barrier"), name
    assert compare(done).differences == []


def test_a_barrier_that_is_cut_with_its_bump_is_as_thick_as_over_what_is_left_of_both():
    """Ground to 20 µm with the bump, and grown anew 1 µm thick: 1 µm over the bump's plane."""
    grown = [*ONE[1:], {**BARRIER, "thickness": "4 um"}, {"do": "abrade", "to": "20 um"}]
    steps = [opening(radius="63 um"), *grown, {**BARRIER, "thickness": "1 um"}, *CAP]
    found, done = judged(steps, "laminated_abraded")
    assert compare(done).differences == []
    words = "there is no plane: the first bump is not abraded before it is built on"
    assert found["plane-below-top"] == ("not judged", words)
    (flush,) = (c for c in done.result["conditions"] if c["id"] == "barrier-flush")
    assert flush["verdict"] == "fails"
    assert flush["limits"][1] < 0.25 * 4e-6  # of what was over the dome that is no more


@pytest.mark.parametrize(("volume", "covers"), [("0.2 nl", "fails"), ("0.9 nl", "holds")])
def test_a_barrier_over_two_bodies_has_no_one_edge(volume, covers):
    """On a ball upon a post and the ring round its foot: where its top ends is not one place.

    The second bump of 0.2 nl ends outside the ball's part, and yet does not cover the barrier.
    """
    post = {"do": "plate", "layer": "post", "material": "Al", "radius": "40 um"}
    ring = {"do": "deposit", "solder": "Pb95Sn5", "fill": {"layer": "dielectric"}}
    ball = {"do": "deposit", "solder": "Pb95Sn5", "ball": {"diameter": "60 um"}}
    dry = {"Al": "100 deg"}
    first = [opening(), {**post, "thickness": "60 um"}, ring, ball, reflow("first", "350 degC")]
    second = [drop("Sn63Pb37", volume), reflow("second", "220 degC")]
    asked = {"second.juncture_miss_m": {"max": "1 um"}}
    found, done = judged(
        [*first, BARRIER, *second], "photoimaged_opening", wetting=dry, requirements=asked
    )
    why = "juncture_miss_m means nothing in second: it is told where there is a barrier in one part"
    assert found["requirement"] == ("not judged", f"{why} whose edge shows")
    told = ("not judged", "the barrier's top lies in 2 parts, each with its own edge")
    assert found["second-ends-at-juncture"] == told
    assert found["second-covers-barrier"][0] == covers
    assert not {"covers_barrier", "juncture_miss_m"} & {*done.result["metrics"]["second"]}
    assert compare(done).differences == []
