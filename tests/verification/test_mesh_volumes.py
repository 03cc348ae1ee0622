"""Volumes on the mesh agree with those of the exact boundaries, to the elements' order.

Problem    volume of every region of a dome in an opening under a barrier of 3.6 um and a finish
           of 0.05 um, and of a ball in solder
Exact      ∮ ½ r² dz round the exact boundary (`Region.volume`)
Expect     relative error of order 4 with quadratic sides through a curve's ends and the middle
           between them (interpolation errs by h³ with a sign that changes at the middle, so its
           integral errs by h⁴), and of order 2 with straight ones
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from bumpform.mesh.files import write_msh
from bumpform.mesh.mesh import build_mesh
from bumpform.mesh.recipe import Recipe, find_recipe
from domes import with_barrier, with_core

CURVED = {"barrier": ("bump", "barrier", "finish"), "core": ("core", "cap")}
STACKS = {
    # the wall is normal to the dome, so that all layers end at one parameter and halve alike
    "barrier": with_barrier(sidewall=math.radians(55), slope=math.radians(35)),
    "core": with_core(1e-6),
}
#: Turn of the coarsest sides: the dome's 35° and the ball's 180° are multiples of it.
COARSEST = {"barrier": 8.75, "core": 15.0}


def errors(stack, names, order, turn):
    """Relative errors of the named regions' volumes, with sides that turn by `turn` degrees."""
    recipe = Recipe.model_validate(
        {"order": order, "turn": f"{turn} deg", "size": {"default": 10.0}, "smallest": 1.0}
    )
    mesh = build_mesh(stack, recipe)
    exact = np.array([stack.region(n).volume for n in names])
    volumes = mesh.region_volumes()[[mesh.regions.index(n) for n in names]]
    return np.abs(volumes / exact - 1)


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("order, expected", [(1, 2), (2, 4)])
def test_volumes_converge_at_the_order_of_the_sides(stack, order, expected):
    sides = [COARSEST[stack] / 2**k for k in range(3)]
    found = [errors(STACKS[stack], CURVED[stack], order, 1.01 * t) for t in sides]
    rates = np.log2(found[1] / found[2])
    assert np.abs(rates - expected).max() < 0.15, f"observed orders {rates}"


def test_straight_regions_are_exact():
    stack = STACKS["barrier"]
    mesh = build_mesh(stack, find_recipe("coarse"))
    for name in ("pad", "base", "dielectric"):
        volume = mesh.region_volumes()[mesh.regions.index(name)]
        np.testing.assert_allclose(volume, stack.region(name).volume, rtol=1e-13)


@pytest.mark.dolfinx
@pytest.mark.parametrize("order", [1, 2])
def test_dolfinx_integrates_the_same_volumes_and_lengths(tmp_path, order):
    """In memory and from the MSH file; to 1e-12, the round-off of sums over thin elements."""
    from bumpform.kernel.backend import MPI, dolfinx, ufl
    from bumpform.mesh.dolfinx_mesh import to_dolfinx

    recipe = find_recipe("coarse").model_copy(update={"order": order})
    mesh = build_mesh(STACKS["barrier"], recipe)
    direct = to_dolfinx(mesh)
    path = write_msh(mesh, tmp_path / "stack.msh")
    read = dolfinx.io.gmsh.read_from_msh(path, MPI.COMM_SELF, gdim=2)
    groups = {name: group.tag for name, group in read.physical_groups.items()}
    assert direct.regions | direct.interfaces == groups
    r_outer, height = 150e-6, 30e-6
    for got in (direct, read):
        r = ufl.SpatialCoordinate(got.mesh)[0]

        def integral(measure, tag, value, got=got):
            form = dolfinx.fem.form(value * measure(tag))
            return dolfinx.fem.assemble_scalar(form)

        dx = ufl.Measure("dx", got.mesh, subdomain_data=got.cell_tags)
        ds = ufl.Measure("ds", got.mesh, subdomain_data=got.facet_tags)
        volumes = [integral(dx, groups[n], 2 * math.pi * r) for n in mesh.regions]
        np.testing.assert_allclose(volumes, mesh.region_volumes(), rtol=1e-12)
        bottom = integral(ds, groups["bottom"], 2 * math.pi * r)
        np.testing.assert_allclose(bottom, math.pi * r_outer**2, rtol=1e-12)
        base_height = 5e-6 + 0.25 * 60e-6
        one = dolfinx.fem.Constant(got.mesh, 1.0)
        outer = integral(ds, groups["outer"], one)
        np.testing.assert_allclose(outer, height + base_height, rtol=1e-12)
