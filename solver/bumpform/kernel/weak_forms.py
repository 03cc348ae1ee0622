r"""The weak forms of a free surface, in UFL, and FFCx's C code for them.

A meridian X(ξ) = (r, z), 0 ≤ ξ ≤ 1, runs from the outer contact line upwards to the
apex, liquid on its left. Lengths are scaled by a length L of the problem, energies by
2πσL². In these units, with the Bond number Bo = ρ g L²/σ and the pressure p at z = 0,

.. math::
    A = \int r\,|X'|\,dξ, \quad W = \int \tfrac12 r^2 z\,z'\,dξ, \quad
    V = \int \tfrac12 r^2 z'\,dξ, \qquad \mathcal L = A + \mathrm{Bo}\,W - p\,V .

The solid side of a contact line has the same densities along the solid's profile up to the line,
with other factors: Young's −cosθ for the area that is wetted, ±1 for volume and weight (see
``_energy``). So what is minimised is written here once, and all derivatives come from here.

UFL derives the residual of 𝓛 in X, both coordinates in the Lagrange space. None of the
integrals depends on the parameter, so that every element of a meridian is a copy of the unit
interval. Newton's unknowns are displacements along normals: for them UFL derives the Hessian
of the density of 𝓛 by (r, z, r', z') at a point, and ``newton.c`` sums it over the quadrature
points in these few directions. A line that slides adds to the solid side what its density has at
the line: this is the first derivative of the solid side's energy, whatever the edge.

This module is imported only when the code has to be compiled anew: see ``native``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bumpform.kernel.form_compiler import basix, ffcx, ufl

#: Polynomial degree of the elements along the meridian.
DEGREE = 6
#: That of r² z z', the density of W: exact for it, and for V.
QUADRATURE_DEGREE = 4 * DEGREE - 1


def forms() -> dict[str, ufl.Form]:
    """The forms by their names in C.

    Their coefficients are the nodes X, then p; their constant is Bo. Those at a point are
    (r, z, r', z'), of "sliding" their derivatives too, then p; its constants are Bo and the factors
    of the solid side.
    """
    mesh = ufl.Mesh(basix.ufl.element("Lagrange", "interval", 1, shape=(1,)))
    scalar = _element()
    dxi = ufl.Measure("dx", domain=mesh, metadata={"quadrature_degree": QUADRATURE_DEGREE})

    def space(element: Any, size: int) -> ufl.FunctionSpace:
        return ufl.FunctionSpace(mesh, basix.ufl.blocked_element(element, shape=(size,)))

    one = basix.ufl.element("DG", "interval", 0)
    # kernels take coefficients in the order in which they are made
    x = ufl.Coefficient(space(scalar, 2))
    at, onwards = ufl.Coefficient(space(one, 4)), ufl.Coefficient(space(one, 4))
    pressure = ufl.Coefficient(ufl.FunctionSpace(mesh, one))
    bond, factors = ufl.Constant(mesh), ufl.Constant(mesh, shape=(3,))

    r, z = x[0], x[1]
    d = x.dx(0)
    speed = ufl.sqrt(ufl.dot(d, d))
    area, weight, volume = _densities(r, z, *d)
    lagrangian = _energy((area, weight, volume), bond, pressure) * dxi
    # several numbers in one vector: both integrals; both gradients, four numbers a node
    both, four = ufl.TestFunction(space(one, 2)), ufl.TestFunction(space(scalar, 4))
    gradients = ufl.derivative(lagrangian, x, ufl.as_vector([four[0], four[1]]))
    gradients += ufl.derivative(volume * dxi, x, ufl.as_vector([four[2], four[3]]))

    # at a point: of the free side, and of the solid side with its derivative along the solid
    there, point = _densities(*at), dxi(degree=0)
    density = _energy(there, bond, pressure) * point
    solid = _energy(there, factors[0], pressure, tension=factors[1], side=factors[2])
    sliding = both[0] * solid * point + ufl.derivative(both[1] * solid * point, at, onwards)
    three = ufl.TestFunction(space(one, 3))

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
        "energies": (both[0] * area + both[1] * weight) * dxi,
        "gradients": gradients,
        "densities": ufl.dot(ufl.as_vector(there), three) * point,
        "bend": ufl.derivative(ufl.derivative(density, at), at),
        "sliding": sliding,
        "stiffness": stiffness * dxi,
        "inverse": w * v * speed / r * dxi,
        "mass": w * v * r * speed * dxi,
    }


def _densities(r: Any, z: Any, dr: Any, dz: Any) -> tuple[Any, Any, Any]:
    """Of A, W and V, by place and derivative."""
    return r * ufl.sqrt(dr**2 + dz**2), 0.5 * r**2 * z * dz, 0.5 * r**2 * dz


def _energy(
    densities: tuple[Any, Any, Any], bond: Any, pressure: Any, tension: Any = 1.0, side: Any = 1.0
) -> Any:
    """What is minimised, from the densities of A, W and V.

    Of the free side; of a solid side with its ``tension`` over the liquid's, −cosθ where it is
    wetted, and the sign with which it bounds the liquid.
    """
    area, weight, volume = densities
    return tension * area + side * (bond * weight - pressure * volume)


def _element() -> Any:
    return basix.ufl.element(
        "Lagrange", "interval", DEGREE, lagrange_variant=basix.LagrangeVariant.gll_warped
    )


def code() -> tuple[str, str]:
    """C code of all forms, with what C has to know of the element: declarations, definitions."""
    named = forms()
    (header, body), _ = ffcx.compiler.compile_ufl_objects(
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
    tables = {
        "double node_places[NODES]": element.points[order, 0],
        "int along[NODES]": order.argsort(),  # number along the element of each of FFCx's nodes
        "double point[POINTS]": points[:, 0],
        "double weight[POINTS]": weights,
        "double value[POINTS][NODES]": value,
        "double rise[POINTS][NODES]": rise,
        "double unit_interval[6]": np.array([0.0, 0.0, 0.0, 1.0, 0.0, 0.0]),
    }
    sizes = f"enum {{ NODES = {DEGREE + 1}, POINTS = {len(points)} }}; /* of an element */\n"
    declared = "".join(f"extern const {name};\n" for name in tables)
    defined = "".join(f"const {name} = {_listed(table)};\n" for name, table in tables.items())
    # FFCx's functions do not use all that they are given
    quiet = '#pragma GCC diagnostic ignored "-Wunused-parameter"\n'
    return f"{header}\n{sizes}{declared}", f'#include "forms.h"\n{quiet}{body}\n{defined}'


def _listed(numbers: np.ndarray) -> str:
    """An array as C has it."""
    return str(numbers.tolist()).replace("[", "{").replace("]", "}")
