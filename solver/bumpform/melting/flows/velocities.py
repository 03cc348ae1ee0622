"""The velocities that the solid admits, as columns of a sparse matrix.

A node inside or on the free surface moves freely, one on the axis along it, one on solid along its
tangent, one in a corner not at all. A contact line moves along its solid, or is held. Where the
body above floats, the last column raises all that is on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bumpform.geometry.curve import Array
from bumpform.melting.flows.liquid_mesh import LiquidMesh
from bumpform.melting.shapes.free_curve import Numbers


@dataclass(frozen=True, eq=False)
class Admissible:
    """Columns of velocities, by rows of a matrix with as many columns.

    Attributes
    ----------
    starts, columns, values : ndarray
        The matrix by rows: entries of row i are those from starts[i] to starts[i + 1].
    count : int
        Of columns.
    """

    starts: Numbers
    columns: Numbers
    values: Array
    count: int

    def same_pattern(self, other: Admissible) -> bool:
        """Whether the other one's entries are at the same places."""
        return (
            self.count == other.count
            and np.array_equal(self.starts, other.starts)
            and np.array_equal(self.columns, other.columns)
        )


def admissible(mesh: LiquidMesh, ways: dict[int, Array | None], *, rises: bool) -> Admissible:
    """The matrix that makes velocities of all nodes from the free numbers.

    Parameters
    ----------
    mesh : LiquidMesh
    ways : dict of number in the geometry to ndarray of shape (2,), or None
        The directions of the contact lines; None where one is held.
    rises : bool
        Whether the body above floats.
    """
    fixed: dict[int, Array | None] = {
        k: None if node.way is None else np.array(node.way) for k, node in mesh.solid.items()
    }
    fixed |= {int(k): np.array([0.0, 1.0]) for k in mesh.axis if int(k) not in fixed}
    fixed |= ways
    special = np.array(sorted(fixed), dtype=np.int64)
    free = mesh.node[np.setdiff1d(np.arange(mesh.count), special)]
    rows = [np.stack([2 * free, 2 * free + 1], axis=1).ravel()]
    columns = [np.arange(2 * len(free))]
    values = [np.ones(2 * len(free))]
    moving = [(k, way) for k in special.tolist() if (way := fixed[k]) is not None]
    if moving:
        numbers = mesh.node[[k for k, _ in moving]]
        rows.append((2 * numbers[:, None] + np.arange(2)).ravel())
        columns.append(np.repeat(2 * len(free) + np.arange(len(moving)), 2))
        values.append(np.array([way for _, way in moving]).ravel())
    count = 2 * len(free) + len(moving)
    if rises:
        pumped = mesh.node[np.array(list(mesh.pumping), dtype=np.int64)]
        rows += [2 * mesh.node[mesh.roof] + 1, 2 * pumped]
        columns.append(np.full(len(mesh.roof) + len(pumped), count))
        values += [np.ones(len(mesh.roof)), np.array(list(mesh.pumping.values()))]
        count += 1
    row, column = np.concatenate(rows), np.concatenate(columns)
    order = np.lexsort((column, row))
    starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=2 * mesh.count))])
    return Admissible(starts, column[order], np.concatenate(values)[order], count)
