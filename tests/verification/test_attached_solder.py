"""Solder that a reflow of the package alone has attached to its pad before it is mounted.

Reference  the same joint told upside down: the package is the stack on which the solder is
           reflowed, and the board is set on it with its paste
Expect     1e-9 relative, the product's promise: both solve the same surfaces in other frames
"""

from __future__ import annotations

import pytest

from bump_process import case_of, masked_land
from bumpform.answers.basis.inputs import inputs_of
from bumpform.case.checks.metal import melting_peaks, put_down
from bumpform.case.file import load_case
from bumpform.errors import CaseError
from bumpform.materials.materials import Materials
from bumpform.process.dry import dry_problems
from bumpform.runner import run

pytestmark = pytest.mark.dolfinx

BALL = 'solder = "SAC305", ball = { diameter = "0.45 mm" }'
PASTE = 'solder = "Sn42Bi58", volume = "8.2 nl"'
#: Radius of the pad, of the opening, thickness of the resist, µm.
BOARD, PACKAGE = (200, 180, 25), (220, 200, 20)
HEAD = """
[case]
name = "hybrid"
pitch = "1 mm"
{more}
[wetting]
"Cu" = "30 deg"
"FR4" = "140 deg"
"solder resist" = "{angle} deg"
"""


def _stack(side):
    pad, opening, thick = side
    return masked_land(pad=pad, high=20, mask=thick, opening=opening)


def _mount(side, held, peak="180 degC", solder=None):
    pad, opening, thick = side
    brought = "" if solder is None else f"solder = {{ {solder} }}"
    return f"""
[[step]]
do = "mount"
name = "joint"
pad = {{ radius = "{pad} um", thickness = "20 um", material = "Cu" }}
base = {{ material = "FR4" }}
{brought}
{held}
peak = "{peak}"
[step.resist]
material = "solder resist"
thickness = "{thick} um"
opening = {{ radius = "{opening} um" }}
"""


def _deposit(solder):
    return f'[[step]]\ndo = "deposit"\n{solder.replace(", ", chr(10), 1)}\n'


def _hybrid(held, *, attached=', attached = "245 degC"', peak="180 degC", more="", angle=140):
    text = HEAD.format(more=more, angle=angle) + _stack(BOARD) + _deposit(PASTE)
    return case_of(text + _mount(PACKAGE, held, peak, BALL + attached))


def _upside_down(held, *, more=""):
    text = (
        HEAD.format(more=more, angle=140)
        + '[environment]\norientation = "down"\n'
        + _stack(PACKAGE)
    )
    text += _deposit(BALL)
    text += '[[step]]\ndo = "reflow"\nname = "attach"\npeak = "245 degC"\norientation = "up"\n'
    return case_of(text + _mount(BOARD, held, solder=PASTE))


@pytest.mark.parametrize("held", ['load = "0.1 mN"', 'standoff = "0.40 mm"'])
@pytest.mark.parametrize("more", ["", 'amounts = "solid"\nfreezing = "shrinks"'])
def test_the_joint_is_that_of_a_ball_reflowed_on_the_package_first(held, more):
    """Held by the ball, and drawn off it."""
    _same(run(_hybrid(held, more=more)), run(_upside_down(held, more=more)))


def test_a_package_drawn_off_hangs_as_far_from_either_side():
    """The side that is above the liquid holds its weight, too."""
    told = run(_hybrid('load = "-0.3 mN"'))
    liquid = told.result["stages"][-1]["liquid"]
    weight = liquid["volume_m3"] * liquid["density_kg_m3"] * 9.81
    _same(told, run(_upside_down(f'load = "{-0.3e-3 + weight!r} N"')))


def _same(told, turned):
    assert told.refused is None
    assert turned.refused is None
    one, other = told.metrics["joint"], turned.metrics["joint"]
    for name in ("standoff_m", "ball_diameter_m", "lateral_stiffness_N_m"):
        assert one[name] == pytest.approx(other[name], rel=1e-9), name
    assert {c.id: c.holds for c in told.conditions}["joint-closed"] is True


def test_what_melts_again_is_the_joint_of_solder_that_was_just_put_there():
    """Both are one liquid at the peak: history does not differ."""
    put = run(_hybrid('load = "0.1 mN"', attached="", peak="245 degC"))
    attached = run(_hybrid('load = "0.1 mN"', peak="245 degC"))
    for name in ("standoff_m", "ball_diameter_m", "tilt_stiffness_N_m_rad"):
        one, other = (ran.metrics["joint"][name] for ran in (put, attached))
        assert one == pytest.approx(other, rel=1e-9), name


def test_what_has_come_of_it_is_told_once():
    """With the height and width of the ball reflowed alone, as that case's metrics have them."""
    alone = run(_upside_down('load = "0.1 mN"')).metrics["attach"]
    told = [note for note in run(_hybrid('load = "0.1 mN"')).notes if "attached" in note]
    high, wide = (f"{1e6 * alone[name]:.3f}" for name in ("ball_height_m", "ball_diameter_m"))
    assert told == [
        f"joint: the package's SAC305, attached at 245 °C, stands {high} µm from the pad and is "
        f"{wide} µm wide"
    ]


def test_without_it_the_ball_touches_its_pad_in_a_point_and_does_not_join():
    ran = run(_hybrid('load = "0.1 mN"', attached=""))
    (closed,) = (c for c in ran.conditions if c.id == "joint-closed")
    assert closed.holds is False
    assert "in a point only" in closed.reason


def test_a_peak_at_which_it_does_not_melt_is_refused_before_anything_is_solved():
    wrong = {"200 degC": "does not melt", "218 degC": "neither solid nor", "2450 degC": "1000 °C"}
    for peak, words in wrong.items():
        with pytest.raises(CaseError) as told:
            _hybrid('load = "0.1 mN"', attached=f', attached = "{peak}"')
        (problem,) = told.value.problems
        assert problem.path == "mount.joint.solder.attached"
        assert words in problem.message


def test_solder_that_comes_to_no_rest_on_the_package_is_told_by_check_and_run():
    """It wets the resist, say, and spreads to where the model ends."""
    case = _hybrid('load = "0.1 mN"', angle=5)
    (problem,) = dry_problems(case)
    assert problem.key == "solder.attached"
    assert "cannot be attached at 245 °C" in problem.message
    with pytest.raises(CaseError, match="cannot be attached at 245 °C"):
        run(case)


def test_its_values_are_told_where_nobody_has_verified_them():
    """It was liquid in that reflow, and lay open to the package; to itself it never did."""
    told = run(_hybrid('load = "0.1 mN"', angle=140)).unverified
    assert any(value.startswith("SAC305: surface_tension") for value in told)
    assert not any(value.startswith("SAC305 on SAC305") for value in told)


def test_how_far_the_oven_is_from_melting_it():
    """217 °C less 180 °C, on either side of the joint."""
    for case in (_hybrid('load = "0.1 mN"'), _upside_down('load = "0.1 mN"')):
        margin = run(case).metrics["joint"]["solid_margin_K"]
        assert margin == pytest.approx(37.0, abs=1e-9)


def test_its_properties_are_inputs_of_the_answers():
    """They shape the ball that holds the package."""
    addresses = {one.path for one in inputs_of(_hybrid('load = "0.1 mN"'))}
    assert "materials.SAC305.surface_tension" in addresses
    assert not any("SAC305 on SAC305" in address for address in addresses)


def test_paste_that_has_not_melted_joins_nothing():
    paste = 'solder = "SAC305", stencil = { radius = "0.18 mm", thickness = "0.1 mm"'
    paste += ", metal_fraction = 0.5 }"
    text = HEAD.format(more="", angle=140) + _stack(BOARD) + _deposit(PASTE)
    ran = run(case_of(text + _mount(PACKAGE, 'load = "0.1 mN"', solder=paste)))
    (closed,) = (c for c in ran.conditions if c.id == "joint-closed")
    assert closed.holds is False
    assert "paste that has not melted" in closed.reason


def test_a_key_in_the_wrong_table_is_told_where_it_belongs():
    with pytest.raises(CaseError) as told:
        _hybrid('attached = "245 degC"\nload = "0.1 mN"')
    (problem,) = told.value.problems
    assert problem.path == "mount.joint.attached"
    assert problem.message == "unknown key. It is a key of mount.joint.solder."


@pytest.mark.parametrize(
    ("name", "peaks"),
    [
        ("photoimaged_opening", [[350.0], [220.0]]),  # the second print after the hotter reflow
        ("hybrid_joint", [[180.0], [245.0]]),  # the ball where it was attached alone
    ],
)
def test_a_solder_melts_at_peaks_after_it_and_where_it_was_attached(name, peaks):
    case = load_case(name)
    materials = Materials(case.materials, case.wetting)
    for (_, index, _), celsius in zip(put_down(case.steps), peaks, strict=True):
        kelvin = [peak + 273.15 for peak in celsius]
        assert melting_peaks(index, case.steps, materials) == pytest.approx(kelvin)


def test_a_solder_put_down_after_a_hotter_reflow_has_the_one_density_of_its_own():
    paths = {item.path for item in inputs_of(load_case("photoimaged_opening"))}
    assert "materials.Sn63Pb37.density" in paths


@pytest.mark.parametrize(
    ("material", "words"),
    [
        ("Al", "does not wet package pad (150°): above 90° it only leans there"),
        ("SiO2", "lies on package pad alone: no metal holds it there"),
        ("Cu", ""),
    ],
)
@pytest.mark.parametrize("peak", ["180 degC", "245 degC"])
def test_a_pad_of_its_own_that_it_does_not_wet_is_told(material, words, peak):
    """As of a ball that melts onto its pad in the process; cold, it is in the joint as it was."""
    text = HEAD.format(more="", angle=140) + '"Al" = "150 deg"\n"SiO2" = "150 deg"\n'
    text += _stack(BOARD) + _deposit(PASTE)
    text += _mount(PACKAGE, 'load = "0.1 mN"', peak, BALL + ', attached = "245 degC"').replace(
        '"Cu"', f'"{material}"'
    )
    ran = run(case_of(text))
    told = f"the package's SAC305, as it was attached, {words}" if words else ""
    assert [n for n in ran.notes if "as it was" in n] == ([f"joint: {told}"] if words else [])
    (closed,) = [c for c in ran.conditions if c.id == "joint-closed"]
    if peak == "180 degC":
        assert (closed.verdict, closed.reason) == ("holds", told)
    else:
        assert "as it was" not in closed.reason
