"""A package that hangs between pads which solder meets at 90°: a column balances at every height.

Reference  the cylinder, r = √(V/πh): its pull is πσr, which falls with the height h for ever, and
           without a line held it is a minimum of energy up to h = πr
           (Plateau: Statique expérimentale et théorique des liquides, 1873)
Expect     1e-3: its own weight, 1e-4 of what it bears, bends the column by as much
"""

from __future__ import annotations

import math

import pytest

from bumpform.case.case import Case
from bumpform.geometry.curve import Line
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.runner import run
from bumpform.surface.drop.contact import Solid
from bumpform.surface.drop.newton import solve
from bumpform.surface.joints import loaded_body
from bumpform.surface.joints.joint import Held, Joint
from joints import UM, force_told
from two_lines import liquid

pytestmark = pytest.mark.dolfinx

PAD, VOLUME, GRAVITY = 40 * UM, math.pi * (40 * UM) ** 2 * 12.5 * UM, 9.81
#: Steps of the body at the most: for one mount it goes up three times, by a tenth of its first
#: height or of that where it is, a few times that high; 92 in all.
MOST_STEPS = 150


@pytest.fixture(autouse=True)
def counted(monkeypatch):
    """Steps of the body, no more than so many: a way that does not end fails."""
    bring, steps = loaded_body.brought_to, []

    def brought_to(*asked):
        steps.append(asked)
        assert len(steps) <= MOST_STEPS
        return bring(*asked)

    monkeypatch.setattr(loaded_body, "brought_to", brought_to)
    return steps


def hanging(mass, degrees=90.0):
    return between_pads(degrees, mass=mass)


def between_pads(degrees, **held):
    pad = {"radius": PAD, "material": "Cu", "thickness": 20 * UM}
    wetting = {"Cu": math.radians(degrees), "FR4": "140 deg"}
    steps = [
        {"do": "substrate", "pad": pad, "base": {"material": "FR4"}},
        {"do": "deposit", "solder": "Pb95Sn5", "volume": VOLUME},
        {"do": "mount", "name": "joint", "pad": pad, "base": {"material": "FR4"},
         "peak": "350 degC", "orientation": "down", **held},
    ]  # fmt: skip
    case = {"name": "right angles", "amounts": "liquid"}
    return run(Case.from_dict({"case": case, "wetting": wetting, "step": steps}))


@pytest.mark.parametrize("degrees", [85.0, 89.0, 89.99, 90.0, 90.01])
def test_the_edges_hold_it(degrees, counted):
    """At 12.4706 µm with 91.296°, whatever angle between the pads' and that they are met at."""
    joint = hanging(5e-6, degrees)
    assert joint.refused is None
    assert counted  # its way has gone through here
    assert joint.metrics["joint"]["standoff_m"] == pytest.approx(12.4706 * UM, abs=5e-11)
    for line in joint.result["stages"][-1]["surface"]["contact_lines"]:
        assert line["state"] == "pinned"
        assert line["angle_deg"] == pytest.approx(91.296, abs=1e-3)


def test_it_comes_off_as_its_lines_let_go(counted):
    """There it is a cylinder of the pads' radius: more than πσR takes the package off."""
    joint = hanging(1e-6)
    tension = joint.result["stages"][-1]["liquid"]["surface_tension_N_m"]
    most = math.pi * tension * PAD
    assert joint.metrics["joint"]["largest_pull_N"] == pytest.approx(most, rel=1e-3)
    assert joint.metrics["joint"]["standoff_at_largest_pull_m"] == pytest.approx(
        12.5 * UM, rel=1e-3
    )
    for mass in (6.5e-6, 10e-6):
        counted.clear()
        fallen = hanging(mass)
        assert fallen.refused.reason == "no_equilibrium"
        assert "comes off" in fallen.refused.detail
        assert force_told(fallen) == pytest.approx(most, rel=1e-3)


@pytest.mark.parametrize("degrees", [89.0, 90.0, 91.0])
def test_a_fixture_draws_it_no_further_than_it_is_a_minimum_of_energy(degrees):
    """To h = ∛(πV) = 58.2 µm, less what its weight takes, and not by steps to where it is taken."""
    longest = math.cbrt(math.pi * VOLUME)
    near, beyond, far = (between_pads(degrees, standoff=h) for h in (58e-6, longest, 1e-3))
    assert near.refused is None
    for gone in (beyond, far):
        assert gone.refused.reason == "no_joint"
        assert "parts at a standoff of about 58.1" in gone.refused.detail


def test_a_column_is_drawn_up_as_long_as_it_is_a_minimum_of_energy():
    """To h = πr = ∛(πV), but for a step that is halved twice; further up it balances, too."""
    drop = liquid(1e-12, gravity=0.0)
    solids = []
    for z, end in ((0.0, "outer"), (0.8 * drop.length, "top")):
        plate = Edge(Line((0.0, z), (drop.length, z)), 0.0, 1.0, "pad", "pad", "Cu")
        solids.append(Solid(Profile((plate,)), (math.radians(90),), end))
    joint = Joint(drop, tuple(solids))
    stations = Station(0, 0.7), Station(0, 0.7)
    held = Held(stations, ("free", "free"), solve(joint.guess(stations), tolerance=1e-3))
    *_, (last, pull) = loaded_body.heights(joint, held, -0.8)
    height = loaded_body.height_of(last)
    assert 0.95 * math.cbrt(math.pi) < height < math.cbrt(math.pi)
    assert 2.0 * pull == pytest.approx(1.0 / math.sqrt(math.pi * height), rel=1e-6)
