"""Barriers as grown: on what people have, on random stacks, through the rim.

Problem    conformal barriers on bumps with corners, flanks and planes, and on random stacks of
           openings, balls, columns, pillars, abraded and etched
Reference  shapely's buffer of the polygons in small steps, which leaks round corners by less
           than a step; the mesh's own volumes
Expect     volumes between those of all steps and of one less; nothing left bare; meshes valid;
           no jump at the rim
"""

from __future__ import annotations

import functools
import math
from pathlib import Path

import numpy as np
import pytest

import bumpform
from bumpform.case.file import load_case
from bumpform.errors import ProcessError
from bumpform.growth.barrier import Layer, exposed_solder, grow
from bumpform.growth.plated import plate
from bumpform.materials.materials import Materials
from bumpform.mesh.mesh import build_mesh
from bumpform.mesh.recipe import find_recipe
from bumpform.process.apply import apply_step
from bumpform.stack.cut import abrade, abrade_below_top, etch, strip
from bumpform.stack.deposit import deposit
from bumpform.stack.layers import coat, substrate
from bumpform.steps.kinds import Barrier, Deposit
from domes import with_dome
from films import bounds
from solids import UM, assert_gapless

PEOPLE = Path(__file__).parent.parent / "people"
CORNERED = (
    "barrier_on_stepped_ball",
    "barrier_on_frozen_flank",
    "barrier_on_coined_bump",
    "barrier_on_proud_plane_after_etch",
    "barrier_proud_of_flush_plane",
)


def check_volume(before, after, thickness):
    """All that has grown, against small steps of a buffer."""
    pieces = before.profile.pieces
    bare = [pieces[i] for run in exposed_solder(before) for i in run]
    old = {r.name for r in before.regions}
    volume = math.fsum(r.volume for r in after.regions if r.name not in old)
    least, largest = bounds(pieces, bare, thickness)
    assert least <= volume <= largest


@functools.cache
def barrier_of(name):
    """Stacks before and after a case's barrier, and its step."""
    case = load_case(PEOPLE / f"{name}.toml")
    materials = Materials(case.materials, case.wetting)
    state = before = None
    for step in case.steps:
        before, state = state, apply_step(state, step, case, materials)
        if isinstance(step, Barrier):
            break
    return before.stack, state.stack, step


@pytest.mark.dolfinx
@pytest.mark.parametrize("name", CORNERED)
def test_barriers_of_people_have_the_volume_of_their_film(name):
    before, after, step = barrier_of(name)
    check_volume(before, after, step.total_thickness)
    assert not exposed_solder(after)
    assert not after.voids


@pytest.mark.dolfinx
@pytest.mark.parametrize("name", CORNERED)
def test_their_meshes_are_valid(name):
    _, after, _ = barrier_of(name)
    mesh = build_mesh(after, find_recipe("coarse"))
    exact = np.array([after.region(region).volume for region in mesh.regions])
    assert np.abs(mesh.region_volumes() / exact - 1.0).max() < 1e-2


@pytest.mark.dolfinx
def test_the_edge_does_not_jump_where_the_first_bump_reaches_the_rim():
    """From 0.447 to 0.4503 nl the dome comes up to the rim and is held there."""
    edges = []
    for volume in np.linspace(0.447, 0.4503, 12):
        sets = [f"deposit.Pb95Sn5.volume={volume} nl", "deposit.Sn63Pb37.volume=2 nl"]
        done = bumpform.run(load_case("photoimaged_opening", sets=sets))
        barrier = done.metrics["barrier"]
        edges.append((barrier["juncture"]["r_m"], barrier["edge_to_rim_m"]))
        flush = next(c for c in done.result["conditions"] if c["id"] == "barrier-flush")
        assert flush["holds"] is False
    radii, past = np.array(edges).T
    assert np.all(np.diff(radii) > -1e-15)
    assert np.diff(radii).max() < 0.05 * UM
    assert past == pytest.approx(radii - 60 * UM, abs=1e-12)
    assert radii[-1] == pytest.approx(63.63 * UM, rel=1e-12)


def random_stack(random):
    """A dome in an opening, or a bare pad, after up to six steps that could be done."""
    stack = substrate(
        pad_radius=random.uniform(30, 60) * UM,
        pad_thickness=5 * UM,
        pad_material="Cu",
        base_material="SiO2",
        outer=150 * UM,
        proud=float(random.choice([0.0, 3.0])) * UM,
    )
    if random.random() < 0.4:
        stack = with_dome(
            radius=random.uniform(30, 60) * UM,
            sidewall=math.radians(random.choice([75, 90])),
            along=float(random.choice([0.6, 0.88, 0.99, 1.0 - 1e-6])),
            slope=math.radians(random.choice([5, 35, 70])),
        )
    for number in range(random.integers(1, 7)):
        try:
            stack = random_step(stack, random, f"coat {number}")
        except (ProcessError, StopIteration):
            continue  # it cannot be done here
    return stack


def random_step(stack, random, name):
    def length(low, high):
        return float(random.uniform(low, high)) * UM

    layers = [r.name for r in stack.regions if r.kind == "dielectric"]
    kind = random.choice(["coat", "opening", "ball", "column", "plate", "abrade", "thin"])
    if kind in ("coat", "opening"):
        opening = length(15, 80) if kind == "opening" else None
        wall = math.radians(random.choice([70, 90]))
        return coat(
            stack,
            layer=name,
            material="polyimide",
            thickness=length(3, 50),
            opening_radius=opening,
            sidewall=wall,
        )
    if kind == "ball":
        return deposit(stack, Deposit(solder="Sn", ball={"diameter": length(30, 90)}))[0]
    if kind == "column":
        column = {"radius": length(10, 60), "height": length(5, 60)}
        return deposit(stack, Deposit(solder="Sn", column=column))[0]
    if kind == "plate":
        return plate(
            stack, name="ubm", material="Ni", radius=length(10, 60), thickness=length(1, 9)
        ).stack
    if kind == "abrade" or not layers:
        return abrade(stack, length(10, 90)).stack
    layer = str(random.choice(layers))
    thin = random.choice(["etch", "below", "strip"])
    if thin == "etch":
        return etch(stack, layer, length(1, 20)).stack
    if thin == "below":
        return abrade_below_top(stack, layer, length(1, 10)).stack
    return strip(stack, layer).stack


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_random_stacks_are_coated_whole(seed):
    """Every film on every exposed solder: exact volume, one profile, no solder bare."""
    random = np.random.default_rng(seed)
    stack = random_stack(random)
    if not exposed_solder(stack):
        return
    thickness = float(random.choice([0.5, 1.0, 2.0, 5.0, 12.0])) * UM
    try:
        grown, _ = grow(stack, (Layer("barrier", "Ni", thickness),))
    except ProcessError as error:
        assert "outer radius" in str(error)
        return
    check_volume(stack, grown, thickness)
    assert not exposed_solder(grown)
    if not grown.voids:
        assert_gapless(grown)
