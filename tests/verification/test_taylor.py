"""Derivatives are derivatives: Taylor remainders fall at the order that they must.

Problem    energy, volume, residual and Hessian of the discrete meridian; position and solid
           side of a contact line on every kind of curve
Exact      f(x + h d) − f(x) − h f'(x) d = O(h²), and O(h³) with the second derivative
Expect     order 2 ± 0.1 (3 ± 0.1) of the remainder under halving h; random directions, fixed seed
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from bumpform.geometry.curve import Arc, Line, ParallelCurve, PolynomialCurve
from bumpform.geometry.edge import Edge
from bumpform.surface.drop.contact_line import ContactLine
from bumpform.surface.drop.newton import Surface, balance, displaced, ends
from bumpform.surface.drop.reference_element import reference_mesh

pytestmark = pytest.mark.dolfinx

STEPS = 2.0 ** -np.arange(4, 9)
BOND, PRESSURE = 0.7, 2.3


def meridian(elements=3, seed=7):
    """A dome with random wrinkles, so that no symmetry hides a term."""
    mesh = reference_mesh(elements)
    t = 1.0 - mesh.xi
    x = np.stack([np.sin(1.9 * t), 0.4 + np.cos(1.9 * t)], axis=1)
    random = np.random.default_rng(seed)
    # smooth, of size 0.1, zero where r is zero
    for n in (1, 2, 3):
        x += 0.1 / n * np.sin(n * np.pi * t)[:, None] * random.standard_normal(2)
    return mesh, x


def direction(mesh, seed):
    random = np.random.default_rng(seed)
    t = 1.0 - mesh.xi
    modes = np.array([np.sin((n + 0.5) * np.pi * t) for n in range(4)])
    return 0.3 * modes.T @ random.standard_normal((4, 2))


def slope(remainders):
    """Least-squares order of remainders over STEPS."""
    return np.polyfit(np.log(STEPS), np.log(np.abs(remainders)), 1)[0]


def lagrangian(mesh, x):
    area, weight = mesh.integrals(x)
    return area + BOND * weight - PRESSURE * volume(mesh, x)


def step_of(mesh, x, bordered=False):
    """Newton's step of the dome held at its line, with what it is made of."""
    return mesh.newton(x, BOND, PRESSURE, 0.0, [], closed=True, bordered=bordered)


def volume(mesh, x):
    """∫½r²dz of the polynomial curve: quadrature of its own, exact for degree 17."""
    curve = mesh.curve(x)
    points, weights = np.polynomial.legendre.leggauss(12)
    t = (np.arange(mesh.elements)[:, None] + 0.5 * (1.0 + points)).ravel()
    r, dz = curve.point(t)[:, 0], curve.derivative(t)[:, 1]
    return float(np.sum(0.5 * r * r * dz * np.tile(0.5 * weights, mesh.elements)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_residual_is_the_gradient_of_the_energy(seed):
    """𝓛(X + hD) − 𝓛(X) − h R·D = O(h²)."""
    mesh, x = meridian()
    d = direction(mesh, seed)
    residual, _ = mesh.gradients(x, BOND, PRESSURE)
    first = float(np.vdot(residual, d))
    rest = [lagrangian(mesh, x + h * d) - lagrangian(mesh, x) - h * first for h in STEPS]
    assert slope(rest) == pytest.approx(2, abs=0.1)


def along_normals(mesh, x, seed, size):
    """A random displacement along the normals, as unknowns and of the nodes, and the step there."""
    newton = step_of(mesh, x, bordered=True)
    u = size * direction(mesh, seed)[:, 0]
    u[0] = 0.0  # the contact line is held
    return u, u[:, None] * newton.normal, newton


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_hessian_is_the_second_derivative_of_the_energy(seed):
    """𝓛(X + hD) + 𝓛(X − hD) − 2𝓛(X) − h² u·Hu = O(h⁴), D = u n; order to 0.1 as elsewhere."""
    mesh, x = meridian()
    u, d, newton = along_normals(mesh, x, seed, size=0.1)
    second, middle = float(u @ newton.matrix[:-1, :-1] @ u), 2.0 * lagrangian(mesh, x)
    rest = [
        lagrangian(mesh, x + h * d) + lagrangian(mesh, x - h * d) - middle - h * h * second
        for h in STEPS
    ]
    assert slope(rest) == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_hessian_is_the_derivative_of_the_residual(seed):
    """n·R(X + hD) − n·R(X) − h H u = O(h²), in the largest entry, n as it was."""
    mesh, x = meridian()
    # the wrinkles' higher derivatives are large: small steps
    u, d, newton = along_normals(mesh, x, seed, size=0.003)
    rest = []
    for h in STEPS:
        gradient, _ = mesh.gradients(x + h * d, BOND, PRESSURE)
        forces = np.vecdot(newton.normal, gradient - newton.gradient)
        rest.append(np.abs(forces - h * newton.matrix[:-1, :-1] @ u)[1:].max())
    assert slope(rest) == pytest.approx(2, abs=0.1)


def test_hessian_is_symmetric():
    """It is a second derivative: symmetric to round-off of its largest entry."""
    matrix = step_of(*meridian(), bordered=True).matrix
    assert np.abs(matrix - matrix.T).max() <= 1e-13 * np.abs(matrix).max()


def wall_and_body(elements):
    """A joint's surface: both lines free on slants and arcs, the body loaded."""
    first, last = line("line backwards", 0.4), line("arc", 0.3)
    mesh = reference_mesh(elements)
    x = first.point() * (1.0 - mesh.xi[:, None]) + last.point() * mesh.xi[:, None]
    x[:, 0] += 0.2 * np.sin(np.pi * mesh.xi)
    return Surface(x, first, last, BOND, PRESSURE, 0.3, load=0.2)


@pytest.mark.parametrize("elements", [1, 2, 5])
def test_condensed_step_solves_the_bordered_system(elements):
    """The step, by elimination on elements, is that of the whole matrix, to its conditioning."""
    mesh, x = meridian(elements)
    for newton in (
        step_of(mesh, x, bordered=True),
        balance(wall_and_body(elements), bordered=True),
    ):
        expected = np.linalg.solve(newton.matrix, newton.right)
        assert newton.change == pytest.approx(expected, abs=1e-11 * np.abs(expected).max())


def test_bordered_matrix_is_the_derivative_of_the_balance():
    """F(y + h d) − F(y) + h M d = O(h²) for lines that slide on both ends and a loaded body.

    Along the ends' unknowns and the pressure: normals turn with the nodes, these do not.
    """
    surface = wall_and_body(3)
    newton = balance(surface, bordered=True)
    count = len(surface.x)
    for k in range(count, len(newton.right)):
        change = np.zeros(len(newton.right))
        change[k] = 1.0
        rest = []
        for h in 0.1 * STEPS:
            there = balance(displaced(surface, newton.normal, h * change))
            # of forces on the nodes along the same normals as before
            forces = -np.vecdot(newton.normal, there.gradient)
            right = np.concatenate([forces, there.right[count:]])
            rest.append(np.abs(right - newton.right + h * newton.matrix[:, k]).max())
        if k == len(newton.right) - 1:
            assert max(rest) <= 1e-14  # linear in the pressure
        else:
            assert slope(rest) == pytest.approx(2, abs=0.1), k


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_volume_gradient_is_the_gradient_of_the_volume(seed):
    """V(X + hD) − V(X) − h ∇V·D = O(h²)."""
    mesh, x = meridian()
    d = direction(mesh, seed)
    _, gradient = mesh.gradients(x, BOND, PRESSURE)
    first = float(np.vdot(gradient, d))
    rest = [volume(mesh, x + h * d) - volume(mesh, x) - h * first for h in STEPS]
    assert slope(rest) == pytest.approx(2, abs=0.1)


def test_volume_is_cubic():
    """∇V·X = 3V (Euler): how the solver takes the volume from its gradient."""
    mesh, x = meridian()
    _, gradient = mesh.gradients(x, BOND, PRESSURE)
    assert float(np.vdot(gradient, x)) == pytest.approx(3 * volume(mesh, x), rel=1e-13)


def wave() -> PolynomialCurve:
    nodes = tuple(0.5 - 0.5 * np.cos(np.pi * np.arange(7) / 6))
    t = np.append((np.arange(2)[:, None] + np.array(nodes)[:-1]).ravel(), 2.0)
    points = np.stack([0.3 + 0.4 * t, 1.2 + 0.25 * np.sin(1.3 * t)], axis=1)
    return PolynomialCurve.from_nodes(points, nodes)


EDGES = {
    "line": Edge(Line((0.4, 0.1), (0.9, 1.3)), 0.0, 1.0),
    "line backwards": Edge(Line((0.4, 0.1), (0.9, 1.3)), 0.9, 0.2),
    "arc": Edge(Arc((0.1, 0.2), 0.8, 1.4, -0.3), 1.4, -0.3),
    "polynomial": Edge(wave(), 0.0, 2.0),
    "polynomial backwards": Edge(wave(), 1.9, 0.1),
    "parallel": Edge(ParallelCurve(wave(), 0.15), 0.0, 2.0),
    "parallel below": Edge(ParallelCurve(wave(), -0.15), 0.0, 2.0),
}


def line(kind, u, signs=(1, 1)):
    """The line in metres of a drop of 2 m: the scale must be carried through."""
    return ContactLine(
        EDGES[kind], u, True, -0.4, (0.03, 0.01, 0.2), 2.0, sign=signs[0], wets=signs[1], lift=0.3
    )


def solid_energy(contact) -> float:
    v, w, wetted = contact.solid
    return BOND * w - wetted - PRESSURE * v


def sliding(contact):
    """The line's unknown as Newton's method has it: derivatives by its place on the edge."""
    _, x = meridian(1)
    [end] = ends(Surface(x, contact, None, BOND, PRESSURE, 0.3)).unknowns
    return end


@pytest.mark.parametrize("kind", EDGES)
@pytest.mark.parametrize("signs", [(1, 1), (-1, -1), (-1, 1)], ids=["outer", "inner", "top"])
def test_contact_line_energy_derivatives(kind, signs):
    """G(u + h) − G − hG' − ½h²G'' = O(h³), with G' and G'' as Newton's method has them.

    u and all u + h lie in one smooth span: a polynomial curve's third derivative jumps at breaks.
    """
    u = 0.1
    base = line(kind, u, signs)
    first, second = sliding(base)[-3:-1]
    steps = 0.5 * STEPS
    rise = [solid_energy(base.at(u + h, base.lift)) - solid_energy(base) for h in steps]
    rest = [d - h * first - 0.5 * h * h * second for d, h in zip(rise, steps, strict=True)]
    assert slope(rest) == pytest.approx(3, abs=0.1)
    linear = [d - h * first for d, h in zip(rise, steps, strict=True)]
    assert slope(linear) == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("kind", EDGES)
def test_contact_line_position_and_volume_derivatives(kind):
    """S' and S'' of the position, and dV/du of the solid side's volume."""
    u = 0.1
    base = line(kind, u)
    _, (r1, z1), (r2, z2), _, _, v1 = sliding(base)
    s1, s2 = np.array((r1, z1)), np.array((r2, z2))
    steps = 0.5 * STEPS

    moved = [base.at(u + h, base.lift) for h in steps]
    rest = [
        np.abs(there.point() - base.point() - h * s1 - 0.5 * h * h * s2).max()
        for there, h in zip(moved, steps, strict=True)
    ]
    if kind.startswith("line"):
        assert max(rest) <= 1e-15
    else:
        assert slope(rest) == pytest.approx(3, abs=0.1)
    linear = [
        there.solid[0] - base.solid[0] - h * v1 for there, h in zip(moved, steps, strict=True)
    ]
    assert slope(linear) == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("kind", EDGES)
def test_contact_line_gradient_is_pressure_and_wetting(kind):
    """G' = ½r²(Bo z − p) z' − cosθ r |S'| at the scaled, lifted place, term by term."""
    base = line(kind, 0.4)
    _, (r1, z1), _, first, _, v1 = sliding(base)
    r, z = base.point()
    expected = 0.5 * r * r * (BOND * z - PRESSURE) * z1 + 0.4 * r * math.hypot(r1, z1)
    assert first == pytest.approx(expected, rel=1e-13)
    assert v1 == pytest.approx(0.5 * r * r * z1, rel=1e-13)
