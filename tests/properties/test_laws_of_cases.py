"""Laws that hold for whole cases: similarity, mirror, order of writing; and for single drops.

Law      all lengths times k, gravity by k², loads times k: lengths times k, pressures by k
Law      a joint turned upside down, gravity with it, is the mirrored joint
Law      a result does not depend on the order in which a case file says things
Law      vertical forces on a liquid balance; weight flattens; pressure peaks at the hemisphere
"""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenes
from bumpform.case.bundled import bundled_cases
from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.runner import run
from scenes import DENSITY, TENSION, cap_volume, rest

pytestmark = pytest.mark.dolfinx

few = settings(deadline=None, max_examples=15, derandomize=True)
A = 100e-6
UM = 1e-6

_LENGTHS = {"radius", "thickness", "height", "proud", "by", "to", "diameter", "standoff", "pitch"}
_POWERS = {**dict.fromkeys(_LENGTHS, 1), "volume": 3, "mass": 3, "load": 1, "gravity": -2}

IN_MICROMETRES = {
    "ubm-thickness",
    "solder-higher-than-polyimide",
    "column-protrudes",
    "etch-raises-protrusion",
    "film-thickness",
}


def scaled(value, k, power=0):
    """A case's data with every quantity scaled by its power of length, σ and ρ kept."""
    if isinstance(value, dict):
        named = {key: 1 if key.endswith("_m") else power for key in value}  # limits of a length
        return {key: scaled(inner, k, _POWERS.get(key, named[key])) for key, inner in value.items()}
    if isinstance(value, list):
        return [scaled(inner, k) for inner in value]
    return value * k**power if power else value


@pytest.mark.slow
@pytest.mark.parametrize("name", bundled_cases())
@pytest.mark.parametrize("k", [0.23, 7.0])
def test_a_similar_case_has_similar_shapes(name, k):
    """Every surface of every stage: reported lengths times k, to the product's 1e-9."""
    data = load_case(name).to_dict()
    one, other = (run(Case.from_dict(d)) for d in (data, scaled(data, k)))
    assert one.refused is None
    assert [s["name"] for s in one.result["stages"]] == [s["name"] for s in other.result["stages"]]
    for a, b in zip(one.result["stages"], other.result["stages"], strict=True):
        size = k * a["surface"]["max_radius_m"]
        lines = zip(a["surface"]["contact_lines"], b["surface"]["contact_lines"], strict=True)
        for p, q in lines:
            assert (p["feature"], p["state"]) == (q["feature"], q["state"])
            assert q["r_m"] == pytest.approx(k * p["r_m"], abs=1e-9 * size)
            assert q["z_m"] == pytest.approx(k * p["z_m"], abs=1e-9 * size)
        assert b["surface"]["top_z_m"] == pytest.approx(
            k * a["surface"]["top_z_m"], abs=1e-9 * size
        )
        assert k * b["surface"]["pressure_Pa"] == pytest.approx(
            a["surface"]["pressure_Pa"], rel=1e-9, abs=1e-9 * TENSION / a["surface"]["max_radius_m"]
        )
        assert b["surface"]["energy_J"] == pytest.approx(
            k**2 * a["surface"]["energy_J"], rel=1e-8, abs=1e-9 * TENSION * size**2
        )
    holds = [
        # limits in micrometres do not scale: of layers under a column, of its height, of films
        [c["holds"] for c in done.result["conditions"] if c["id"] not in IN_MICROMETRES]
        for done in (one, other)
    ]
    assert holds[0] == holds[1]


def joint(lower, upper, gravity, *, standoff, volume):
    """The mounted stage of a plain joint between two pads, at a fixed standoff."""
    return run(
        Case.from_dict(
            {
                "case": {"name": "joint", "pitch": 20 * lower},
                "environment": {"gravity": gravity},
                "wetting": {"Cu": "20 deg", "FR4": "150 deg"},
                "step": [
                    {
                        "do": "substrate",
                        "pad": {"radius": lower, "thickness": 10 * UM, "material": "Cu"},
                        "base": {"material": "FR4"},
                    },
                    {"do": "deposit", "solder": "Sn63Pb37", "volume": volume},
                    {
                        "do": "mount",
                        "name": "mounting",
                        "pad": {"radius": upper, "material": "Cu"},
                        "base": {"material": "FR4"},
                        "standoff": standoff,
                        "peak": "220 degC",
                    },
                ],
            }
        )
    )


@pytest.mark.slow
@few
@given(
    ratio=st.floats(0.8, 1.25),
    gap=st.floats(0.7, 1.1),
    fill=st.floats(1.1, 1.5),
    gravity=st.floats(-100.0, 100.0),
)
def test_a_joint_upside_down_is_its_mirror(ratio, gap, fill, gravity):
    """Pads exchanged and gravity reversed: the same shape from above, the same forces.

    The force on what was the lower pad is that on the upper one, and the liquid's weight.
    """
    lower, upper, standoff = A, ratio * A, gap * A
    cone = math.pi * standoff * (lower**2 + lower * upper + upper**2) / 3.0
    done = joint(lower, upper, gravity, standoff=standoff, volume=fill * cone)
    turned = joint(upper, lower, -gravity, standoff=standoff, volume=fill * cone)
    assert done.refused is None
    a, b = done.result["stages"][-1], turned.result["stages"][-1]
    size = 1e-9 * A
    assert b["surface"]["max_radius_m"] == pytest.approx(a["surface"]["max_radius_m"], abs=size)
    # the place of the largest radius is less exact than the radius itself: ten times
    assert b["surface"]["max_radius_z_m"] == pytest.approx(
        standoff - a["surface"]["max_radius_z_m"], abs=10 * size
    )
    force, back = (d.metrics["mounting"]["joint_force_N"] for d in (done, turned))
    weight = a["liquid"]["mass_kg"] * gravity
    assert back == pytest.approx(force + weight, abs=1e-9 * TENSION * A)
    ends = [[q["state"] for q in s["surface"]["contact_lines"]] for s in (a, b)]
    assert ends[0] == ends[1][::-1]


def shuffled(draw, value):
    """The same data with the keys of every table in another order."""
    if isinstance(value, dict):
        keys = list(value)
        draw.shuffle(keys)
        return {key: shuffled(draw, value[key]) for key in keys}
    return [shuffled(draw, inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.slow
@pytest.mark.parametrize("name", bundled_cases())
def test_the_order_of_writing_does_not_matter(name):
    """Sections, materials, angles and keys in any order: the same bytes of result."""
    data = load_case(name).to_dict()
    data["materials"] = {"Sn63Pb37": {"density": 8100.0}, "SAC305": {"surface_tension": 0.5}}
    other = shuffled(random.Random(name), data)
    assert list(other) != list(data)
    assert run(Case.from_dict(other)).result == run(Case.from_dict(data)).result


@pytest.mark.slow
@few
@given(
    wall=st.floats(95.0, 150.0),
    ratio=st.floats(2.0, 4.0),
    bond=st.floats(-0.2, 0.6),
    side=st.floats(70.0, 90.0),
)
def test_vertical_forces_balance_on_a_wall(wall, ratio, bond, side):
    """πr²(p − ρgz) = 2πrσ sin(rise) + ρgV of what stands above the line's plane: exact.

    That volume is the liquid less the cone of the opening below its line.
    """
    volume = ratio * A**3
    gravity = bond * TENSION / (DENSITY * volume ** (2 / 3))
    profile = scenes.opening(A, 3 * A, 30 * A, side)
    v = rest(profile, (25, wall, 125), volume, gravity, (1, 0.5)).values
    r, z = v["outer.r_m"], v["outer.z_m"]
    rise = math.radians(v["outer.angle_deg"] - side)
    above = volume - math.pi * z * (A * A + A * r + r * r) / 3.0
    head = math.pi * r * r * (v["pressure_Pa"] - DENSITY * gravity * z)
    pull = 2.0 * math.pi * r * TENSION * math.sin(rise)
    assert head == pytest.approx(pull + DENSITY * gravity * above, abs=1e-9 * TENSION * A)


@few
@given(psi=st.floats(20.0, 150.0), bond=st.floats(0.001, 0.3))
def test_weight_flattens_a_bump_on_a_pad_and_stretches_one_below(psi, bond):
    """The apex is below that of the spherical cap of the volume, or above it where it hangs."""
    volume = cap_volume(A, math.radians(psi))
    height = A * math.tan(0.5 * math.radians(psi))
    gravity = bond * TENSION / (DENSITY * A**2)
    profile = scenes.pad(A, 30 * A)
    stands = rest(profile, (0.1, 179.9), volume, gravity, (0, 1.0)).values["apex_z_m"]
    assert stands < height
    hangs = rest(profile, (0.1, 179.9), volume, -0.1 * gravity, (0, 1.0)).values["apex_z_m"]
    assert hangs > height


@few
@given(psi=st.floats(15.0, 160.0), more=st.floats(1.01, 1.4))
def test_pressure_peaks_at_the_hemisphere(psi, more):
    """Without gravity, p = 2σ sinψ/a: it rises with the volume up to ψ = 90° and then falls."""
    first = cap_volume(A, math.radians(psi))
    half = cap_volume(A, 0.5 * math.pi)
    p, q = (
        rest(scenes.pad(A, 30 * A), (0.1, 179.9), v, 0.0, (0, 1.0)).values["pressure_Pa"]
        for v in (first, more * first)
    )
    if more * first <= half:
        assert p < q
    elif first >= half:
        assert p > q
    assert max(p, q) <= 2.0 * TENSION / A * (1.0 + 1e-9)
