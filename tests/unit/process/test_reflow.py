"""Reflow: what melts, where it starts, what freezes, which corners stay open, what is refused."""

from __future__ import annotations

import math

import pytest

import scenes
from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.errors import CaseError, ProcessError
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Station
from bumpform.materials.materials import Materials
from bumpform.process.reflows.bodies import molten_regions
from bumpform.process.reflows.freezing import freeze
from bumpform.process.reflows.melt import Content
from bumpform.process.reflows.reflow import first_touch, reflow
from bumpform.runner import run
from bumpform.stack.layers import coat, substrate
from bumpform.stack.stack import Region, line
from bumpform.surface.drop.corner import unfilled_corners

UM = 1e-6
A = 60 * UM
HIGH, LOW = "Pb95Sn5", "Sn63Pb37"

pytestmark = pytest.mark.dolfinx


def materials(**wetting):
    angles = {"Cu": 25.0, "polyimide": 125.0, "SiO2": 140.0, **wetting}
    return Materials({}, {k: math.radians(v) for k, v in angles.items()})


def opened():
    return coat(
        substrate(
            pad_radius=A,
            pad_thickness=5 * UM,
            pad_material="Cu",
            base_material="SiO2",
            outer=200 * UM,
        ),
        layer="dielectric",
        material="polyimide",
        thickness=30 * UM,
        opening_radius=A,
    )


def filled(height=30 * UM, solder=HIGH):
    """The opening filled level with its rim, by hand."""
    stack = opened()
    profile = stack.profile
    rim = Station(1, 1.0)
    loop = (
        *profile.between(profile.start, rim),
        Edge(line((A, height), (0.0, height)), 0.0, 1.0),
        Edge(line((0.0, height), (0.0, 0.0)), 0.0, 1.0, "axis"),
    )
    return stack.with_region(Region.bounded(solder, solder, loop, "solder"))


def staged(volume=4e-13, temperature=623.15, gravity=9.81, **wetting):
    content = {HIGH: Content(((HIGH, 0.0),), volume)}
    return reflow(
        filled(), content, temperature=temperature, gravity=gravity, materials=materials(**wetting)
    )


def test_what_melts():
    """By liquidus; below the solidus nothing melts; between them is an error with both."""
    stack = filled()
    content = {HIGH: Content(((HIGH, 0.0),), 1e-13)}
    assert molten_regions(stack, content, 623.15, materials()) == (HIGH,)
    with pytest.raises(
        ProcessError, match=r"nothing melts at 176\.85 °C .*: raise the peak above 312"
    ):
        molten_regions(stack, content, 450.0, materials())
    with pytest.raises(CaseError, match="neither solid nor molten"):
        molten_regions(stack, content, 273.15 + 310.0, materials())


def test_first_touch_is_the_rim_of_a_filled_opening():
    """The outer end of the deposit's free surface; no inner end, it covers the axis."""
    stack = filled()
    outer, inner = first_touch(stack, stack.without(HIGH), (HIGH,))
    assert (outer, inner) == (Station(1, 1.0), None)


def test_frozen_bump_has_the_liquid_volume():
    """Region bounded by the solved meridian: the liquid's volume to 1e-12."""
    stage = staged()
    stack = freeze(stage.solids, stage.liquids)
    bump = stack.regions[-1]
    assert (bump.kind, bump.material) == ("solder", HIGH)
    assert bump.volume == pytest.approx(stage.melt.volume, rel=1e-12)
    assert stack.profile.pieces[0].region == bump.name
    assert stack.profile.pieces[1].feature == "dielectric wall"


def test_stage_carries_alternatives_and_stability():
    """A dome on the wall: stable, and where nothing else exists no alternative."""
    stage = staged()
    assert stage.refusal is None
    assert stage.stability is not None
    assert stage.stability.stable
    assert all(a.equilibrium.state in ("free", "pinned") for a in stage.alternatives)


def test_a_refused_stage_says_why_and_cannot_freeze():
    """Wetted polyimide of 10°: the liquid spreads past the model's radius."""
    stage = staged(volume=2e-12, polyimide=3.0)
    assert stage.refusal is not None
    assert stage.refusal.reason == "off_model"
    with pytest.raises(Exception, match="no shape"):
        freeze(stage.solids, stage.liquids)


@pytest.mark.parametrize(
    ("pad", "wall", "warned"),
    [(25, 125, False), (120, 149, False), (130, 150, True), (150, 121, True)],
)
def test_corner_is_filled_unless_angles_are_too_large(pad, wall, warned):
    """Concus and Finn: a corner of 90° fills when the two angles add to less than 270°."""
    profile = scenes.opening(1.0, 1.0, 5.0)
    angles = tuple(math.radians(x) for x in (pad, wall, 125))
    found = list(unfilled_corners(profile, angles, 0, 1))
    assert bool(found) == warned
    if warned:
        assert found[0].margin == pytest.approx(math.radians(pad + wall - 270), abs=1e-12)
        assert "the corner of pad and wall at r = 1 m, z = 0 µm" in str(found[0])


def test_convex_edges_are_no_corners():
    """A rim is convex: liquid over it needs no filling."""
    profile = scenes.opening(1.0, 1.0, 5.0)
    angles = (math.radians(20), math.radians(170), math.radians(170))
    assert not list(unfilled_corners(profile, angles, 0, 2))


def test_solder_hangs_from_a_ball_that_rests_on_a_point():
    """The line's force vanishes with its radius at the ball's foot, also under a hanging drop."""
    sets = ["environment.gravity=-1000 m/s^2"]
    done = run(load_case("core_metal_ball", sets=sets))
    assert done.refused is None


def test_a_drop_far_larger_than_its_model_is_computed():
    """A root of the line's force that cannot be closed in on is no mistake of the program."""
    sets = ["deposit.Pb95Sn5.volume=934.9974790649636 nl"]
    assert "refused" not in run(load_case("core_and_cap", sets=sets)).result["stages"][0]


def test_a_liquid_that_leaves_the_foot_of_a_ball_goes_up_the_ball():
    """θ1 + θ2 > π: nothing holds it in the cusp on the pad; it rests on the ball's cut top."""
    steps = [
        {
            "do": "substrate",
            "pad": {"radius": 20.8e-6, "thickness": 2e-6, "material": "Ni"},
            "base": {"material": "SiO2"},
        },
        {"do": "core", "material": "glass", "diameter": 10.6e-6},
        {"do": "deposit", "solder": "Pb90Sn10", "volume": 1e-13},
        {"do": "abrade", "to": 7.28e-6},
        {"do": "deposit", "solder": "SAC105", "volume": 5e-14},
        {"do": "reflow", "name": "melt", "peak": 589.6},
    ]
    wetting = {"Ni": math.radians(37.1), "glass": math.radians(149.5), "SiO2": math.radians(161.8)}
    done = run(Case.from_dict({"case": {"name": "perch"}, "wetting": wetting, "step": steps}))
    assert done.refused is None
    (line,) = done.result["stages"][0]["surface"]["contact_lines"]
    assert line["feature"].startswith("core")
