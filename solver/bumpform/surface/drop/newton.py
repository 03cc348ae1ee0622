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
assembles and solves the system, each element's inner nodes first; ``solve.c`` steps to the end,
and goes on with the last matrix as soon as it hardly changes.

Everything here is scaled: lengths by L, energies by 2πσL².
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bumpform.errors import ConvergenceError
from bumpform.geometry.curve import Array, PolynomialCurve
from bumpform.geometry.interpolation import hermite
from bumpform.kernel.native import doubles, library
from bumpform.quick import cached_property, quick, replace
from bumpform.surface.drop.contact_line import ContactLine
from bumpform.surface.drop.reference_element import (
    DEGREE,
    Newton,
    Reactions,
    ReferenceMesh,
    Survey,
    reference_mesh,
    resampled,
)

if TYPE_CHECKING:
    from bumpform.geometry.profile import Station
    from bumpform.surface.drop.contact import Solid

#: Newton stops when the last step was below this (it converges quadratically from there).
STEP_TOLERANCE = 1e-9
#: Matrices after which it gives up.
MAX_MATRICES = 25
#: Nodes are spread again when they lie this many times closer in one place than in another.
CROWDED = 1.5
#: A contact line whose radius is below this fraction of the curve's length is at a neck: the shape
#: varies there over that radius, and nodes are spread closer towards it, by the logarithm of the
#: distance with this weight against the distance itself.
NECK, GRADING = 0.15, 0.25


@quick
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
        surface tension; relative error of the volume. Infinite of a guess.
    moved : float
        How far a node has come from where the guess had it, at most.
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
    moved: float = math.inf

    @property
    def elements(self) -> int:
        """Number of elements."""
        return self.mesh.elements

    @property
    def mesh(self) -> ReferenceMesh:
        """The reference mesh."""
        return reference_mesh((len(self.x) - 1) // DEGREE)

    def curve(self, length: float) -> PolynomialCurve:
        """The exact curve through the nodes in metres, for the length that it is scaled by."""
        return self.mesh.curve(self.x * length)

    def nodes_on(self, elements: int) -> Array:
        """Nodes of the same curve on another mesh, shape (nodes, 2)."""
        return self.x if elements == self.elements else resampled(self.x, elements)

    def refined(self) -> Surface:
        """The same curve on twice as many elements."""
        return self.on(2 * self.elements)

    def on(self, elements: int) -> Surface:
        """The same curve on another mesh: exactly the same on a multiple of its elements."""
        return Surface(
            resampled(self.x, elements),
            self.start,
            self.end,
            self.bond,
            self.pressure,
            self.volume,
            self.load,
            self.iterations,
        )

    def evened(self) -> Surface:
        """The same curve with its nodes spread evenly along it, where they have crowded.

        Closer together towards a line at a neck.
        """
        mesh, survey = self.mesh, self.survey
        longest = NECK * survey.mean  # of the curve's length
        ends = ((0, self.start), (-1, self.end))
        necks = [i for i, line in ends if line is not None and 0.0 < self.x[i, 0] < longest]
        if survey.fastest < CROWDED * survey.slowest and not necks:
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
        return replace(self, x=x)

    @cached_property
    def gradient(self) -> Array:
        """Derivative of the energy by the nodes: at the ends it tells the forces there."""
        return self.mesh.gradients(self.x, self.bond, self.pressure)[0]

    @cached_property
    def survey(self) -> Survey:
        """What is read off the free surface."""
        return self.mesh.read_off(self.x)

    @cached_property
    def reactions(self) -> Reactions:
        """How the free surface acts on its ends."""
        return self.mesh.reactions(self.x, self.bond, self.pressure, self.gradient)

    @cached_property
    def angles(self) -> dict[tuple[Solid, Station], float]:
        """Contact angles that have been asked for: the same ones again and again."""
        return {}

    def energy(self) -> float:
        """Energy/2πσL²: free area, weight, less Σ cosθ·wetted area."""
        energy = self.survey.area + self.bond * self.survey.weight
        for line in (self.start, self.end):
            if line is not None:
                _, solid_weight, wetted = line.solid
                energy += self.bond * solid_weight - wetted
        return energy

    def force_on_body(self) -> float:
        """Force/2πσL of the liquid on the body of the last end, up positive: −dE/dz of it."""
        assert self.end is not None
        return self.reactions.lift - self.bond * self.end.solid[0]

    def pull(self, last: bool = False) -> tuple[float, float]:
        """Unit vector along the surface, away from a contact line, from its reaction.

        Parameters
        ----------
        last : bool
            At the last end instead of the first.
        """
        return self.reactions.last if last else self.reactions.first


def pose(surface: Surface, tolerance: float = 0.0) -> Any:
    """A surface as the library takes it: its ``problem``. The surface has to outlive it."""
    ffi, _ = library()
    load = surface.load
    return ffi.new(
        "problem *",
        (
            (_posed(surface.start), _posed(surface.end)),
            surface.bond,
            surface.pressure,
            surface.volume,
            load is not None,
            load or 0.0,
            tolerance,
            MAX_MATRICES,
        ),
    )


def _posed(line: ContactLine | None) -> tuple[Any, ...]:
    """The same of an end."""
    if line is None:
        return ()
    before, _, _ = line.before
    return (
        line.edge.table,
        line.free,
        line.scale,
        line.u,
        line.lift,
        line.tension,
        line.sign,
        before,
    )


def _stepped(surface: Surface, problem: Any, x: Array, steps: int, *left: float) -> Surface:
    """The surface where the library has moved it; what is ``left``, as ``Surface`` has it."""
    lines: list[ContactLine | None] = []
    for i, line in ((0, surface.start), (1, surface.end)):
        if line is not None:
            there = problem.line[i]
            if line.free or (i == 1 and surface.load is not None):
                line = line.at(there.u, there.lift)
            r, z = there.place
            vars(line)["place"] = r, z
        lines.append(line)
    start, end = lines
    assert start is not None
    return Surface(
        x,
        start,
        end,
        surface.bond,
        problem.pressure,
        surface.volume,
        surface.load,
        surface.iterations + steps,
        *left,
    )


class End(NamedTuple):
    """One unknown of the ends: a sliding line's place, or the height of a loaded body.

    In the order of ``end_unknown`` in ``kernel.h``.

    Attributes
    ----------
    last : float
        1 where it moves the last end, 0 the first.
    d1, d2 : pair of float
        First and second derivative of that end's place.
    first, second : float
        Derivatives of the solid side's energy.
    volume : float
        Derivative of the solid side's volume.
    """

    last: float
    d1: tuple[float, float]
    d2: tuple[float, float]
    first: float
    second: float
    volume: float

    @property
    def speed(self) -> float:
        """Largest displacement of the nodes by a unit of the unknown."""
        return math.hypot(*self.d1)


class Ends(NamedTuple):
    """The ends of a surface, as ``ReferenceMesh.newton`` takes them.

    Attributes
    ----------
    unknowns : list of End
        Sliding lines, then the height of a loaded body.
    coupling, excess : float
    """

    unknowns: list[End]
    coupling: float
    excess: float


def ends(surface: Surface) -> Ends:
    """Unknowns of the ends, and what the solid side adds."""
    ffi, compiled = library()
    unknowns, others = ffi.new("end_unknown[3]"), ffi.new("double[2]")
    count = compiled.ends(pose(surface), unknowns, others, others + 1)
    found = [
        End(e.last, tuple(e.d1), tuple(e.d2), e.first, e.second, e.volume)
        for e in unknowns[0:count]
    ]
    return Ends(found, *others)


def balance(surface: Surface, *, bordered: bool = False) -> Newton:
    """What is out of balance on a surface, and Newton's step from there.

    Parameters
    ----------
    surface : Surface
    bordered : bool
        Whether the matrix is asked for.
    """
    unknowns, coupling, excess = ends(surface)
    return surface.mesh.newton(
        surface.x,
        surface.bond,
        surface.pressure,
        excess,
        unknowns,
        closed=surface.end is None,
        coupling=coupling,
        bordered=bordered,
    )


def compliance(surface: Surface) -> float:
    """By how much a body on the last end rises, with all at rest, for a load of one less; scaled.

    The entry of the inverse Hessian that belongs to its height. Not a number where the matrix is
    singular.
    """
    ffi, compiled = library()
    rise = ffi.new("double *")
    if not compiled.compliance(*surface.mesh.given, pose(surface), doubles(surface.x), rise):
        raise MemoryError
    return float(rise[0])


def stiffness(surface: Surface) -> float:
    """−dF/dz of the force F of the liquid on a body by its height; scaled by 2πσ.

    Positive where the height of a body that floats is a minimum of energy: pressed, it sinks.
    Infinite on a film so thin that no rise is resolved.
    """
    rise = compliance(surface)
    if rise == 0.0:
        return math.inf
    return 1.0 / rise if math.isfinite(rise) else 0.0  # not at a fold of the states


def displaced(surface: Surface, normal: Array, change: Array) -> Surface:
    """The surface after a step of its unknowns, along normals."""
    problem, x = pose(surface), surface.x.copy()
    _, compiled = library()
    compiled.displace(
        *surface.mesh.given[1:], doubles(normal), doubles(change), problem, doubles(x)
    )
    return _stepped(surface, problem, x, 1)


def solve(surface: Surface, *, tolerance: float = STEP_TOLERANCE) -> Surface:
    """Newton's method from a guess, on the guess's mesh.

    Parameters
    ----------
    surface : Surface
        The guess. Where its lines are elsewhere than its ends, all of it follows them.
    tolerance : float
        Largest step, relative to the guess's length, after which to stop. What one more step
        would move is below the square.

    Raises
    ------
    ConvergenceError
        If the steps do not fall below ``tolerance``, or the surface of two lines crosses the axis.
    """
    _, compiled = library()
    problem, x, gradient = pose(surface, tolerance), surface.x.copy(), np.empty(surface.x.shape)
    status = compiled.solve(*surface.mesh.given, problem, doubles(x), doubles(gradient))
    if status == compiled.NO_MEMORY:
        raise MemoryError
    crosses = surface.end is not None and bool(x[:, 0].min() < 0.0)  # a column that has parted
    if status != compiled.SOLVED or crosses:
        wrong = {
            compiled.SOLVED: "the surface crosses the axis",
            compiled.SINGULAR: "singular matrix",
        }
        reason = wrong.get(status, "iteration limit")
        raise ConvergenceError(reason, problem.iterations, problem.step, "Newton's method")
    left = problem.step, problem.residual, problem.volume_error, problem.moved
    solved = _stepped(surface, problem, x, problem.iterations, *left)
    # what the properties would assemble
    vars(solved).update(gradient=gradient, reactions=Reactions.of(problem.acts))
    return solved
