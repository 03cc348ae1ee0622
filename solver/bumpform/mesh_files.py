"""Mesh files: MSH 4.1 for gmsh, dolfinx and meshio; VTU for ParaView. Same stack, same bytes."""

from __future__ import annotations

import itertools
import os
import tempfile
from pathlib import Path
from typing import Final
from xml.sax.saxutils import quoteattr

import numpy as np

from bumpform.curve import Array
from bumpform.errors import MeshError
from bumpform.files import write_bytes
from bumpform.mesh import build_mesh
from bumpform.outcome import Run
from bumpform.recipe import find_recipe
from bumpform.stack_mesh import Numbers, StackMesh

__all__ = ["msh_bytes", "vtu_bytes", "write_meshes", "write_msh", "write_vtu"]

_GMSH_TYPES: Final = {(1, 1): 1, (1, 2): 8, (2, 1): 2, (2, 2): 9}  # (dimension, order)


def write_meshes(run: Run, folder: str | Path) -> list[Path]:
    """Mesh the stack after every stage of a run and write ``stack_<stage>.msh`` and ``.vtu``.

    Sizes and formats are those of the case's mesh recipe.

    Returns
    -------
    list of Path

    Raises
    ------
    CaseError
        If there is no such recipe, or it is wrong.
    MeshError
        If a stack could not be meshed, after all the others are written.
    """
    recipe = find_recipe(run.case.mesh_recipe)
    writers = {"msh": write_msh, "vtu": write_vtu}
    written: list[Path] = []
    failed: list[str] = []
    for shot in run.snapshots:
        if shot.moment == "as deposited":
            continue
        try:
            mesh = build_mesh(shot.stack, recipe)
        except MeshError as error:
            failed.append(f"{shot.name}: {error}")
            continue
        for form in recipe.formats:
            written.append(writers[form](mesh, Path(folder) / f"stack_{shot.slug}.{form}"))
    if failed:
        raise MeshError("; ".join(failed))
    return written


def write_msh(mesh: StackMesh, path: str | Path) -> Path:
    """Write MSH 4.1 (text, lengths in m) aside and rename it.

    Physical surfaces are the regions, in their order from 1; physical curves the interfaces.
    """
    return write_bytes(path, msh_bytes(mesh))


def msh_bytes(mesh: StackMesh) -> bytes:
    """The mesh as MSH 4.1 text, numbers as they round-trip."""
    groups = [(1, i, name) for i, name in enumerate(mesh.interfaces, 1)]
    groups += [(2, i, name) for i, name in enumerate(mesh.regions, 1)]
    out = ["$MeshFormat", "4.1 0 8", "$EndMeshFormat", "$PhysicalNames", str(len(groups))]
    out += [f'{dim} {tag} "{name}"' for dim, tag, name in groups]
    out += ["$EndPhysicalNames", "$Entities"]
    out += [f"0 {len(mesh.interfaces)} {len(mesh.regions)} 0"]
    parts: list[tuple[int, int, Numbers]] = []
    for dim, owner, connected in (
        (1, mesh.line_interface, mesh.lines),
        (2, mesh.cell_region, mesh.cells),
    ):
        for tag in range(1, 1 + len(mesh.interfaces if dim == 1 else mesh.regions)):
            mine = connected[owner == tag - 1]
            parts.append((dim, tag, mine))
            out.append(f"{tag} {_box(mesh.points[mine.ravel()])} 1 {tag} 0")
    out.append("$EndEntities")
    out += _nodes(mesh.points, parts)
    total = sum(len(mine) for _, _, mine in parts)
    out += ["$Elements", f"{len(parts)} {total} 1 {total}"]
    number = itertools.count(1)
    for dim, tag, mine in parts:
        out.append(f"{dim} {tag} {_GMSH_TYPES[dim, mesh.order]} {len(mine)}")
        out += [f"{next(number)} {' '.join(map(str, row))}" for row in (mine + 1).tolist()]
    out += ["$EndElements", ""]
    return "\n".join(out).encode()


def _box(points: Array) -> str:
    (r0, z0), (r1, z1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return f"{r0!r} {z0!r} 0 {r1!r} {z1!r} 0"


def _nodes(points: Array, parts: list[tuple[int, int, Numbers]]) -> list[str]:
    """Nodes under the first entity that has them: interfaces before regions."""
    left = np.ones(len(points), dtype=bool)
    out = ["$Nodes", f"{len(parts)} {len(points)} 1 {len(points)}"]
    for dim, tag, connected in parts:
        mine = np.unique(connected)
        mine = mine[left[mine]]
        left[mine] = False
        out.append(f"{dim} {tag} 0 {len(mine)}")
        out += map(str, (mine + 1).tolist())
        out += [f"{r!r} {z!r} 0" for r, z in points[mine].tolist()]
    return [*out, "$EndNodes"]


def write_vtu(mesh: StackMesh, path: str | Path) -> Path:
    """Write a VTU file (through meshio, lengths in m) aside and rename it.

    Cell data ``region`` and ``material`` are numbers from 0; the field data ``region NAME`` and
    ``material NAME`` tell the number of every name.
    """
    return write_bytes(path, vtu_bytes(mesh))


def vtu_bytes(mesh: StackMesh) -> bytes:
    """The mesh as a VTU file."""
    import meshio  # imports every format that it knows: only where it is needed

    materials = sorted(set(mesh.materials))
    material = np.array([materials.index(m) for m in mesh.materials], dtype=np.int32)
    data = meshio.Mesh(
        np.column_stack([mesh.points, np.zeros(len(mesh.points))]),
        [("triangle6" if mesh.order == 2 else "triangle", mesh.cells)],
        cell_data={
            "region": [mesh.cell_region.astype(np.int32)],
            "material": [material[mesh.cell_region]],
        },
    )
    handle, aside = tempfile.mkstemp(suffix=".vtu")  # meshio writes to names only
    os.close(handle)
    try:
        meshio.vtu.write(aside, data)
        text = Path(aside).read_bytes()
    finally:
        Path(aside).unlink(missing_ok=True)
    names = _numbers("region", mesh.regions) + _numbers("material", materials)
    return text.replace(
        b"<UnstructuredGrid>", f"<UnstructuredGrid><FieldData>{names}</FieldData>".encode(), 1
    )


def _numbers(what: str, names: list[str] | tuple[str, ...]) -> str:
    """Field data that tell the number of every name; meshio cannot read VTK's texts."""
    return "".join(
        f'<DataArray type="Int32" Name={quoteattr(f"{what} {name}")} NumberOfTuples="1" '
        f'format="ascii">{number}</DataArray>'
        for number, name in enumerate(names)
    )
