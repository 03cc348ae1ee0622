"""Conformal coats: closed forms over steps, pads and columns; their openings; what follows them."""

import math

import pytest
from pydantic import ValidationError

from bumpform.errors import ProcessError
from bumpform.growth.conformal import coat_conformal
from bumpform.mesh.mesh import build_mesh
from bumpform.mesh.recipe import find_recipe
from bumpform.process.state import cavity_of
from bumpform.stack.cut import abrade, strip
from bumpform.stack.deposit import deposit
from bumpform.stack.layers import coat, substrate
from bumpform.steps.kinds import Coat, Deposit
from solids import OUTER, UM, assert_gapless, bare

#: Of the field, in um.
EDGE = OUTER / UM


def passivated(step, opening=32):
    return coat(
        bare(),
        layer="passivation",
        material="Si3N4",
        thickness=step * UM,
        opening_radius=opening * UM,
    )


def film(stack, thickness, **more):
    found = coat_conformal(stack, layer="film", material="Ni", thickness=thickness * UM, **more)
    assert_gapless(found)
    return found


def inward_quarter(radius, t):
    """A quarter of a circle of radius t about a circle, from upright inwards (Pappus), um³."""
    return 2 * math.pi * (math.pi / 2 * radius * t**2 / 2 - t**3 / 3)


@pytest.mark.parametrize(("step", "t"), [(0.8, 0.5), (20, 5), (1, 0.999), (50, 30)])
def test_a_film_thinner_than_the_step_lines_it(step, t):
    """Disc in the opening, tube on its wall, quarter torus about its rim, and the field."""
    found = film(passivated(step), t).region("film")
    exact = math.pi * 32**2 * t + math.pi * (32**2 - (32 - t) ** 2) * (step - t)
    exact += inward_quarter(32, t) + math.pi * (EDGE**2 - 32**2) * t
    assert found.volume == pytest.approx(exact * UM**3, rel=1e-12)
    assert {e.feature for e in found.loop} == {"film", "film top", "axis", "outer"}


@pytest.mark.parametrize(("step", "t"), [(0.8, 5), (5, 5.001), (20, 25)])
def test_a_film_thicker_than_the_step_has_a_dip(step, t):
    """Its top follows the arc about the rim down to the film on the pad."""
    found = film(passivated(step), t).region("film")
    reach = math.sqrt(t**2 - (t - step) ** 2)  # of the arc, where it meets the film on the pad

    def under(x):
        """∫ (32 − x) √(t² − x²) dx, x inwards from the rim."""
        area = 0.5 * (x * math.sqrt(t**2 - x**2) + t**2 * math.asin(x / t))
        return 32 * area - (t**3 - (t**2 - x**2) ** 1.5) / 3

    arc = 2 * math.pi * (under(reach) + step * (32 * reach - reach**2 / 2))
    exact = math.pi * (32 - reach) ** 2 * t + arc + math.pi * (EDGE**2 - 32**2) * t
    assert found.volume == pytest.approx(exact * UM**3, rel=1e-11)


def test_a_film_over_a_proud_pad():
    stack = substrate(
        pad_radius=40 * UM, pad_thickness=5 * UM, pad_material="Al", base_material="SiO2",
        outer=OUTER, proud=3 * UM,
    )  # fmt: skip
    found = film(stack, 1).region("film")
    tube = math.pi * (41**2 - 40**2) * 3 + 2 * math.pi * (math.pi / 4 * 40 + 1 / 3)
    exact = math.pi * 40**2 + tube + math.pi * (EDGE**2 - 41**2)
    assert found.volume == pytest.approx(exact * UM**3, rel=1e-12)


def test_films_lie_one_on_the_other():
    """Two films of one metal are one of their thickness; between them they share one curve."""
    two = coat_conformal(film(passivated(20), 2), layer="more", material="Ni", thickness=3 * UM)
    assert_gapless(two)
    whole = film(passivated(20), 5).region("film").volume
    both = two.region("film").volume + two.region("more").volume
    assert both == pytest.approx(whole, rel=1e-12)
    tops = {id(e.curve) for e in two.region("film").loop if e.feature == "film top"}
    assert tops <= {id(e.curve) for e in two.region("more").loop}


def test_an_opening_is_cut_upright():
    found = film(bare(), 2, opening_radius=30 * UM)
    ring = math.pi * (EDGE**2 - 30**2) * 2
    assert found.region("film").volume == pytest.approx(ring * UM**3, rel=1e-12)
    assert list(dict.fromkeys(p.feature for p in found.profile)) == ["pad", "film wall", "film top"]
    cavity = cavity_of(found)
    assert cavity is not None
    assert cavity.rim_r == pytest.approx(30 * UM, rel=1e-12)
    deposit(found, Deposit(solder="Sn", fill={"layer": "film"}))


def test_an_opening_in_a_film_over_a_step():
    """Of the passivation's step nothing is lined that lies inside of the opening."""
    found = film(passivated(20, 40), 5, opening_radius=40 * UM)
    ring = math.pi * (EDGE**2 - 40**2) * 5
    assert found.region("film").volume == pytest.approx(ring * UM**3, rel=1e-12)


def test_an_opening_as_wide_as_the_model_is_refused():
    with pytest.raises(ProcessError, match="reaches the model's outer radius"):
        film(bare(), 2, opening_radius=OUTER)


def test_solder_under_a_film_leaves_its_wall_when_it_melts():
    column = deposit(bare(), Deposit(solder="Sn", column={"radius": 30 * UM, "height": 20 * UM}))
    coated = film(column[0], 4)
    assert {p.feature for p in coated.profile} == {"film top"}
    flat = abrade(coated, 10 * UM).stack  # opens it
    assert [p.feature for p in flat.without("Sn").profile][:3] == ["pad", "film wall", "film top"]
    assert_gapless(strip(flat, "film").stack)


def test_stacks_with_thin_films_mesh():
    seed = coat_conformal(passivated(0.8), layer="seed", material="Cu", thickness=0.5 * UM)
    stack = film(seed, 5)
    mesh = build_mesh(stack, find_recipe("default"))
    mesh.check()
    exact = [stack.region(name).volume for name in mesh.regions]
    assert mesh.region_volumes() == pytest.approx(exact, rel=1e-4)  # arcs of 20°


def test_the_case_says_how_a_coat_grows():
    said = {"layer": "film", "material": "Ni", "thickness": 1e-6}
    assert Coat(**said).growth == "planar"
    assert Coat(**said, growth="conformal").growth == "conformal"
    sloped = {"radius": 1e-5, "sidewall": "80 deg"}
    with pytest.raises(ValidationError, match="is upright"):
        Coat(**said, growth="conformal", opening=sloped)
    with pytest.raises(ValidationError, match="'planar' or 'conformal'"):
        Coat(**said, growth="planarising")
