"""Melts: masses add, mixtures are ideal by volume, angles mean cosines."""

from __future__ import annotations

import math

import pytest

from bumpform.materials.materials import Materials
from bumpform.process.reflows.melt import Content, fuse

HOT = 650.0
HIGH, LOW = "Pb95Sn5", "Sn63Pb37"


@pytest.fixture
def materials():
    wetting = {"Au": math.radians(20), f"{HIGH} on Au": math.radians(60)}
    return Materials({}, wetting)


def test_one_solder_keeps_its_volume(materials):
    """A deposit's volume is that of the liquid."""
    made = fuse([Content(((LOW, 0.0),), 3e-13)], HOT, materials)
    liquid = materials.liquid(LOW, HOT)
    assert made.volume == pytest.approx(3e-13, rel=1e-15)
    assert made.mass == pytest.approx(3e-13 * liquid.density, rel=1e-15)
    assert made.surface_tension == pytest.approx(liquid.surface_tension, rel=1e-15)
    assert made.contact_angle("Au", materials) == pytest.approx(math.radians(20))


def test_mass_stays_when_it_melts_again_hotter(materials):
    """Mass is fixed at the first melting; the volume follows the density."""
    cool = fuse([Content(((LOW, 0.0),), 3e-13)], 500.0, materials)
    again = fuse([Content(((LOW, cool.mass),), cool.volume)], HOT, materials)
    assert again.mass == cool.mass
    ratio = materials.liquid(LOW, 500.0).density / materials.liquid(LOW, HOT).density
    assert again.volume / cool.volume == pytest.approx(ratio, rel=1e-14)


def test_mixture(materials):
    """Masses and volumes add; composition by mass; σ and cosθ by volume."""
    v1, v2 = 1e-13, 4e-13
    parts = [Content(((HIGH, 0.0),), v1), Content(((LOW, 0.0),), v2)]
    made = fuse(parts, HOT, materials)
    one, two = materials.liquid(HIGH, HOT), materials.liquid(LOW, HOT)
    m1, m2 = v1 * one.density, v2 * two.density
    assert made.volume == pytest.approx(v1 + v2, rel=1e-15)
    assert made.mass == pytest.approx(m1 + m2, rel=1e-15)
    assert made.density == pytest.approx((m1 + m2) / (v1 + v2), rel=1e-15)
    tension = (one.surface_tension * v1 + two.surface_tension * v2) / (v1 + v2)
    assert made.surface_tension == pytest.approx(tension, rel=1e-15)
    assert made.composition["Pb"] == pytest.approx((0.95 * m1 + 0.37 * m2) / (m1 + m2), rel=1e-12)
    assert math.fsum(made.composition.values()) == pytest.approx(1.0, rel=1e-12)
    cosine = (v1 * math.cos(math.radians(60)) + v2 * math.cos(math.radians(20))) / (v1 + v2)
    assert made.contact_angle("Au", materials) == pytest.approx(math.acos(cosine), rel=1e-14)


def test_same_solder_twice_is_one(materials):
    """Two deposits of one alloy are one solder of both masses."""
    made = fuse([Content(((LOW, 0.0),), 1e-13), Content(((LOW, 0.0),), 2e-13)], HOT, materials)
    assert made.solders == (LOW,)
    assert made.volume == pytest.approx(3e-13, rel=1e-15)


def test_drop_carries_liquid_and_gravity(materials):
    """What the solver takes."""
    drop = fuse([Content(((LOW, 0.0),), 1e-13)], HOT, materials).drop(-9.81)
    assert (drop.volume, drop.gravity) == (pytest.approx(1e-13), -9.81)
    assert drop.bond < 0.0
    assert drop.length**3 == pytest.approx(1e-13, rel=1e-14)
