"""Liquid held by the edge of a shell that tapers to nothing there.

Reference  closed form, without weight: a ball that melts in the shell that was plated round it,
           and etched down to its equator, is the ball: its surface goes on from the shell's inside,
           180° through the liquid, and Gibbs' condition holds from Young's angle to half a turn
           more.
"""

import math

import pytest

import bumpform
from bump_process import case_of
from bumpform.melting.motion.melt import follow

CASE = """
[case]
name = "shell"
amounts = "liquid"
[environment]
gravity = "0 m/s^2"
[wetting]
"Sn42Bi58 on Cu" = "ANGLE deg"
[[step]]
do = "substrate"
pad = { radius = "100 um", thickness = "20 um", material = "Cu" }
base = { material = "FR4" }
[[step]]
do = "deposit"
solder = "Sn42Bi58"
ball = { diameter = "100 um" }
[[step]]
do = "coat"
layer = "shell"
material = "Cu"
thickness = "1 um"
growth = "conformal"
[[step]]
do = "etch"
layer = "shell"
by = "40 um"
[[step]]
do = "reflow"
peak = "180 degC"
"""


@pytest.mark.parametrize("angle", [10, 43, 89, 120, 179])
def test_a_ball_melts_in_its_half_shell(angle):
    """The solid turns back on itself at the edge: by half a turn one way, not the other."""
    (stage,) = bumpform.run(case_of(CASE.replace("ANGLE", str(angle)))).record.stages
    assert stage.refused is None
    (line,) = stage.surface.contact_lines
    assert line.state == "pinned"
    assert line.angle_deg == pytest.approx(180.0, abs=1e-6)
    assert (line.r_m, line.z_m) == pytest.approx((50e-6, 50e-6), rel=1e-9)
    assert stage.surface.apex_z_m == pytest.approx(100e-6, rel=1e-9)
    tension = stage.surface.pressure_Pa * 25e-6
    assert tension == pytest.approx(stage.liquid.surface_tension_N_m, rel=1e-8)


@pytest.mark.dolfinx
@pytest.mark.parametrize(("angle", "ball", "held"), [(43, 90, True), (10, 70, False)])
def test_a_melt_is_held_by_the_edge_or_goes_over_it(angle, ball, held):
    """A second ball makes too much liquid for the edge at 10°, not at 43°. Covered, the edge stands
    into the liquid: it is no corner, which a mesh would cut off."""
    more = f'[[step]]\ndo = "deposit"\nsolder = "Sn42Bi58"\nball = {{ diameter = "{ball} um" }}\n'
    before, melts = CASE.replace("ANGLE", str(angle)).split('[[step]]\ndo = "reflow"')
    melted = follow(bumpform.run(case_of(f'{before}{more}[[step]]\ndo = "reflow"{melts}')))
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped
    line, floor = melted.frames[-1].step.shape.start, melted.start.floor
    assert line.held == held
    assert floor.turn(0) == pytest.approx(-math.pi, abs=1e-9)
    assert 0 not in floor.corner_cuts(floor.profile.start, line.at, 0.05)
    length = melted.start.drop.length
    off = [abs(v) / length for k, v in melted.end.differences.items() if k.endswith("_m")]
    assert max(off) < 2e-5
