r"""Newton's method for a free surface between two ends, at fixed liquid volume.

Unknowns are the normal displacement u of every inner node (normals of the current
curve, taken anew in every step), the place s of each sliding contact line on its piece
of solid, and the pressure p. With B the columns that map (u, s) to node displacements,

.. math:: \delta X = B\,\delta u, \qquad H = B^T K B, \qquad
    \begin{pmatrix} H & -g \\ -g^T & 0 \end{pmatrix}
    \begin{pmatrix} \delta u \\ \delta p \end{pmatrix} =
    \begin{pmatrix} -B^T R \\ V - V_0 \end{pmatrix} .

The column of a sliding line is the smooth field w(ξ) S'(s), w falling from 1 at that
end to 0 at the other; H gains R·(w S'') and the solid side's second derivative.

Everything here is scaled: lengths by L, energies by 2πσL².
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from bumpform.curve import Array
from bumpform.errors import ConvergenceError
from bumpform.forms import Interval, interval, refine
from bumpform.profile import Edge
from bumpform.sampling import caps

#: Newton stops when the last step was below this (it converges quadratically from there).
STEP_TOLERANCE = 1e-9
MAX_STEPS = 40


@dataclass(frozen=True, eq=False)
class ContactLine:
    """A contact line on one edge of solid, pinned at a place or free to slide.

    Attributes
    ----------
    edge : Edge
        In metres; its direction is the one in which u grows.
    u : float
        Place on the edge.
    free : bool
        Whether it slides; then ``cosine`` is met.
    cosine : float
        Cosine of Young's angle on this edge, through the liquid.
    before : tuple of float
        Solid-side volume/2π, its moment, and Σ cosθ·wetted area/2π from the profile's
        start to the edge's start, in metres.
    scale : float, m
        The length L.
    sign : int
        +1 when solid from the start to here is under liquid (outer line), −1 when it is
        not (inner line of a ring).
    """

    edge: Edge
    u: float
    free: bool
    cosine: float
    before: tuple[float, float, float]
    scale: float
    sign: int = 1

    def point(self) -> Array:
        """Scaled position, shape (2,)."""
        return self.edge.point(self.u) / self.scale

    @cached_property
    def solid(self) -> tuple[float, float, float]:
        """Scaled solid-side volume, moment of height and Σ cosθ·area, signed."""
        v, w, a = self.edge.moments(0.0, self.u)
        length = self.scale
        return (
            self.sign * (self.before[0] + v) / length**3,
            self.sign * (self.before[1] + w) / length**4,
            self.sign * (self.before[2] + self.cosine * a) / length**2,
        )

    def derivatives(self, bond: float, pressure: float) -> tuple[Array, Array, float, float, float]:
        """S', S'', and of the solid side: dG/du, d²G/du², dV/du.

        G = Bo·W − Σ cosθ·A − p·V of the solid side.
        """
        r, z = (float(c) for c in self.point())
        d1 = self.edge.derivative(self.u) / self.scale
        d2 = self.edge.second_derivative(self.u) / self.scale
        (r1, z1), (r2, z2) = d1.tolist(), d2.tolist()
        speed = math.hypot(r1, z1)
        head = bond * z - pressure
        half = 0.5 * r * r
        first = half * head * z1 - self.cosine * r * speed
        second = (
            r * r1 * head * z1
            + half * (bond * z1 * z1 + head * z2)
            - self.cosine * (r1 * speed + r * (r1 * r2 + z1 * z2) / speed)
        )
        return d1, d2, self.sign * first, self.sign * second, self.sign * half * z1

    def at(self, u: float) -> ContactLine:
        """The same line at another place."""
        return replace(self, u=u)


@dataclass(frozen=True, eq=False)
class Surface:
    """A free surface, with its ends, pressure and the history of its solve; scaled.

    Attributes
    ----------
    x : ndarray, shape (nodes, 2)
        From the outer contact line (first) to the other end (last).
    start : ContactLine
    end : ContactLine or None
        None: on the axis.
    bond, pressure, volume : float
        Bond number; pressure at z = 0; liquid volume/2π that is asked for.
    iterations : int
    step, residual, volume_error : float
        Last Newton step; largest out-of-balance force relative to the surface tension;
        relative error of the volume.
    """

    x: Array
    start: ContactLine
    end: ContactLine | None
    bond: float
    pressure: float
    volume: float
    iterations: int = 0
    step: float = math.inf
    residual: float = math.inf
    volume_error: float = math.inf
    gradient: Array = field(default_factory=lambda: np.empty((0, 2)), repr=False)

    @property
    def elements(self) -> int:
        """Number of elements."""
        return self.mesh.elements

    @property
    def mesh(self) -> Interval:
        """The reference mesh."""
        return interval((len(self.x) - 1) // 6)

    def refined(self) -> Surface:
        """The same curve on twice as many elements."""
        return replace(self, x=refine(self.x))

    @cached_property
    def area_and_weight(self) -> tuple[float, float]:
        """A and W of the free surface alone."""
        return self.mesh.area_and_weight(self.x)

    def energy(self) -> float:
        """Energy/2πσL²: free area, weight, less Σ cosθ·wetted area."""
        area, weight = self.area_and_weight
        energy = area + self.bond * weight
        for line in (self.start, self.end):
            if line is not None:
                _, solid_weight, wetted = line.solid
                energy += self.bond * solid_weight - wetted
        return energy

    def pull(self, last: bool = False) -> Array:
        r"""Unit vector along the surface, away from a contact line, from its reaction.

        The variation of 𝓛 by moving the end along e with a smooth field is
        −r τ·e ∓ ½r²(Bo z − p) e_z: more accurate than the curve's end tangent.
        Its length differs from 1 by the discretisation error only.

        Parameters
        ----------
        last : bool
            At the last end instead of the first.
        """
        xi = self.mesh.xi
        weight = xi if last else 1.0 - xi
        force = weight @ self.gradient
        r, z = self.x[-1 if last else 0]
        head = 0.5 * r * r * (self.bond * z - self.pressure)
        force = -force
        force[1] += head if last else -head
        return force / r


def solve(surface: Surface, *, tolerance: float = STEP_TOLERANCE) -> Surface:
    """Newton's method from a guess, on the guess's mesh.

    Raises
    ------
    ConvergenceError
        If the steps do not fall below ``tolerance``.
    """
    mesh = surface.mesh
    n = mesh.count
    x, p = surface.x, surface.pressure
    lines = [surface.start, surface.end]
    fields = (1.0 - mesh.xi, mesh.xi)
    on_axis = surface.end is None
    free = [i for i, line in enumerate(lines) if line is not None and line.free]
    nodes = slice(1, n if on_axis else n - 1)
    inner = nodes.stop - 1
    size = inner + len(free) + 1
    step = math.inf
    for iteration in range(1, MAX_STEPS + 1):
        normal = _normals(mesh, x, on_axis)
        residual, volume_gradient, k = mesh.derivatives(x, surface.bond, p)
        k = k[0]
        matrix = np.zeros((size, size))
        right = np.zeros(size)
        a, b = normal[nodes, 0], normal[nodes, 1]
        lo, hi = 2 * nodes.start, 2 * nodes.stop
        kr, kz = k[:, lo:hi:2], k[:, lo + 1 : hi : 2]
        kn = kr * a + kz * b
        matrix[:inner, :inner] = a[:, None] * kn[lo:hi:2] + b[:, None] * kn[lo + 1 : hi : 2]
        right[:inner] = -(a * residual[nodes, 0] + b * residual[nodes, 1])
        border = np.zeros(size - 1)
        border[:inner] = a * volume_gradient[nodes, 0] + b * volume_gradient[nodes, 1]
        missing = surface.volume - _volume(x, volume_gradient, lines)
        columns = []
        for column, i in enumerate(free, start=inner):
            line = lines[i]
            assert line is not None
            d1, d2, g1, g2, v1 = line.derivatives(surface.bond, p)
            w = fields[i]
            c = (w[:, None] * d1).ravel()
            kc = k @ c
            matrix[:inner, column] = matrix[column, :inner] = a * kc[lo:hi:2] + b * kc[lo + 1 : hi : 2]
            for other, co in columns:
                matrix[other, column] = matrix[column, other] = co @ kc
            matrix[column, column] = c @ kc + w @ residual @ d2 + g2
            right[column] = -(c @ residual.ravel() + g1)
            border[column] = c @ volume_gradient.ravel() + v1
            columns.append((column, c))
        matrix[:-1, -1] = matrix[-1, :-1] = -border
        right[-1] = -missing
        try:
            change = np.linalg.solve(matrix, right)
        except np.linalg.LinAlgError:
            raise ConvergenceError("singular matrix", iteration, step, "Newton's method") from None
        length = float(np.abs(np.diff(x, axis=0)).sum())
        shift = np.zeros_like(x)
        shift[nodes] = normal[nodes] * change[:inner, None]
        largest = float(np.abs(change[:inner]).max())
        for i in free:
            column = inner + free.index(i)
            line = lines[i]
            assert line is not None
            speed = float(np.hypot(*(line.edge.derivative(line.u) / line.scale)))
            largest = max(largest, abs(change[column]) * speed)
        step = largest / length
        if not math.isfinite(step):
            break
        damping = min(1.0, 0.2 / step) if step > 0.0 else 1.0
        x = x + damping * shift
        for i in free:
            column = inner + free.index(i)
            line = lines[i]
            assert line is not None
            moved = line.at(line.u + damping * float(change[column]))
            x = x + fields[i][:, None] * (moved.point() - line.point())
            lines[i] = moved
        p += damping * float(change[-1])
        if step < tolerance:
            start = lines[0]
            assert start is not None
            return _checked(replace(surface, x=x, start=start, end=lines[1], pressure=p), iteration, step)
    raise ConvergenceError("iteration limit", MAX_STEPS, step, "Newton's method")


def _normals(mesh: Interval, x: Array, on_axis: bool) -> Array:
    tangent = mesh.differentiate @ x
    normal = np.empty_like(x)
    normal[:, 0], normal[:, 1] = -tangent[:, 1], tangent[:, 0]
    normal /= np.sqrt(normal[:, :1] ** 2 + normal[:, 1:] ** 2)
    if on_axis:
        normal[-1] = (0.0, 1.0)
    return normal


def _volume(x: Array, gradient: Array, lines: list[ContactLine | None]) -> float:
    """Liquid volume/2π: V is cubic in X, so that ∇V·X = 3V; and the solid side's."""
    volume = float(np.vdot(gradient, x)) / 3.0
    return volume + sum(line.solid[0] for line in lines if line is not None)


def _checked(surface: Surface, iterations: int, step: float) -> Surface:
    """With the residual, volume error and reactions of the final curve."""
    mesh = surface.mesh
    on_axis = surface.end is None
    residual, volume_gradient = mesh.gradients(surface.x, surface.bond, surface.pressure)
    normal = _normals(mesh, surface.x, on_axis)
    nodes = slice(1, None if on_axis else -1)
    force = np.abs((normal[nodes] * residual[nodes]).sum(axis=1)).max()
    for line, w in ((surface.start, 1.0 - mesh.xi), (surface.end, mesh.xi)):
        if line is not None and line.free:
            d1, _, g1, _, _ = line.derivatives(surface.bond, surface.pressure)
            slide = abs(float(w @ residual @ d1) + g1) / float(np.hypot(*d1))
            force = max(force, slide)
    reach = float(np.abs(surface.x[:, 0]).max())
    volume = _volume(surface.x, volume_gradient, [surface.start, surface.end])
    return replace(
        surface,
        iterations=surface.iterations + iterations,
        step=step,
        residual=float(force) / reach,
        volume_error=abs(volume - surface.volume) / abs(surface.volume),
        gradient=residual,
    )


def cap_guess(line: ContactLine, *, volume: float, bond: float, elements: int) -> Surface:
    """Spherical cap from a contact line to the axis: exact without gravity.

    Parameters
    ----------
    line : ContactLine
    volume : float
        Scaled liquid volume/2π, solid side included.
    bond : float
    elements : int
    """
    x, pressure = caps(
        line.point()[None], np.array([volume - line.solid[0]]), bond, interval(elements).xi
    )
    return Surface(x[0], line, None, bond, float(pressure[0]), volume)
