"""Of two heights at which a liquid balances a pull, a body comes to the one that holds it.

Near the largest pull that a joint bears, F(z) = load has two roots: at the lower one the
liquid pulls more when the body moves off (it holds), at the higher one less (it lets go).
"""

import math
import re
from functools import cache

import pytest
from scipy.optimize import minimize_scalar

from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.geometry.curve import Line
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.quick import replace
from bumpform.runner import run
from bumpform.surface.continuation.floating_height import sink
from bumpform.surface.continuation.limit_points import turning_point
from bumpform.surface.drop.contact import Solid
from bumpform.surface.drop.drop import Drop
from bumpform.surface.drop.newton import balance, compliance, solve, stiffness
from bumpform.surface.joints.joint import Held, Joint
from bumpform.surface.joints.joint_equilibrium import reach_joint
from joints import force_told
from shooting import point
from shooting_two import Line as At
from shooting_two import shoot_two

pytestmark = pytest.mark.dolfinx

ANGLES = (math.radians(26.7), math.radians(122.4))


def pad(radius, height):
    """Pad and the base around it, as a body's profile."""
    return Profile(
        (
            Edge(Line((0.0, height), (radius, height)), 0.0, 1.0, "pad", "pad", "Cu"),
            Edge(Line((radius, height), (6 * radius, height)), 0.0, 1.0, "base", "base", "FR4"),
        )
    )


@pytest.mark.parametrize("touch", [1.1, 1.2, 1.4, 1.6])
def test_a_pulled_body_comes_to_the_height_that_holds_it(touch):
    """Standoff by independent shooting, where dF/dz = −2.14 N/m; tolerance: its digits.

    From whatever height it touches the liquid at, also where the liquid pulls less than the load.
    """
    standoff = 1.784578610050707e-4
    start = touch * standoff
    drop = Drop(1.3568389094161267e-11, 0.48, 8400.0, 15.250427925715167)
    lower = Solid(pad(1.7951586814694695e-4, 0.0), ANGLES)
    upper = Solid(pad(1.5060915650844927e-4, start), ANGLES, "top")
    joint = Joint(drop, (lower, upper))
    stations = (Station(0, 1.0), Station(0, 0.7))
    held = Held(stations, ("free", "free"), solve(joint.guess(stations), tolerance=1e-3))
    load = -3.478767960914595e-4 / (2 * math.pi * drop.surface_tension * drop.length)
    held, floats = sink(joint, held, load, -0.9 * start / drop.length)
    found = reach_joint(joint, held, load)
    assert floats
    assert found.values["standoff_m"] == pytest.approx(standoff, rel=1e-9)
    assert stiffness(found.surface) > 0.0
    # what Newton's steps under two loads differ by; both are sums of some hundred numbers
    rises = [balance(replace(found.surface, load=one)).change[-2] for one in (load, load + 1.0)]
    assert compliance(found.surface) == pytest.approx(rises[0] - rises[1], rel=1e-10)


BALL, PAD = 150e-6, 200e-6


@cache
def pulled(load):
    """The joint round a copper ball, pulled by a load in N."""
    ran = run(load_case("core_metal_ball", sets=[f"mounting.load={load!r} N"]))
    return ran, ran.result["stages"][-1]


def shot_force(stage, height):
    """Force on the package at a height, N, by shooting; the ball is inside the liquid."""
    liquid = stage["liquid"]
    tension = liquid["surface_tension_N_m"]
    lower = At(point(PAD, 0.0, -(2.0 / 3.0) * BALL**3), 0.0)
    b = liquid["density_kg_m3"] * 9.81 / tension
    upper = At(point(PAD, height), 0.0)
    shot = shoot_two(lower, upper, liquid["volume_m3"], capillarity=b, top=True)
    return shot.force * tension


@cache
def largest_pull():
    """Over all heights, by shooting, N."""
    _, stage = pulled(-3e-4)
    best = minimize_scalar(
        lambda height: shot_force(stage, height),
        bounds=(3.8e-4, 4.8e-4),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return -float(best.fun)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.5, 0.97, 0.99, 0.999, 1.0 - 1e-5])
def test_a_joint_holds_every_pull_up_to_its_largest(share):
    """It rests at the height where the shot joint pulls as much, and is stiff there: −dF/dz > 0.

    1e-9 of the force; the stiffness by central differences of shot forces over 0.4 µm, a thousandth
    of the height: an error of 1e-6 of what it is far from the fold, some N/m.
    """
    load = -share * largest_pull()
    ran, stage = pulled(load)
    assert ran.refused is None
    metrics = ran.metrics["mounting"]
    height = metrics["standoff_m"]
    assert metrics["held_by"] == "liquid"
    assert shot_force(stage, height) == pytest.approx(load, rel=1e-9)
    slope = (shot_force(stage, height + 2e-7) - shot_force(stage, height - 2e-7)) / 4e-7
    assert metrics["joint_stiffness_N_m"] == pytest.approx(-slope, abs=1e-5)
    assert metrics["joint_stiffness_N_m"] > 0.0


@pytest.mark.slow
@pytest.mark.parametrize("share", [1.0 + 1e-5, 1.01, 1.5, 10.0])
def test_a_larger_pull_takes_the_body_off(share):
    """Refused with the largest pull, which is that of the shot joints: 1e-8, as it is printed."""
    ran, _ = pulled(-share * largest_pull())
    assert ran.refused is not None
    assert ran.refused.reason == "no_equilibrium"
    assert "comes off" in ran.refused.detail
    [closed] = [c for c in ran.result["conditions"] if c["id"] == "joint-closed"]
    assert (closed["verdict"], closed["reason"]) == ("fails", ran.refused.detail)
    told = force_told(ran)
    assert told == pytest.approx(largest_pull(), rel=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.3, 0.9, 0.99, 0.999, 1.0 - 1e-5])
@pytest.mark.parametrize(
    ("radius", "height", "degrees", "gravity"),
    [(62e-6, 79e-6, 117, -296.0), (92e-6, 84e-6, 122, 419.0), (200e-6, 130e-6, 60, 9.81)],
)
def test_a_line_that_slides_holds_up_to_the_fold(radius, height, degrees, gravity, share):
    """Pinned below, sliding above: the body rests below the height of the fold, and is stiff there.

    At the share of the largest pull for which it was asked, to 1e-9 of it.
    """
    drop = Drop(math.pi * radius**2 * height, 0.48, 8400.0, gravity)
    lower = Solid(pad(radius, 0.0), (math.radians(2), math.radians(178)))
    face = Edge(Line((0.0, height), (9 * radius, height)), 0.0, 1.0, "plane", "plane", "Cu")
    upper = Solid(Profile((face,)), (math.radians(degrees),), "top")
    joint = Joint(drop, (lower, upper))
    stations = (Station(0, 0.9), Station(0, 0.1))
    held = Held(stations, ("free", "free"), solve(joint.guess(stations), tolerance=1e-3))
    fold = turning_point(reach_joint(joint, held), "load", -1.0)
    assert fold is not None
    assert fold.kind == "fold"
    load = share * fold.value / (2 * math.pi * drop.surface_tension * drop.length)
    near, floats = sink(joint, held, load, -0.9 * height / drop.length)
    found = reach_joint(joint, near, load)
    assert floats
    assert stiffness(found.surface) > 0.0
    assert found.values["standoff_m"] < fold.equilibrium.values["standoff_m"]
    assert found.values["joint_force_N"] == pytest.approx(share * fold.value, rel=1e-9)


def under_a_mask(**mount):
    """A land whose wall leans over it, and a land in a mask's opening above."""
    angles = {"Au": 55, "Cu": 45, "epoxy": 162, "FR4": 158, "polyimide": 117, "solder resist": 119}
    return Case.from_dict(
        {
            "case": {"name": "pulled", "amounts": "liquid", "freezing": "none"},
            "wetting": {name: math.radians(angle) for name, angle in angles.items()},
            "step": [
                {"do": "substrate", "base": {"material": "polyimide"},
                 "pad": {"radius": "96 um", "thickness": "2 um", "material": "Au", "proud": 0.0}},
                {"do": "coat", "layer": "wall", "material": "epoxy", "thickness": "10.5 um",
                 "opening": {"radius": "94 um", "sidewall": "100.7 deg"}, "growth": "planar"},
                {"do": "deposit", "solder": "Sn42Bi58", "volume": "2.2 nl"},
                {"do": "mount", "name": "joint", "pad": {"radius": "127 um", "material": "Cu"},
                 "base": {"material": "FR4"}, "peak": "150 degC",
                 "resist": {"material": "solder resist", "thickness": "6.7 um",
                            "opening": {"radius": "82 um"}}, **mount},
            ],
        }
    )  # fmt: skip


@pytest.mark.slow
def test_a_pull_beyond_what_is_held_where_a_line_leaps_takes_the_body_off():
    """The pull has two maxima a tenth of a height apart: the larger one is told, from any height.

    Held at its height the joint pulls as much; a part in 1e5 less hangs, a part more comes off.
    """
    refused = run(under_a_mask(load=-873e-6)).refused
    assert refused.reason == "no_equilibrium"
    said = re.search(r"the largest that the liquid holds is ([\d.]+) µN", refused.detail)
    most = float(said[1]) * 1e-6
    for height in (88, 92, 97, 110, 120):
        joint = run(under_a_mask(standoff=height * 1e-6)).metrics["joint"]
        assert joint["largest_pull_N"] == pytest.approx(most, rel=1e-8)
    there = run(under_a_mask(standoff=joint["standoff_at_largest_pull_m"]))
    assert -there.metrics["joint"]["joint_force_N"] == pytest.approx(most, rel=1e-8)
    assert run(under_a_mask(load=-(1.0 - 1e-5) * most)).refused is None
    assert run(under_a_mask(load=-(1.0 + 1e-5) * most)).refused.reason == "no_equilibrium"
