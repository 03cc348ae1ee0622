"""Mesh recipes: bundled ones read, sizes follow kinds and interfaces, mistakes are named."""

from __future__ import annotations

import math

import pytest

from bumpform.case.bundled import bundled_recipes
from bumpform.errors import CaseError, QuantityError
from bumpform.mesh.recipe import Recipe, Size, find_recipe, interface_key, load_recipe


def test_bundled_recipes_read_and_are_ordered_by_fineness():
    assert set(bundled_recipes()) >= {"coarse", "default", "fatigue"}
    recipes = [find_recipe(name) for name in ("coarse", "default", "fatigue")]
    sizes = [r.region_size("solder", 60e-6) for r in recipes]
    assert sizes == sorted(sizes, reverse=True)
    assert all(r.order == 2 and r.formats == ("msh", "vtu", "inp") and r.purpose for r in recipes)


def test_sizes_are_relative_to_the_pad_or_absolute():
    assert Size.read(0.5).metres(60e-6) == 30e-6
    assert Size.read("4 um").metres(60e-6) == 4e-6
    with pytest.raises(QuantityError, match="a unit is missing"):
        Size.read("4")
    with pytest.raises(QuantityError, match="must be above 0"):
        Size.read(0)
    with pytest.raises(QuantityError, match="a size is needed"):
        Size.read(True)


def test_interface_is_never_coarser_than_its_regions():
    recipe = Recipe.model_validate(
        {"size": {"solder": 0.2, "pad": 0.4}, "interface": {"solder | pad": 0.1, "air|solder": 3}}
    )
    assert recipe.interface_size("solder", "pad", 1.0) == 0.1
    assert recipe.interface_size("air", "solder", 1.0) == 0.2
    assert recipe.interface_size("metal", "solder", 1.0) == 0.2
    assert recipe.region_size("metal", 1.0) == 0.4  # what is not named: the coarsest
    assert interface_key("air", "base") == "base | air"


def test_recipe_is_hashable_and_frozen():
    assert hash(find_recipe("default")) == hash(find_recipe("default"))
    with pytest.raises(ValueError, match="frozen"):
        Recipe().order = 1


def test_path_is_found_from_the_case_folder(tmp_path):
    (tmp_path / "mine.toml").write_text('order = 1\nturn = "30 deg"\n')
    recipe = find_recipe("mine.toml", tmp_path)
    assert recipe.order == 1
    assert recipe.turn == pytest.approx(math.radians(30))


def test_unknown_recipe_suggests():
    with pytest.raises(CaseError, match='Did you mean "default"'):
        find_recipe("defualt")
    with pytest.raises(CaseError, match="no such mesh recipe"):
        find_recipe("nowhere.toml")


@pytest.mark.parametrize(
    "text, message",
    [
        ("oder = 2", "Did you mean order"),
        ("order = 3", "order = 3"),
        ('formats = ["stl"]', "formats"),
        ("growth = 1.0", "growth"),
        ("[size]\nsoldr = 1.0", 'Did you mean "solder"'),
        ('[size]\nsolder = "-4 um"', "must be above 0"),
        ('[interface]\n"solder" = 0.1', "is not an interface"),
        ('[interface]\n"solder | vacuum" = 0.1', "Known are pad"),
        ("order = ", "cannot be read"),
    ],
)
def test_mistakes_are_named(tmp_path, text, message):
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(CaseError, match=r"bad\.toml") as caught:
        load_recipe(path)
    assert message in str(caught.value)
