"""Straight triangles of every part of a region from the nodes on its boundary, by gmsh.

gmsh sees polygons only, scaled to the stack's outer radius; what is curved is exact
already in the nodes on the boundary, and is bent in `bumpform.mesh.curved`.
"""

from __future__ import annotations

import re
from threading import Lock
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bumpform.errors import MachineError, MeshError
from bumpform.geometry.curve import Array

try:
    import gmsh
except (ImportError, OSError) as error:  # its wheel is linked with libraries of a screen
    raise MachineError(
        f"gmsh cannot be loaded ({error}), so nothing is meshed: install what it asks for (Debian, "
        "Ubuntu: apt-get install libgl1 libglu1-mesa libxcursor1 libxft2 libxinerama1), or run "
        "with --no-mesh"
    ) from error

Cells = NDArray[np.int64]

_OPTIONS: Final = {
    "General.Terminal": 0,
    "General.Verbosity": 1,
    "General.NumThreads": 1,
    "Geometry.AutoCoherence": 0,
    "Mesh.Algorithm": 6,  # frontal Delaunay
    "Mesh.MeshSizeFromPoints": 0,
    "Mesh.MeshSizeFromCurvature": 0,
    "Mesh.MeshSizeExtendFromBoundary": 1,
    "Mesh.MeshSizeMin": 0,
    "Mesh.MeshSizeMax": 10,
}
_ONLY_BOUNDARY: Final = 3  # gmsh's "initial mesh only": no nodes inside
_LOCK: Final = Lock()
#: Length of a side below which it is none, relative to the stack's extent.
SHORTEST: Final = 1e-10


class Outline(NamedTuple):
    """Boundary of one connected part of a region as gmsh takes it.

    Attributes
    ----------
    region : int
    name : str
        Of the region.
    loops : list of list of int
        Numbers of sides, from 1; negative: backwards. The outermost loop first.
    thin : bool
        Whether it gets no nodes inside.
    """

    region: int
    name: str
    loops: list[list[int]]
    thin: bool


def triangulate(points: Array, sides: Cells, outlines: list[Outline]) -> tuple[Array, list[Cells]]:
    """Triangles of all parts of regions, counter-clockwise.

    Parameters
    ----------
    points : ndarray, shape (p, 2)
        Nodes on the boundaries, in any unit in which the stack's extent is about 1.
    sides : ndarray, shape (s, 2)
        Straight sides between them.
    outlines : list of Outline

    Returns
    -------
    ndarray, shape (n, 2)
        The points, then the nodes inside.
    list of ndarray, shape (m, 3)
        Triangles of every part.

    Raises
    ------
    MeshError
        If gmsh cannot mesh a region.
    """
    length = np.hypot(*(points[sides[:, 1]] - points[sides[:, 0]]).T)
    if length.min() < SHORTEST:  # gmsh never ends on such a boundary
        at = int(np.argmin(length)) + 1
        names = [o.name for o in outlines if any(at in map(abs, loop) for loop in o.loops)]
        raise MeshError(f"mesh: a side of regions {', '.join(map(repr, names))} has no length")
    with _LOCK:
        _start()
        gmsh.model.add("stack")
        try:
            return _triangulate(points, sides, outlines)
        except MeshError:
            raise
        except Exception as error:  # gmsh raises nothing more special
            raise MeshError(f"mesh: {_in_words(str(error), outlines)}") from error
        finally:
            gmsh.model.remove()


def _start() -> None:
    if not gmsh.isInitialized():
        # not interruptible: else gmsh takes SIGINT from Python
        gmsh.initialize(readConfigFiles=False, interruptible=False)
    for name, value in _OPTIONS.items():
        gmsh.option.setNumber(name, value)


def _triangulate(points: Array, sides: Cells, outlines: list[Outline]) -> tuple[Array, list[Cells]]:
    geo, mesh = gmsh.model.geo, gmsh.model.mesh
    for number, (r, z) in enumerate(points.tolist(), 1):
        geo.addPoint(r, z, 0.0, 0.0, number)
    for number, (a, b) in enumerate((sides + 1).tolist(), 1):
        geo.addLine(a, b, number)
    count = 0
    for part, outline in enumerate(outlines, 1):
        tags = []
        for loop in outline.loops:
            count += 1
            tags.append(geo.addCurveLoop(loop, count))
        geo.addPlaneSurface(tags, part)
    geo.synchronize()
    for part, outline in enumerate(outlines, 1):
        if outline.thin:
            mesh.setAlgorithm(2, part, _ONLY_BOUNDARY)
    mesh.generate(2)
    tags, flat, _ = mesh.getNodes(returnParametricCoord=False)
    nodes = np.full((int(tags.max()), 2), np.nan)
    nodes[tags.astype(np.int64) - 1] = flat.reshape(-1, 3)[:, :2]
    n = len(points)
    if np.isnan(nodes).any() or len(nodes) < n or np.abs(nodes[:n] - points).max() > 1e-12:
        raise MeshError("mesh: gmsh has moved or renumbered nodes of the boundary")
    nodes[:n] = points
    cells = []
    for part, outline in enumerate(outlines, 1):
        _, connected = mesh.getElementsByType(2, part)
        if not len(connected):
            raise MeshError(f"mesh: gmsh left region '{outline.name}' empty")
        cells.append(_counter_clockwise(connected.reshape(-1, 3).astype(np.int64) - 1, nodes))
    return nodes, cells


def _counter_clockwise(cells: Cells, nodes: Array) -> Cells:
    a, b = nodes[cells[:, 1]] - nodes[cells[:, 0]], nodes[cells[:, 2]] - nodes[cells[:, 0]]
    turned = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0] < 0.0
    cells[turned] = cells[turned][:, [0, 2, 1]]
    return cells


def _in_words(message: str, outlines: list[Outline]) -> str:
    """Gmsh's message, with the region's name instead of the surface's number."""

    def name(match: re.Match[str]) -> str:
        number = int(match.group(1))
        known = 1 <= number <= len(outlines)
        return f"region '{outlines[number - 1].name}'" if known else match.group(0)

    return "gmsh: " + re.sub(r"surface (\d+)", name, message, flags=re.IGNORECASE)
