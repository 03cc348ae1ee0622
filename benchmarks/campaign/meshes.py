"""A stack's mesh against its cross section: volumes from the elements' sides alone."""

from __future__ import annotations

import numpy as np
from sections import volume

from bumpform.errors import MeshError
from bumpform.mesh.mesh import build_mesh
from bumpform.mesh.recipe import find_recipe
from bumpform.mesh.stack_mesh import StackMesh
from bumpform.stack.stack import Stack

#: Chords of an element's side; relative slack of a volume (sides of the second order on curves).
CHORDS, EQUAL = 6, 3e-4


def mesh_flaws(stack: Stack, recipe: str = "default") -> list[str]:
    """Regions whose mesh has another volume, or why there is no mesh."""
    try:
        mesh = build_mesh(stack, find_recipe(recipe))
    except MeshError as error:
        return [str(error)]
    wrong = []
    for number, name in enumerate(mesh.regions):
        found, expected = _volume(mesh, number), volume(stack.region(name))
        if abs(found - expected) > EQUAL * expected:
            wrong.append(f"{name}: {found:.6g} m³ in the mesh, {expected:.6g} m³ in the stack")
    return wrong


def _volume(mesh: StackMesh, region: int) -> float:
    """Volume of a region's elements, π∮r²dz on chords; two numbers of them, extrapolated."""
    coarse, fine = (_on_chords(mesh, region, count) for count in (CHORDS, 2 * CHORDS))
    return fine + (fine - coarse) / 3.0


def _on_chords(mesh: StackMesh, region: int, count: int) -> float:
    x = mesh.points[mesh.cells[mesh.cell_region == region]]
    total = 0.0
    for side in range(3):
        a, b = x[:, side], x[:, (side + 1) % 3]
        middle = x[:, 3 + side] if mesh.order == 2 else 0.5 * (a + b)
        t = np.linspace(0.0, 1.0, count + 1)[:, None, None]
        points = (1 - t) * (1 - 2 * t) * a + 4 * t * (1 - t) * middle + t * (2 * t - 1) * b
        r, rise = points[..., 0], np.diff(points[..., 1], axis=0)
        # ∫r² along a chord
        square = (r[:-1] ** 2 + r[:-1] * r[1:] + r[1:] ** 2) / 3.0
        total += float(np.pi * (square * rise).sum())
    return total
