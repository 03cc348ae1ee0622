"""Metal plated through an opening: level below the rim, a mushroom above it; exact volumes."""

import math

import numpy as np
import pytest
from pydantic import ValidationError
from shapely import Polygon, box
from shapely.ops import unary_union

from bumpform.case.case import Case
from bumpform.errors import CaseError, ProcessError
from bumpform.growth.conformal import coat_conformal
from bumpform.growth.plated import plate
from bumpform.growth.plated_through import plate_through
from bumpform.materials.materials import Materials
from bumpform.mesh.mesh import build_mesh
from bumpform.mesh.recipe import find_recipe
from bumpform.process.apply import apply_step
from bumpform.runner import run
from bumpform.stack.cut import strip
from bumpform.stack.layers import coat, substrate
from bumpform.steps.kinds import Plate
from bumpform.units.units import parse_quantity
from films import bounds
from solids import UM, assert_gapless, bare


def resist(stack=None, radius=30, thickness=20, sidewall=90):
    return coat(
        stack or bare(), layer="resist", material="photoresist", thickness=thickness * UM,
        opening_radius=radius * UM, sidewall=math.radians(sidewall),
    )  # fmt: skip


def plated(stack, height):
    found = plate_through(stack, name="post", material="Cu", layer="resist", height=height * UM)
    assert_gapless(found.stack)
    assert not found.note
    return found.stack


@pytest.mark.parametrize("height", [0.5, 12, 19.999, 20])
def test_below_the_rim_it_is_a_disc(height):
    found = plated(resist(), height)
    exact = math.pi * 30**2 * height
    assert found.region("post").volume == pytest.approx(exact * UM**3, rel=1e-12)
    assert found.profile.pieces[0].feature == "post top"


@pytest.mark.parametrize("excess", [1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-3, 5, 25])
def test_above_the_rim_it_grows_over_it_as_far_as_up(excess):
    """Stem, disc over it, and a quarter of a torus that lies on the resist (Pappus)."""
    found = plated(resist(), 20 + excess)
    quarter = 2 * math.pi * (math.pi / 4 * excess**2 * 30 + excess**3 / 3)
    exact = math.pi * 30**2 * (20 + excess) + quarter
    post = found.region("post")
    assert post.volume == pytest.approx(exact * UM**3, rel=1e-12)
    reach = max(float(e.sample()[:, 0].max()) for e in post.loop)
    assert reach == pytest.approx((30 + excess) * UM, rel=1e-12)
    assert sum(e.feature == "axis" for e in post.loop) == 1


def test_without_the_resist_the_mushroom_stands_on_its_stem():
    bare_post = strip(plated(resist(), 25), "resist").stack
    assert_gapless(bare_post)
    mesh = build_mesh(bare_post, find_recipe("default"))
    mesh.check()
    exact = [bare_post.region(name).volume for name in mesh.regions]
    assert mesh.region_volumes() == pytest.approx(exact, rel=1e-4)


@pytest.mark.parametrize("sidewall", [70, 100])
@pytest.mark.parametrize("height", [8, 20])
def test_in_a_sloping_opening_it_is_a_frustum(sidewall, height):
    found = plated(resist(sidewall=sidewall), height)
    top = 30 + height / math.tan(math.radians(sidewall))
    exact = math.pi * height / 3 * (30**2 + 30 * top + top**2)
    assert found.region("post").volume == pytest.approx(exact * UM**3, rel=1e-12)


def test_it_fills_the_dip_of_what_it_is_plated_on():
    low = coat(bare(), layer="low", material="Si3N4", thickness=2 * UM, opening_radius=20 * UM)
    seed = coat_conformal(low, layer="seed", material="Cu", thickness=1 * UM)
    found = plated(resist(seed), 10)  # from z = 1 um on the axis to 11 um
    covered = math.pi * 20**2 * 1 + math.pi * (20**2 - 19**2) * 1  # pad's film, tube
    covered += 2 * math.pi * (math.pi / 4 * 20 - 1 / 3)  # quarter torus about the rim
    covered += math.pi * (30**2 - 20**2) * 3
    exact = math.pi * 30**2 * 11 - covered
    assert found.region("post").volume == pytest.approx(exact * UM**3, rel=1e-12)


@pytest.mark.parametrize(
    ("layer", "height", "message"),
    [
        ("mask", 5, "mask shows no opening here"),
        ("resist", 200, "mushrooms to the model's outer radius"),
    ],
)
def test_what_cannot_be_plated_is_told(layer, height, message):
    with pytest.raises(ProcessError, match=message):
        plate_through(resist(), name="post", material="Cu", layer=layer, height=height * UM)


def test_over_what_stands_higher_than_its_top_it_is_a_film():
    """As a disc of a radius and a thickness is, of which the resist ends the same."""
    low = coat(bare(), layer="low", material="Si3N4", thickness=5 * UM, opening_radius=20 * UM)
    stack = resist(low)
    found = plate_through(stack, name="post", material="Cu", layer="resist", height=3 * UM)
    assert_gapless(found.stack)
    assert found.note.startswith("low rises above its top")
    exact = math.pi * (20**2 * 3 + (20**2 - 17**2) * 2 + (30**2 - 20**2) * 3)
    exact += 2 * math.pi * (math.pi / 4 * 3**2 * 20 - 3**3 / 3)  # quarter torus about the rim
    assert found.stack.region("post").volume == pytest.approx(exact * UM**3, rel=1e-12)
    disc = plate(stack, name="post", material="Cu", radius=30 * UM, thickness=3 * UM,
                 resists=("resist",))  # fmt: skip
    assert disc.stack.region("post").volume == pytest.approx(exact * UM**3, rel=1e-12)


def test_what_ends_flush_with_the_opening_is_its_wall():
    """An opening through two layers at once, filled to less than the lower one is thick."""
    low = coat(bare(), layer="low", material="Si3N4", thickness=5 * UM, opening_radius=30 * UM)
    found = plate_through(resist(low), name="post", material="Cu", layer="resist", height=3 * UM)
    assert found.note == ""
    exact = math.pi * 30**2 * 3
    assert found.stack.region("post").volume == pytest.approx(exact * UM**3, rel=1e-12)


def test_the_case_says_disc_or_fill():
    fill = {"layer": "resist", "height": 1e-5}
    assert Plate(material="Cu", fill=fill).fill.height == 1e-5
    for wrong in ({}, {"radius": 1e-5}, {"radius": 1e-5, "thickness": 1e-6, "fill": fill}):
        with pytest.raises(ValidationError, match="either radius and thickness or fill"):
            Plate(material="Cu", **wrong)


def process(*steps):
    pad = {"radius": 5e-5, "thickness": 5e-6, "material": "Cu"}
    first = {"do": "substrate", "pad": pad, "base": {"material": "SiO2"}}
    return Case.from_dict({"case": {"name": "x", "pitch": 4e-4}, "step": [first, *steps]})


def test_a_process_plates_through_a_resist():
    film = {
        "do": "coat", "layer": "resist", "material": "photoresist", "thickness": 2e-5,
        "opening": {"radius": 3e-5},
    }  # fmt: skip
    post = {"do": "plate", "material": "Cu", "fill": {"layer": "resist", "height": 1e-5}}
    made = process(film, post)
    state = None
    for step in made.steps:
        state = apply_step(state, step, made, Materials(made.materials, made.wetting))
    assert state.stack.region("Cu").volume == pytest.approx(math.pi * 9e-10 * 1e-5, rel=1e-12)
    with pytest.raises(CaseError, match="has no opening to fill"):
        process({k: v for k, v in film.items() if k != "opening"}, post)
    with pytest.raises(CaseError, match="no such layer yet"):
        process(post, film)


@pytest.mark.parametrize(("radius", "volume"), [(20, 0.05), (30, 0.05), (30, 0.25), (35, 0.05)])
def test_a_mushroom_carries_its_solder_alike_with_its_resist_gone(radius, volume):
    """Where the line rests on the cap: what is below it does not count."""

    def capped(*, gone):
        film = {
            "do": "coat", "layer": "resist", "material": "photoresist", "thickness": "40 um",
            "opening": {"radius": radius * 1e-6},
        }  # fmt: skip
        fill = {"layer": "resist", "height": "45 um"}
        reflow = {"do": "reflow", "name": "cap", "peak": "250 degC"}
        done = run(process(
            film,
            {"do": "plate", "material": "Cu", "fill": fill},
            {"do": "deposit", "solder": "SnAg1.8", "volume": f"{volume} nl"},
            *([{"do": "strip", "layer": "resist"}] if gone else []),
            reflow,
        ))  # fmt: skip
        assert not done.refused
        return done.result["stages"][0]["surface"]

    kept, gone = capped(gone=False), capped(gone=True)
    [line], [same] = kept["contact_lines"], gone["contact_lines"]
    assert same["on"] == "Cu"
    assert same["z_m"] >= 40e-6 * (1 - 1e-9)
    if line["state"] == "free":  # elsewhere the resist carries it too
        for key in ("apex_z_m", "max_radius_m", "pressure_Pa"):
            assert gone[key] == pytest.approx(kept[key], rel=1e-9)
        assert (same["r_m"], same["z_m"]) == pytest.approx((line["r_m"], line["z_m"]), rel=1e-9)


def test_a_resist_that_ends_on_a_higher_pad_leaves_nothing_to_plate_up_to():
    """UBM on a pad prouder than the resist round it is plated by its radius, onto the pad."""
    land = substrate(
        pad_radius=30 * UM, pad_thickness=35 * UM, pad_material="Cu", base_material="FR4",
        outer=200 * UM, proud=35 * UM,
    )  # fmt: skip
    low = resist(land)
    words = "resist shows no opening here: it ends on pad, at least as high as its top there. Plate"
    with pytest.raises(ProcessError, match=words):
        plate_through(low, name="ubm", material="Ni", layer="resist", height=5 * UM)
    done = plate(low, name="ubm", material="Ni", radius=30 * UM, thickness=5 * UM)
    assert_gapless(done.stack)
    exact = math.pi * 30**2 * 5 * UM**3
    assert done.stack.region("ubm").volume == pytest.approx(exact, rel=1e-12)
    again = resist(done.stack, thickness=2)  # on the field, against pad and UBM
    assert [p.feature for p in again.profile] == ["ubm top", "ubm side", "pad side", "resist 2 top"]
    over = resist(again, thickness=30)
    assert_gapless(over)
    through = plate_through(over, name="cap", material="Ni", layer="resist 3", height=7 * UM).stack
    exact = math.pi * 30**2 * 7 * UM**3
    assert through.region("cap").volume == pytest.approx(exact, rel=1e-12)


#: A conformal film over a pad of 60 µm, 10 µm proud, with an opening; µm.
PAD, PROUD = 60, 10


def over_a_step(film, opening):
    land = substrate(
        pad_radius=PAD * UM, pad_thickness=PROUD * UM, pad_material="Cu", base_material="SiO2",
        outer=200 * UM, proud=PROUD * UM,
    )  # fmt: skip
    return coat_conformal(
        land, layer="film", material="polyimide", thickness=film * UM, opening_radius=opening * UM
    )


def sector(r, z, radius, first, last):
    """Sector of a disc, by angles in degrees."""
    angles = np.radians(np.linspace(first, last, 4000))
    around = [(r + radius * math.cos(a), z + radius * math.sin(a)) for a in angles]
    return Polygon([(r, z), *around])


def beyond_the_rim(film, opening, excess):
    """Section of what grows past the rim, by its law, in µm: sectors round the film's corner.

    About the rim; about where the film's edge begins to be round, by what is left; and about where
    it ends, by what is left after its chord.
    """
    left = excess - (PAD - opening)
    parts = [sector(opening, film, excess, 0, 90)]
    if left > 0.0:
        chord = math.sqrt(2) * film
        half = math.asin(min(left, chord) / (2 * film))  # a chord's angle below the level
        parts.append(sector(PAD, film, left, -math.degrees(half), 0))
        if left > chord:
            parts.append(sector(PAD + film, 0, left - chord, -90, -45))
    solid = [sector(PAD, 0, film, 0, 90), box(0, -PROUD, PAD, film), box(0, -PROUD, PAD + film, 0)]
    return unary_union(parts).difference(unary_union(solid)).intersection(box(opening, -99, 99, 99))


@pytest.mark.parametrize(
    ("film", "opening", "excess", "further"),
    [
        (10, 40, 15, 0.0),  # ends on the level
        (20, 59, 5, 20 * 2 * math.asin(4 / 40) - 4),  # on the round edge
        (10, 55, 15, 10 * math.pi / 3 - 10),
        (5, 59.999, 6, 10 * math.asin(5.999 / 10) - 5.999),
        (5, 55, 15, 5 * (math.pi / 2 - math.sqrt(2))),  # on the side, past all of it
        (5, 59, 11, 5 * (math.pi / 2 - math.sqrt(2))),
    ],
)
def test_a_mushroom_grows_over_the_round_edge_of_a_film(film, opening, excess, further):
    """Pappus' volume of its sectors; how much further it ends along the film is told.

    It was refused as a film that "cannot be closed" from where the round edge begins.
    """
    foot = film + excess
    found = plate_through(
        over_a_step(film, opening), name="post", material="Cu", layer="film", height=foot * UM
    )
    assert_gapless(found.stack)
    cap = beyond_the_rim(film, opening, excess)
    exact = math.pi * opening**2 * foot + 2 * math.pi * cap.centroid.x * cap.area
    # 4000 chords of a sector leave 1e-8 of it out
    assert found.stack.region("post").volume == pytest.approx(exact * UM**3, rel=1e-7)
    told = found.note.split("up to ")[1].split(" further")[0] if found.note else "0 m"
    assert parse_quantity(told, "length") == pytest.approx(further * UM, rel=6e-3)


@pytest.mark.parametrize("excess", [3, 15])
def test_a_mushroom_over_a_round_edge_is_that_of_small_steps(excess):
    """Huygens' law: no less than that of small steps, and more by the chords alone."""
    stack = over_a_step(5, 59)
    stem = plate_through(stack, name="post", material="Cu", layer="film", height=5 * UM).stack
    pieces = stem.profile.pieces
    least, largest = bounds(pieces, [p for p in pieces if p.feature == "post top"], excess * UM)
    found = plate_through(stack, name="post", material="Cu", layer="film", height=(5 + excess) * UM)
    cap = found.stack.region("post").volume - stem.region("post").volume
    longer = 5 * (math.pi / 2 - math.sqrt(2)) * UM
    room = 2 * math.pi * (PAD + 20) * UM * longer * excess * UM
    assert least < cap < largest + room


def test_the_edge_of_a_round_film_is_met_continuously():
    """As the opening comes to where the edge begins to be round, nothing jumps."""
    volumes = [
        plate_through(
            over_a_step(5, opening), name="post", material="Cu", layer="film", height=20 * UM
        ).stack.region("post").volume
        for opening in (60 - 1e-6, 60, 60 + 1e-6)
    ]  # fmt: skip
    assert volumes == pytest.approx([volumes[1]] * 3, rel=1e-6)


def test_what_stands_higher_than_a_round_rim_is_told():
    """An opening wider than the pad: the film's rim lies below the pad's top; more is no help."""
    stack = over_a_step(5, 65)
    with pytest.raises(ProcessError, match="that is the rim of film: plate through a thicker"):
        plate_through(stack, name="post", material="Cu", layer="film", height=50 * UM)
