"""Whole cases, from the case file to both reflows, agree with shooting.

Problem    photoimaged_opening with its numbers changed by --set: dome on the opening's wall,
           conformal barrier that ends on the wall or over its rim, cap pinned at the juncture or
           the rim, ending on the barrier's rounded edge, or spread over the polyimide
Reference  shooting; the barrier's top is the parallel curve of the shot dome, cut by the wall or
           going on as an arc about the rim, and the volume under it is integrated along with the
           dome
Expect     1e-9 relative in both stages: errors of the first stage pass through the barrier's
           geometry into the second
"""

from __future__ import annotations

import math
from functools import cache

import pytest
from scipy.optimize import brentq

from bumpform.case.file import load_case
from bumpform.runner import run
from shooting import Cone, Lip, integrate, plane, point, shoot
from two_lines import liquid_of

pytestmark = pytest.mark.dolfinx

UM = 1e-6
PAD, DEPTH = 60 * UM, 30 * UM
BARRIER = 3.63 * UM  # nickel and gold of the bundled case
TOLERANCE = 1e-9

CASES = {
    "as bundled": (),
    "hanging": ("environment.gravity=-9.81 m/s^2",),
    "in a centrifuge": ("environment.gravity=500 m/s^2",),
    "tapered 80": ("coat.dielectric.opening.sidewall=80 deg", "deposit.Pb95Sn5.volume=0.44 nl"),
    "tapered 75": ("coat.dielectric.opening.sidewall=75 deg", "deposit.Pb95Sn5.volume=0.46 nl"),
    "angle 110": ("wetting.polyimide=110 deg", "deposit.Pb95Sn5.volume=0.36 nl"),
    "angle 140": ("wetting.polyimide=140 deg", "deposit.Pb95Sn5.volume=0.43 nl"),
    "thick barrier": ("barrier.Ni.thickness=6 um",),
    "thick barrier, large second bump": (
        "barrier.Ni.thickness=6 um",
        "deposit.Sn63Pb37.volume=1.2 nl",
    ),
    "large second bump": ("deposit.Sn63Pb37.volume=2.5 nl",),
    "large second bump, 140": ("deposit.Sn63Pb37.volume=4 nl", "wetting.polyimide=140 deg"),
    "small first bump": ("deposit.Pb95Sn5.volume=0.30 nl",),
}


@cache
def done(name):
    result = run(load_case("photoimaged_opening", sets=list(CASES[name])))
    assert result.refused is None
    return result


def settings(name):
    """Sidewall and polyimide's angle in rad, gravity, barrier: what --set has said, or bundled."""
    given = dict(text.split("=") for text in CASES[name])

    def value(path, default, factor=1.0):
        return factor * float(given[path].split()[0]) if path in given else default

    return (
        value("coat.dielectric.opening.sidewall", math.pi / 2, math.pi / 180),
        value("wetting.polyimide", math.radians(125.0), math.pi / 180),
        value("environment.gravity", 9.81),
        value("barrier.Ni.thickness", 3.58 * UM, UM) + 0.05 * UM,
    )


def dome(name):
    """The first bump by shooting, on the wall."""
    side, angle, gravity, _ = settings(name)
    volume, _, b = liquid_of(done(name).result["stages"][0], gravity)
    wall = Cone(PAD, 0.0, side)
    return shoot(wall, volume, capillarity=b, angle=angle, bracket=(0.0, 2 * DEPTH)), b


def barrier_end(name):
    """Where the barrier's top ends: r, z, ∫½r²dz from the axis to there, and its rounded edge.

    Where the parallel curve passes the rim, it ends where the dome is nearest to the rim, at a
    distance s from it; there an arc of radius t − s about the rim leads to the polyimide's top.
    """
    side, _, _, d = settings(name)
    shot, b = dome(name)
    unit = PAD
    rim = PAD + (DEPTH / math.tan(side) if side < 1.57 else 0.0)

    def volume(r, y, psi, turn):
        s = math.sin(psi)
        return -0.5 * (r + d / unit * s) ** 2 * s * (1.0 + d / unit * turn)

    def state(length):
        return integrate(shot.apex_pressure * unit, b * unit**2, length, extra=volume)[0]

    def top(length):
        y = state(length)
        r = y[0] * unit + d * math.sin(y[2])
        return r, shot.apex_z - y[1] * unit + d * math.cos(y[2]), y[10] * unit**3

    def depth(length):
        r, z, _ = top(length)
        return ((r - PAD) * math.sin(side) - z * math.cos(side)) / unit

    def beside_rim(length):
        y = state(length)
        gap = rim - y[0] * unit, DEPTH - shot.apex_z + y[1] * unit
        return (gap[0] * math.cos(y[2]) - gap[1] * math.sin(y[2])) / unit

    full = shot.arclength / unit
    nearest = brentq(beside_rim, 0.7 * full, full, xtol=1e-15, rtol=1e-14)
    y = state(nearest)
    first = 0.5 * math.pi - y[2]
    radius = d - math.hypot(rim - y[0] * unit, DEPTH - shot.apex_z + y[1] * unit)
    if radius < 0.0:
        return *top(brentq(depth, 0.7 * full, full, xtol=1e-15, rtol=1e-14)), None
    lip = Lip(rim, DEPTH, radius, first, top(nearest)[2])
    r, z, _, moment = lip.place(first)
    return r, z, moment, lip


def check(stage, shot, tension, size):
    surface, line = stage["surface"], stage["surface"]["contact_lines"][0]
    for name, got, exact, scale in (
        ("contact r", line["r_m"], shot.r, size),
        ("contact z", line["z_m"], shot.z, size),
        ("apex", surface["apex_z_m"], shot.apex_z, size),
        ("pressure", surface["pressure_Pa"], shot.pressure * tension, tension / size),
    ):
        assert abs(got - exact) <= TOLERANCE * max(abs(exact), scale), name


@pytest.mark.parametrize("name", CASES)
def test_first_stage_is_the_dome_that_shooting_finds(name):
    """Contact line on the wall, apex and pressure of the first reflow."""
    stage = done(name).result["stages"][0]
    shot, _ = dome(name)
    assert stage["surface"]["contact_lines"][0]["feature"] == "dielectric wall"
    check(stage, shot, liquid_of(stage, 0.0)[1], PAD)
    metrics = done(name).metrics["first reflow"]
    assert metrics["terminus_depth_m"] == pytest.approx(DEPTH - shot.z, abs=TOLERANCE * PAD)
    assert metrics["protrusion_m"] == pytest.approx(shot.apex_z - DEPTH, abs=TOLERANCE * PAD)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_barrier_ends_on_the_wall_or_over_the_rim(name):
    """On the shot dome's parallel curve where it meets the wall, or on the arc about the rim."""
    r, z, _, _ = barrier_end(name)
    found = done(name).metrics["barrier"]["juncture"]
    assert found["r_m"] == pytest.approx(r, abs=TOLERANCE * PAD)
    assert found["z_m"] == pytest.approx(z, abs=TOLERANCE * PAD)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_second_stage_stands_on_the_barrier_as_shooting_says(name):
    """Cap of the second reflow: at the juncture or the rim, on the barrier's edge, or the top."""
    side, angle, gravity, _ = settings(name)
    stage = done(name).result["stages"][1]
    volume, tension, b = liquid_of(stage, gravity)
    r, z, moment, lip = barrier_end(name)
    rim = PAD + (DEPTH / math.tan(side) if side < 1.57 else 0.0)
    to_rim = (DEPTH - z) * (r * r + r * rim + rim * rim) / 6.0
    line = stage["surface"]["contact_lines"][0]
    if line["feature"] == "finish":
        on_gold = math.radians(20.0)
        shot = shoot(lip, volume, capillarity=b, angle=on_gold, bracket=(0.0, lip.first))
        check(stage, shot, tension, PAD)
        return
    if line["feature"] == "juncture":
        assert line["state"] == "pinned"
        shot = shoot(point(r, z, moment), volume, capillarity=b)
    elif line["feature"] == "dielectric top edge":
        shot = shoot(point(rim, DEPTH, moment + to_rim), volume, capillarity=b)
    else:
        assert (line["feature"], line["state"]) == ("dielectric top", "free")
        top = plane(DEPTH, moment + to_rim)
        shot = shoot(top, volume, capillarity=b, angle=angle, bracket=(rim, 4 * rim))
    check(stage, shot, tension, PAD)


def test_the_cases_reach_every_kind_of_end():
    """The list above covers caps at the juncture, the rim, the barrier's edge, over the top."""
    ends = {
        done(name).result["stages"][1]["surface"]["contact_lines"][0]["feature"] for name in CASES
    }
    assert ends == {"juncture", "dielectric top edge", "finish", "dielectric top"}
