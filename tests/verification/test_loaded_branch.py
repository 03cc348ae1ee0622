"""Of two heights at which a liquid balances a pull, a body comes to the one that holds it.

Near the largest pull that a joint bears, F(z) = load has two roots: at the lower one the
liquid pulls more when the body moves off (it holds), at the higher one less (it lets go).
"""

import math

import pytest

from bumpform.stack.curve import Line
from bumpform.stack.profile import Edge, Profile, Station
from bumpform.surface.contact import Solid
from bumpform.surface.floating import sink
from bumpform.surface.joint import Held, Joint, reach_joint
from bumpform.surface.landscape import Drop
from bumpform.surface.meridian import solve, stiffness

ANGLES = (math.radians(26.7), math.radians(122.4))


def pad(radius, height):
    """Pad and the base around it, as a body's profile."""
    return Profile(
        (
            Edge(Line((0.0, height), (radius, height)), 0.0, 1.0, "pad", "pad", "Cu"),
            Edge(Line((radius, height), (6 * radius, height)), 0.0, 1.0, "base", "base", "FR4"),
        )
    )


def test_a_pulled_body_comes_to_the_height_that_holds_it():
    """Standoff by independent shooting, where dF/dz = −2.14 N/m; tolerance: its digits."""
    standoff = 1.784578610050707e-4
    start = 1.1 * standoff
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
