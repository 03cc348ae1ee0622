"""Axisymmetric mesh of a stack: one group of triangles per region, one of lines per interface.

Interfaces are named after the two regions, alphabetically, "barrier | finish"; what is exposed is
"REGION | air"; the model's limits are "axis", "outer" and "bottom", those of a package on top
"package outer" and "package top".
"""

from __future__ import annotations

import numpy as np
from shapely import Polygon

from bumpform.errors import MeshError
from bumpform.geometry.curve import Array
from bumpform.mesh.clearance import clear, halve
from bumpform.mesh.curved import (
    bend_inner_sides,
    middles,
    sides_of,
    smallest_jacobian,
)
from bumpform.mesh.graph import AIR, Graph, Segment, build_graph
from bumpform.mesh.nodes import divide, sizes
from bumpform.mesh.recipe import Recipe
from bumpform.mesh.stack_mesh import Numbers, StackMesh
from bumpform.mesh.triangles import Outline, triangulate
from bumpform.stack.stack import LIMITS, Stack

__all__ = ["StackMesh", "build_mesh"]

#: How often the curved sides about inverted elements are halved before a mesh is given up.
ATTEMPTS = 5
#: Regions thinner than this part of their sides get no nodes inside.
THIN = 0.75
#: Shifts, in chords, of a mid-side node along its curve that are tried in a cusp.
SHIFTS = (0.06, -0.06, 0.12, -0.12)

#: A loop's area, and its sides as ``Outline`` has them.
type _Loop = tuple[float, list[int]]


def build_mesh(stack: Stack, recipe: Recipe) -> StackMesh:
    """Mesh of all regions of a stack.

    Parameters
    ----------
    stack : Stack
    recipe : Recipe

    Returns
    -------
    StackMesh
        Conforming; at order 2 every node of an interface lies on the exact curve.

    Raises
    ------
    MeshError
        If regions overlap, or no valid mesh was found; names the regions.
    """
    graph = build_graph(stack)
    pads = [r for r in stack.regions if r.is_pad]
    pad_radius = max((float(r.outline[:, 0].max()) for r in pads[:1]), default=0.5 * stack.outer)
    wanted = sizes(graph, recipe, pad_radius)
    nodes = divide(graph, wanted)
    for _ in range(ATTEMPTS):
        nodes = clear(graph, nodes)
        mesh, owner = _assembled(graph, nodes, recipe, stack.outer)
        bad = mesh.quality <= 0.0
        if not bad.any():
            return mesh
        chords = _curved_chords_about(graph, owner, mesh, mesh.cells[bad])
        if not chords:
            break
        nodes = halve(graph, nodes, chords)
    mesh.check()
    return mesh


def _curved_chords_about(
    graph: Graph, owner: Numbers, mesh: StackMesh, cells: Numbers
) -> list[tuple[int, int]]:
    """Curved chords, as (segment, number on it), that have a corner in one of the cells."""
    near = np.isin(mesh.lines[:, :2], cells[:, :3]).any(axis=1)
    chords = []
    for segment in np.unique(owner[near]).tolist():
        if not graph.segments[segment].is_straight:
            own = np.flatnonzero(owner == segment)  # in the order along the segment
            chords += [(segment, i) for i in np.flatnonzero(near[own]).tolist()]
    return chords


def _assembled(
    graph: Graph, nodes: list[Array], recipe: Recipe, outer: float
) -> tuple[StackMesh, Numbers]:
    """Mesh from the nodes on every segment, and the segment that each line lies on."""
    boundary = [graph.points]
    chains: list[Numbers] = []
    count = len(graph.points)
    for s, t in zip(graph.segments, nodes, strict=True):
        inner = t[1:-1]
        boundary.append(s.curve.point(inner))
        chains.append(np.array([s.start, *range(count, count + len(inner)), s.end]))
        count += len(inner)
    sides = np.vstack([np.stack([c[:-1], c[1:]], axis=1) for c in chains])
    owner = np.repeat(np.arange(len(chains)), [len(c) - 1 for c in chains])
    points = np.vstack(boundary)
    outlines = _outlines(graph, points, sides, owner)
    scaled, triangles = triangulate(points / outer, sides, outlines)
    corners = np.vstack([points, scaled[len(points) :] * outer])
    cells = np.vstack(triangles)
    cell_region = np.repeat([o.region for o in outlines], [len(t) for t in triangles])
    interface_names, of_segment = _interfaces(graph)
    lines = sides
    if recipe.order == 2:
        corners, cells, lines = _order2(graph, nodes, corners, cells, sides)
    axis = np.array([s.limit == "axis" for s in graph.segments])
    corners[lines[axis[owner]], 0] = 0.0  # not 1e-19 m, nor less than nothing
    by_interface = np.argsort(of_segment[owner], kind="stable")
    lines, owner = lines[by_interface], owner[by_interface]
    used, first = np.unique(np.concatenate([lines.ravel(), cells.ravel()]), return_index=True)
    used = used[np.argsort(first)]  # in the order in which files list them
    number = np.empty(len(corners), dtype=np.int64)
    number[used] = np.arange(len(used))
    mesh = StackMesh(
        points=corners[used],
        cells=number[cells],
        cell_region=cell_region,
        lines=number[lines],
        line_interface=of_segment[owner],
        regions=tuple(r.name for r in graph.regions),
        materials=tuple(r.material for r in graph.regions),
        interfaces=interface_names,
        order=recipe.order,
    )
    return mesh, owner


def _outlines(graph: Graph, points: Array, sides: Numbers, owner: Numbers) -> list[Outline]:
    """The loops of sides of every connected part of the regions, and whether it is thin."""
    first = np.searchsorted(owner, np.arange(len(graph.segments) + 1))
    vectors = points[sides[:, 1]] - points[sides[:, 0]]
    lengths = np.hypot(vectors[:, 0], vectors[:, 1])
    cross = points[sides[:, 0], 0] * vectors[:, 1] - points[sides[:, 0], 1] * vectors[:, 0]
    result = []
    for number, region in enumerate(graph.regions):
        loops = []
        for chain in graph.loops(number):
            loop: list[int] = []
            area = 0.0
            for segment, forwards in chain:
                part = list(range(first[segment], first[segment + 1]))
                area += (1.0 if forwards else -1.0) * 0.5 * float(cross[part].sum())
                loop += [i + 1 for i in part] if forwards else [-i - 1 for i in reversed(part)]
            loops.append((area, loop))
        if sum(area for area, _ in loops) <= 0.0:
            raise MeshError(f"mesh: region '{region.name}' has no area in the section")
        loops.sort(key=lambda found: -found[0])
        outsides = [found for found in loops if found[0] > 0.0]
        for own in _parts(outsides, loops[len(outsides) :], points, sides):
            used = [abs(i) - 1 for _, loop in own for i in loop]
            thickness = 2.0 * sum(area for area, _ in own) / float(lengths[used].sum())
            thin = thickness < THIN * float(np.median(lengths[used]))
            result.append(Outline(number, region.name, [loop for _, loop in own], thin))
    return result


def _parts(
    outsides: list[_Loop], holes: list[_Loop], points: Array, sides: Numbers
) -> list[list[_Loop]]:
    """Every outer loop with the holes inside of it."""
    parts = [[found] for found in outsides]
    if len(parts) == 1:
        return [parts[0] + holes]
    polygons = [Polygon(points[_corners(loop, sides)]) for _, loop in outsides]
    for hole in holes:
        inside = Polygon(points[_corners(hole[1], sides)]).representative_point()
        within = [i for i, polygon in enumerate(polygons) if polygon.contains(inside)]
        parts[within[-1] if within else 0].append(hole)
    return parts


def _corners(loop: list[int], sides: Numbers) -> list[int]:
    """Points along a loop of sides."""
    return [int(sides[i - 1, 0] if i > 0 else sides[-i - 1, 1]) for i in loop]


def _interfaces(graph: Graph) -> tuple[tuple[str, ...], Numbers]:
    """Names of all interfaces, sorted, and that of every segment."""
    taken = {r.name for r in graph.regions}

    def name(s: Segment) -> str:
        if s.limit:
            return f"{s.limit} limit" if s.limit in taken else s.limit
        inside = sorted(graph.regions[r].name for r in (s.left, s.right) if r != AIR)
        return " | ".join([*inside, *(["air"] if len(inside) == 1 else [])])

    of_segment = [name(s) for s in graph.segments]
    names = tuple(sorted(set(of_segment), key=lambda n: (n.removesuffix(" limit") in LIMITS, n)))
    return names, np.array([names.index(n) for n in of_segment])


def _order2(
    graph: Graph, nodes: list[Array], corners: Array, cells: Numbers, chords: Numbers
) -> tuple[Array, Numbers, Numbers]:
    """Points, cells and lines with mid-side nodes."""
    sides, of_cell = sides_of(cells)
    stride = len(corners)
    keys = sides[:, 0] * stride + sides[:, 1]
    low, high = np.sort(chords, axis=1).T
    on = np.searchsorted(keys, low * stride + high)
    if np.any(on >= len(keys)) or np.any(
        keys[np.minimum(on, len(keys) - 1)] != low * stride + high
    ):
        raise MeshError("mesh: gmsh has dropped a side of the boundary")
    straight = 0.5 * (corners[sides[:, 0]] + corners[sides[:, 1]])
    fixed = np.zeros(len(sides), dtype=bool)
    fixed[on] = True

    def bends(shift: float) -> Array:
        parts = [
            straight[on[i : i + len(t) - 1]] if s.is_straight else middles(s.curve, t, shift)
            for s, t, i in zip(graph.segments, nodes, first, strict=True)
        ]
        bend = np.zeros_like(straight)
        bend[on] = np.vstack(parts) - straight[on]
        return bend

    first = np.concatenate(([0], np.cumsum([len(t) - 1 for t in nodes])))[:-1]
    bend = bend_inner_sides(corners, cells, sides, of_cell, bends(0.0), fixed)
    for shift in SHIFTS:
        quality = smallest_jacobian(
            np.concatenate([corners[cells], (straight + bend)[of_cell]], axis=1)
        )
        spoilt = quality <= 0.0
        if not spoilt.any():
            break
        touched = np.zeros(len(sides), dtype=bool)
        touched[of_cell[spoilt].ravel()] = True
        trial = np.where((touched & fixed)[:, None], bends(shift), bend)
        trial = bend_inner_sides(corners, cells, sides, of_cell, trial, fixed)
        after = smallest_jacobian(
            np.concatenate([corners[cells], (straight + trial)[of_cell]], axis=1)
        )
        if (after <= 0.0).sum() < spoilt.sum():
            bend = trial
    middle = len(corners) + np.arange(len(sides))
    return (
        np.vstack([corners, straight + bend]),
        np.hstack([cells, middle[of_cell]]),
        np.hstack([chords, middle[on][:, None]]),
    )
