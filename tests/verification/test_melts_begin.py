"""How a melt begins, from what was put down or what has frozen; and what is not followed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import bumpform
from bump_process import COAT, DEPOSIT, HEAD, REFLOW, case_of
from bumpform.errors import CaseError
from bumpform.melting.motion.melt import follow

pytestmark = pytest.mark.dolfinx

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
