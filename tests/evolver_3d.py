"""The liquids of ``evolver`` without their symmetry: Evolver's facets, all the way round.

The same decks, revolved: rings of points on the meridian, triangles between them, Lagrange
elements of order 4 on those. Nothing keeps the surface axisymmetric, so that the negative
eigenvalues of its Hessian count every way in which it can lower its energy: an azimuthal mode
m ≥ 1 that is unstable counts twice, as cos mφ and as sin mφ.

What the solid side adds by the polynomial f(z) of an end is ∮ f(z) dφ/2π along its contact line,
dφ = (x dy − y dx)/(x² + y²); the free side's volume and weight are fluxes of (x, y, 0)/2 and
z(x, y, 0)/2, of which there is nothing through planes z = const.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from evolver import STILL, TELL, Deck, End, EvolverError, expression, run
from evolver import solve as solve_meridian


@dataclass(frozen=True)
class Surface:
    """What Evolver says of a surface at rest; ``negative`` eigenvalues of its Hessian."""

    energy: float
    pressure: float
    negative: int


def solve(deck: Deck, layers: int, sectors: int) -> Surface:
    """The liquid at rest; both ends at a height or on a solid that is a function of z."""
    points = solve_meridian(deck).evenly(layers)
    newton = "lagrange 2; {hessian} 5; lagrange 4; {hessian} 4;"
    count = 'eigenprobe 0; printf "negative %d\\n", eigenneg;'
    printed = run(text(deck, points, sectors), f"{STILL} {newton} {TELL} hessian; {TELL} {count}")
    words = [line.split() for line in printed.splitlines()]
    states = [[float(x) for x in w[1:]] for w in words if w[:1] == ["state"]]
    negative = [int(w[1]) for w in words if w[:1] == ["negative"]]
    if len(states) != 2 or not negative or not abs(states[1][0] - states[0][0]) < 1e-10:
        raise EvolverError(f"not at rest:\n{printed[-2000:]}")
    return Surface(states[1][0], states[1][1], negative[0])


def text(deck: Deck, points: np.ndarray, sectors: int) -> str:
    """The datafile of a meridian's points, shape (layers + 1, 2), revolved."""
    lines = [
        "space_dimension 3",
        "quantity free_area energy method facet_area",
        "quantity weight energy method facet_vector_integral",
        f"vector_integrand: q1: {0.5 * deck.b!r}*x*z q2: {0.5 * deck.b!r}*y*z q3: 0",
        "method_instance free_side method facet_vector_integral",
        "vector_integrand: q1: x/2 q2: y/2 q3: 0",
    ]
    ends = (deck.first, deck.last)
    for i, end in enumerate(ends, 1):
        lines.append(f"quantity energy_{i} energy method edge_vector_integral")
        lines.append(_around(expression(end.energy, "z")))
        lines.append(f"method_instance solid_side_{i} method edge_vector_integral")
        lines.append(_around(expression(end.volume, "z")))
    sides = "method free_side method solid_side_1 method solid_side_2"
    lines.append(f"quantity liquid fixed = {deck.volume!r} {sides}")
    for i, end in enumerate(ends, 1):
        lines += [f"constraint {i}", f"formula: {_profile(end)}"]
    layers = len(points) - 1

    def on(layer: int) -> str:
        if 0 < layer < layers:
            return ""
        i = 1 if layer == 0 else 2
        return f" constraint {i}" + ("" if ends[i - 1].on else " fixed")

    lines.append("vertices")
    for number in range((layers + 1) * sectors):
        layer, sector = divmod(number, sectors)
        r, z = points[layer].tolist()
        phi = 2.0 * math.pi * (sector + 0.5 * (layer % 2)) / sectors
        place = f"{r * math.cos(phi)!r} {r * math.sin(phi)!r} {z!r}"
        lines.append(f"{number + 1} {place}{on(layer)}")

    triangles = []
    for layer, sector in itertools.product(range(layers), range(sectors)):
        shift = layer % 2
        here, there = (layer * sectors + 1, (layer + 1) * sectors + 1)
        below = [here + (sector + k) % sectors for k in (0, 1)]
        above = [there + (sector + shift + k) % sectors for k in (0, 1)]
        triangles += [(below[0], below[1], above[0]), (above[0], below[1], above[1])]
    # the contact lines' edges first, so that they run round with φ
    edges: dict[tuple[int, int], int] = {}
    for layer, sector in itertools.product((0, layers), range(sectors)):
        first = layer * sectors + 1
        edges[first + sector, first + (sector + 1) % sectors] = len(edges) + 1

    def edge(a: int, b: int) -> int:
        if (b, a) in edges:
            return -edges[b, a]
        return edges.setdefault((a, b), len(edges) + 1)

    facets = [(edge(a, b), edge(b, c), edge(c, a)) for a, b, c in triangles]
    lines.append("edges")
    for (a, b), number in edges.items():
        lines.append(f"{number} {a} {b}")
        if number <= 2 * sectors:
            i = 1 if number <= sectors else 2
            lines[-1] += f"{on(0 if i == 1 else layers)} energy_{i} solid_side_{i}"
    lines.append("faces")
    for number, sides_of in enumerate(facets, 1):
        written = " ".join(map(str, sides_of))
        lines.append(f"{number} {written} tension 0 free_area weight free_side")
    return "\n".join([*lines, "read", "quiet on", "hessian_normal", ""])


def _around(integrand: str) -> str:
    """Vector field whose integral along a loop is ∮ integrand dφ/2π."""
    part = f"({integrand})/({2.0 * math.pi!r}*(x^2 + y^2))"
    return f"vector_integrand: q1: -y*{part} q2: x*{part} q3: 0"


def _profile(end: End) -> str:
    """The constraint of an end, revolved; of a fixed one its circle."""
    if not end.on:
        return f"x^2 + y^2 = {end.start[0] ** 2!r}"
    return end.on.replace("y", "z").replace("x^2", "x^2 + y^2")
