r"""The weak forms of a free surface, in UFL, and FFCx's C code for them.

A meridian X(ξ) = (r, z), 0 ≤ ξ ≤ 1, runs from the outer contact line upwards to the
apex, liquid on its left. Lengths are scaled by a length L of the problem, energies by
2πσL². In these units, with the Bond number Bo = ρ g L²/σ and the pressure p at z = 0,

.. math::
    A = \int r\,|X'|\,dξ, \quad W = \int \tfrac12 r^2 z\,z'\,dξ, \quad
    V = \int \tfrac12 r^2 z'\,dξ, \qquad \mathcal L = A + \mathrm{Bo}\,W - p\,V .

UFL derives the residual of 𝓛 in X, both coordinates in the Lagrange space. None of the
integrals depends on the parameter, so that every element of a meridian is a copy of the unit
interval. Newton's unknowns are displacements along normals: for them UFL derives the Hessian
of the density of 𝓛 by (r, z, r', z') at a point, and ``newton.c`` sums it over the quadrature
points in these few directions.

This module is imported only when the code has to be compiled anew: see ``native``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bumpform.surface.backend import basix, ffcx, ufl

#: Polynomial degree of the elements along the meridian.
DEGREE = 6
QUADRATURE_DEGREE = 4 * DEGREE


def forms() -> dict[str, ufl.Form]:
    """The forms by their names in C.

    Their coefficients are the nodes X, then p; their constant is Bo. Those of "bend", the
    Hessian at a point, are (r, z, r', z'), then p.
    """
    mesh = ufl.Mesh(basix.ufl.element("Lagrange", "interval", 1, shape=(1,)))
    scalar = _element()
    dxi = ufl.Measure("dx", domain=mesh, metadata={"quadrature_degree": QUADRATURE_DEGREE})

    def space(element: Any, size: int) -> ufl.FunctionSpace:
        return ufl.FunctionSpace(mesh, basix.ufl.blocked_element(element, shape=(size,)))

    one = basix.ufl.element("DG", "interval", 0)
    # kernels take coefficients in the order in which they are made
    x, at = ufl.Coefficient(space(scalar, 2)), ufl.Coefficient(space(one, 4))
    pressure = ufl.Coefficient(ufl.FunctionSpace(mesh, one))
    bond = ufl.Constant(mesh)

    r, z = x[0], x[1]
    d = x.dx(0)
    speed = ufl.sqrt(ufl.dot(d, d))
    area, weight, volume = _densities(r, z, *d)
    lagrangian = (area + bond * weight - pressure * volume) * dxi
    # several numbers in one vector: both integrals; both gradients, four numbers a node
    both, four = ufl.TestFunction(space(one, 2)), ufl.TestFunction(space(scalar, 4))
    gradients = ufl.derivative(lagrangian, x, ufl.as_vector([four[0], four[1]]))
    gradients += ufl.derivative(volume * dxi, x, ufl.as_vector([four[2], four[3]]))

    there = _densities(*at)
    density = (there[0] + bond * there[1] - pressure * there[2]) * dxi(degree=0)

    # the second variation, see ``stability``
    displacement = ufl.FunctionSpace(mesh, scalar)
    w, v = ufl.TrialFunction(displacement), ufl.TestFunction(displacement)
    across = d[1] / (speed * r)  # κ2; κ1 + κ2 is the pressure drop of Young–Laplace
    along = pressure - bond * z - across
    n_z = -d[0] / speed
    stiffness = (
        w.dx(0) * v.dx(0) / speed * r + (bond * n_z - along**2 - across**2) * w * v * r * speed
    )
    return {
        "integrals": (both[0] * area + both[1] * weight) * dxi,
        "gradients": gradients,
        "bend": ufl.derivative(ufl.derivative(density, at), at),
        "stiffness": stiffness * dxi,
        "inverse": w * v * speed / r * dxi,
        "mass": w * v * r * speed * dxi,
    }


def _densities(r: Any, z: Any, dr: Any, dz: Any) -> tuple[Any, Any, Any]:
    """Of A, W and V, by place and derivative."""
    return r * ufl.sqrt(dr**2 + dz**2), 0.5 * r**2 * z * dz, 0.5 * r**2 * dz


def _element() -> Any:
    return basix.ufl.element(
        "Lagrange", "interval", DEGREE, lagrange_variant=basix.LagrangeVariant.gll_warped
    )


def code() -> str:
    """C code of all forms, with what ``elements.c`` has to know of the element."""
    named = forms()
    (_, body), _ = ffcx.compiler.compile_ufl_objects(
        list(named.values()),
        namespace="surface",
        object_names={id(form): name for name, form in named.items()},
        options=ffcx.get_options({}),
    )
    element: Any = _element().basix_element
    order = element.points.ravel().argsort()  # of FFCx's nodes along the element
    rule: Any = basix.make_quadrature(basix.CellType.interval, QUADRATURE_DEGREE)
    points, weights = rule
    value, rise = element.tabulate(1, points)[:, :, order, 0]
    return (
        f"{body}\n"
        f"enum {{ NODES = {DEGREE + 1}, POINTS = {len(points)} }}; /* of an element */\n"
        f"const double places[NODES] = {_listed(element.points[order, 0])};\n"
        f"static const int along[NODES] = {_listed(order.argsort())};\n"
        f"static const double point[POINTS] = {_listed(points[:, 0])};\n"
        f"static const double weight[POINTS] = {_listed(weights)};\n"
        f"static const double value[POINTS][NODES] = {_listed(value)};\n"
        f"static const double rise[POINTS][NODES] = {_listed(rise)};\n"
    )


def _listed(numbers: np.ndarray) -> str:
    """An array as C has it."""
    return str(numbers.tolist()).replace("[", "{").replace("]", "}")
