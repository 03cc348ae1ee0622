"""How a melt begins, from what was put down or what has frozen; and what is not followed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import bumpform
from bump_process import COAT, DEPOSIT, HEAD, REFLOW, case_of
from bumpform.errors import CaseError, ProcessError
from bumpform.melting.beginning.scene import Scene
from bumpform.melting.motion.melt import follow

pytestmark = pytest.mark.dolfinx

MOUNT = '[[step]]\ndo = "mount"'
MASK = """
[[step]]
do = "coat"
layer = "mask"
material = "solder resist"
thickness = "%s"
opening = { radius = "%s" }
"""
PEOPLE = Path(__file__).parent.parent / "people"


def test_paste_that_sinks_onto_a_ball_is_level_on_the_axis():
    """A dip there, thinner than the mesh, would let no step be taken."""
    run = bumpform.run(bumpform.load_case("core_metal_ball", ["step.2.stencil.radius=337.72 um"]))
    melted = follow(run, "cap reflow")
    nodes = melted.frames[0].step.shape.nodes
    assert (nodes[:-1, 0] > 0.0).all()
    assert abs(nodes[-1, 1] - nodes[-2, 1]) < 0.1 * nodes[-2, 0]
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped


def test_a_flat_drop_that_melts_again_begins_as_it_froze():
    """It is at rest there. The wedge in which it ends, thin as it is, is no skin to be left out."""
    text = HEAD.replace('"60 um"', '"190 um"').replace('"Cu" = "25 deg"', '"Cu" = "15 deg"')
    paste = DEPOSIT.replace("Pb95Sn5", "Sn63Pb37")
    again = REFLOW.replace('"first"', '"again"') + "remelts = true\n"
    melted = follow(bumpform.run(case_of(text + paste + REFLOW + again)), "again")
    rows, length = melted.history, melted.start.drop.length
    assert melted.settles_at == "equilibrium"
    assert all(abs(row["outer.r_m"] - rows[-1]["outer.r_m"]) < 1e-4 * length for row in rows)
    assert all(abs(row["outer.angle_deg"] - 15.0) < 0.1 for row in rows)
    assert not melted.events


@pytest.mark.slow
def test_paste_in_an_opening_that_overhangs_it_sinks_level():
    """Drawn in evenly, or onto what is below, its surface would go through the opening's wall."""
    opening = COAT.replace('{ radius = "60 um" }', '{ radius = "50 um", sidewall = "120 deg" }')
    paste = """
[[step]]
do = "deposit"
solder = "Sn63Pb37"
fill = { layer = "dielectric", metal_fraction = 0.5 }
"""
    melted = bumpform.melt(case_of(HEAD + opening + paste + REFLOW), "first")
    first = melted.frames[0].outline
    assert np.ptp(first[:, 1]) < 1e-9  # m
    assert melted.frames[0].values["volume_error"] == pytest.approx(0.0, abs=1e-12)
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped


@pytest.mark.parametrize(("printed", "ball"), [((190, 100), 300), ((190, 60), 420)])
def test_a_ball_on_paste_keeps_its_shape_and_goes_down_with_it(printed, ball):
    """The paste alone loses what is no metal: half of its height, or less where its rim is drawn
    in. The ball sinks in by 0.03 V^(1/3), of which the fillet there makes up for some."""
    (radius, high), r = printed, 0.5 * ball
    paste = f"""
[[step]]
do = "deposit"
solder = "Sn63Pb37"
stencil = {{ radius = "{radius} um", thickness = "{high} um", metal_fraction = 0.5 }}
[[step]]
do = "deposit"
solder = "Sn63Pb37"
ball = {{ diameter = "{ball} um" }}
"""
    melted = follow(bumpform.run(case_of(HEAD.replace('"60 um"', '"190 um"') + paste + REFLOW)))
    length, outline = melted.start.drop.length, 1e6 * melted.frames[0].outline
    apex = outline[-1, 1]
    off = np.hypot(outline[:, 0], outline[:, 1] - (apex - r)) - r
    assert np.abs(off[outline[:, 1] > apex - 1.5 * r]).max() < 0.01 * r
    assert 0.5 * high - 0.04e6 * length < apex - ball < 0.75 * high
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped


def test_a_stage_that_is_not_there_is_told_with_those_that_are():
    case = bumpform.load_case("plated_column")
    with pytest.raises(CaseError, match='reached: "reflow"'):
        bumpform.melt(case, "second reflow")


def test_what_is_carried_by_liquid_alone_is_not_followed():
    case = bumpform.load_case(str(PEOPLE / "ball_rests_on_paste.toml"))
    with pytest.raises(CaseError, match="nothing but liquid would carry it"):
        bumpform.melt(case, "r")


def test_a_ball_that_shuts_gas_in_is_not_followed():
    """It rests on the rim of an opening whose floor it does not reach."""
    ball = '[[step]]\ndo = "deposit"\nsolder = "Sn63Pb37"\nball = { diameter = "120 um" }\n'
    opening = COAT.replace('"60 um"', '"30 um"').replace(
        'thickness = "30 um"', 'thickness = "12 um"'
    )
    case = case_of(HEAD.replace("125 deg", "140 deg") + opening + ball + REFLOW)
    with pytest.raises(CaseError, match="gas is trapped below"):
        bumpform.melt(case, "first")


def thermal_pad(pad, paste, high, metal, hold, between=""):
    """A package over a flat print on a flat pad as wide as its own; lengths in mm and µm."""
    return f"""
[case]
name = "thermal pad"
amounts = "liquid"
[wetting]
"Cu" = "30 deg"
"FR4" = "140 deg"
"solder resist" = "140 deg"
[[step]]
do = "substrate"
pad = {{ radius = "{pad} mm", thickness = "30 um", material = "Cu" }}
base = {{ material = "FR4" }}
{between}
[[step]]
do = "deposit"
solder = "SAC305"
stencil = {{ radius = "{paste} mm", thickness = "{high} um", metal_fraction = {metal} }}
[[step]]
do = "mount"
pad = {{ radius = "{pad} mm", material = "Cu" }}
base = {{ material = "FR4", thickness = "0.5 mm" }}
{hold}
name = "joint"
peak = "245 degC"
"""


def assert_begins_outside_of_solid(melted):
    """Between the faces, its lines included, with the metal's volume."""
    row, outline = melted.history[0], melted.frames[0].outline
    assert row["outer.angle_deg"] < 180.0
    assert row["top.angle_deg"] < 180.0
    assert outline[1:-1, 1].min() > row["outer.z_m"]
    assert outline[1:-1, 1].max() < row["top.z_m"]
    assert row["volume_error"] == pytest.approx(0.0, abs=1e-12)


def assert_goes_downhill_to_rest(melted):
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped
    length = melted.start.drop.length
    off = {k: v / length for k, v in melted.end.differences.items() if k.endswith("_m")}
    assert max(map(abs, off.values())) < 1e-3, off
    energy = [row["energy_with_load_J"] for row in melted.history if "energy_with_load_J" in row]
    # what a step may rise by is round-off: a ten-millionth of what is lost
    assert not energy or (np.diff(energy) < 1e-7 * np.ptp(energy)).all()


@pytest.mark.parametrize(
    ("pad", "paste", "high", "hold"),
    [
        (0.2, 0.19, 100, 'mass = "2 mg"'),
        (0.3, 0.28, 30, 'mass = "1 mg"'),
        (0.5, 0.45, 100, 'mass = "100 mg"'),
        (0.5, 0.3, 50, "load = 0"),
        (1.5, 1.0, 100, "load = 0"),  # 68 times as wide as high in the end
        (1.5, 1.4, 100, 'standoff = "50 um"'),
        (2.0, 1.9, 150, 'mass = "100 mg"'),
    ],
)
def test_a_package_sinks_through_flat_paste_by_the_share_of_its_flux(pad, paste, high, hold):
    """Half of the paste is metal: a cylinder of half its height, as wide as the print."""
    melted = follow(bumpform.run(case_of(thermal_pad(pad, paste, high, 0.5, hold))), "joint")
    assert_begins_outside_of_solid(melted)
    row = melted.history[0]
    assert row["standoff_m"] == pytest.approx(0.5e-6 * high, rel=1e-3)
    assert row["top.r_m"] == pytest.approx(1e-3 * paste, rel=1e-3)
    told = f"the package has sunk by {0.5 * high:.3g} µm as the paste melted"
    assert (0.0, told) in melted.events
    assert_goes_downhill_to_rest(melted)


@pytest.mark.parametrize("metal", [0.985, 1.0])
def test_a_package_lies_on_a_disc_of_metal(metal):
    """There is no flux in it to give way: it has sunk by what wets its face, and no further."""
    case = case_of(thermal_pad(1.0, 0.95, 100, metal, "load = 0"))
    melted = follow(bumpform.run(case), "joint")
    assert_begins_outside_of_solid(melted)
    assert melted.history[0]["standoff_m"] == pytest.approx(1e-4 * metal, rel=2e-3)
    assert_goes_downhill_to_rest(melted)


def test_a_package_sinks_no_further_into_a_flat_dome_than_there_is_room_beside_it():
    """Some hundredths of V^(1/3) would be half of its height, and a fifth of its volume."""
    print_, mount = thermal_pad(3.0, 2.9, 60, 0.5, 'mass = "10 mg"\nremelts = true').split(MOUNT)
    dome = print_.replace('"30 deg"', '"5 deg"') + REFLOW.replace("350", "245") + MOUNT + mount
    melted = follow(bumpform.run(case_of(dome)), "joint")
    row, length = melted.history[0], melted.start.drop.length
    assert row["outer.angle_deg"] < 180.0
    assert row["top.angle_deg"] < 180.0
    assert melted.frames[0].outline[1:-1, 1].max() < row["top.z_m"]
    assert 0.0 < 95.56e-6 - row["standoff_m"] < 0.06 * length  # as high as the dome is
    assert_goes_downhill_to_rest(melted)


def test_an_overprint_on_a_mask_is_no_skin():
    """A good part of the liquid is in it, however thin it is beside V^(1/3)."""
    case = thermal_pad(2.6, 3.1, 120, 0.5, 'standoff = "60 um"', MASK % ("20 um", "2.33 mm"))
    melted = follow(bumpform.run(case_of(case)), "joint")
    assert melted.history[0]["outer.r_m"] == pytest.approx(3.1e-3, rel=1e-3)
    assert_begins_outside_of_solid(melted)
    assert_goes_downhill_to_rest(melted)


def test_a_joint_too_thin_for_the_mesh_is_told_with_its_height():
    """It would spread over a pad ten thousand times as wide as it is high then."""
    case = thermal_pad(10.0, 3.0, 30, 0.5, "load = 0").replace('"0.5 mm"', '"5 mm"')
    melted = follow(bumpform.run(case_of(case)), "joint")
    assert_begins_outside_of_solid(melted)
    row = melted.history[-1]
    high = row["top.z_m"] - row["outer.z_m"]
    assert melted.stopped == (
        f"the liquid is {1e6 * high:.3g} µm high between its lines, less than a hundredth of "
        "V^(1/3): that is too thin for the mesh"
    )
    assert high < 0.01 * melted.start.drop.length


def test_a_joint_as_thin_as_the_mesh_follows_comes_to_its_rest():
    """Less than a hundredth of V^(1/3) high, between pads that it fills to their edges."""
    case = thermal_pad(5.0, 3.0, 30, 0.5, "load = 0").replace('"0.5 mm"', '"5 mm"')
    melted = follow(bumpform.run(case_of(case)), "joint")
    assert_goes_downhill_to_rest(melted)
    row = melted.history[-1]
    assert row["outer.r_m"] == pytest.approx(5e-3, rel=1e-9)
    assert row["top.z_m"] - row["outer.z_m"] < 0.01 * melted.start.drop.length


#: The package lies on the mask, higher than the paste, which rises to it as it draws in.
REACHED_LATER = thermal_pad(
    2.744, 1.372, 30, 0.41, 'mass = "0.66 mg"', MASK % ("25 um", "2.47 mm")
).replace('"30 deg"', '"60 deg"')


def test_liquid_that_reaches_a_package_later_wets_it_from_outside_of_solid():
    melted = follow(bumpform.run(case_of(REACHED_LATER)), "joint")
    assert [words for _, words in melted.events] == ["the package meets SAC305"]
    first = next(frame for frame in melted.frames if frame.start.body is not None)
    assert first.values["top.angle_deg"] < 180.0
    assert first.outline[1:-1, 1].max() < first.values["top.z_m"]
    assert_goes_downhill_to_rest(melted)


def test_a_meeting_that_is_not_followed_ends_the_melt_with_its_reason(monkeypatch):
    """What has been followed until then is kept."""
    begins = Scene.joint

    def joint(scene, low, hung, begun):
        if begun > 0.0 and begins(scene, low, hung, begun) is not None:
            raise ProcessError("how such a joint begins is not followed")

    monkeypatch.setattr(Scene, "joint", joint)
    melted = follow(bumpform.run(case_of(REACHED_LATER)), "joint")
    assert melted.stopped == "how such a joint begins is not followed"
    assert melted.settles_at == "none"
    assert len(melted.frames) > 2


def test_a_needle_that_all_its_steps_take_to_no_rest_is_not_followed():
    """Of 29 V^(1/3) with 400 steps of 0.06 V^(1/3) at most; one of 3 V^(1/3) is followed."""
    text = """
[case]
name = "needle"
[environment]
gravity = 0
[wetting]
"Cu" = "60 deg"
[[step]]
do = "substrate"
pad = {{ radius = "100 um", thickness = "10 um", material = "Cu" }}
base = {{ material = "SiO2" }}
[[step]]
do = "deposit"
solder = "SAC305"
column = {{ radius = "10 um", height = "{} um" }}
[[step]]
do = "reflow"
name = "reflow"
peak = "245 degC"
"""
    with pytest.raises(
        CaseError, match=r"400 steps take it 24 V\^\(1/3\) at most: so thin a needle"
    ):
        follow(bumpform.run(case_of(text.format(2800))), "reflow")
    melted = follow(bumpform.run(case_of(text.format(100))), "reflow")
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped


def test_a_needle_is_not_followed():
    """0.4 nl over a rim of 0.8 µm are a column 0.2 m high, and a mesh of it would fill the memory:
    it was a traceback."""
    text = HEAD + COAT.replace('{ radius = "60 um" }', '{ radius = "0.8 um" }')
    run = bumpform.run(case_of(text + DEPOSIT + REFLOW))
    with pytest.raises(CaseError, match="so thin a needle is not followed"):
        follow(run, "first")
