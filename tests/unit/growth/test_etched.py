"""Etching straight down what nothing covers: exact volumes, no undercut, shared curves."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon

from bumpform.case.case import Case
from bumpform.errors import ProcessError
from bumpform.growth.conformal import coat_conformal
from bumpform.growth.etched import etch_exposed
from bumpform.growth.plated import plate
from bumpform.mesh.mesh import build_mesh
from bumpform.mesh.recipe import find_recipe
from bumpform.runner import run
from bumpform.stack.cut import abrade
from bumpform.stack.deposit import deposit
from bumpform.stack.layers import coat, substrate
from bumpform.steps.kinds import Deposit
from solids import OUTER, UM, assert_gapless, bare


def disc(radius, height):
    return math.pi * (radius * UM) ** 2 * height * UM


def blanket(thickness=5, radius=40, height=30):
    """A column on a blanket layer of metal."""
    stack = coat(bare(), layer="film", material="Ni", thickness=thickness * UM)
    column = Deposit(solder="Sn", column={"radius": radius * UM, "height": height * UM})
    return deposit(stack, column)[0]


@pytest.mark.parametrize("by", [5, 5.5, 80])
def test_a_layer_goes_where_the_depth_reaches_through(by):
    stack = blanket()
    cut = etch_exposed(stack, "film", by * UM)
    assert_gapless(cut.stack)
    assert cut.parts["film"] == ("film",)
    film = cut.stack.region("film")
    assert film.volume == pytest.approx(disc(40, 5), rel=1e-12)
    for name in ("pad", "base", "Sn"):  # nothing else is attacked
        assert cut.stack.region(name) is stack.region(name)
    features = [p.feature for p in cut.stack.profile]
    assert features == ["Sn", "Sn", "film side", "pad", "base"]


@pytest.mark.parametrize("by", [1e-3, 2, 4.999])
def test_what_is_left_beside_the_mask_is_thinner_by_the_depth(by):
    cut = etch_exposed(blanket(), "film", by * UM).stack
    assert_gapless(cut)
    whole = math.pi * OUTER**2 * (5 - by) * UM + disc(40, by)
    assert cut.region("film").volume == pytest.approx(whole, rel=1e-12)
    assert [p.feature for p in cut.profile][-2:] == ["film side", "film top"]


def test_the_faces_of_the_mask_and_the_layer_are_shared():
    cut = etch_exposed(blanket(), "film", 5 * UM).stack
    solder = {id(e.curve) for e in cut.region("Sn").loop}
    assert any(id(e.curve) in solder for e in cut.region("film").loop)
    below = {id(e.curve) for name in ("pad", "base") for e in cut.region(name).loop}
    assert any(id(e.curve) in below for e in cut.region("film").loop)


def test_an_overhanging_mask_shades_what_is_under_it():
    """A sphere that rests on the layer: nothing inside of its largest radius is etched."""
    film = coat(bare(), layer="film", material="Ni", thickness=5 * UM)
    stack = deposit(film, Deposit(solder="Sn", ball={"diameter": 80 * UM}))[0]
    cut = etch_exposed(stack, "film", 5 * UM).stack
    assert_gapless(cut)
    assert cut.region("film").volume == pytest.approx(disc(40, 5), rel=1e-12)


def test_a_mask_with_an_opening_is_etched_through_it():
    low = coat(bare(), layer="film", material="polyimide", thickness=10 * UM)
    mask = coat(
        low, layer="mask", material="photoresist", thickness=10 * UM, opening_radius=30 * UM
    )
    cut = etch_exposed(mask, "film", 10 * UM).stack
    assert_gapless(cut)
    whole = math.pi * OUTER**2 * 10 * UM
    assert cut.region("film").volume == pytest.approx(whole - disc(30, 10), rel=1e-12)
    assert [p.feature for p in cut.profile] == ["pad", "film wall", "mask wall", "mask top"]
    deposit(cut, Deposit(solder="Sn", fill={"layer": "mask"}))


def test_a_layer_comes_apart_round_its_mask():
    """An annular mask leaves a disc under a column, and a ring under the mask."""
    film = coat(bare(), layer="film", material="Ni", thickness=5 * UM)
    mask = coat(
        film, layer="mask", material="photoresist", thickness=10 * UM, opening_radius=60 * UM
    )
    column = Deposit(solder="Sn", column={"radius": 20 * UM, "height": 30 * UM})
    stack = deposit(mask, column)[0]
    cut = etch_exposed(stack, "film", 9 * UM)
    assert_gapless(cut.stack)
    assert cut.parts["film"] == ("film", "film part 2")
    assert cut.stack.region("film").volume == pytest.approx(disc(20, 5), rel=1e-12)
    ring = math.pi * OUTER**2 * 5 * UM - disc(60, 5)
    assert cut.stack.region("film part 2").volume == pytest.approx(ring, rel=1e-12)


def test_a_sloping_wall_recedes_as_its_top_does():
    """An opening's wall that is seen from above is etched like the top: moved straight down."""
    tilt = math.radians(60)
    stack = coat(
        bare(), layer="film", material="polyimide", thickness=40 * UM,
        opening_radius=40 * UM, sidewall=tilt,
    )  # fmt: skip
    cut = etch_exposed(stack, "film", 10 * UM).stack
    assert_gapless(cut)
    foot, rim = 40 + 10 / math.tan(tilt), 40 + 40 / math.tan(tilt)
    cone = (rim**3 - foot**3) / 3 - (foot * (rim**2 - foot**2)) / 2  # ∫(r − foot) r dr
    left = 2 * math.pi * math.tan(tilt) * cone + math.pi * (200**2 - rim**2) * 30
    assert cut.region("film").volume == pytest.approx(left * UM**3, rel=1e-12)


def test_the_lining_of_a_step_outlasts_the_film_beside_it():
    """Straight down, a film over an upright step is as thick as the step is high, and itself."""
    step, t = 20, 5
    passivated = coat(
        bare(), layer="low", material="Si3N4", thickness=step * UM, opening_radius=40 * UM
    )
    film = coat_conformal(passivated, layer="film", material="Ni", thickness=t * UM)
    cut = etch_exposed(film, "film", t * UM).stack
    assert_gapless(cut)
    # a ring from r = 35 to 40 um: as high as the step, less what the quarter circle lacks of t
    quarter = Polygon([(35, 0), (40, 0), (40, step), *quarter_circle(40, step - t, t)])
    exact = 2 * math.pi * moment(quarter)
    assert cut.region("film").volume == pytest.approx(exact * UM**3, rel=1e-7)  # 2000 chords
    deep = etch_exposed(film, "film", (step + t) * UM).stack
    assert [r.name for r in deep.regions] == ["pad", "base", "low"]


def quarter_circle(r, z, radius, count=2000):
    angles = np.linspace(math.pi / 2, math.pi, count)
    return [(r + radius * math.cos(a), z + radius * math.sin(a)) for a in angles]


def moment(polygon):
    """∫ r dA."""
    return polygon.area * polygon.centroid.x


def test_solder_is_a_mask_whatever_its_surface():
    """A ball cut level: its top is a plane, its side an arc that shades nothing."""
    film = coat(bare(), layer="film", material="Ni", thickness=5 * UM)
    ball = deposit(film, Deposit(solder="Sn", ball={"diameter": 80 * UM}))[0]
    cut = etch_exposed(abrade(ball, 30 * UM).stack, "film", 5 * UM).stack
    assert_gapless(cut)
    reach = math.sqrt(40**2 - 15**2)  # the plane lies 25 um over its foot, 15 below the middle
    assert cut.region("film").volume == pytest.approx(disc(reach, 5), rel=1e-12)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ("flim", "there is no flim on the stack"),
        ("low", "nothing of low shows from above: strip or etch what covers it first"),
    ],
)
def test_what_cannot_be_etched_is_told(layer, message):
    low = coat(bare(), layer="low", material="SiO2", thickness=5 * UM)
    stack = coat(low, layer="film", material="Ni", thickness=5 * UM)
    with pytest.raises(ProcessError, match=message):
        etch_exposed(stack, layer, 5 * UM)


# ---------------------------------------------------------------- against polygons

LENGTHS = st.floats(1.0, 30.0).map(lambda x: round(x, 2))


@st.composite
def stacks(draw):
    """Layers, films, discs and columns of any size, one on the other, and the film to etch."""
    proud = draw(st.sampled_from([0.0, 3.0]))
    stack = substrate(
        pad_radius=50 * UM, pad_thickness=5 * UM, pad_material="Cu", base_material="SiO2",
        outer=OUTER, proud=proud * UM,
    )  # fmt: skip
    for number in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["coat", "opened", "plate"]))
        thickness = draw(LENGTHS) * UM
        if kind == "plate":
            radius = draw(LENGTHS) * 2 * UM
            args = {"name": f"d{number}", "material": "Ni", "radius": radius}
            stack = plate(stack, thickness=thickness, **args).stack
            continue
        opening = None if kind == "coat" else (20 + draw(LENGTHS)) * UM
        tilt = math.radians(draw(st.sampled_from([60, 80, 90, 100])))
        stack = coat(
            stack, layer=f"l{number}", material="SiO2", thickness=thickness,
            opening_radius=opening, sidewall=tilt,
        )  # fmt: skip
    stack = coat_conformal(
        stack, layer="film", material="Ni", thickness=draw(LENGTHS) * UM,
        opening_radius=draw(st.sampled_from([None, 12 * UM])),
    )  # fmt: skip
    if draw(st.booleans()):
        way = draw(st.sampled_from(["column", "ball"]))
        size = draw(LENGTHS) * UM
        made = {"radius": size, "height": 150 * UM} if way == "column" else {"diameter": 2 * size}
        stack = deposit(stack, Deposit(solder="Sn", **{way: made}))[0]
    return stack


def spans(polygon, r):
    """Intervals of z at a radius."""
    cut = polygon.intersection(LineString([(r, -1.0), (r, 1.0)]))
    lines = getattr(cut, "geoms", [cut])
    return sorted((g.bounds[1], g.bounds[3]) for g in lines if not g.is_empty and g.length > 1e-10)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(data=st.data(), by=LENGTHS)
def test_every_column_is_lowered_by_the_depth(data, by):
    try:
        stack = data.draw(stacks())
    except ProcessError:  # what is drawn does not fit together
        assume(False)
    try:
        cut = etch_exposed(stack, "film", by * UM)
    except ProcessError as error:
        assert "hang" in str(error) or "shows from above" in str(error)
        return
    assert_gapless(cut.stack)
    before = {r.name: Polygon(r.outline) for r in stack.regions}
    after = [Polygon(cut.stack.region(name).outline) for name in cut.parts["film"]]
    for r in np.linspace(0.3, 199.7, 97) * UM:
        found = [columns(before, after, at, by * UM) for at in (r, r - 0.1 * UM, r + 0.1 * UM)]
        if len({(shown, len(old), len(new)) for shown, old, new in found}) > 1:
            continue  # near an upright face, where chords err
        _, old, new = found[0]
        assert len(old) == len(new)
        assert np.allclose(new, old, rtol=0.0, atol=ROOM)


#: Outlines are polygons with chords of 6° at most.
ROOM = 0.05 * UM


def columns(before, after, r, by):
    """Whether the film is seen from above at a radius; its spans as they should be, and are."""
    old = spans(before["film"], r)
    tops = {name: max((s[1] for s in spans(p, r)), default=-1.0) for name, p in before.items()}
    shown = bool(old) and max(tops, key=lambda name: tops[name]) == "film"
    if shown:
        low, high = old.pop()
        old.append((low, high - by))
    new = sorted(s for polygon in after for s in spans(polygon, r))
    return shown, *([s for s in each if s[1] - s[0] > 3 * ROOM] for each in (old, new))


def test_an_etched_stack_meshes():
    cut = etch_exposed(blanket(0.5), "film", 0.5 * UM).stack
    mesh = build_mesh(cut, find_recipe("default"))
    mesh.check()
    exact = [cut.region(name).volume for name in mesh.regions]
    assert mesh.region_volumes() == pytest.approx(exact, rel=1e-12)


@pytest.mark.dolfinx
def test_the_lining_of_a_wall_that_leans_over_its_opening_is_etched_down_from_its_rounded_rim():
    """The rim's furthest place is 0.1 nm further in than where the lining's face ends."""
    angles = {"Al": 100, "polyimide": 132, "FR4": 138, "Cu": 23, "epoxy": 132}
    wall = {"do": "coat", "layer": "wall", "material": "polyimide", "thickness": 61 * UM}
    top = {"do": "coat", "layer": "top", "material": "epoxy", "thickness": 18 * UM}
    case = {
        "case": {"name": "lining"},
        "wetting": {name: math.radians(angle) for name, angle in angles.items()},
        "step": [
            {"do": "substrate", "base": {"material": "FR4"},
             "pad": {"radius": 152 * UM, "thickness": 6 * UM, "material": "Cu"}},
            wall | {"opening": {"radius": 166 * UM, "sidewall": "90.3 deg"}},
            {"do": "plate", "layer": "film", "material": "Al", "radius": 166 * UM,
             "thickness": 5.7 * UM},
            top | {"opening": {"radius": 171 * UM}},
            {"do": "deposit", "solder": "SAC305", "fill": {"layer": "wall", "metal_fraction": 0.7}},
            {"do": "reflow", "name": "bump", "peak": "245 degC"},
            {"do": "etch", "layer": "film", "by": 0.8 * UM},
        ],
    }  # fmt: skip
    ran = run(Case.from_dict(case))
    assert ran.stopped is None
    before, film = (h.state.stack.region("film") for h in ran.history[-2:])
    inner = (166.0 - 61.0 * math.tan(math.radians(0.3)) - 5.7) * UM  # where the rim is furthest in
    gone = math.pi * ((166.0 * UM) ** 2 - inner**2) * 0.8 * UM
    assert before.volume - film.volume == pytest.approx(gone, rel=1e-3)  # but for the rim's tip
