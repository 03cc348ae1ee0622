"""Mesh files: MSH 4.1 for gmsh, dolfinx and meshio; VTU for ParaView. Same stack, same bytes.

Input files of Abaqus and CalculiX are written in `mesh_abaqus`; meshio knows many more formats.
"""

from __future__ import annotations

import base64
import itertools
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import quoteattr

import numpy as np

from bumpform.errors import MeshError
from bumpform.files.whole import write_bytes
from bumpform.geometry.curve import Array
from bumpform.mesh.abaqus import inp_bytes, write_inp
from bumpform.mesh.mesh import build_mesh
from bumpform.mesh.recipe import find_recipe
from bumpform.mesh.stack_mesh import Numbers, StackMesh
from bumpform.result.run import Run

__all__ = [
    "inp_bytes",
    "msh_bytes",
    "to_meshio",
    "vtu_bytes",
    "write_inp",
    "write_meshes",
    "write_msh",
    "write_vtu",
]

_GMSH_TYPES: Final = {(1, 1): 1, (1, 2): 8, (2, 1): 2, (2, 2): 9}  # (dimension, order)
_VTK_TYPES: Final = {1: 5, 2: 22}  # by order


def write_meshes(run: Run, folder: str | Path) -> list[Path]:
    """Mesh the stack at every moment of a run; write ``stack_<stage>.msh``, ``.vtu``, ``.inp``.

    Before a stage, as deposited, the name is ``stack_<stage>_as_deposited``. Sizes and formats
    are those of the case's mesh recipe.

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
    writers = {"msh": write_msh, "vtu": write_vtu, "inp": write_inp}
    written: list[Path] = []
    failed: list[str] = []
    for shot in run.snapshots:
        try:
            mesh = build_mesh(shot.stack, recipe)
        except MeshError as error:
            moment = f" {shot.moment}" if shot.moment != "reflowed" else ""
            failed.append(f"{shot.name}{moment}: {error}")
            continue
        for form in recipe.formats:
            written.append(writers[form](mesh, Path(folder) / f"stack_{shot.slug}.{form}"))
    if failed:
        raise MeshError("; ".join(failed), written)
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
    """Write a VTU file (lengths in m) aside and rename it.

    Cell data ``region`` and ``material`` are numbers from 0; the field data ``region NAME`` and
    ``material NAME`` tell the number of every name.
    """
    return write_bytes(path, vtu_bytes(mesh))


def vtu_bytes(mesh: StackMesh) -> bytes:
    """The mesh as a VTU file."""
    materials, material = _materials(mesh)
    numbers = {f"region {name}": i for i, name in enumerate(mesh.regions)}
    numbers |= {f"material {name}": i for i, name in enumerate(materials)}
    count, nodes = mesh.cells.shape
    points = np.column_stack([mesh.points, np.zeros(len(mesh.points))])
    kinds = np.full(count, _VTK_TYPES[mesh.order])
    out = [
        '<?xml version="1.0"?>',
        '<VTKFile type="UnstructuredGrid" version="1.0" byte_order="LittleEndian" '
        'header_type="UInt64">',
        "<UnstructuredGrid>",
        "<FieldData>",
        *(
            _array(name, "Int32", [number], 'NumberOfTuples="1"')
            for name, number in numbers.items()
        ),
        "</FieldData>",
        f'<Piece NumberOfPoints="{len(points)}" NumberOfCells="{count}">',
        "<Points>",
        _array("Points", "Float64", points, 'NumberOfComponents="3"'),
        "</Points>",
        "<Cells>",
        _array("connectivity", "Int64", mesh.cells),
        _array("offsets", "Int64", nodes * np.arange(1, count + 1)),
        _array("types", "UInt8", kinds),
        "</Cells>",
        "<CellData>",
        _array("region", "Int32", mesh.cell_region),
        _array("material", "Int32", material),
        "</CellData>",
        "</Piece>",
        "</UnstructuredGrid>",
        "</VTKFile>",
        "",
    ]
    return "\n".join(out).encode()


_LITTLE_ENDIAN: Final = {"Float64": "<f8", "Int64": "<i8", "Int32": "<i4", "UInt8": "u1"}


def _array(name: str, kind: str, values: Any, more: str = "") -> str:
    """Data array: length in bytes and little-endian values, base64, not compressed."""
    data = np.asarray(values, dtype=_LITTLE_ENDIAN[kind]).tobytes()
    coded = base64.b64encode(len(data).to_bytes(8, "little") + data).decode()
    head = f'<DataArray type="{kind}" Name={quoteattr(name)} {more} format="binary">'
    return f"{head}{coded}</DataArray>"


def _materials(mesh: StackMesh) -> tuple[list[str], Numbers]:
    """Names of the materials, sorted, and the number of every cell's."""
    names = sorted(set(mesh.materials))
    return names, np.array([names.index(m) for m in mesh.materials])[mesh.cell_region]


def to_meshio(mesh: StackMesh) -> Any:
    """The mesh as ``meshio.Mesh``, for all the formats that meshio writes.

    Triangles and lines; regions and interfaces as cell sets by name, data as in the VTU file.
    """
    import meshio  # imports every format that it knows: only where it is needed

    _, material = _materials(mesh)
    quadratic = mesh.order == 2
    none = np.full(len(mesh.lines), -1)
    empty = np.empty(0, dtype=np.int64)
    sets = {n: [np.flatnonzero(mesh.cell_region == i), empty] for i, n in enumerate(mesh.regions)}
    for i, name in enumerate(mesh.interfaces):
        sets[name] = [empty, np.flatnonzero(mesh.line_interface == i)]
    return meshio.Mesh(
        np.column_stack([mesh.points, np.zeros(len(mesh.points))]),
        [
            ("triangle6" if quadratic else "triangle", mesh.cells),
            ("line3" if quadratic else "line", mesh.lines),
        ],
        cell_data={"region": [mesh.cell_region, none], "material": [material, none]},
        cell_sets=sets,
    )
