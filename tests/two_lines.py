"""Liquids between two contact lines: what tests of rings, bridges and mounted joints share.

The liquid and its Bond number, every number against ``shooting_two``, and bundled cases as run.
"""

from __future__ import annotations

import math
from functools import cache

from bumpform.case.file import load_case
from bumpform.runner import run
from bumpform.surface.drop.drop import Drop
from scenes import DENSITY, TENSION

UM = 1e-6
EARTH = 9.81
TOLERANCE, OWN = 1e-9, 3e-12

# the copper ball of core_metal_ball and its pad
BALL_RADIUS, BALL_PAD = 150 * UM, 200 * UM
BALL_MOMENT = -(2.0 / 3.0) * BALL_RADIUS**3  # −V/2π of the copper ball


def liquid(volume, gravity=EARTH, tension=TENSION, density=DENSITY):
    return Drop(volume, tension, density, gravity)


def gravity_for(bond, volume):
    return bond * TENSION / (DENSITY * volume ** (2 / 3))


# against shooting


def exact_values(shot, tension, top):
    """What shooting says, by bumpform's names; SI."""
    last = "top" if top else "inner"
    values = {
        "outer.r_m": shot.r[0],
        "outer.z_m": shot.z[0],
        f"{last}.r_m": shot.r[1],
        f"{last}.z_m": shot.z[1],
        "outer.angle_deg": math.degrees(shot.theta[0]),
        f"{last}.angle_deg": math.degrees(shot.theta[1]),
        "pressure_Pa": shot.pressure * tension,
        "area_m2": shot.area,
        "max_radius_m": shot.max_r,
    }
    if top:
        values |= {"standoff_m": shot.z[1], "joint_force_N": shot.force * tension}
    return values


def scale_of(name, value, drop):
    """What 1 relative is for a number: its own size, or where it is near zero the drop's."""
    length, tension = drop.length, drop.surface_tension
    sizes = {
        "pressure_Pa": tension / length,
        "area_m2": length**2,
        "joint_force_N": tension * length,
    }
    size = 180.0 / math.pi if name.endswith("_deg") else sizes.get(name, length)
    return max(abs(value), size)


def agree(found, shot, top):
    """Every number to 1e-9, and no further off than its error estimate says."""
    for name, exact in exact_values(shot, found.drop.surface_tension, top).items():
        off = abs(found.values[name] - exact)
        size = scale_of(name, exact, found.drop)
        assert off <= TOLERANCE * size, (name, found.values[name], exact)
        assert off <= found.errors[name] + OWN * size, (name, found.values[name], exact)


# whole cases


@cache
def done(name, *sets):
    return run(load_case(name, sets=list(sets)))


def liquid_of(stage, gravity):
    q = stage["liquid"]
    tension = q["surface_tension_N_m"]
    return q["volume_m3"], tension, q["density_kg_m3"] * gravity / tension
