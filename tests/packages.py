"""A package over solder on a land in a mask, and the same joint by shooting."""

from __future__ import annotations

import math

import pytest

from bumpform.case.case import Case
from bumpform.runner import run
from joints import UM
from shooting import plane, point
from shooting_two import Line, shoot_two
from two_lines import TOLERANCE, liquid_of

LAND, MASK = 150 * UM, 25 * UM


def package(
    *, steps=(), gravity=9.81, pad=LAND, proud=0.0, after=(), repels="150 deg", case=None, **mount
):
    """Solder on a land in a mask, or what some steps put there, and a package over it."""
    over = {"radius": pad, "material": "Cu", "thickness": 20 * UM, "proud": proud}
    copper = {"radius": LAND, "thickness": 30 * UM, "material": "Cu"}
    mask = {"material": "solder resist", "thickness": MASK, "opening": {"radius": LAND}}
    return run(
        Case.from_dict(
            {
                "case": {"name": "package", "pitch": "2 mm", **(case or {})},
                "environment": {"gravity": gravity},
                "wetting": {"Cu": "25 deg", "FR4": repels, "solder resist": repels},
                "step": [
                    {"do": "substrate", "pad": copper, "base": {"material": "FR4"}},
                    {"do": "coat", "layer": "mask", **mask},
                    *steps,
                    {
                        "do": "mount",
                        "name": "joint",
                        "pad": over,
                        "base": {"material": "FR4"},
                        "peak": "245 degC",
                        **mount,
                    },
                    *after,
                ],
            }
        )
    )


def bump(solder="SAC305", peak="245 degC", **amount):
    """Solder put on the land and reflowed."""
    return (
        {"do": "deposit", "solder": solder, **amount},
        {"do": "reflow", "name": "bump", "peak": peak},
    )


def foot(lower):
    """The lower line of a joint for shooting: on the land's edge in the mask, or on the mask."""
    moment = 0.5 * LAND**2 * MASK
    if lower["state"] == "pinned":
        assert lower["z_m"] == pytest.approx(MASK, rel=1e-12)
        return Line(point(LAND, MASK, moment), 0.0)
    return Line(plane(MASK, moment), lower["r_m"], math.radians(lower["admissible_deg"][0]))


def top(upper, height, pad=LAND):
    """The upper line: on the pad's edge, or on the package's base."""
    if upper["state"] == "pinned":
        return Line(point(pad, height), 0.0)
    return Line(plane(height), upper["r_m"], math.radians(upper["admissible_deg"][0]))


def agrees(stage, metrics, shot):
    """Every number of a joint to 1e-9 of its size, or of the drop's."""
    surface, tension = stage["surface"], stage["liquid"]["surface_tension_N_m"]
    for got, exact, scale in (
        (metrics["standoff_m"], shot.z[1], LAND),
        (metrics["joint_force_N"], shot.force * tension, tension * LAND),
        (metrics["ball_diameter_m"], 2.0 * shot.max_r, LAND),
        (surface["pressure_Pa"], shot.pressure * tension, tension / LAND),
        (surface["contact_lines"][0]["r_m"], shot.r[0], LAND),
        (surface["contact_lines"][1]["r_m"], shot.r[1], LAND),
        (surface["contact_lines"][1]["angle_deg"], math.degrees(shot.theta[1]), 57.3),
    ):
        assert abs(got - exact) <= TOLERANCE * max(abs(exact), scale), (got, exact)


def shot_of(stage, gravity, height, pad=LAND, load=None):
    """The shot joint between the mask and the package's pad."""
    lower, upper = stage["surface"]["contact_lines"]
    volume, tension, b = liquid_of(stage, gravity)
    scaled = None if load is None else load / tension
    lines = foot(lower), top(upper, height, pad)
    return shoot_two(*lines, volume, capillarity=b, top=True, load=scaled)
