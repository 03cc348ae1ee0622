r"""Newton's method for a free surface between two ends, at fixed liquid volume.

Unknowns are the normal displacement u of every inner node (normals of the current
curve, taken anew in every step), the place s of each sliding contact line on its piece
of solid, and the pressure p. With B the columns that map (u, s) to node displacements,

.. math:: \delta X = B\,\delta u, \qquad H = B^T K B, \qquad
    \begin{pmatrix} H & -g \\ -g^T & 0 \end{pmatrix}
    \begin{pmatrix} \delta u \\ \delta p \end{pmatrix} =
    \begin{pmatrix} -B^T R \\ V - V_0 \end{pmatrix} .

The column of a sliding line is the smooth field w(ξ) S'(s), w falling from 1 at that
end to 0 at the other; H gains R·(w S'') and the solid side's second derivative. ``newton.c``
assembles and solves the system, each element's inner nodes first.

Everything here is scaled: lengths by L, energies by 2πσL².
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from bumpform.errors import ConvergenceError
from bumpform.stack.curve import Array
from bumpform.stack.interpolation import hermite
from bumpform.surface.contact_line import ContactLine
from bumpform.surface.interval import DEGREE, Interval, Newton, interval, refine

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
        surface tension; relative error of the volume. Infinite where not checked.
    assembled : ndarray, shape (nodes, 2), or None
        The gradient, where it has been assembled already.
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
    assembled: Array | None = field(default=None, repr=False)

    @property
    def elements(self) -> int:
        """Number of elements."""
        return self.mesh.elements

    @property
    def mesh(self) -> Interval:
        """The reference mesh."""
        return interval((len(self.x) - 1) // DEGREE)

    def refined(self) -> Surface:
        """The same curve on twice as many elements."""
        return replace(self, x=refine(self.x), assembled=None)

    def evened(self) -> Surface:
        """The same curve with its nodes spread evenly along it, where they have crowded.

        Closer together towards a line at a neck.
        """
        mesh = self.mesh
        tangent = mesh.tangents(self.x)
        speed = np.hypot(tangent[..., 0], tangent[..., 1])
        longest = NECK * float(speed.mean())  # of the curve's length
        ends = ((0, self.start), (-1, self.end))
        necks = [i for i, line in ends if line is not None and self.x[i, 0] < longest]
        if speed.max() < CROWDED * speed.min() and not necks:
            return self
        curve = mesh.curve(self.x)
        t = np.linspace(0.0, mesh.elements, 24 * mesh.elements + 1)
        steps = np.hypot(*np.diff(curve.point(t), axis=0).T)
        length = np.concatenate(([0.0], np.cumsum(steps)))
        measure, density = length / length[-1], np.full(len(t), 1.0 / length[-1])
        for i in necks:
            away = np.abs(length - length[i])
            graded = np.log1p(away / self.x[i, 0])
            measure = measure + GRADING * np.abs(graded - graded[0])
            density = density + GRADING / (self.x[i, 0] + away)
        # t as a cubic of the measure between samples: nodes lie as smoothly as the curve
        rate = 1.0 / (density * np.hypot(*curve.derivative(t).T))
        place = hermite(measure, t, rate, mesh.xi * measure[-1])
        x = curve.point(np.clip(place, 0.0, mesh.elements))
        x[0], x[-1] = self.x[0], self.x[-1]
        return replace(self, x=x, assembled=None)

    @cached_property
    def gradient(self) -> Array:
        """Derivative of the energy by the nodes: at the ends it tells the forces there."""
        if self.assembled is not None:
            return self.assembled
        return self.mesh.gradients(self.x, self.bond, [self.pressure])[0]

    @cached_property
    def area_and_weight(self) -> tuple[float, float]:
        """A and W of the free surface alone."""
        area, weight = self.mesh.integrals(self.x).tolist()
        return area, weight

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


class End(NamedTuple):
    """One unknown of the ends: a sliding line's place, or the height of a loaded body.

    Attributes
    ----------
    last : float
        1 where it moves the last end, 0 the first.
    r1, z1, r2, z2 : float
        First and second derivative of that end's place.
    first, second : float
        Derivatives of the solid side's energy.
    volume : float
        Derivative of the solid side's volume.
    """

    last: float
    r1: float
    z1: float
    r2: float
    z2: float
    first: float
    second: float
    volume: float

    @property
    def speed(self) -> float:
        """Largest displacement of the nodes by a unit of the unknown."""
        return math.hypot(self.r1, self.z1)


def ends(surface: Surface) -> list[End]:
    """Unknowns of the ends: sliding lines, then the height of a loaded body."""
    found = []
    for last, line in ((0.0, surface.start), (1.0, surface.end)):
        if line is not None and line.free:
            found.append(End(last, *line.derivatives(surface.bond, surface.pressure)))
    if surface.load is not None:
        assert surface.end is not None
        weight = surface.bond * surface.end.solid[0] + surface.load
        found.append(End(1.0, 0.0, 1.0, 0.0, 0.0, weight, 0.0, 0.0))
    return found


def balance(surface: Surface, *, bordered: bool = False) -> Newton:
    """What is out of balance on a surface, and Newton's step from there.

    Parameters
    ----------
    surface : Surface
    bordered : bool
        Whether the matrix is asked for.
    """
    unknowns, coupling = ends(surface), 0.0
    excess = surface.start.solid[0] - surface.volume
    if surface.end is not None:
        excess += surface.end.solid[0]
        if surface.load is not None and surface.end.free:
            # raising the body raises the weight on its wetted side: Bo dV/du
            coupling = surface.bond * unknowns[-2].volume
    return surface.mesh.newton(
        surface.x,
        surface.bond,
        [surface.pressure],
        [excess],
        [number for end in unknowns for number in end],
        closed=surface.end is None,
        coupling=coupling,
        bordered=bordered,
    )


def displaced(surface: Surface, normal: Array, change: Array) -> Surface:
    """The surface after a step of its unknowns, along normals."""
    mesh = surface.mesh
    count = len(normal)
    x = surface.x + normal * change[:count, None]
    moves = change[count:].tolist()
    lines: list[ContactLine | None] = []
    for line, w in zip((surface.start, surface.end), mesh.fade, strict=True):
        if line is not None and line.free:
            moved = line.at(line.u + moves.pop(0))
            x += w * (moved.point() - line.point())
            line = moved
        lines.append(line)
    if surface.load is not None:
        end = lines[1]
        assert end is not None
        rise = moves.pop(0)
        x[:, 1] += mesh.xi * rise
        lines[1] = replace(end, lift=end.lift + rise)
    start = lines[0]
    assert start is not None
    return Surface(
        x,
        start,
        lines[1],
        surface.bond,
        surface.pressure + moves.pop(0),
        surface.volume,
        surface.load,
        surface.iterations + 1,
    )


def solve(surface: Surface, *, tolerance: float = STEP_TOLERANCE) -> Surface:
    """Newton's method from a guess, on the guess's mesh.

    Parameters
    ----------
    surface : Surface
        The guess.
    tolerance : float
        Largest step, relative to the guess's length, after which to stop. Only a surface
        solved to the default is checked; what one more step would move is below the square.

    Raises
    ------
    ConvergenceError
        If the steps do not fall below ``tolerance``.
    """
    step = math.inf
    # steps count in terms of the guess's length
    length = float(np.abs(surface.x[1:] - surface.x[:-1]).sum())
    for iteration in range(1, MAX_STEPS + 1):
        newton = balance(surface)
        step = float(newton.sizes[0]) / length
        if not math.isfinite(step):
            raise ConvergenceError("singular matrix", iteration, step, "Newton's method")
        change = newton.change * (0.2 / step) if step > 0.2 else newton.change
        surface = displaced(surface, newton.normal, change)
        if step < tolerance:
            rough = tolerance > STEP_TOLERANCE
            return surface if rough else _checked(surface, length)
    raise ConvergenceError("iteration limit", MAX_STEPS, step, "Newton's method")


def _checked(surface: Surface, length: float) -> Surface:
    """With the residual, volume error and reactions of the final curve.

    Its step is what one more of Newton's would still move.
    """
    newton = balance(surface)
    move, force = newton.sizes.tolist()
    return Surface(
        surface.x,
        surface.start,
        surface.end,
        surface.bond,
        surface.pressure,
        surface.volume,
        surface.load,
        surface.iterations,
        step=move / length,
        residual=force / float(np.abs(surface.x[:, 0]).max()),
        volume_error=abs(float(newton.right[-1])) / abs(surface.volume),
        assembled=newton.gradient,
    )
