"""What the verdict says of two bumps, films, corners and joints of unusual processes."""

from __future__ import annotations

import pytest

from bumpform.case.file import load_case
from bumpform.mesh.mesh import build_mesh
from bumpform.mesh.recipe import find_recipe
from bumpform.runner import run
from second_judge.compare import compare
from two_bumps import ANGLES, BARRIER, CAP, ONE, blanket, drop, judged, mount, opening, reflow

pytestmark = pytest.mark.dolfinx

# what melts later, or together


def test_a_first_bump_that_melts_at_mounting_had_its_shape():
    """The second bump covers the first where it has its shape, before any mount."""
    steps = [*ONE, *CAP]
    alone, _ = judged(steps, "photoimaged_opening")
    mounted, done = judged([*steps, mount("350 degC", load="10 uN")], "photoimaged_opening")
    assert alone["second-covers-first"][0] == "holds"
    assert mounted["second-covers-first"] == alone["second-covers-first"]
    assert done.result["stages"][-1]["molten"] == ["Pb95Sn5", "Sn63Pb37"]


def test_bumps_that_have_fused_have_no_second():
    """A barrier that was abraded off between them keeps them apart no longer."""
    bare = [*ONE, BARRIER, {"do": "abrade", "to": "35 um"}]
    found, _ = judged([*bare, drop("Sn63Pb37", "0.4 nl"), reflow("second", "350 degC")],
                      "photoimaged_opening")  # fmt: skip
    words = ("not judged", "the first bump melted in second")
    for name in ("second-covers-barrier", "second-ends-at-juncture", "stacked-in-order"):
        assert found[name] == words, name


def test_a_dielectric_that_is_stripped_was_there():
    """What is not judged of it says that it is gone, not that there is none; the order is judged.

    Before the second bump melts for the last time; and where there is no second.
    """
    gone = "dielectric, which is round the first bump, is taken away"
    off = {"do": "strip", "layer": "dielectric"}
    last = [off, reflow("third", "220 degC")]
    for steps, when in (
        ([*ONE, BARRIER, *CAP, *last], " before the second bump last melts"),
        ([*ONE, BARRIER, off], ""),
    ):
        found, _ = judged(steps, "photoimaged_opening")
        told = {words for verdict, words in found.values() if verdict == "not judged"}
        assert f"{gone}{when}" in told
        assert not any("no dielectric" in words for words in told)
    found, _ = judged([*ONE, BARRIER, *CAP, *last], "photoimaged_opening")
    assert found["steps-in-order"] == ("holds", "")
    found, _ = judged([drop("Pb95Sn5", "0.4 nl"), ONE[2], BARRIER, *CAP], "photoimaged_opening")
    told = {words for verdict, words in found.values() if verdict == "not judged"}
    assert "no dielectric with an opening is round the bump" in told


@pytest.mark.parametrize("volume", ["0.2 nl", "0.8 nl"])
def test_an_opening_that_counts_as_no_mask_is_told_why(volume):
    """Solder lies in it: that none is put into one would be untrue."""
    steps = [opening(), drop("Pb95Sn5", volume), *ONE[2:], *CAP]
    found, _ = judged(steps, "stacked_masks")
    why = "dielectric is not filled by name (fill), not stripped, and no photoresist or dry film"
    for name in ("opening-exposes-pad", "steps-in-order", "masks-removed", "mask-material"):
        assert found[name] == ("not judged", f"there is no mask: {why}"), name
    found, _ = judged([*steps, {"do": "strip", "layer": "dielectric"}], "stacked_masks")
    assert found["masks-removed"][0] == "holds"


def test_every_body_that_melts_enclosed_has_melted():
    """Two bodies under one coat: the frozen one is not forgotten for the paste beside it."""
    steps = [
        drop("Pb95Sn5", "0.1 nl"),
        reflow("first", "350 degC"),
        blanket("60 um", "cover"),
        drop("SAC305", "0.1 nl"),
        blanket("120 um", "lid"),
        reflow("second", "350 degC"),
    ]
    found, done = judged(steps)
    assert done.refused.reason == "enclosed"
    assert found["frozen-stays-solid"] == ("fails", "Pb95Sn5 melts in second")


def test_solder_that_was_there_before_the_dielectric_is_out_of_order():
    """What froze with the first bump counts, too."""
    early = [drop("Pb95Sn5", "0.05 nl"), opening(), *ONE[1:]]
    found, _ = judged(early, "photoimaged_opening")
    words = "first solder comes before dielectric with an opening"
    assert found["steps-in-order"] == ("fails", words)


# the barrier


def test_a_barrier_under_a_plate_is_covered():
    """The second bump closes over a plate that leaves nothing of the barrier bare."""
    low = [drop("Pb95Sn5", "0.05 nl"), reflow("first", "350 degC"), {**BARRIER, "material": "Au"}]
    plate = {"do": "plate", "material": "Ni", "radius": "60 um", "thickness": "30 um"}
    found, _ = judged([*low, plate, *CAP], "photoimaged_opening")
    assert found["second-covers-barrier"][0] == "holds"


@pytest.mark.parametrize(("tolerance", "verdict"), [(1.0, "not judged"), (0.9, "fails")])
def test_a_barrier_on_a_paste_has_no_distance_to_match(tolerance, verdict):
    """Its edge is its thickness above the rim; how far below it a bump would end is not known."""
    low = {"do": "deposit", "solder": "Pb95Sn5", "column": {"radius": "60 um", "height": "5 um"}}
    paste = {"do": "deposit", "solder": "Pb95Sn5", "fill": {"layer": "dielectric"}}
    steps = [opening(), low, reflow("first", "350 degC"), paste, BARRIER]
    found, _ = judged(steps, "photoimaged_opening", tolerance=tolerance)
    assert found["barrier-flush"][0] == verdict
    never = "the first bump was never melted before the next thing was put on it"
    assert found["barrier-thickness-matches"] == ("not judged", never)
    if verdict == "not judged":
        assert found["barrier-flush"][1] == never


def test_a_barrier_that_was_abraded_away_separates_nothing():
    """The barrier is the one that the second solder finds."""
    lost = [drop("Pb95Sn5", "0.4 nl"), reflow("first", "350 degC"), blanket("20 um"), BARRIER,
            {"do": "abrade", "to": "15 um"}]  # fmt: skip
    found, _ = judged([*lost, {**BARRIER, "thickness": "2 um"}, *CAP], "laminated_abraded")
    assert found["stacked-in-order"][0] == "holds"
    assert found["inside-shows-as-plane"][0] == "holds"
    assert found["plane-below-top"][0] == "fails"  # one cut through both


def test_a_barrier_that_has_lost_its_pole_still_ends_where_it_did():
    """On the juncture without the cut is on it with it."""
    _, thin = judged([*ONE, BARRIER], "photoimaged_opening")
    flush = f"{thin.metrics['barrier']['flush_thickness_m'] * 1e6} um"
    grown = [*ONE, {**BARRIER, "thickness": flush}]
    whole, done = judged([*grown, *CAP], "photoimaged_opening")
    cut, _ = judged([*grown, {"do": "abrade", "to": "39.5 um"}, *CAP], "photoimaged_opening")
    assert done.metrics["second"]["juncture_miss_m"] == 0.0
    assert cut["second-ends-at-juncture"][0] == whole["second-ends-at-juncture"][0] == "holds"
    low, _ = judged([*grown, {"do": "abrade", "to": "29 um"}, *CAP], "photoimaged_opening")
    assert low["second-ends-at-juncture"][0] == "holds"  # both were cut at one height


@pytest.mark.parametrize("to", [29, 30, 31, 44])
def test_the_opening_round_a_bump_that_alone_is_abraded_is_seen(to):
    """A dome that stands out of 30 µm of polyimide, cut above its top as below it."""
    steps = [*ONE, {"do": "abrade", "to": f"{to} um"}, BARRIER, *CAP]
    found, done = judged(steps, "laminated_abraded")
    assert compare(done).differences == []
    assert found["inside-shows-as-plane"][:2] == ("fails", "what shows of it is not level")
    words = "the bump was not covered before it was abraded"
    assert found["abrading-exposes-bump"][:2] == ("not judged", words)
    assert not any("no dielectric" in str(answer) for answer in found.values())
    assert found["plane-below-top"][0] == "fails"  # at the top, or above it


def test_a_dome_that_abrading_does_not_reach_shows_no_inside():
    steps = [*ONE, {"do": "abrade", "to": "50 um"}, BARRIER, *CAP]
    found, done = judged(steps, "laminated_abraded")
    assert compare(done).differences == []
    words = "abrading has exposed nothing of the first bump"
    assert found["inside-shows-as-plane"][:2] == ("not judged", words)
    words = "there is no plane: the first bump is not abraded"
    assert found["plane-below-top"][:2] == ("not judged", words)


def test_a_bump_that_is_not_abraded_has_no_plane():
    whole = [drop("Pb95Sn5", "0.2 nl"), reflow("first", "350 degC"), blanket("20 um"),
             {"do": "abrade", "below_top": {"layer": "dielectric", "by": "1 um"}}]  # fmt: skip
    deep = [drop("Pb95Sn5", "0.02 nl"), reflow("first", "350 degC"), blanket("60 um"),
            {"do": "abrade", "to": "50 um"}]  # fmt: skip
    none = ("not judged", "there is no plane: the first bump is not abraded")
    found, _ = judged(deep, "laminated_abraded")
    assert found["plane-below-top"] == none
    assert judged(whole, "laminated_abraded")[0]["plane-below-top"][0] == "holds"


@pytest.mark.parametrize("radius", [60, 90])
def test_solder_cut_over_the_first_bump_is_not_its_plane(radius):
    """The bump is cut 5 µm below the top of what is round it, and covered; then other solder is.

    Where the bump touches its opening, that is still its dielectric, and d 5 µm; where it does
    not, its dielectric is the one laid last, and abrading that shows nothing of the bump.
    """
    steps = [opening(radius=f"{radius} um"), *ONE[1:],
             {"do": "abrade", "below_top": {"layer": "dielectric", "by": "5 um"}},
             blanket("40 um", "cover"), drop("Sn63Pb37", "2 nl"), blanket("60 um", "lid"),
             {"do": "abrade", "below_top": {"layer": "lid", "by": "10 um"}}]  # fmt: skip
    found, done = judged(steps, "laminated_abraded")
    assert done.stopped is None
    assert compare(done).differences == []
    if radius == 60:
        (entry,) = (c for c in done.result["conditions"] if c["id"] == "plane-below-top")
        assert entry["value"] == pytest.approx(5e-6, rel=1e-9)
        return
    assert found["inside-shows-as-plane"][0] == "not judged"
    words = "there is no plane: lid is abraded last, and the first bump covered"
    assert found["plane-below-top"] == ("not judged", words)
    assert found["defined-distance-window"] == ("not judged", words)


def test_a_coat_under_the_bump_is_no_coat_over_it():
    steps = [blanket("20 um"), {"do": "abrade", "to": "15 um"}, drop("SAC305", "0.1 nl"),
             blanket("10 um", "lid"), reflow("first", "250 degC")]  # fmt: skip
    found, _ = judged(steps, "laminated_abraded")
    assert found["steps-in-order"] == ("not judged", "there is no coat over the first bump")


def test_a_dielectric_of_several_coats_is_as_thick_as_all():
    """d / h of a wall of one coat and of two that end flush is the same."""
    shares = []
    for coats in ([opening("30 um")], [opening("20 um"), {**opening("10 um"), "layer": "more"}]):
        _, done = judged([*coats, *ONE[1:]], "photoimaged_opening")
        [entry] = [c for c in done.result["conditions"] if c["id"] == "defined-distance-window"]
        assert entry["value"] == done.metrics["first"]["terminus_fraction"]
        shares.append(entry["value"])
    assert shares[0] == pytest.approx(shares[1], rel=1e-9)


def test_a_dome_that_ends_on_the_edge_of_a_ledge_is_on_the_wall_unless_that_was_the_rim():
    """A wider coat makes a ledge of the rim: laid before the dome froze, or after it."""
    steps, wider = [opening("20 um"), *ONE[1:]], {**opening("15 um", "90 um"), "layer": "more"}
    for at, wall, window in (
        (1, ("holds", ""), "holds"),  # 15 µm of 35
        (3, ("fails", "it ends on the rim"), "not judged"),
    ):
        found, done = judged([*steps[:at], wider, *steps[at:]], "photoimaged_opening")
        assert found["dome-ends-on-wall"] == wall
        assert found["defined-distance-window"][0] == window
        assert compare(done).differences == []


def test_a_wall_that_stands_on_a_ball_begins_there():
    """What has run in under the ball, down to the pad, is no wall of the opening above it."""
    ball = {"do": "core", "material": "Cu", "diameter": "120 um"}
    steps = [ball, opening("160 um", "50 um"), *ONE[1:]]
    _, done = judged(steps, "photoimaged_opening")
    [entry] = [c for c in done.result["conditions"] if c["id"] == "defined-distance-window"]
    foot = 60e-6 + (60e-6**2 - 50e-6**2) ** 0.5
    depth = done.metrics["first"]["terminus_depth_m"]
    assert entry["value"] == pytest.approx(depth / (160e-6 - foot), rel=1e-9)


# films and corners


def test_liquid_within_a_ring_of_barrier_covers_nothing():
    steps = [drop("Sn63Pb37", "0.4 nl"), reflow("first", "220 degC"), BARRIER,
             {"do": "abrade", "to": "40 um"}, reflow("second", "220 degC")]  # fmt: skip
    found, done = judged(steps)
    assert "second" in done.metrics
    assert "film-thickness" not in found


def test_a_core_on_a_dome_makes_a_corner():
    """Half a turn at the point where it rests: filled where both angles are under 180° together."""
    steps = [drop("SAC305", "0.4 nl"), reflow("first", "250 degC"), BARRIER,
             {"do": "core", "material": "Ni", "diameter": "80 um"},
             drop("Sn42Bi58", "0.6 nl"), reflow("second", "170 degC")]  # fmt: skip
    _, done = judged(steps)
    [entry] = [c for c in done.result["conditions"] if c["id"] == "corners-filled"]
    assert "core" in entry["statement"]
    assert entry["verdict"] == "holds"
    assert entry["value"] == pytest.approx(180.0 - 2.0 * 25.0)


SHRINKS = {"freezing": "shrinks", "remelts": True}


def test_a_corner_where_the_solid_comes_twice_is_under_the_liquid():
    """A cut barrier leans in over the dome and ends at the land's edge, on both of its sides."""
    column = {
        "do": "deposit",
        "solder": "Sn63Pb37",
        "column": {"radius": "40 um", "height": "50 um"},
    }
    steps = [drop("Sn63Pb37", "0.1 nl"), reflow("first", "220 degC"), column,
             {**BARRIER, "growth": "planar"}, {"do": "abrade", "to": "30 um"}, *CAP]  # fmt: skip
    _, done = judged(steps, case=SHRINKS)
    assert compare(done, ["corners-filled"]).differences == []
    (entry,) = (c for c in done.result["conditions"] if c["id"] == "corners-filled")
    assert "corner of pad and barrier" in entry["statement"]
    assert entry["verdict"] == "holds"


def test_a_corner_of_gas_that_is_shut_in_is_under_no_liquid():
    """A barrier on a ball closes the gap round it; solder lies round the ball, over that."""
    plug = {"do": "plate", "material": "Ti", "radius": "20 um", "thickness": "0.63 um"}
    around = {**opening("20.6 um", "28.75 um"), "material": "BCB"}
    steps = [blanket("5 um", "floor"), around, plug, drop("Pb95Sn5", "0.108 nl"), ONE[-1],
             {**BARRIER, "thickness": "1.2 um"}, drop("Sn63Pb37", "0.013 nl"), CAP[-1]]  # fmt: skip
    repels = {"Ti": "159 deg", "BCB": "119 deg"}  # 159° and 140° leave the gap's corner empty
    found, done = judged(steps, case=SHRINKS, wetting=repels)
    assert compare(done, ["corners-filled"]).differences == []
    assert found["corners-filled"][0] == "holds"


def test_a_corner_of_the_package_is_told_with_its_angles():
    steps = [drop("Sn63Pb37", "1.2 nl"), reflow("first", "220 degC")]
    resist = {"material": "solder resist", "thickness": "20 um", "opening": {"radius": "55 um"}}
    found, done = judged([*steps, mount("220 degC", load="500 uN", resist=resist)])
    assert done.refused.reason == "unfilled_corner"
    [entry] = [
        c for c in done.result["conditions"] if c["id"] == "corners-filled" and not c["holds"]
    ]
    assert entry["value"] == pytest.approx(-10.0)  # 140° + 140° − 270°
    assert found["joint-closed"][0] == "not judged"


# joints


@pytest.mark.parametrize("route", ["photoimaged_opening", "laminated_abraded"])
def test_a_joint_is_no_first_bump_and_its_solder_is_said_to_melt(route):
    """Paste and ball of a package melt in the mount alone."""
    done = run(load_case("bga_joint", sets=[f"case.route={route}"]))
    reasons = {c["id"]: c["reason"] for c in done.result["conditions"]}
    words = "no solder was melted before the mount"
    assert reasons["different-compositions"] == f"there is no first bump: {words}"
    assert reasons["first-melts-higher"] == f"there is no first bump: {words}"
    if route == "photoimaged_opening":
        assert reasons["dome-shaped"] == f"there is no first bump: {words}"
        assert reasons["steps-in-order"] == f"there is no first solder: {words}"
    assert not any("no solder has been melted" in (text or "") for text in reasons.values())


def test_solder_that_meets_the_pad_in_a_point_joins_nothing():
    """A ball that rests on the pad, coated round, melts on the coat."""
    ball = {"do": "deposit", "solder": "Sn63Pb37", "ball": {"diameter": "80 um"}}
    steps = [ball, blanket("5 um"), mount("220 degC", load="1 mN")]
    found, done = judged(steps)
    assert not done.refused
    assert found["joint-closed"] == ("fails", "no metal leads from it to the pad")


def test_a_package_that_lies_on_a_coat_shuts_in_what_is_not_filled():
    """The room over the solder in the opening: of the whole opening less the solder's volume."""
    steps = [opening("60 um"), drop("Sn63Pb37", "0.2 nl"), reflow("first", "220 degC")]
    found, done = judged([*steps, mount("220 degC", standoff="60 um")])
    whole = 3.141592653589793 * 60e-6**2 * 60e-6 * 1e12  # nl
    liquid = done.result["stages"][-1]["liquid"]["volume_m3"] * 1e12
    verdict, reason = found["no-closed-void"]
    assert verdict == "fails"
    words, size = reason.split(" all round the joint, and traps ")
    assert words == "the package lies on dielectric"
    assert float(size.split(" nl of gas")[0]) == pytest.approx(whole - liquid, rel=1e-3)


def test_a_package_that_lies_on_the_rim_shuts_in_what_the_liquid_sags_by():
    """Colder than it froze, the liquid sags from the rim of a shell that the package lies on."""
    shell = [drop("Sn63Pb37", "0.4 nl"), reflow("first", "350 degC"), BARRIER]
    steps = [*shell, {"do": "abrade", "to": "20 um"}, mount("220 degC", load="1 mN")]
    found, done = judged(steps)
    solid = done.history[-2].state.stack.region("Sn63Pb37").volume
    shrunk = solid - done.result["stages"][-1]["liquid"]["volume_m3"]
    verdict, reason = found["no-closed-void"]
    assert verdict == "fails"
    size = reason.split(" all round the joint, and traps ")[1]
    assert float(size.split(" pl of gas")[0]) * 1e-15 == pytest.approx(shrunk, rel=1e-3)


def test_gas_under_a_package_that_a_ring_of_solder_surrounds_is_shut_in():
    """The resist lies on the pillar's top, so that the room of its opening is closed."""
    pillar = {"do": "plate", "material": "Ni", "radius": "30 um", "thickness": "80 um"}
    resist = {"material": "solder resist", "thickness": "10 um", "opening": {"radius": "20 um"}}
    steps = [pillar, drop("Sn63Pb37", "0.2 nl"), mount("220 degC", load="1 mN", resist=resist)]
    found, done = judged(steps)
    assert [line["end"] for line in done.result["stages"][-1]["surface"]["contact_lines"]] == [
        "outer",
        "inner",
    ]
    verdict, reason = found["no-closed-void"]
    assert verdict == "fails"
    size = reason.split(" all round the joint, and traps ")[1]
    room = 3.141592653589793 * 20.0**2 * 10.0  # fl
    assert float(size.split(" nl of gas")[0]) * 1e6 == pytest.approx(room, rel=1e-3)


def test_solder_that_is_pressed_out_of_between_joins_nothing():
    """The package's pad lies on nickel, all of it: what is left of the film has no thickness."""
    nickel = {"do": "plate", "material": "Ni", "radius": "55 um", "thickness": "40 um"}
    steps = [nickel, drop("Sn63Pb37", "1 nl"), mount("220 degC", load="10 mN")]
    found, done = judged(steps)
    assert done.metrics["mount"]["held_by"] == "core"
    verdict, reason = found["joint-closed"]
    assert verdict == "fails"
    assert reason.startswith("the package's pad lies on what is solid")
    build_mesh(done.snapshots[-1].stack, find_recipe("default"))  # the film is in no region
    [corner] = [c for c in done.result["conditions"] if c["id"] == "corners-filled"]
    assert "corner of Ni side and package base" in corner["statement"]
    assert corner["value"] == pytest.approx(270.0 - 25.0 - 140.0)


def test_a_second_bump_that_melts_shut_in_is_kept_apart_and_has_no_shape_of_its_own():
    """Under a second barrier it melts with the package's solder: in its place, it is molten."""
    solder = {"solder": "Sn63Pb37", "volume": "0.2 nl"}
    steps = [*ONE, BARRIER, CAP[0], BARRIER, mount("220 degC", solder=solder, load="10 uN")]
    found, _ = judged(steps, "photoimaged_opening")
    assert found["barrier-separates-bumps"] == ("holds", "")
    shut = ("not judged", "the second bump is enclosed in mount, and keeps its shape")
    assert found["second-covers-barrier"] == shut


def test_a_second_bump_that_melts_shut_in_is_one_all_the_same(monkeypatch):
    """A collar round the dome, buried, melts as it lies: it is what was put on the first bump.

    Later all of it melts as one.
    """
    for dielectric in ("polyimide", "SiO2"):
        monkeypatch.setitem(ANGLES, dielectric, "100 deg")
    collar = [drop("Pb95Sn5", "0.9 nl"), reflow("first", "350 degC"), drop("SAC305", "0.15 nl")]
    over = [blanket("70 um"), drop("SAC305", "0.2 nl"), reflow("second", "240 degC")]
    found, done = judged([*collar, *over, reflow("third", "350 degC")], "photoimaged_opening")
    assert done.refused is None
    assert compare(done).differences == []
    assert found["different-compositions"][0] == "holds"
    assert found["first-melts-higher"][0] == "holds"


def test_a_first_bump_that_is_ground_off_is_not_covered():
    """A bump on a plug, cut off with the plug's top: only the second bump's ring is left."""
    plug = {"do": "plate", "material": "Ni", "radius": "30 um", "thickness": "6 um"}
    first = [drop("Pb95Sn5", "0.05 nl"), reflow("first", "350 degC")]
    ring = [drop("Sn63Pb37", "0.3 nl"), {"do": "abrade", "to": "4 um"}, drop("Sn63Pb37", "0.2 nl")]
    found, done = judged([plug, *first, *ring, reflow("second", "220 degC")], "photoimaged_opening")
    assert compare(done).differences == []
    words = "nothing is left of the first bump"
    assert found["second-covers-first"] == ("not judged", words)


def test_a_dome_that_ends_on_an_edge_of_the_wall_ends_on_the_wall():
    """Polyimide round solder that was ground level lies on its top: a ledge, part of its wall."""
    plug = {"do": "plate", "material": "Ni", "radius": "40 um", "thickness": "30 um"}
    ground = [drop("Pb95Sn5", "0.3 nl"), {"do": "abrade", "to": "12 um"}]
    over = {**opening("40 um", "50 um"), "opening": {"radius": "50 um", "sidewall": "105 deg"}}
    steps = [plug, *ground, over, reflow("first", "350 degC"), *CAP]
    found, done = judged(steps, "photoimaged_opening")
    assert compare(done).differences == []
    (line,) = (
        x for x in done.result["stages"][0]["surface"]["contact_lines"] if x["end"] == "outer"
    )
    assert line["feature"] == "dielectric wall edge"
    assert found["dome-ends-on-wall"][0] == "holds"


def test_a_dome_that_ends_on_solder_which_fills_its_opening_ends_on_no_wall():
    """What stays solid lies level in the opening: the wall begins at its top."""
    steps = [opening(), drop("Pb95Sn5", "0.1 nl"), drop("SAC305", "0.1 nl"),
             reflow("first", "250 degC")]  # fmt: skip
    found, done = judged(steps, "photoimaged_opening")
    assert compare(done).differences == []
    assert found["dome-ends-on-wall"] == ("fails", "it ends on Pb95Sn5 / dielectric wall")
