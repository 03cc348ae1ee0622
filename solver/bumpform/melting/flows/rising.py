"""What the energy's second variation has of a body that floats, and of the line on it.

As the body rises, the pressure's work grows with the area that its line encloses.
"""

from __future__ import annotations

from collections.abc import Iterator

from bumpform.geometry.curve import Array
from bumpform.melting.flows.liquid_mesh import LiquidMesh
from bumpform.melting.flows.velocities import Admissible


def rising(
    mesh: LiquidMesh,
    columns: Admissible,
    ways: dict[int, Array | None],
    bond: float,
    price: float,
) -> Iterator[tuple[int, int, float]]:
    """Rows, columns and values of a matrix on admissible velocities, the last of which raises it.

    Parameters
    ----------
    mesh : LiquidMesh
    columns : Admissible
    ways : dict of number in the geometry to direction or None
        How contact lines may move.
    bond : float
    price : float
        The gauge pressure P.
    """
    last, roof = columns.count - 1, set(mesh.roof.tolist())
    for node, way in ways.items():
        if node not in roof:
            continue
        r, z = mesh.x[node]
        yield last, last, 0.5 * bond * r**2
        if way is not None:
            slides = int(columns.columns[columns.starts[2 * mesh.node[node]]])
            work = -0.5 * (price - bond * z) * r * way[0]
            yield slides, last, work
            yield last, slides, work
