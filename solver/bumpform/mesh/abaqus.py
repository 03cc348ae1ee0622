"""Mesh files for Abaqus and CalculiX: axisymmetric elements with sets, surfaces and sections.

x = r, y = z, lengths in mm: in metres, CalculiX takes the Jacobians of so small elements for
nothing. Every region is an element set, every interface a node set and a surface of element
faces; names are made legal, and a comment tells the original one.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from bumpform.files.whole import write_bytes
from bumpform.mesh.stack_mesh import Numbers, StackMesh

__all__ = ["inp_bytes", "legal_names", "write_inp"]

#: Element type by order; nodes and faces S1 = 1–2, S2 = 2–3, S3 = 3–1 as in `StackMesh`.
_TYPES: Final = {1: "CAX3", 2: "CAX6"}
#: What solvers read of a name, and entries on a line of a set.
_LONGEST, _ROW = 80, 16
_MM: Final = 1e3


def write_inp(mesh: StackMesh, path: str | Path) -> Path:
    """Write an input file of Abaqus or CalculiX aside and rename it.

    The properties of the materials are left to the user: the file says where.
    """
    return write_bytes(path, inp_bytes(mesh))


def inp_bytes(mesh: StackMesh) -> bytes:
    """The mesh as the text of an input file."""
    names = legal_names([*mesh.regions, *mesh.interfaces])
    materials = list(dict.fromkeys(mesh.materials))
    legal_materials = legal_names(materials)
    out = ["*HEADING", "bumpform: axisymmetric section of a stack, x = r, y = z"]
    out += ["** Lengths in mm: consistent with N, MPa, tonne and s.", "*NODE"]
    points = enumerate((_MM * mesh.points).tolist(), 1)
    out += [f"{i}, {r:.13e}, {z:.13e}" for i, (r, z) in points]  # solvers read 20 characters
    out.append(f"*ELEMENT, TYPE={_TYPES[mesh.order]}")
    out += [f"{i}, {_listed(row)}" for i, row in enumerate((mesh.cells + 1).tolist(), 1)]
    for number, region in enumerate(mesh.regions):
        own = np.flatnonzero(mesh.cell_region == number) + 1  # consecutive: sorted by region
        out.append(f"** region {_plain(region)} of {_plain(mesh.materials[number])}")
        out.append(f"*ELSET, ELSET={names[region]}, GENERATE")
        out.append(f"{own[0]}, {own[-1]}, 1")
    cell, side = _faces(mesh)
    for number, interface in enumerate(mesh.interfaces):
        own = mesh.line_interface == number
        of = mesh.regions[int(mesh.cell_region[cell[own][0]])]
        out.append(f"** interface {_plain(interface)}, its faces on {_plain(of)}")
        out.append(f"*NSET, NSET={names[interface]}")
        out += _rows((np.unique(mesh.lines[own]) + 1).tolist())
        out.append(f"*SURFACE, NAME={names[interface]}, TYPE=ELEMENT")
        faces = sorted(zip(cell[own].tolist(), side[own].tolist(), strict=True))
        out += [f"{c + 1}, S{s + 1}" for c, s in faces]
    out.append("** Each material needs its properties (*ELASTIC, *EXPANSION, ...) before a step.")
    for region, material in zip(mesh.regions, mesh.materials, strict=True):
        section = f"ELSET={names[region]}, MATERIAL={legal_materials[material]}"
        out.append(f"*SOLID SECTION, {section}")
    for material in materials:
        out.append(f"** material {_plain(material)}: its properties must be given here")
        out.append(f"*MATERIAL, NAME={legal_materials[material]}")
    return ("\n".join(out) + "\n").encode()


def legal_names(names: Iterable[str]) -> dict[str, str]:
    """Names of letters, digits and underscores for solvers, by the original.

    They begin with a letter, and differ from each other without regard to case.
    """
    legal: dict[str, str] = {}
    taken: set[str] = set()
    for name in dict.fromkeys(names):
        stem = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")
        if not stem[:1].isalpha():
            stem = f"N_{stem}".rstrip("_")
        stem = stem[:_LONGEST]
        numbered = (f"{stem[: _LONGEST - 8]}_{i}" for i in itertools.count(2))
        choice = next(n for n in itertools.chain([stem], numbered) if n.upper() not in taken)
        taken.add(choice.upper())
        legal[name] = choice
    return legal


def _faces(mesh: StackMesh) -> tuple[Numbers, Numbers]:
    """Cell of every line, and which of its sides the line is; of two cells the first."""
    stride = len(mesh.points)

    def keys(ends: Numbers) -> Numbers:
        low, high = np.sort(ends, axis=-1)[..., 0], np.sort(ends, axis=-1)[..., 1]
        result: Numbers = low * stride + high
        return result

    sides = keys(mesh.cells[:, [[0, 1], [1, 2], [2, 0]]]).ravel()
    order = np.argsort(sides, kind="stable")
    at = order[np.searchsorted(sides[order], keys(mesh.lines[:, :2]))]
    return at // 3, at % 3


def _plain(name: str) -> str:
    """Name in a comment: one line of ASCII."""
    return " ".join(name.split()).encode("ascii", "backslashreplace").decode()


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def _rows(numbers: list[int]) -> Iterator[str]:
    for row in itertools.batched(numbers, _ROW):
        yield _listed(list(row))
