"""The weak forms of axisymmetric flow under surface tension, compiled once a process.

Lengths are in units of L, stresses of σ/L, times of μL/σ: σ = 1, μ = 1. With the gauge pressure
P = p + Bo z gravity acts on the free surface Γ alone, and liquid at rest has a constant P exactly,
whatever the mesh inside is. For a velocity u that slides along the solid, the test functions v,
q:

    ∫ (2 D(u):D(v) + 2 u_r v_r/r²) r + β ∫_wall u·v r
        + δ ∫_Γ (∇_s u : ∇_s v + (Bo n_z)⁺ u_n v_n) r − ∫ P div v r + ∫_wall P v·n r
        = −∫_Γ (∂_τ x·∂_τ v r + v_r) − Bo ∫_Γ z v·n r + δ ∫_Γ (the same of u₀)
    −∫ q div u r + ∫_wall q u·n r = 0

δ is the time step: surface tension is taken where the surface will be. (Where δ stands before it,
it may be less, for a surface that is ahead by a part of the step.) Its ∇_s u : ∇_s v holds any
step, but is stiffer than the energy by (ε_τ − ε_φ)², what the surface is sheared within itself,
and by what the pressure P − Bo z does as it turns. In its place may stand the energy's own second
variation (area less the work of that pressure):

    ((n·∂_τ u)(n·∂_τ v) r + u_r τ·∂_τ v + v_r τ·∂_τ u) − B(u, v), where
    B(u, v) = ((P − Bo z) v_r − Bo r v_z) u·n + (P − Bo z) r (u_r ∂_τ v_z − u_z ∂_τ v_r)

is made symmetric, which it is but for ends that do not slide. The integrals along the
wall vanish for a velocity that slides along it; on the mesh, whose sides do not quite lie on a
curved wall, they see to it that a constant pressure does no work there. (Where the body above
rises, what that lifts does not slide: ∫_roof q n_z r puts its part back, and β ∫_roof v_z r takes
its friction away, since the liquid goes with it.) Contact lines add
r cosθ t·v. Inertia adds Λ ∫ ((u − ũ)/δ + ∇u (u₀ − w))·v r, with the Laplace number Λ = ρσL/μ²,
the velocity w of the mesh, and u₀ the velocity as last iterated.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from bumpform.melting.flows.backend import MPI, basix, fem, ufl

#: Tags of the boundary's sides.
FREE, WALL, ROOF = 1, 2, 3
#: That of the free surface's sides next to a contact line.
BESIDE = 4

#: Elements: P2 for the shape and the velocity, P1 for the pressure (Taylor–Hood).
VECTOR = basix.ufl.element("P", "triangle", 2, basix.LagrangeVariant.equispaced, shape=(2,))
#: Part of an element's size that is the mixing length of what it does not resolve (Smagorinsky's),
#: and what keeps a root's slope finite.
EDDY, TINY = 0.15, 1e-20
PRESSURE = basix.ufl.element("P", "triangle", 1)


class WeakForms:
    """The forms on any mesh of P2 triangles.

    Attributes
    ----------
    step, ahead, beside : ufl.Constant
        δ, and as much of it as surface tension is taken ahead of, also next to contact lines.
    energy, price : ufl.Constant
        As much of it as the energy's second variation is taken ahead of, and P there.
    bond, slip, laplace, zero : ufl.Constant
        Bo, β, Λ and 0.
    last, base, mesh_velocity : ufl.Coefficient
        u₀, ũ, w.
    """

    def __init__(self) -> None:
        domain = ufl.Mesh(VECTOR)
        space, pressures = ufl.FunctionSpace(domain, VECTOR), ufl.FunctionSpace(domain, PRESSURE)
        u, v = ufl.TrialFunction(space), ufl.TestFunction(space)
        p, q = ufl.TrialFunction(pressures), ufl.TestFunction(pressures)
        self.step, self.ahead, self.beside = (ufl.Constant(domain) for _ in range(3))
        self.energy, self.price = (ufl.Constant(domain) for _ in range(2))
        self.bond, self.slip, self.laplace, self.zero = (ufl.Constant(domain) for _ in range(4))
        self.last, self.base, self.mesh_velocity = (ufl.Coefficient(space) for _ in range(3))
        r, z = ufl.SpatialCoordinate(domain)
        n = ufl.FacetNormal(domain)
        tau = ufl.as_vector([-n[1], n[0]])
        dx = ufl.Measure("dx", domain=domain, metadata={"quadrature_degree": 6})
        ds = ufl.Measure("ds", domain=domain, metadata={"quadrature_degree": 8})

        def strain(w: Any) -> Any:
            return ufl.sym(ufl.grad(w))

        def along(w: Any) -> Any:
            return ufl.dot(ufl.grad(w), tau)

        def spread(w: Any) -> Any:
            return w[0].dx(0) * r + w[1].dx(1) * r + w[0]

        def leak(pressure: Any, w: Any) -> Any:
            return pressure * ufl.dot(w, n) * r * (ds(WALL) + ds(ROOF))

        def filled(a: Any, b: Any) -> Any:
            inside = self.price - self.bond * z
            turned = a[0] * along(b)[1] - a[1] * along(b)[0]
            return (inside * b[0] - self.bond * r * b[1]) * ufl.dot(a, n) + inside * r * turned

        def curvature(a: Any, b: Any) -> Any:
            area = ufl.dot(n, along(a)) * ufl.dot(n, along(b)) * r
            area += a[0] * ufl.dot(tau, along(b)) + b[0] * ufl.dot(tau, along(a))
            return area - 0.5 * (filled(a, b) + filled(b, a))

        def stretch(a: Any, b: Any) -> Any:
            push = self.bond * n[1]  # where it hangs, gravity has no stable part
            stable = 0.5 * (push + abs(push))
            surface = ufl.dot(along(a), along(b)) + a[0] * b[0] / r**2
            whole = (surface + stable * ufl.dot(a, n) * ufl.dot(b, n)) * r
            found = self.ahead * whole * ds(FREE) + self.beside * whole * ds(BESIDE)
            return found + self.energy * curvature(a, b) * (ds(FREE) + ds(BESIDE))

        w = self.last
        turning = ufl.sqrt(2 * ufl.inner(strain(w), strain(w)) + 2 * w[0] ** 2 / r**2 + TINY)
        size: Any = abs(ufl.as_ufl(ufl.JacobianDeterminant(domain)))  # twice an element's area
        eddy = self.laplace * EDDY**2 * size * turning
        heat = (1 + eddy) * 2 * (ufl.inner(strain(w), strain(w)) * r + w[0] ** 2 / r) * dx
        heat += self.slip * ufl.dot(w, w) * r * (ds(WALL) + ds(ROOF))
        viscous = (2 * ufl.inner(strain(u), strain(v)) * r + 2 * u[0] * v[0] / r) * dx
        damped = eddy * (2 * ufl.inner(strain(u), strain(v)) * r + 2 * u[0] * v[0] / r) * dx
        friction = self.slip * ufl.dot(u, v) * r * ds(WALL)
        friction += self.slip * ufl.dot(u, v) * r * ds(ROOF)
        wind = ufl.dot(ufl.grad(u), self.last - self.mesh_velocity)
        inertia = self.laplace * ufl.dot(u / self.step + wind, v) * r * dx
        inertia += 0.5 * self.laplace * spread(self.last) * ufl.dot(u, v) * dx  # keeps energy
        free = ds(FREE) + ds(BESIDE)
        weight = -self.bond * z * ufl.dot(v, n) * r * free
        tension = -(ufl.dot(tau, along(v)) * r + v[0]) * free
        self._forms = {
            "power": heat,
            "kinetic": 0.5 * self.laplace * ufl.dot(w, w) * r * dx,
            "overdamped": viscous + friction + stretch(u, v),
            "inertial": viscous + damped + friction + stretch(u, v) + inertia,
            "divergence": -q * spread(u) * dx + leak(q, u),
            "gradient": -p * spread(v) * dx + leak(p, v),
            "nothing": self.zero * p * q * dx,  # MUMPS wants a diagonal
            "drive": tension + weight,
            "iterated": stretch(self.last, v),
            "momentum": self.laplace / self.step * ufl.dot(self.base, v) * r * dx,
            "lifted": q * n[1] * r * ds(ROOF),
            "clinging": self.slip * v[1] * r * ds(ROOF),
            "roof weight": -self.bond * z * q * n[1] * r * ds(ROOF),
            "laplacian": ufl.inner(ufl.grad(u), ufl.grad(v)) * dx,
        }

    @cache  # noqa: B019  one object a process
    def compiled(self, name: str) -> Any:
        """One of the forms, by its name, as compiled code."""
        return fem.compile_form(MPI.COMM_SELF, self._forms[name])


@cache
def weak_forms() -> WeakForms:
    """The forms, made at first use."""
    return WeakForms()
