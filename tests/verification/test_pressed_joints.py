"""Joints pressed to a thin film that bulges out far past its pads.

Reference  independent shooting at every standoff; the same joint found the other way round
           (a load from a standoff's force); the liquid's own volume, past the model's end
"""

from __future__ import annotations

import math

import pytest

from bumpform.case.case import Case
from bumpform.runner import run
from shooting import plane
from shooting_two import Line, shoot_two
from two_lines import EARTH, OWN, TOLERANCE, UM, liquid_of

OPENING, MASK = 200 * UM, 20 * UM


def bare(**mount):
    """Gold pads of 50 µm, flush, with a column of solder between them."""
    pad = {"radius": "50 um", "thickness": "5 um", "material": "Au"}
    return Case.from_dict(
        {
            "case": {"name": "film", "pitch": "400 um", "amounts": "liquid"},
            "wetting": {"Au": "15 deg", "Al2O3": "150 deg", "Si": "140 deg"},
            "step": [
                {"do": "substrate", "pad": pad, "base": {"material": "Al2O3"}},
                {"do": "deposit", "solder": "Au80Sn20",
                 "column": {"radius": "40 um", "height": "30 um"}},
                {"do": "mount", "name": "joint", "pad": pad, "base": {"material": "Si"},
                 "peak": "310 degC", **mount},
            ],
        }
    )  # fmt: skip


def masked(**mount):
    """Lands in masks of 20 µm with openings of 200 µm, and printed paste between them."""
    mask = {"material": "solder resist", "thickness": MASK, "opening": {"radius": OPENING}}
    pad = {"radius": "300 um", "material": "Cu"}
    return Case.from_dict(
        {
            "case": {"name": "film", "pitch": "1 mm", "amounts": "liquid"},
            "wetting": {"Cu": "30 deg", "FR4": "140 deg", "solder resist": "140 deg"},
            "step": [
                {"do": "substrate", "pad": pad | {"thickness": "18 um"},
                 "base": {"material": "FR4"}},
                {"do": "coat", "layer": "mask", **mask},
                {"do": "deposit", "solder": "SAC305",
                 "stencil": {"radius": "200 um", "thickness": "120 um", "metal_fraction": 0.5}},
                {"do": "mount", "name": "joint", "pad": pad, "base": {"material": "FR4"},
                 "resist": mask, "peak": "245 degC", **mount},
            ],
        }
    )  # fmt: skip


def of(ran):
    [stage] = [s for s in ran.result["stages"] if s["name"] == "joint"]
    return stage, ran.result["metrics"]["joint"]


def shot_of(stage, standoff, angles, recess, radius):
    """Both lines on levels round recesses of a depth and radius; force on the package, N.

    Shooting's upper body is flat: its recess' volume counts with the lower one's, and the weight
    of what fills it is taken off the force.
    """
    volume, tension, capillarity = liquid_of(stage, EARTH)
    inside, film = 0.5 * radius**2 * recess, standoff - 2.0 * recess
    spread = math.sqrt((volume / math.pi - 2.0 * radius**2 * recess) / film)
    foot, top = map(math.radians, angles)
    shot = shoot_two(
        Line(plane(recess, 2.0 * inside), 0.98 * spread, foot),
        Line(plane(standoff - recess), 0.98 * spread, top),
        volume, capillarity=capillarity, top=True,
    )  # fmt: skip
    return shot, tension * (shot.force - 2.0 * math.pi * capillarity * inside)


@pytest.mark.parametrize(
    ("case", "angles", "recess", "radius", "standoffs"),
    [
        (bare, (150.0, 140.0), 0.0, 0.0, (8, 6, 5.5, 4, 3, 2)),
        (masked, (140.0, 140.0), MASK, OPENING, (65, 62, 60, 58.6, 55, 50, 48, 45)),
    ],
    ids=["pads", "masks"],
)
def test_at_every_standoff_and_back_from_its_force(case, angles, recess, radius, standoffs):
    """Force, lines and standoff to 1e-9; the load that a standoff tells gives it back.

    A film's standoff follows its force to −(dF/dh)⁻¹, whose relative size is below one.
    """
    before = -math.inf
    for height in standoffs:
        ran = run(case(standoff=height * UM))
        stage, metrics = of(ran)
        shot, force = shot_of(stage, height * UM, angles, recess, radius)
        assert metrics["joint_force_N"] == pytest.approx(force, rel=TOLERANCE + OWN)
        for line, r in zip(stage["surface"]["contact_lines"], shot.r, strict=True):
            assert line["r_m"] == pytest.approx(r, rel=TOLERANCE)
        assert metrics["joint_force_N"] > before  # the further down, the more it pushes
        before = metrics["joint_force_N"]
        _, floats = of(run(case(load=f"{before!r} N")))
        assert floats["standoff_m"] == pytest.approx(height * UM, rel=TOLERANCE)
        assert floats["joint_force_N"] == pytest.approx(before, rel=TOLERANCE)


@pytest.mark.parametrize("mount", [{"standoff": "44 um"}, {"load": "0.4 N"}], ids=str)
def test_a_film_that_would_run_past_the_model_is_told_so(mount):
    """Above 44 µm its volume spreads to more than half the pitch; it does not part."""
    refused = run(masked(**mount)).refused
    assert refused is not None
    assert refused.reason == "off_model"
    assert "contact line spreads past the model's outer radius 500 µm" in refused.detail
