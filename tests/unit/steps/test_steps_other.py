"""Steps that plate, etch, strip, abrade and mount: their schema, their order, what they do."""

import math

import pytest

from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.case.toml import case_to_toml
from bumpform.errors import CaseError, ProcessError
from bumpform.materials.materials import Materials
from bumpform.materials.overrides import MaterialOverride
from bumpform.process.apply import apply_step
from bumpform.process.reflows.melt import Content, fuse, is_molten
from bumpform.process.state import State, cavity_of
from bumpform.stack.cut import abrade
from bumpform.stack.layers import substrate
from solids import UM, assert_gapless

PAD = {"do": "substrate", "pad": {"radius": 50e-6, "thickness": 5e-6, "material": "Cu"}}
BASE = PAD | {"base": {"material": "SiO2"}}
FILM = {"do": "coat", "layer": "film", "material": "polyimide", "thickness": 40e-6}
COLUMN = {"do": "deposit", "solder": "Sn63Pb37", "column": {"radius": 30e-6, "height": 70e-6}}
MOUNT = {
    "do": "mount",
    "pad": {"radius": 50e-6, "material": "Cu"},
    "base": {"material": "FR4"},
    "peak": 493.15,
}


def case(*steps, **sections):
    return Case.from_dict(
        {"case": {"name": "x", "pitch": 4e-4}, "step": [BASE, *steps], **sections}
    )


def problems(*steps, **sections):
    with pytest.raises(CaseError) as caught:
        case(*steps, **sections)
    return "\n".join(str(p) for p in caught.value.problems)


def built(*steps, until=None):
    """State after the steps."""
    made = case(*steps)
    state: State | None = None
    for step in made.steps[:until]:
        state = apply_step(state, step, made, Materials(made.materials, made.wetting))
    assert state is not None
    return state


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([{"do": "abrade"}], "exactly one of to and below_top"),
        (
            [FILM, {"do": "abrade", "to": 1e-5, "below_top": {"layer": "film", "by": 1e-6}}],
            "exactly one of to and below_top",
        ),
        ([FILM, {"do": "abrade", "below_top": {"layer": "flim", "by": 1e-6}}], 'mean "film"'),
        ([{"do": "strip", "layer": "film"}], "no such layer yet. Coat or plate it first."),
        ([FILM, {"do": "strip", "layer": "flm"}], 'no such layer yet. Did you mean "film"?'),
        (
            [FILM, {"do": "strip", "layer": "film"}, {"do": "etch", "layer": "film", "by": 1e-6}],
            "this layer has been stripped.",
        ),
        ([FILM, {"do": "etch", "layer": "film"}], "by: is missing"),
        ([FILM, {"do": "plate", "layer": "film", "material": "Ni"}], "another layer has this name"),
        ([{"do": "core", "material": "Copper", "diameter": 1e-4}], "unknown material"),
        ([{"do": "plat", "material": "Ni"}], 'Did you mean "plate"?'),
        ([COLUMN, MOUNT], "exactly one of load, mass and standoff"),
        (
            [COLUMN, MOUNT | {"load": "1 mN", "standoff": 1e-4}],
            "exactly one of load, mass and standoff",
        ),
        ([COLUMN, MOUNT | {"load": 0.0, "mass": "1 mg"}], "exactly one of load, mass and standoff"),
        ([COLUMN, MOUNT | {"mass": 0.0, "standoff": 1e-4}], "exactly one of load, mass and"),
        ([COLUMN, MOUNT | {"mass": "1 mN"}], 'mount.mass = "1 mN": '),
        ([COLUMN, MOUNT | {"mass": "-1 mg"}], 'mount.mass = "-1 mg": must be at least 0'),
        (
            [COLUMN, MOUNT | {"mass": "200 kg"}],
            'must be at most 1 kg. Is "200 g" or "200 mg" meant?',
        ),
        ([MOUNT | {"load": 0}], "Deposit solder first"),
        (
            [COLUMN, MOUNT | {"load": 0, "pad": MOUNT["pad"] | {"proud": 1e-5}}],
            "a pad that stands proud needs its thickness",
        ),
        (
            [COLUMN, MOUNT | {"load": 0, "pad": MOUNT["pad"] | {"proud": 2e-5, "thickness": 1e-5}}],
            "pad.proud = 2e-05: must be at most the pad's thickness",
        ),
        (
            [COLUMN, MOUNT | {"load": 0}, FILM],
            "an underfill or a mold, is not modelled. Leave it out",
        ),
        (
            [COLUMN, MOUNT | {"load": 0}, MOUNT | {"name": "b", "load": 0}],
            "a second one, on it or beside it, is not modelled. Leave it out",
        ),
        (
            [COLUMN, MOUNT | {"load": 0}, COLUMN],
            "the package is mounted: no such step can follow. Put it before the mount.",
        ),
        ([COLUMN, MOUNT | {"load": "1 m"}], "load"),
        ([COLUMN, MOUNT | {"load": 0, "resists": {}}], "Did you mean mount.resist?"),
        ([COLUMN, MOUNT | {"load": 0, "peak": 300.0}, MOUNT | {"load": 0}], "another stage"),
        (
            [
                {"do": "core", "material": "Sn63Pb37", "diameter": 1e-4},
                COLUMN | {"solder": "Sn42Bi58"},
                {"do": "reflow", "peak": 493.15},
            ],
            "the core (Sn63Pb37) would melt at 220 °C: its solidus is 183 °C",
        ),
    ],
)
def test_wrong_steps_say_what_would_be_right(steps, message):
    assert message in problems(*steps)


def test_mount_is_as_the_product_says():
    resist = {"material": "solder resist", "thickness": 2e-5, "opening": {"radius": 4e-5}}
    made = case(COLUMN, MOUNT | {"load": "-0.2 mN", "resist": resist, "name": "set"})
    step = made.steps[-1]
    assert (step.load, step.standoff, step.peak_K) == (-2e-4, None, 493.15)
    assert (
        made.with_values({"mount.set.resist.opening.radius": "45 um"})
        .steps[-1]
        .resist.opening.radius
        == 45e-6
    )
    assert made.with_values({"set.load": 0}).steps[-1].load == 0.0


def test_every_bundled_case_goes_round(tmp_path):
    for name in ("laminated_abraded", "plated_column_etched", "stacked_masks", "core_and_cap"):
        first = load_case(name)
        path = tmp_path / f"{name}.toml"
        path.write_text(case_to_toml(first), encoding="utf-8")
        assert load_case(str(path)) == first


def test_addresses_of_the_new_steps():
    made = load_case("laminated_abraded", sets=["abrade.0.to=50 um", "abrade.1.below_top.by=3 um"])
    assert [s.to for s in made.steps if s.do == "abrade"] == [5e-5, None]
    made = load_case("plated_column_etched", sets=["etch.polyimide.by=10 um"])
    assert next(s.by for s in made.steps if s.do == "etch") == 1e-5
    made = load_case("plated_column", sets=["plate.UBM nickel.thickness=8 um"])
    assert [s.thickness for s in made.steps if s.do == "plate"][1] == pytest.approx(8e-6)


def test_what_is_cut_away_is_no_longer_in_the_content():
    abrasion = {"do": "abrade", "to": 2e-5}
    before, after = built(COLUMN, FILM), built(COLUMN, FILM, abrasion)
    left = 20 / 70
    (name,) = after.contents
    assert after.contents[name].volume == pytest.approx(
        left * before.contents[name].volume, rel=1e-12
    )
    assert after.plane == 2e-5
    assert after.stack.region(name).volume == pytest.approx(
        math.pi * (30 * UM) ** 2 * 20 * UM, rel=1e-12
    )
    content = Content((("Sn", 2.0), ("Pb", 4.0)), 1.0, 500.0)
    assert content.scaled(0.25) == Content((("Sn", 0.5), ("Pb", 1.0)), 0.25, 500.0)


def test_the_cavity_follows_the_layers():
    state = built(COLUMN, FILM)
    assert state.cavity is not None
    assert (state.cavity.layer, state.cavity.z_top) == ("film", 4e-5)
    assert state.cavity.rim_r == pytest.approx(3e-5, rel=1e-12)
    etched = built(COLUMN, FILM, {"do": "etch", "layer": "film", "by": 1e-5})
    assert etched.cavity.z_top == pytest.approx(3e-5, rel=1e-12)
    assert etched.cavity.thickness == pytest.approx(3e-5, rel=1e-12)
    assert built(COLUMN, FILM, {"do": "strip", "layer": "film"}).cavity is None
    assert built(FILM).cavity is None  # it covers everything
    flush = built(COLUMN, FILM, {"do": "abrade", "to": 2e-5})
    assert flush.cavity.rim_r == pytest.approx(3e-5, rel=1e-12)
    assert cavity_of(flush.stack) == flush.cavity


@pytest.mark.parametrize(
    ("radius", "height", "step", "note"),
    [
        (30e-6, 40e-6, 0.0, None),
        (20e-6, 30e-6, 0.0, None),
        (
            30e-6, 55e-6, 0.0,
            "the column stands 15 µm above the top of mould, straight up: what is plated so high "
            "would grow over the rim too",
        ),
        (
            40e-6, 30e-6, 0.0,  # 150.8 pl: the opening takes 113.1, the rest lies 7.5 µm high
            "a column of radius 40 µm does not go into the opening of mould, whose radius is "
            "30 µm: its volume, 0.1508 nl, is kept, and reaches z = 47.5 µm; mould's top is at "
            "40 µm",
        ),
        (
            30e-6, 30e-6, 2e-6,  # π 30² 30 on what is dished to 20 µm, 2 µm deep
            "the column is 31.1111 µm high on the axis, not 30 µm: its volume is that of the "
            "cylinder, and what it lies on is not level",
        ),
    ],
)  # fmt: skip
def test_a_column_that_is_no_cylinder_of_its_resist_is_noted(radius, height, step, note):
    """Its volume is kept; where the resist is left for good, too."""
    floor = FILM | {"thickness": step, "opening": {"radius": 20e-6}}
    mould = {"do": "coat", "layer": "mould", "material": "dry film", "thickness": 40e-6 - step,
             "opening": {"radius": 30e-6}}  # fmt: skip
    column = COLUMN | {"column": {"radius": radius, "height": height}}
    state = built(*([floor] if step else []), mould, column)
    assert state.notes == (() if note is None else (f"deposit Sn63Pb37: {note}",))
    assert state.stack.regions[-1].volume == pytest.approx(math.pi * radius**2 * height)


def test_a_column_on_a_passivation_is_in_no_resist():
    wide = COLUMN | {"column": {"radius": 40e-6, "height": 60e-6}}
    state = built(FILM | {"thickness": 1e-6, "opening": {"radius": 30e-6}}, wide)
    (note,) = state.notes
    assert note.startswith(
        "deposit Sn63Pb37: the column is 60.4375 µm high on the axis, not 60"
    )  # 7/16


def test_lamination_round_an_overhang_is_noted():
    ball = {"do": "deposit", "solder": "Sn63Pb37", "ball": {"diameter": 8e-5}}
    state = built(ball, FILM | {"thickness": 1e-4})
    assert_gapless(state.stack)
    assert "fills under the overhang of Sn63Pb37" in state.notes[0]
    assert "0.06702 nl" in state.notes[0] or "67.02 pl" in state.notes[0]
    assert built(COLUMN, FILM).notes == ()


def test_a_step_that_cannot_be_done_says_by_how_much():
    with pytest.raises(ProcessError, match=r"z = 120 µm.*highest point is at z = 70 µm"):
        abrade(built(COLUMN, FILM).stack, 120 * UM)
    with pytest.raises(ProcessError, match=r"stand.* higher|not modelled|rise above"):
        built(COLUMN, FILM | {"opening": {"radius": 1e-5}, "thickness": 5e-6})


def molten(name, peak, liquid_at=None, **overrides):
    materials = Materials({k: MaterialOverride(**v) for k, v in overrides.items()})
    return is_molten(name, Content((), 1.0, liquid_at), peak, materials)


def test_a_fused_solder_melts_where_it_has_been_liquid():
    name = "Sn95Sb5+Sn96.5Ag3.5"
    assert molten(name, 523.15, liquid_at=523.15)
    assert molten(name, 530.0, liquid_at=523.15)
    with pytest.raises(CaseError, match=r"not known \(it has been liquid at 250 °C"):
        molten(name, 520.0, liquid_at=523.15)
    given = {name: {"solidus": 450.0, "liquidus": 470.0}}
    assert molten(name, 480.0, liquid_at=523.15, **given)
    assert not molten(name, 440.0, liquid_at=523.15, **given)
    with pytest.raises(CaseError, match="neither solid nor molten"):
        molten(name, 460.0, liquid_at=523.15, **given)


@pytest.mark.parametrize(
    ("name", "solid", "molten_above"),
    [
        ("Sn63Pb37+Sn96.5Ag3.5", 178, 221),
        ("SAC305+Sn63Pb37", 176, 220),
        ("SAC305+Sn42Bi58", 136, 220),
        ("Sn42Bi58+Sn63Pb37", 95, 183),
        ("Pb95Sn5+Sn63Pb37", 183, 312),
        ("Pb90Sn10+Sn63Pb37", 183, 302),
        ("SAC305+Sn63Pb37+Sn96.5Ag3.5", 176, 221),
    ],
)
def test_some_fused_solders_are_solid_or_molten_whatever_their_proportions(
    name, solid, molten_above
):
    """Below the lowest eutectic of their elements; above the liquidus of what melts last."""
    low, high = 273.15 + solid, 273.15 + molten_above
    assert not molten(name, low - 1, liquid_at=high + 40)
    assert molten(name, high + 1, liquid_at=high + 40)
    assert molten("+".join(name.split("+")[::-1]), high + 1, liquid_at=high + 40)
    with pytest.raises(CaseError, match=rf"solid below {solid} °C and molten above {molten_above}"):
        molten(name, (low + high) / 2, liquid_at=high + 40)
    assert molten(name, (low + high) / 2, liquid_at=(low + high) / 2)


def test_bounds_of_a_mixture_hold_for_the_library_s_parts_only():
    name, at = "Sn63Pb37+Sn96.5Ag3.5", 500.0
    assert molten(name, at, liquid_at=523.15, Sn63Pb37={"surface_tension": 0.46})
    with pytest.raises(CaseError, match="not known"):
        molten(name, at, liquid_at=523.15, Sn63Pb37={"solidus": 450.0, "liquidus": 505.0})


def test_a_fused_solder_s_name_has_no_order():
    table = {"solidus": 450.0, "liquidus": 470.0}
    materials = Materials({"Sn96.5Ag3.5+Sn63": MaterialOverride(**table)})
    assert materials.parts("Sn63Pb37+Sn96.5Ag3.5") == ("Sn63Pb37", "Sn96.5Ag3.5")
    assert materials.melting_known("Sn63Pb37+Sn96.5Ag3.5")
    assert "Sn63Pb37+Cu" not in materials
    assert materials.parts("Sn63Pb37") == ()


def test_a_case_gives_a_mixture_what_it_likes():
    name = "Sn63Pb37+Sn96.5Ag3.5"
    made = case(COLUMN, materials={name: {"solidus": "180 degC", "liquidus": "190 degC"}})
    assert made.materials[name].liquidus == pytest.approx(463.15)
    assert "missing liquidus" in problems(COLUMN, materials={name: {"solidus": "180 degC"}})


def test_a_mixture_with_values_of_its_own():
    contents = [Content((("Sn63Pb37", 0.0),), 1e-12), Content((("Sn96.5Ag3.5", 0.0),), 2e-12)]
    ideal = fuse(contents, 523.15, Materials())
    name = "Sn63Pb37+Sn96.5Ag3.5"
    own = fuse(
        contents,
        523.15,
        Materials({name: MaterialOverride(surface_tension=0.5, density=8000.0)}),
    )
    assert ideal.volume == pytest.approx(3e-12, rel=1e-14)
    assert own.mass == pytest.approx(ideal.mass, rel=1e-14)
    assert own.surface_tension == 0.5
    assert own.density == pytest.approx(8000.0, rel=1e-14)
    assert own.volume == pytest.approx(own.mass / 8000.0, rel=1e-14)


def test_a_package_s_pad_that_goes_through_its_base_is_told():
    pad = MOUNT["pad"] | {"thickness": 3e-5, "proud": 1e-5}
    thin = MOUNT | {"load": 0, "pad": pad, "base": MOUNT["base"] | {"thickness": 1.5e-5}}
    with pytest.raises(ProcessError, match="more than the 20 µm of the pad"):
        built(COLUMN, thin)


def test_a_pad_as_proud_as_it_is_thick_may_be_so_but_for_round_off():
    """20 µm written as text is a last bit more than 20 times 1e-6."""
    thick = 20 * 1e-6
    stack = substrate(
        pad_radius=1e-4, pad_thickness=thick, pad_material="Cu", base_material="FR4",
        outer=1e-3, proud=2e-5,
    )  # fmt: skip
    assert 2e-5 > thick
    assert stack.region("base").top == pytest.approx(-thick, rel=1e-15)
    pad = MOUNT["pad"] | {"thickness": thick, "proud": "20 um"}
    built(COLUMN, MOUNT | {"load": 0, "pad": pad})


@pytest.mark.parametrize(("sidewall", "fits"), [(91.0, True), (91.6, True), (91.64, False)])
def test_a_wall_that_leans_further_in_than_a_dome_at_its_foot_is_told(sidewall, fits):
    """A hemisphere leans in by acos(0.9996) = 1.62° where its radius is 0.9996 of its foot's."""
    dome = {"do": "deposit", "solder": "Pb95Sn5", "volume": 2 / 3 * math.pi * (80 * UM) ** 3}
    coat = {
        "do": "coat", "layer": "resist", "material": "photoresist", "thickness": 12 * UM,
        "opening": {"radius": 0.9996 * 80 * UM, "sidewall": f"{sidewall} deg"},
    }  # fmt: skip
    if fits:
        assert_gapless(built(dome, coat).stack)
        return
    with pytest.raises(ProcessError, match="would run through what stands at r"):
        built(dome, coat)
