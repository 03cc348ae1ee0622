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
from typing import NamedTuple

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.linalg.lapack import dgesv, dgetrs

from bumpform.errors import ConvergenceError
from bumpform.stack.curve import Array
from bumpform.surface.contact_line import ContactLine
from bumpform.surface.forms import Interval, interval, refine
from bumpform.surface.sampling import caps

#: Newton stops when the last step was below this (it converges quadratically from there).
STEP_TOLERANCE = 1e-9
MAX_STEPS = 25
#: Nodes are spread again when they lie this many times closer in one place than in another.
CROWDED = 1.5
#: A contact line whose radius is below this fraction of the curve's length is at a neck: the shape
#: varies there over that radius, and nodes are spread closer towards it, by the logarithm of the
#: distance with this weight against the distance itself.
NECK, GRADING = 0.15, 0.25


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
    load : float or None
        Force/2πσL that presses the body of the last end down; it then finds its height.
    iterations : int
    step, residual, volume_error : float
        What one more Newton step would move; largest out-of-balance force relative to the
        surface tension; relative error of the volume.
    """

    x: Array
    start: ContactLine
    end: ContactLine | None
    bond: float
    pressure: float
    volume: float
    load: float | None = None
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

    def evened(self) -> Surface:
        """The same curve with its nodes spread evenly along it, where they have crowded.

        Closer together towards a line at a neck.
        """
        mesh = self.mesh
        speed = np.hypot(*(mesh.differentiate @ self.x).T)
        longest = NECK * float(speed.mean())  # of the curve's length
        ends = ((0, self.start), (-1, self.end))
        necks = [i for i, line in ends if line is not None and self.x[i, 0] < longest]
        if speed.max() < CROWDED * speed.min() and not necks:
            return self
        curve = mesh.curve(self.x)
        t = np.linspace(0.0, mesh.elements, 24 * mesh.elements + 1)
        steps = np.hypot(*np.diff(curve.point(t), axis=0).T)
        length = np.concatenate(([0.0], np.cumsum(steps)))
        measure = length / length[-1]
        for i in necks:
            graded = np.log1p(np.abs(length - length[i]) / self.x[i, 0])
            measure = measure + GRADING * np.abs(graded - graded[0])
        place = CubicSpline(measure, t)(mesh.xi * measure[-1])
        x = curve.point(np.clip(place, 0.0, mesh.elements))
        x[0], x[-1] = self.x[0], self.x[-1]
        return replace(self, x=x)

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
        return float(energy)

    def force_on_body(self) -> float:
        """Force/2πσL of the liquid on the body of the last end, up positive: −dE/dz of it."""
        assert self.end is not None
        return float(-(self.mesh.xi @ self.gradient[:, 1]) - self.bond * self.end.solid[0])

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
        pull: Array = force / r
        return pull


class _Column(NamedTuple):
    """One end unknown: its field over the nodes, and its solid side's derivatives.

    Attributes
    ----------
    field : ndarray, shape (nodes, 2)
        Displacement of the nodes by a unit of the unknown; ``speed`` is the largest.
    gradient, hessian, volume : float
        First derivative of the energy; second, with that of the field; of the volume.
    """

    field: Array
    speed: float
    gradient: float
    hessian: float
    volume: float


class _State(NamedTuple):
    """A surface's balance: what a Newton step starts from.

    Attributes
    ----------
    normal : ndarray, shape (nodes, 2)
        Unit normals; zero where a node is no unknown.
    columns : list of _Column
    border : ndarray
        Derivative of the volume by the unknowns.
    right : ndarray
        Forces out of balance by the unknowns, and the missing volume.
    """

    normal: Array
    columns: list[_Column]
    border: Array
    right: Array


def _columns(surface: Surface, residual: Array) -> list[_Column]:
    """Unknowns of the ends: sliding lines, then the height of a loaded body."""
    mesh = surface.mesh
    columns = []
    for line, w in ((surface.start, 1.0 - mesh.xi), (surface.end, mesh.xi)):
        if line is not None and line.free:
            d1, d2, first, second, volume = line.derivatives(surface.bond, surface.pressure)
            pull_r, pull_z = (w @ residual).tolist()  # with which the field w moves S' and S''
            gradient = pull_r * d1[0] + pull_z * d1[1] + first
            curved = pull_r * d2[0] + pull_z * d2[1] + second
            columns.append(_Column(w[:, None] * d1, math.hypot(*d1), gradient, curved, volume))
    if surface.load is not None:
        assert surface.end is not None
        field_ = np.stack([np.zeros(mesh.count), mesh.xi], axis=1)
        weight = surface.bond * surface.end.solid[0]
        gradient = float(np.vdot(field_, residual)) + weight + surface.load
        columns.append(_Column(field_, 1.0, gradient, 0.0, 0.0))
    return columns


def _state(surface: Surface, residual: Array, volume_gradient: Array) -> _State:
    columns = _columns(surface, residual)
    normal = _normals(surface.mesh, surface.x, surface.end is None)
    inner = len(normal) - (1 if surface.end is None else 2)
    nodes = slice(1, 1 + inner)
    border, right = np.empty(inner + len(columns)), np.empty(inner + len(columns) + 1)
    border[:inner] = (normal * volume_gradient).sum(axis=1)[nodes]
    right[:inner] = -(normal * residual).sum(axis=1)[nodes]
    for i, column in enumerate(columns, start=inner):
        border[i] = float(np.vdot(column.field, volume_gradient)) + column.volume
        right[i] = -column.gradient
    right[-1] = _volume(surface, volume_gradient) - surface.volume
    return _State(normal, columns, border, right)


def _matrix(surface: Surface, state: _State, k: Array) -> Array:
    """The bordered Hessian of the unknowns, from that of the nodes."""
    normal, columns, border, right = state
    inner = len(border) - len(columns)
    matrix = np.zeros((len(right), len(right)))
    a, b = normal[1 : 1 + inner, 0], normal[1 : 1 + inner, 1]
    radial, axial = slice(2, 2 + 2 * inner, 2), slice(3, 3 + 2 * inner, 2)
    kn = k[:, radial] * a + k[:, axial] * b
    matrix[:inner, :inner] = a[:, None] * kn[radial] + b[:, None] * kn[axial]
    for i, column in enumerate(columns, start=inner):
        flat = column.field.ravel()
        kc = k @ flat
        matrix[:inner, i] = matrix[i, :inner] = a * kc[radial] + b * kc[axial]
        for j, other in enumerate(columns[: i - inner], start=inner):
            matrix[i, j] = matrix[j, i] = float(other.field.ravel() @ kc)
        matrix[i, i] = float(flat @ kc) + column.hessian
    if surface.load is not None and surface.end is not None and surface.end.free:
        # raising the body raises the weight on its wetted side: Bo dV/du
        coupling = surface.bond * columns[-2].volume
        matrix[-2, -3] += coupling
        matrix[-3, -2] += coupling
    matrix[:-1, -1] = matrix[-1, :-1] = -border
    return matrix


def _largest(state: _State, change: Array) -> float:
    """Largest displacement of a change of the unknowns."""
    inner = len(state.border) - len(state.columns)
    largest = float(np.abs(change[:inner]).max())
    for value, column in zip(change[inner:-1].tolist(), state.columns, strict=True):
        largest = max(largest, abs(value) * column.speed)
    return largest


def _moved(surface: Surface, state: _State, change: Array) -> Surface:
    """The surface after a step."""
    mesh = surface.mesh
    inner = len(state.border) - len(state.columns)
    x = surface.x.copy()
    x[1 : 1 + inner] += state.normal[1 : 1 + inner] * change[:inner, None]
    ends = change[inner:-1].tolist()
    lines: list[ContactLine | None] = []
    for line, w in ((surface.start, 1.0 - mesh.xi), (surface.end, mesh.xi)):
        if line is not None and line.free:
            moved = line.at(line.u + ends.pop(0))
            x += w[:, None] * (moved.point() - line.point())
            line = moved
        lines.append(line)
    if surface.load is not None:
        end = lines[1]
        assert end is not None
        rise = ends.pop(0)
        x[:, 1] += mesh.xi * rise
        lines[1] = replace(end, lift=end.lift + rise)
    start = lines[0]
    assert start is not None
    pressure = surface.pressure + float(change[-1])
    return replace(surface, x=x, start=start, end=lines[1], pressure=pressure)


def solve(surface: Surface, *, tolerance: float = STEP_TOLERANCE) -> Surface:
    """Newton's method from a guess, on the guess's mesh.

    Raises
    ------
    ConvergenceError
        If the steps do not fall below ``tolerance``.
    """
    mesh, step = surface.mesh, math.inf
    # steps count in terms of the guess's length
    length = float(np.abs(surface.x[1:] - surface.x[:-1]).sum())
    for iteration in range(1, MAX_STEPS + 1):
        residual, volume_gradient, k = mesh.derivatives(surface.x, surface.bond, surface.pressure)
        state = _state(surface, residual, volume_gradient)
        factors, pivots, change, info = dgesv(
            _matrix(surface, state, k[0]), state.right, overwrite_a=True
        )
        if info != 0:
            raise ConvergenceError("singular matrix", iteration, step, "Newton's method")
        step = _largest(state, change) / length
        if not math.isfinite(step):
            break
        surface = _moved(surface, state, change * min(1.0, 0.2 / max(step, 1e-300)))
        if step < tolerance:
            return _checked(surface, iteration, (factors, pivots), length)
    raise ConvergenceError("iteration limit", MAX_STEPS, step, "Newton's method")


def yields_to_load(surface: Surface) -> bool:
    """Whether a loaded body sinks when it is pressed: its height is a minimum of energy.

    The entry of the inverse Hessian that belongs to the height: dz/d(−load) > 0.
    """
    mesh = surface.mesh
    residual, volume_gradient, k = mesh.derivatives(surface.x, surface.bond, surface.pressure)
    state = _state(surface, residual, volume_gradient)
    push = np.zeros(len(state.right))
    push[-2] = 1.0  # the height is the last unknown but the pressure
    return bool(np.linalg.solve(_matrix(surface, state, k[0]), push)[-2] > 0.0)


def _normals(mesh: Interval, x: Array, on_axis: bool) -> Array:
    tangent = mesh.differentiate @ x
    normal = np.empty_like(x)
    normal[:, 0], normal[:, 1] = -tangent[:, 1], tangent[:, 0]
    normal /= np.sqrt(normal[:, :1] ** 2 + normal[:, 1:] ** 2)
    if on_axis:
        normal[-1] = (0.0, 1.0)
    return normal


def _volume(surface: Surface, gradient: Array) -> float:
    """Liquid volume/2π: V is cubic in X, so that ∇V·X = 3V; and the solid side's."""
    volume = float(np.vdot(gradient, surface.x)) / 3.0 + surface.start.solid[0]
    return volume + (surface.end.solid[0] if surface.end is not None else 0.0)


def _checked(
    surface: Surface, iterations: int, factored: tuple[Array, Array], length: float
) -> Surface:
    """With the residual, volume error and reactions of the final curve.

    Its step is what one more of Newton's, with the last matrix, would still move.
    """
    residual, volume_gradient = surface.mesh.gradients(surface.x, surface.bond, surface.pressure)
    state = _state(surface, residual, volume_gradient)
    change, _ = dgetrs(*factored, state.right)
    inner = len(state.border) - len(state.columns)
    force = float(np.abs(state.right[:inner]).max())
    for column in state.columns:
        force = max(force, abs(column.gradient) / column.speed)
    return replace(
        surface,
        iterations=surface.iterations + iterations,
        step=_largest(state, change) / length,
        residual=force / float(np.abs(surface.x[:, 0]).max()),
        volume_error=abs(float(state.right[-1])) / abs(surface.volume),
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
