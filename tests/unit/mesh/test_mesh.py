"""Meshes of stacks: conforming, named, valid, exact on the curves, the same every time."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import gmsh
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bumpform
from bumpform.errors import MeshError, ProcessError
from bumpform.geometry.curve import Line
from bumpform.geometry.edge import Edge
from bumpform.mesh.curved import smallest_jacobian
from bumpform.mesh.files import msh_bytes, vtu_bytes, write_msh, write_vtu
from bumpform.mesh.mesh import build_mesh
from bumpform.mesh.recipe import Recipe, find_recipe
from bumpform.stack.layers import substrate
from bumpform.stack.stack import Region, Stack
from domes import UM, bare, with_barrier, with_core, with_dome

COARSE = find_recipe("coarse")
STACK = with_barrier()


def edges_of(mesh):
    """Corner pairs of all triangles' sides, sorted, with their counts."""
    sides = np.sort(mesh.cells[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    return np.unique(sides, axis=0, return_counts=True)


def test_groups_are_named_after_regions_and_interfaces():
    mesh = build_mesh(STACK, COARSE)
    assert mesh.regions == ("pad", "base", "dielectric", "bump", "barrier", "finish")
    assert mesh.materials == ("Cu", "SiO2", "polyimide", "Pb95Sn5", "Ni", "Au")
    assert mesh.interfaces == (
        "barrier | bump",
        "barrier | dielectric",
        "barrier | finish",
        "base | dielectric",
        "base | pad",
        "bump | dielectric",
        "bump | pad",
        "dielectric | air",
        "dielectric | finish",
        "finish | air",
        "axis",
        "bottom",
        "outer",
    )


def test_a_region_named_like_a_limit_leaves_the_limit_another_name():
    stack = bare()
    pad = stack.region("pad")
    named = stack.without("pad").with_region(Region.bounded("axis", "Cu", pad.loop, "pad"))
    assert {"axis limit", "axis | base"} <= set(build_mesh(named, COARSE).interfaces)


@pytest.mark.parametrize("order", [1, 2])
def test_mesh_is_conforming(order):
    mesh = build_mesh(STACK, COARSE.model_copy(update={"order": order}))
    sides, counts = edges_of(mesh)
    assert counts.max() == 2
    outside = {tuple(s) for s in sides[counts == 1].tolist()}
    lines = np.sort(mesh.lines[:, :2], axis=1)
    one_sided = [
        "|" not in mesh.interfaces[i] or mesh.interfaces[i].endswith("| air")
        for i in mesh.line_interface
    ]
    assert {tuple(x) for x in lines[one_sided].tolist()} == outside
    assert {tuple(x) for x in lines.tolist()} <= {tuple(s) for s in sides.tolist()}
    assert len(np.unique(mesh.cells)) == len(mesh.points)


@pytest.mark.parametrize("recipe", ["coarse", "default", "fatigue"])
def test_all_nodes_of_curved_interfaces_lie_on_the_exact_curves(recipe):
    mesh = build_mesh(STACK, find_recipe(recipe))
    radius = 60 * UM / math.sin(math.radians(35))
    for name, distance in (
        ("barrier | bump", 0.0),
        ("barrier | finish", 3.6 * UM),
        ("finish | air", 3.65 * UM),
    ):
        lines = mesh.lines[mesh.line_interface == mesh.interfaces.index(name)]
        x = mesh.points[np.unique(lines)]
        x = x[x[:, 0] < 59.999 * UM]  # past the wall an arc about its rim follows
        centre = 26.4 * UM - radius * math.cos(math.radians(35))
        exact = radius + distance
        # the stack's own curve, 8 elements of degree 6, is the circle to 1e-13
        assert np.abs(np.hypot(x[:, 0], x[:, 1] - centre) / exact - 1).max() < 1e-11


def test_elements_of_all_recipes_are_far_from_inverted():
    for recipe in ("coarse", "default", "fatigue"):
        assert build_mesh(STACK, find_recipe(recipe)).quality.min() > 0.3


@pytest.mark.parametrize("gap", [0.0, 0.01 * UM, 0.1 * UM])
def test_cusp_under_a_ball_is_meshed(gap):
    mesh = build_mesh(with_core(gap), COARSE)
    mesh.check()


def test_contact_line_inside_a_wall_of_another_curve_object_is_a_node():
    stack = with_dome(along=0.5)
    wall = stack.region("dielectric").loop[-1]
    own = Line(wall.curve.start, wall.curve.end)  # the same wall, by another object
    copied = tuple(
        Edge(own, e.first, e.last, e.feature) if e.curve is wall.curve else e
        for e in stack.region("dielectric").loop
    )
    other = stack.without("dielectric").with_region(
        Region.bounded("dielectric", "polyimide", copied, "dielectric")
    )
    mesh = build_mesh(other, COARSE)
    assert "bump | dielectric" in mesh.interfaces
    assert edges_of(mesh)[1].max() == 2
    at = np.array([60 * UM, 15 * UM])
    assert np.abs(mesh.points - at).max(axis=1).min() < 1e-18


def test_overlapping_regions_are_refused_by_name():
    stack = bare()
    twin = Region.bounded("twin", "Cu", stack.region("pad").loop, "pad")
    with pytest.raises(MeshError, match="'pad' and 'twin' overlap"):
        build_mesh(stack.with_region(twin), COARSE)


def test_crossing_boundaries_are_refused_by_name():
    r, h = 20 * UM, 10 * UM
    corners = ((0.0, -h / 5), (r, -h / 5), (r, h), (0.0, h))
    loop = tuple(
        Edge(Line(a, b), 0.0, 1.0, feature)
        for a, b, feature in zip(
            corners, (*corners[1:], corners[0]), ("", "", "", "axis"), strict=True
        )
    )
    stack = with_dome().with_region(Region.bounded("sunk", "Sn", loop, "solder"))
    with pytest.raises(MeshError, match=r"'sunk'.*(cross|overlap)"):
        build_mesh(stack, COARSE)


def test_inverted_element_is_found_and_named():
    mesh = build_mesh(STACK, COARSE)
    points = mesh.points.copy()
    points[mesh.cells[0, 3]] += 30 * UM
    mesh = replace(mesh, points=points)
    with pytest.raises(MeshError, match="inverted in region 'pad'"):
        mesh.check()


def test_jacobian_bound_sees_what_the_nodes_do_not():
    x = np.array([[[0, 0], [1, 0], [0, 1], [0.5, 0], [0.5, 0.5], [0, 0.5]]], dtype=float)
    assert smallest_jacobian(x) == pytest.approx(1.0)
    x[0, 3] = 0.2, 0.0  # past the quarter point
    assert smallest_jacobian(x) < 0.0
    assert smallest_jacobian(x[:, [0, 2, 1, 5, 4, 3]]) == -np.inf


def test_same_stack_gives_the_same_bytes():
    first, again = build_mesh(STACK, COARSE), build_mesh(with_barrier(), COARSE)
    assert msh_bytes(first) == msh_bytes(again)
    assert vtu_bytes(first) == vtu_bytes(again)


def test_gmsh_keeps_no_model():
    build_mesh(STACK, COARSE)
    before = gmsh.model.list()
    build_mesh(STACK, COARSE)
    with pytest.raises(MeshError):
        build_mesh(bare().with_region(bare().region("pad")), COARSE)
    assert gmsh.model.list() == before


@pytest.mark.parametrize("order", [1, 2])
def test_files_are_read_back(tmp_path, order):
    meshio = pytest.importorskip("meshio")
    mesh = build_mesh(STACK, COARSE.model_copy(update={"order": order}))
    msh = meshio.read(write_msh(mesh, tmp_path / "a.msh"))
    assert np.array_equal(msh.points[:, :2], mesh.points)
    cells = np.vstack([b.data for b in msh.cells if b.type.startswith("triangle")])
    assert np.array_equal(cells, mesh.cells)
    for i, name in enumerate(mesh.regions, 1):
        assert msh.field_data[name].tolist() == [i, 2]
    for i, name in enumerate(mesh.interfaces, 1):
        assert msh.field_data[name].tolist() == [i, 1]
    vtu = meshio.read(write_vtu(mesh, tmp_path / "a.vtu"))
    assert np.array_equal(vtu.cell_data["region"][0], mesh.cell_region)
    assert vtu.field_data["region barrier"][0] == 4
    number = int(vtu.field_data["material Ni"][0])
    assert set(mesh.cell_region[vtu.cell_data["material"][0] == number]) == {4}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.msh", "a.vtu"]


def test_contact_line_size_draws_the_mesh_together():
    fine = Recipe.model_validate({"contact_line": 0.01})
    plain = build_mesh(with_dome(), Recipe())
    mesh = build_mesh(with_dome(), fine)
    assert len(mesh.points) > len(plain.points)
    contact = np.array([60 * UM, 26.4 * UM])
    gaps = np.sort(np.hypot(*(mesh.points - contact).T))
    assert gaps[1] < 0.6 * 0.6 * UM


@pytest.mark.slow
@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    radius=st.floats(25, 80),
    wall=st.floats(60, 105),
    slope=st.floats(-0.9, 0.9),
    along=st.floats(0.05, 0.98),
    barrier=st.floats(-1.5, 1.0),
    finish=st.floats(-2.0, -0.5),
)
def test_every_dome_is_meshed(radius, wall, slope, along, barrier, finish):
    """Any opening, wall, dome and barrier: valid elements, volumes as near as sizes allow."""
    sidewall = math.radians(wall)
    most = math.pi - sidewall - 0.02 if slope > 0 else sidewall - 0.02
    angle = slope * most if abs(slope) > 0.01 else 0.01
    try:
        stack = with_barrier(
            barrier=10**barrier * UM,
            finish=10**finish * UM,
            radius=radius * UM,
            sidewall=sidewall,
            along=along,
            slope=angle,
        )
    except ProcessError:
        return
    bump = stack.region("bump")
    if any(e.sample()[:, 1].min() < 0.1 * UM for e in bump.loop if not e.is_straight):
        return  # the hollow reaches the pad
    mesh = build_mesh(stack, COARSE)
    mesh.check()
    exact = np.array([r.volume for r in stack.regions])
    # 25° of turn a side: (turn)^4 / 2000 of the body's own volume, a thin layer's too
    assert np.abs(mesh.region_volumes() / exact - 1).max() < 1e-3


@pytest.mark.parametrize("pad_radius", [1e-8, 1e-6])
def test_a_mesh_has_a_limit_that_is_told(pad_radius):
    """Sizes relative to a pad that is tiny beside its model: a message, no hours of work."""
    stack = substrate(
        pad_radius=pad_radius,
        pad_thickness=2 * UM,
        pad_material="Cu",
        base_material="SiO2",
        outer=3000 * UM,
    )
    with pytest.raises(MeshError, match="sides along the boundaries, 3000 are the limit"):
        build_mesh(stack, COARSE)


def test_every_body_has_its_own_limits():
    """Held by "bottom", a stack with a package on it is held at its lower end alone."""
    ran = bumpform.run(bumpform.load_case("core_and_cap"))
    stack = ran.snapshots[-1].stack
    mesh = build_mesh(stack, COARSE)
    z = mesh.points[:, 1]
    on = {
        name: np.unique(mesh.lines[mesh.line_interface == i])
        for i, name in enumerate(mesh.interfaces)
    }
    assert {"axis", "bottom", "outer", "package top", "package outer"} <= set(on)
    assert (z[on["bottom"]] == z.min()).all()
    assert (z[on["package top"]] == z.max()).all()
    gap = ran.metrics["mounting"]["standoff_m"]
    assert z[on["outer"]].max() == pytest.approx(25 * UM)
    assert z[on["package outer"]].min() == pytest.approx(gap)


def test_a_region_that_is_pinched_at_a_point_is_meshed_on_both_sides():
    """Two squares of one material that touch at a corner: as areas and volumes are."""

    def square(r, z, side):
        corners = [(r, z), (r + side, z), (r + side, z + side), (r, z + side)]
        return [Edge(Line(a, b), 0.0, 1.0) for a, b in pairwise([*corners, corners[0]])]

    loop = (*square(20 * UM, 0.0, 10 * UM), *square(30 * UM, 10 * UM, 15 * UM))
    stack = Stack((Region.bounded("pinched", "Cu", loop, "metal"),), 100 * UM, 0.0)
    mesh = build_mesh(stack, COARSE)
    mesh.check()
    exact = 2 * math.pi * (25 * 100 + 37.5 * 225) * UM**3
    assert mesh.region_volumes() == pytest.approx([exact], rel=1e-12)
