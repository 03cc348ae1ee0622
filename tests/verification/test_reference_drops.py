"""Published and independently computed drops, to the digits that they are given with.

Sources    Bashforth & Adams (1883) drops recomputed at 1e-12; Surface Evolver's and this project's
           reference problems (shooting at 1e-13, confirmed by collocation and force balance);
           closed forms without gravity
Expect     1e-9 relative (the product's promise), or the last printed digit where it is coarser
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import scenes
from bumpform.geometry.profile import Station
from bumpform.surface.drop.newton import solve
from bumpform.surface.drop.stability import analyse
from bumpform.surface.search.descent import reach
from scenes import landscape, rest
from shooting import point, shoot

pytestmark = pytest.mark.dolfinx

UM = 1e-6
EARTH = 9.81


def agree(found, **exact):
    for name, value in exact.items():
        got = found.values[name.replace("outer_", "outer.")]
        size = {"area_m2": found.drop.length**2}.get(name, found.drop.length)
        if name == "pressure_Pa":
            size = found.drop.surface_tension / found.drop.length
        assert abs(got - value) <= 1e-9 * max(abs(value), abs(size)), name


def test_p1a_drop_on_a_plane():
    """4 nl on a plane at 60°."""
    found = rest(scenes.plane(1e-3), (60,), 4e-12, EARTH, (0, 0.3))
    agree(
        found,
        apex_z_m=9.138497709853091e-05,
        outer_r_m=0.00015835670212157915,
        pressure_Pa=5254.2578339145675,
        area_m2=1.0502490988828227e-07,
    )
    assert found.values["energy_J"] == pytest.approx(3.151500399139501e-08, rel=1e-9)
    assert found.values["outer.angle_deg"] == pytest.approx(60.0, abs=1e-9)


def test_p2_drop_pinned_on_a_pad():
    """6 nl on the edge of a pad of 100 µm: overhangs."""
    found = rest(scenes.pad(100 * UM, 1e-3), (10, 170), 6e-12, EARTH, (0, 1.0))
    agree(
        found,
        apex_z_m=0.00018170677172567957,
        max_radius_m=0.00011841854411911835,
        pressure_Pa=8118.560549229677,
        area_m2=1.3521799019713483e-07,
    )
    assert found.state == "pinned"
    assert found.values["outer.angle_deg"] == pytest.approx(122.43034578765119, rel=1e-9)


def test_p3_dome_on_the_wall_of_an_opening():
    """0.25 nl in an opening of 60 µm, contact line on the wall at 125°, pad neutral (90°)."""
    found = rest(scenes.opening(60 * UM, 60 * UM, 1e-3), (90, 125, 125), 2.5e-13, EARTH, (1, 1.0))
    agree(
        found,
        apex_z_m=3.1249817625819295e-05,
        outer_r_m=60 * UM,
        outer_z_m=1.2332764195270715e-05,
        pressure_Pa=9179.044509940431,
        area_m2=1.2434001798203218e-08,
    )
    assert found.values["energy_J"] == pytest.approx(7.248604008313256e-09, rel=1e-9)


#: β: (slope angle, x/b, z/b, V/b³), scaled by the apex radius of curvature b.
BASHFORTH_ADAMS = [
    (0.125, 45, 0.701146692, 0.288931253, 0.236179234),
    (0.125, 90, 0.980421165, 0.954715535, 1.918159123),
    (0.125, 135, 0.730819865, 1.569626045, 3.504803195),
    (1, 45, 0.665792236, 0.265987202, 0.197583605),
    (1, 90, 0.885290627, 0.766710407, 1.249722295),
    (1, 135, 0.736859021, 1.145137167, 2.091080144),
    (10, 45, 0.508772018, 0.175141891, 0.079023188),
    (10, 90, 0.608077569, 0.390741514, 0.304156692),
    (10, 135, 0.553891625, 0.530500109, 0.457988782),
    (100, 45, 0.283756101, 0.074559911, 0.011312287),
    (100, 90, 0.316456680, 0.144868800, 0.031986517),
    (100, 135, 0.299046327, 0.189664382, 0.045618629),
]


@pytest.mark.parametrize(("beta", "degrees", "x", "z", "volume"), BASHFORTH_ADAMS)
def test_bashforth_adams_sessile_drops(beta, degrees, x, z, volume):
    """Sessile drops to Bond numbers far above solder's; tolerance: the table's last digit.

    V/b³ given to 1e-9 leaves x and z uncertain by about 1e-9 b·(b³/V)/3 on top of their own
    rounding; for the flattest drop (V/b³ = 0.011) that is 1e-8.
    """
    b = 1e-3
    gravity = beta * scenes.TENSION / (scenes.DENSITY * b * b)
    found = rest(scenes.plane(5 * b), (degrees,), volume * b**3, gravity, (0, 0.2))
    slack = b * (1e-9 + 1e-9 / (3 * volume))
    assert found.values["outer.r_m"] == pytest.approx(x * b, abs=slack)
    assert found.values["apex_z_m"] == pytest.approx(z * b, abs=slack)
    # pressure at the base: 2/b at the apex and ρ g z under it
    pressure = scenes.TENSION * (2.0 + beta * z) / b
    assert found.values["pressure_Pa"] == pytest.approx(pressure, rel=3e-9 + 1e-9 / volume)


@pytest.mark.parametrize(
    ("a", "gravity", "height", "degrees", "pressure", "digits"),
    [
        # without gravity the pressure is 4 h/(1 + h²), h³ + 3 h = 60/π
        (100 * UM, 0.0, 2.301673230, 133.033333, 1.461913623, (1e-9, 1e-6, 1e-9)),
        (50 * UM, EARTH, 2.30132481, 133.0616190, 1.462540733, (1e-8, 1e-7, 1e-9)),
        (300 * UM, EARTH, 2.28924103, 134.0473242, 1.484370886, (1e-8, 1e-7, 1e-9)),
        (1e-3, EARTH, 2.17427652, 143.9007754, 1.698807509, (1e-8, 1e-7, 1e-9)),
    ],
)
def test_bump_pinned_on_a_pad(a, gravity, height, degrees, pressure, digits):
    """V/a³ = 10 on a pad's edge; tolerance: one unit of the last digit that the table gives."""
    profile = scenes.pad(a, 10 * a)
    found = rest(profile, (10, 170), 10 * a**3, gravity, (0, 1.0), density=8000.0)
    assert found.values["apex_z_m"] / a == pytest.approx(height, abs=digits[0])
    assert found.values["outer.angle_deg"] == pytest.approx(degrees, abs=digits[1])
    assert found.values["pressure_Pa"] * a / scenes.TENSION == pytest.approx(
        pressure, abs=digits[2]
    )


def test_cap_on_a_spherical_core():
    """Core of radius 1, ring at polar angle 45°, contact angle 60°, no gravity: closed form."""
    unit = 100 * UM
    alpha, theta = math.radians(45), math.radians(60)
    radius = math.sin(alpha) / math.sin(alpha + theta)
    apex = math.cos(alpha) - radius * math.cos(alpha + theta) + radius
    height = radius * (1 - math.cos(alpha + theta))
    under = 1 - math.cos(alpha)
    volume = math.pi * (height**2 * (3 * radius - height) - under**2 * (3 - under)) / 3
    assert radius == pytest.approx(0.732050808, abs=1e-9)
    assert volume == pytest.approx(0.890309472, abs=1e-9)
    assert apex - 1 == pytest.approx(0.628626280, abs=1e-9)
    found = rest(
        scenes.core(unit, 0.9 * unit, 10 * unit), (60, 170), volume * unit**3, 0.0, (0, 0.3)
    )
    agree(
        found,
        outer_r_m=math.sin(alpha) * unit,
        outer_z_m=(math.cos(alpha) + 0.9) * unit,
        apex_z_m=(apex + 0.9) * unit,
        pressure_Pa=2 * scenes.TENSION / (radius * unit),
    )


def hanging(bond, volume):
    """Drop hanging from a disc of radius a = 1 mm, V/a³ given, as the mirror of a standing one."""
    a = 1e-3
    gravity = -bond * scenes.TENSION / (scenes.DENSITY * a * a)
    land = landscape(scenes.pad(a, 20 * a), (1, 179), volume * a**3, gravity)
    return land, a


@pytest.mark.parametrize(
    ("bond", "volume", "height"), [(0.1, 47.99791, 5.952671), (1.0, 5.261758, 2.512283)]
)
def test_largest_hanging_drop_is_neutral_at_m_0(bond, volume, height):
    """The lowest eigenvalue at m = 0 falls to zero at the largest stable volume.

    Near the fold λ ≈ c √(1 − V/V*): extrapolating λ² linearly to zero from 0.1 % and 0.2 %
    below gives V* with an error of second order in that distance, 1e-5 relative.
    """
    a = 1e-3
    lowest, apex = [], []
    for part in (0.999, 0.998):
        land, _ = hanging(bond, part * volume)
        found = _pinned(land)
        lowest.append(analyse(found).lowest[0])
        apex.append(float(found.x[-1, 1]) * land.drop.length / a)
    assert min(lowest) > 0.0
    square = [x * x for x in lowest]
    critical = 0.999 + 0.001 * square[0] / (square[1] - square[0])
    assert critical == pytest.approx(1.0, abs=2e-5)
    # the height too approaches its limit as a square root: extrapolate in λ
    limit = apex[0] + lowest[0] * (apex[0] - apex[1]) / (lowest[1] - lowest[0])
    assert limit == pytest.approx(height, rel=2e-3)


def _pinned(land):
    """Surface held on the pad's edge, on the branch that starts from the cap: small steps."""
    surface = land.guess(Station(0, 1.0), free=False, elements=8)
    for part in np.linspace(0.0, 1.0, 21):
        surface = solve(replace(surface, bond=float(part) * land.drop.bond))
    return solve(surface.refined())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bond", "part", "height"),
    [
        (0.1, 0.7, 4.40155587),
        (0.1, 0.8, 4.78102537),
        (0.1, 0.9, 5.20524266),
        (0.1, 0.95, 5.46364960),
        (1.0, 0.9, 2.06814022),
        (1.0, 0.95, 2.21148008),
    ],
)
def test_hanging_drop_below_its_largest_volume_is_the_stable_one(bond, part, height):
    """Two drops of one volume hang from a disc; what is reached is the stable, shorter one.

    Heights by shooting, continued from the spherical cap; tolerance: their last digit.
    """
    land, a = hanging(bond, part * {0.1: 47.99791, 1.0: 5.261758}[bond])
    shot = shoot(point(a), land.drop.volume, capillarity=scenes.capillarity(land.drop.gravity))
    found = reach(land, Station(0, 1.0))
    assert analyse(found.surface).stable
    assert found.values["apex_z_m"] == pytest.approx(shot.apex_z, rel=1e-9)
    assert shot.apex_z / a == pytest.approx(height, abs=1e-7)
