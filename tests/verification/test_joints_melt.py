"""Joints under packages with pillars, solid balls and openings, followed in time.

Reference  the meridian solver's joint, a wholly independent way to the same rest
Expect     1e-4 of the drop's length; 5e-4 where liquid stands in a wedge that the mesh cuts off
"""

from __future__ import annotations

import pytest

import bumpform
from bump_process import case_of, land, masked_land
from bumpform.errors import CaseError
from bumpform.melting import pictures
from bumpform.melting.beginning.start import stages_of
from bumpform.melting.motion.melt import follow
from bumpform.melting.wording import end_words
from bumpform.units.units import format_length
from melts import rises

pytestmark = [pytest.mark.dolfinx, pytest.mark.slow]

HEAD = """
[case]
name = "joint"
pitch = "2 mm"
[wetting]
"Cu" = "30 deg"
"SAC305" = "20 deg"
"FR4" = "140 deg"
"solder resist" = "140 deg"
"""


def wetted(cu, fr4, resist):
    """The same of other contact angles, in degrees."""
    head = HEAD.replace('"Cu" = "30 deg"', f'"Cu" = "{cu} deg"')
    head = head.replace('"FR4" = "140 deg"', f'"FR4" = "{fr4} deg"')
    return head.replace('"solder resist" = "140 deg"', f'"solder resist" = "{resist} deg"')


PRINT = """
[[step]]
do = "deposit"
solder = "Sn42Bi58"
stencil = {{ radius = "{radius} um", thickness = "{high} um", metal_fraction = 0.5 }}
"""
DROP = """
[[step]]
do = "deposit"
solder = "Sn42Bi58"
volume = "{volume} nl"
"""
MOUNT = """
[[step]]
do = "mount"
name = "joint"
pad = {{ radius = "{pad} um", material = "Cu" }}
base = {{ material = "FR4" }}
peak = "180 degC"
{more}
"""
REFLOW = """
[[step]]
do = "reflow"
name = "first"
peak = "245 degC"
"""
SMALL_CAP = 'solder = { solder = "Sn42Bi58", column = { radius = "82.4 um", height = "99 um" } }'
BALL = 'solder = { solder = "SAC305", ball = { diameter = "0.45 mm" }, attached = "245 degC" }'
OPENING = (
    'resist = { material = "solder resist", thickness = "20 um", opening = { radius = "%s um" } }'
)
PILLAR = 'pillar = { radius = "%s um", height = "%s um", material = "Cu" }'
CAP = 'solder = { solder = "Sn42Bi58", column = { radius = "38 um", height = "30 um" } }'

JOINTS = {
    # its surface slides up a curved body, which comes to lie on the pad in a point
    "a solid ball over paste": (
        HEAD + masked_land(pad=200, high=20, mask=25, opening=200)
        + PRINT.format(radius=200, high=110)
        + MOUNT.format(pad=200, more=f'{OPENING % 200}\n{BALL}\nmass = "8 mg"'),
        5e-4,
    ),
    # a film between two levels, which would drain for ever
    "a pillar that comes to lie on the pad": (
        HEAD + masked_land(pad=400, high=20, mask=25, opening=350)
        + PRINT.format(radius=350, high=140)
        + MOUNT.format(pad=350, more=f'{PILLAR % (260, 2200)}\nmass = "12 mg"'),
        1e-4,
    ),
    # the line runs up the pillar, round the corner at its root, over the pad and off it
    "a pillar that sinks into a bump": (
        HEAD + masked_land(pad=50, high=20, mask=25, opening=40) + DROP.format(volume=0.22)
        + MOUNT.format(pad=40, more=f'{PILLAR % (35, 40)}\nload = "0.1 mN"'),
        1e-4,
    ),
    "a pillar with a cap": (
        HEAD + land(pad=45, high=20, proud=15) + DROP.format(volume=0.01)
        + MOUNT.format(pad=40, more=f'{PILLAR % (38, 45)}\n{CAP}\nload = "20 uN"'),
        1e-4,
    ),
    # it sinks onto the dome until the middle is too narrow for elements, and floats there
    "a package on a film over a solid dome": (
        HEAD + masked_land(pad=168, high=20, mask=25, opening=145)
        + DROP.format(volume=3.75).replace("Sn42Bi58", "SAC305") + REFLOW
        + MOUNT.format(pad=118, more=f'{SMALL_CAP}\nmass = "29 mg"'),
        1e-4,
    ),
    # the surface meets the wall of the package's opening, short of its rim
    "land to land through an opening": (
        HEAD + land(pad=150, high=20, proud=20) + PRINT.format(radius=140, high=90)
        + MOUNT.format(pad=150, more=f'{OPENING % 150}\nmass = "3 mg"'),
        1e-4,
    ),
    # a film between two levels that carries it, 0.4 µm thick
    "a pillar afloat on its last film": (
        wetted(41.82, 148.7, 120.1) + masked_land(pad=62.24, high=9.5, mask=5.575, opening=60.22)
        + PRINT.format(radius=57.23, high=19.19)
        + MOUNT.format(
            pad=52.01,
            more=(OPENING % 49.12).replace("20 um", "3.95 um", 1)
            + f'\n{PILLAR % (33.24, 18.32)}\nmass = "0.4775 mg"',
        ),
        1e-4,
    ),
    # both liquids' union runs through the package's resist beside its line
    "a thin bump in an opening, and paste": (
        wetted(34.25, 113.5, 104) + masked_land(pad=73.7, high=13, mask=20.07, opening=67.56)
        + PRINT.format(radius=82.2, high=39.65)
        + MOUNT.format(
            pad=64.07,
            more=(OPENING % 50.17).replace("20 um", "6.11 um", 1)
            + '\nsolder = { solder = "Sn42Bi58", volume = "0.04769 nl" }\nload = "19.33 uN"',
        ),
        1e-4,
    ),
    # a skin down the land's side, thinner than the mesh, between its edge and the line
    "a ball over a core on a proud land": (
        wetted(44.41, 98.71, 108) + land(pad=163.8, high=17.28, proud=10.01)
        + '[[step]]\ndo = "core"\nmaterial = "Cu"\ndiameter = "198.5 um"\n'
        + PRINT.format(radius=195.4, high=222.6)
        + MOUNT.format(
            pad=185.9,
            more=BALL.replace("0.45 mm", "0.3577 mm") + '\nmass = "3.887 mg"',
        ),
        1e-4,
    ),
    # it meets the core through the ring of paste, then that
    "a package's own ball on a core in a ring": (
        wetted(43.43, 149.2, 115.9) + masked_land(pad=155.9, high=24.5, mask=15.88, opening=147.3)
        + '[[step]]\ndo = "core"\nmaterial = "Cu"\ndiameter = "275.4 um"\n'
        + PRINT.format(radius=175.3, high=122.9)
        + MOUNT.format(
            pad=130.1,
            more='solder = { solder = "Sn42Bi58", ball = { diameter = "317.6 um" } }\n'
            'mass = "19.89 mg"',
        ),
        1e-4,
    ),
    # the surface overhangs the mask's edge before its line has come to the mask
    "a ball between a proud land and a mask": (
        wetted(37.86, 128.3, 121.1)
        + masked_land(pad=126.7, high=7.805, proud=2.745, mask=12.53, opening=164.6)
        + MOUNT.format(
            pad=136,
            more='solder = { solder = "Sn42Bi58", ball = { diameter = "360.1 um" } }\n'
            'mass = "1.775 mg"',
        ).replace('"Cu" }', '"Cu", thickness = "9.53 um", proud = "9.53 um" }'),
        1e-4,
    ),
    # a skin down the package's land
    "a drawn joint on the package's proud land": (
        wetted(17.79, 141.3, 109.9) + masked_land(pad=46.57, high=3.24, mask=4.75, opening=40.85)
        + MOUNT.format(
            pad=45.89,
            more='solder = { solder = "Sn42Bi58", volume = "0.245 nl" }\nstandoff = "84.09 um"',
        ).replace('"Cu" }', '"Cu", thickness = "4.32 um", proud = "4.32 um" }'),
        1e-4,
    ),
    # the surface overtakes its line on the wall of the mask's opening
    "two balls in openings": (
        wetted(41.39, 118.3, 103.1) + masked_land(pad=74.61, high=14.35, mask=6.57, opening=63.1)
        + '[[step]]\ndo = "deposit"\nsolder = "Sn42Bi58"\nball = { diameter = "126.4 um" }\n'
        + MOUNT.format(
            pad=69.2,
            more=(OPENING % 64.15).replace("20 um", "8.479 um", 1)
            + '\nsolder = { solder = "Sn42Bi58", ball = { diameter = "179 um" } }\n'
            'mass = "3.462 mg"',
        ),
        1e-4,
    ),
    # both lines run far over the masks, their surface beyond the edges that they leave behind
    "a bump under a bonder's load": (
        wetted(30, 140, 140) + masked_land(pad=250, high=35, mask=25, opening=200)
        + DROP.format(volume=47.7)
        + MOUNT.format(pad=200, more='load = "50 mN"'),
        1e-4,
    ),
    # the package comes down on the post, and the joint climbs that up to the ring at its root
    "a ring of solder round a package's post": (
        wetted(29.06, 121.3, 123.6)
        + masked_land(pad=72.77, high=4.596, proud=1.398, mask=11.74, opening=95.25)
        + '[[step]]\ndo = "deposit"\nsolder = "Sn42Bi58"\n'
        'column = { radius = "66.78 um", height = "46.73 um" }\n' + REFLOW
        + MOUNT.format(
            pad=70.35,
            more=(OPENING % 54.12).replace("20 um", "9.696 um", 1)
            + f'\n{PILLAR % (28.34, 78.45)}\nload = "2.942 uN"\n'
            'solder = { solder = "Sn42Bi58", volume = "0.02325 nl" }',
        ),
        1e-4,
    ),
    # a lip in front of the hole in a film over the core is thinner than the mesh
    "paste on a core and on the package": (
        wetted(30, 140, 140) + masked_land(pad=250, high=35, mask=25, opening=200)
        + '[[step]]\ndo = "core"\nmaterial = "Cu"\ndiameter = "300 um"\n'
        + PRINT.format(radius=200, high=150)
        + MOUNT.format(
            pad=200,
            more='load = "0.5 mN"\nsolder = { solder = "Sn42Bi58", stencil = '
            '{ radius = "180 um", thickness = "100 um", metal_fraction = 0.5 } }',
        ).replace('"Cu" }', '"Cu", thickness = "18 um" }'),
        1e-4,
    ),
    # its resist meets the paste first, and would shut in gas under the pad
    "paste under an opening of the package": (
        wetted(47.32, 124.9, 128.8) + land(pad=201.6, high=31.94, proud=14.33)
        + PRINT.format(radius=205.5, high=74.1)
        + MOUNT.format(
            pad=193.8,
            more=(OPENING % 182.8).replace("20 um", "19.13 um", 1) + '\nmass = "1.371 mg"'
        ),
        1e-4,
    ),
    # edges of the pillar and of the opening lie beyond the end of its surface, which meets none
    "a pillar's edge under an opening": (
        wetted(38.8, 116.5, 119.6)
        + masked_land(pad=84.01, high=10.28, proud=4.75, mask=10.12, opening=99.48)
        + PRINT.format(radius=82.6, high=44.58)
        + MOUNT.format(
            pad=71.22,
            more=(OPENING % 54.55).replace("20 um", "8.3 um", 1)
            + f'\n{PILLAR % (45.67, 80.19)}\nload = "3.712 uN"\n'
            'solder = { solder = "Sn42Bi58", '
            'column = { radius = "37.8 um", height = "42.32 um" } }',
        ),
        1e-4,
    ),
    # nodes anew beside the line cost energy as it leaves the corner at the pillar's root
    "a pillar's root under an opening": (
        wetted(16.29, 96.38, 139) + land(pad=168.9, high=27.94, proud=12.86)
        + PRINT.format(radius=161, high=62.03)
        + MOUNT.format(
            pad=188,
            more=(OPENING % 160.6).replace("20 um", "12.49 um", 1)
            + f'\n{PILLAR % (117.8, 101.8)}\nload = "133.3 uN"',
        ),
        1e-4,
    ),
    # both lines are held, and what is quick against a step would swing between them for ever
    "a thin neck over a core": (
        wetted(27.87, 112.8, 124) + masked_land(pad=193.1, high=16.92, mask=10.34, opening=164.6)
        + '[[step]]\ndo = "core"\nmaterial = "Cu"\ndiameter = "222.1 um"\n'
        + PRINT.format(radius=176.4, high=87)
        + MOUNT.format(
            pad=129.4,
            more='solder = { solder = "Sn42Bi58", volume = "5.568 nl" }\nmass = "6.568 mg"',
        ).replace('"Cu" }', '"Cu", thickness = "13.38 um", proud = "13.38 um" }'),
        5e-4,
    ),
    # one of two lines is a hundred-millionth short of its edge as the other one comes to its own
    "a thin joint between two equal pads": (
        wetted(60, 150, 130).replace("2 mm", "8 mm") + land(pad=2654, high=30)
        + PRINT.format(radius=1327, high=60).replace("Sn42Bi58", "SAC305")
        + MOUNT.format(pad=2654, more="load = 0").replace("180", "245"),
        1e-4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", JOINTS)
def test_a_joint_ends_at_its_equilibrium(name):
    text, allowed = JOINTS[name]
    melted = follow(bumpform.run(case_of(text)), "joint")
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped
    length = melted.start.drop.length
    off = {k: v / length for k, v in melted.end.differences.items() if k.endswith("_m")}
    assert max(map(abs, off.values())) < allowed, off
    angles = [v for k, v in melted.end.differences.items() if k.endswith("angle_deg")]
    assert max(map(abs, angles)) < 0.5  # 2.4 by the first element's own end
    assert len(melted.frames) < 150  # it neither chatters nor creeps
    assert not rises(melted)


def test_a_joint_that_has_next_to_no_free_surface_melts_again():
    """Its surface is one edge, shorter than an element; a spline runs through it all the same."""
    text = (
        wetted(41.98, 103.7, 126.7) + land(pad=40.8, high=2.605, proud=1.809)
        + PRINT.format(radius=28.57, high=31.24)
        + MOUNT.format(
            pad=46.94,
            more=(OPENING % 43.47).replace("20 um", "8.063 um", 1) + '\nload = "1.344 uN"',
        )
        + '[[step]]\ndo = "reflow"\nname = "again"\npeak = "180 degC"\n'
    )  # fmt: skip
    melted = follow(bumpform.run(case_of(text)), "again")
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped


def test_liquid_that_a_film_leaves_beyond_an_edge_is_told_with_its_place():
    """The surface runs back over the land's edge, r = 296.4 µm, and leaves liquid in the moat."""
    text = (
        wetted(18.97, 95.86, 146.2)
        + masked_land(pad=296.4, high=24.7, proud=23.72, mask=17.23, opening=359.7)
        + DROP.format(volume=12.38)
        + MOUNT.format(
            pad=328.3,
            more=(OPENING % 247.8).replace("20 um", "16.49 um", 1) + '\nmass = "3.108 mg"',
        )
    )  # fmt: skip
    melted = follow(bumpform.run(case_of(text)), "joint")
    edge = "the edge between pad and pad side"
    assert f"the film over {edge} opens, and the liquid parts at r = 296.4 µm" in melted.stopped


def assert_joins_what_the_stage_has_open(text, joins):
    """The melt of such a joint settles at none of the stage's rests, and says why."""
    run = bumpform.run(case_of(text))
    gap = run.metrics["joint"]["open_gap_m"]
    melted = follow(run, "joint")
    assert melted.settles_at == "none" and not melted.stopped
    assert melted.end.why == (
        f"{joins} before coming to rest; at rest without it, as the stage has it, the gap is "
        f"{format_length(gap)} too wide, and the joint stays open"
    )


def test_a_joint_that_the_stage_has_open_says_what_parts_the_two():
    """The print covers the core, and melts into the package; at rest it stands as a ring below."""
    text = (
        wetted(22.5, 128.8, 108.3) + land(pad=122.6, high=13.81, proud=12.85)
        + '[[step]]\ndo = "core"\nmaterial = "Cu"\ndiameter = "175.5 um"\n'
        + PRINT.format(radius=120.8, high=135.6) + MOUNT.format(pad=86, more='mass = "0.479 mg"')
    )  # fmt: skip
    assert_joins_what_the_stage_has_open(text, "Sn42Bi58 joins the package")


def test_a_ball_that_touches_both_pads_as_it_is_set_down_says_why_the_stage_has_it_open():
    """Higher than where the masks stop the package, as a ball; lower, as the cap that hangs."""
    mount = MOUNT.format(
        pad=40,
        more='load = "3 uN"\nsolder = { solder = "Sn42Bi58", ball = { diameter = "66 um" } }\n'
        'resist = { material = "solder resist", thickness = "20 um", '
        'opening = { radius = "126 um" } }',
    )
    below = masked_land(pad=100, high=35, mask=30, opening=60)
    text = wetted(30, 95, 140) + below + mount
    assert_joins_what_the_stage_has_open(text, "package Sn42Bi58 joins what is below")


def test_a_package_that_lies_on_a_core_in_a_ring_is_told_and_drawn():
    """The ring never closes, and never meets it."""
    text = (
        wetted(30, 140, 140) + land(pad=250, high=35)
        + '[[step]]\ndo = "core"\nmaterial = "Cu"\ndiameter = "300 um"\n'
        + PRINT.format(radius=250, high=100) + MOUNT.format(pad=200, more='load = "0.5 mN"')
    )  # fmt: skip
    melted = follow(bumpform.run(case_of(text)), "joint")
    assert melted.settles_at == "equilibrium"
    assert melted.events[0][1] == "the package lies on solid within the ring of Sn42Bi58"
    _, drawing = pictures._sheet(melted)
    assert pictures._draw_package(drawing, melted, melted.frames[-1])


def test_a_film_that_drains_in_a_dimple_over_a_core_opens():
    """Its surface is in the core by less than a node is asked for, and no step can be taken."""
    text = (
        wetted(30, 140, 140) + masked_land(pad=250, high=35, mask=25, opening=200)
        + '[[step]]\ndo = "core"\nmaterial = "Cu"\ndiameter = "300 um"\n'
        + PRINT.format(radius=200, high=200).replace("Sn42Bi58", "SAC305") + REFLOW
    )  # fmt: skip
    melted = follow(bumpform.run(case_of(text)), "first")
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped
    assert [words for _, words in melted.events] == ["the film over the core opens"]


def test_a_joint_that_begins_without_a_free_surface_is_told_with_its_place():
    """The package's resist lies on the rim of the mask, which the paste's line is on."""
    text = (
        wetted(48.52, 143.4, 128.6) + masked_land(pad=123.3, high=8.384, mask=25.95, opening=106)
        + PRINT.format(radius=102.4, high=41.14)
        + MOUNT.format(
            pad=114.8,
            more=(OPENING % 87.04).replace("20 um", "15.87 um", 1) + '\nmass = "7.334 mg"'
        )
    )  # fmt: skip
    with pytest.raises(CaseError, match="meets what melts at its contact line, at r = 106 µm"):
        follow(bumpform.run(case_of(text)), "joint")


def test_a_joint_drawn_too_far_breaks_at_its_neck():
    """No joint holds at that height, by the stage; the neck closes on the way there."""
    text = (
        wetted(30, 140, 140) + masked_land(pad=250, high=35, mask=25, opening=200)
        + DROP.format(volume=47.7) + MOUNT.format(pad=200, more='standoff = "900 um"')
    )  # fmt: skip
    run = bumpform.run(case_of(text))
    assert stages_of(run)["joint"].state.stage.refusal.reason == "no_joint"
    melted = follow(run, "joint")
    assert melted.stopped == "the liquid breaks between what it joins, which is not followed"
    assert min(melted.frames[-1].outline[:, 0]) < 0.02 * melted.start.drop.length


def test_what_hangs_below_the_pad_is_no_part_of_the_standoff():
    """Every moment's is that of the pad's face, as the equilibrium's is."""
    text, _ = JOINTS["a pillar that comes to lie on the pad"]
    melted = follow(bumpform.run(case_of(text)), "joint")
    standoffs = [row["standoff_m"] for row in melted.history]
    assert standoffs[0] > standoffs[-1] == pytest.approx(2.2e-3, rel=1e-9)


@pytest.mark.parametrize(
    ("radius", "thin"), [(150.1, True), (155.0, True), (160.0, True), (180.0, False)]
)
def test_a_print_wider_than_a_proud_land_has_no_skin_down_its_side(radius, thin):
    """It begins at the land's edge, as is told: what is beside that is thinner than the mesh."""
    text, allowed = JOINTS["land to land through an opening"]
    melted = follow(bumpform.run(case_of(text.replace('"140 um"', f'"{radius} um"'))), "joint")
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped
    length = melted.start.drop.length
    off = {k: v / length for k, v in melted.end.differences.items() if k.endswith("_m")}
    assert max(map(abs, off.values())) < allowed, off
    told = [words for time, words in melted.events if time == 0.0]
    told = [words for words in told if not words.startswith("the package has sunk by ")]
    assert len(told) == thin
    assert all(words.startswith("what runs along the pad side, thinner than ") for words in told)
    assert all(", is left out: the outer line begins at r = 150 µm" in words for words in told)


def test_with_inertia_a_pillar_stays_where_it_has_landed():
    """It strikes the pad, is neither left inside of it nor thrown off, and ends where it would
    without."""
    text, allowed = JOINTS["a pillar that comes to lie on the pad"]
    melted = follow(bumpform.run(case_of(text)), "joint", inertia=True)
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped
    assert min(row["standoff_m"] for row in melted.history) > 2.2e-3 * (1.0 - 1e-9)
    assert abs(melted.end.differences["top.z_m"]) < allowed * melted.start.drop.length


@pytest.mark.parametrize(("standoff", "joins"), [(482.3, True), (484.3, False)])
def test_a_lifted_ball_joins_what_it_reaches_into_at_rest(standoff, joins):
    """The paste's dome at rest is met up to 483.30 µm: 1 µm below that, and not 1 µm above."""
    text, _ = JOINTS["a solid ball over paste"]
    text = text.replace('mass = "8 mg"', f'standoff = "{standoff} um"\nlifted = true')
    run = bumpform.run(case_of(text))
    reach = run.metrics["joint"]["largest_joining_gap_m"]
    assert (standoff * 1e-6 < reach) == joins
    melted = follow(run, "joint")
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped


def test_a_line_that_is_drawn_back_onto_the_rim_it_has_slid_off_rests_there():
    """The fixture draws the joint while its line is 0.006 of its length down the opening: there its
    surface turns over the rim, and Young's force would pull it further down (it was stopped)."""
    ball = BALL.replace("0.45 mm", "587.667 um")
    more = "\n".join(
        (OPENING.replace("20 um", "12.3637 um") % 200, ball, 'standoff = "750.317 um"')
    )
    text = (
        wetted(15, 95, 170)
        + masked_land(pad=200, high=34, proud=0, mask=56.9358, opening=160)
        + PRINT.format(radius=190, high=180.413)
        .replace("Sn42Bi58", "SAC305")
        .replace("metal_fraction = 0.5", "transfer = 0.69, metal_fraction = 0.49")
        + MOUNT.format(pad=250, more=more).replace("180 degC", "245 degC")
    )
    melted = follow(bumpform.run(case_of(text)), "joint")
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped
    assert melted.frames[-1].step.shape.start.held


def test_a_rest_that_only_the_landscape_lists_is_told_by_its_name_there():
    """The cap's line is on the resist, and rests there, with the package on the core; in the
    equilibrium that the stage finds it is on the core, and the package floats."""
    text = (
        """
[case]
name = "core-and-cap"
amounts = "liquid"
freezing = "none"
[wetting]
"Cu" = "20 deg"
"FR4" = "160 deg"
"solder resist" = "95 deg"
"Sn63Pb37 on Pb95Sn5" = "60 deg"
"""
        + land(pad=180, high=18)
        + """
[[step]]
do = "coat"
layer = "resist"
material = "solder resist"
thickness = "67.7719 um"
opening = { radius = "103.875 um" }
[[step]]
do = "deposit"
solder = "Pb95Sn5"
volume = "5.26511 nl"
[[step]]
do = "reflow"
name = "core reflow"
peak = "350 degC"
[[step]]
do = "deposit"
solder = "Sn63Pb37"
volume = "0.530883 nl"
[[step]]
do = "reflow"
name = "cap reflow"
peak = "220 degC"
[[step]]
do = "mount"
name = "mounting"
peak = "220 degC"
remelts = true
pad = { radius = "90 um", material = "Cu", thickness = "18 um", proud = "18 um" }
base = { material = "FR4", thickness = "180 um" }
solder = { solder = "Sn63Pb37", ball = { diameter = "107.643 um" } }
load = "0.033912 mN"
"""
    )
    run = bumpform.run(case_of(text), landscape=True)
    melted = follow(run, "mounting")
    kind, number = melted.settles_at.split()
    assert kind == "alternative"
    listed = run.result["stages"][-1]["equilibrium"]["alternatives"][int(number) - 1]
    assert f"lists in result.json): the {listed['name']}" in end_words(melted)
    end, length = melted.history[-1], melted.start.drop.length
    assert abs(end["outer.r_m"] - listed["contact"]["r_m"]) < 1e-4 * length
    assert abs(end["standoff_m"] - listed["standoff_m"]) < 1e-4 * length
