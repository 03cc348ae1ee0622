r"""Equilibria in a row along one parameter, followed through the folds of their branch.

With the discrete equilibrium F(y, λ) = 0, y the surface's unknowns and its pressure, a point
of the branch has a tangent t with

.. math:: F_y t_y + F_λ t_λ = 0, \qquad |t|_W = 1 ;

a step goes along it and comes back to the branch at right angles (Moore–Penrose):

.. math::
    \begin{pmatrix} F_y & F_λ \\ t_y^T W & t_λ W \end{pmatrix}
    \begin{pmatrix} δy \\ δλ \end{pmatrix} = \begin{pmatrix} -F \\ 0 \end{pmatrix} ,

whose matrix is regular where F_y is not: at a fold, where t_λ = 0.

References
----------
Allgower and Georg, Numerical Continuation Methods (1990), chapters 2, 3 and 9.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from bumpform.errors import ConvergenceError
from bumpform.geometry.curve import Array
from bumpform.geometry.roots import find_root
from bumpform.quick import cached_property, replace
from bumpform.surface.drop.newton import Surface, balance, displaced, ends
from bumpform.surface.drop.reference_element import Newton, resampled

#: What a branch may be followed in.
PARAMETERS = ("volume", "load", "gravity")
#: Length of the first step, of the longest and of the shortest: displacement relative to the
#: meridian's length, and change of pressure and parameter relative to their size.
FIRST_STEP, LONGEST, SHORTEST = 0.05, 0.2, 1e-5
#: A correction ends below this: Newton's method then is at round-off.
CONVERGED = 1e-8
MAX_CORRECTIONS = 8
#: Distance along the branch to which a place on it is found.
NEAR = 1e-12
#: Steps of a branch before a search along it gives up.
MAX_STEPS = 300
#: Part of the largest singular value below which a direction is that of another branch.
SINGULAR = 1e-9
#: Cosine of the largest turn of the tangent in one step.
TURN = 0.9


@dataclass(frozen=True, eq=False)
class Point:
    """An equilibrium on a branch.

    Attributes
    ----------
    surface : Surface
    parameter : str
        One of ``PARAMETERS``.
    tangent : ndarray
        Change of the unknowns, the pressure and the parameter along the branch.
    newton : Newton
        Of ``newton.balance`` at the surface.
    """

    surface: Surface
    parameter: str
    tangent: Array
    newton: Newton

    @property
    def value(self) -> float:
        """The parameter, scaled."""
        return parameter_of(self.surface, self.parameter)

    @property
    def rate(self) -> float:
        """Change of the parameter along the branch: zero at a fold."""
        return float(self.tangent[-1])

    @cached_property
    def stiffness(self) -> float:
        """Lowest eigenvalue at fixed volume of the unknowns' Hessian, but for a positive factor.

        The bordered matrix has one negative eigenvalue by its border; the next one changes sign
        where the energy ceases to be a minimum (m = 0).
        """
        return float(np.linalg.eigvalsh(_matrix(self.newton))[1])

    def ahead(self, distance: float, *, crossing: bool = False) -> Point:
        """The branch's point at a distance along the tangent.

        Parameters
        ----------
        distance : float
        crossing : bool
            Whether another branch may cross there: see ``correct``.

        Raises
        ------
        ConvergenceError
        """
        change = distance * self.tangent
        surface = _shifted(self.surface, self.parameter, self.newton, change)
        return correct(surface, self.parameter, self.tangent, crossing=crossing)

    def place_of(
        self, function: Callable[[Point], float], reach: float, *, crossing: bool = False
    ) -> float:
        """Distance along the tangent, up to a reach, where a function of the point is zero.

        The point itself, solved again, may be off by round-off: where that leaves no change of
        sign, the zero is at the end that is nearer to it.
        """

        def at(distance: float) -> float:
            return function(self.ahead(distance, crossing=crossing))

        first, last = at(0.0), at(reach)
        if first * last >= 0.0:
            return 0.0 if abs(first) <= abs(last) else reach
        return find_root(at, 0.0, reach, tolerance=NEAR)

    def refined(self) -> Point:
        """The same place of the branch on twice as many elements."""
        count = len(self.newton.normal)
        normal = resampled(self.tangent[:count], 2 * self.surface.elements)
        tangent = np.concatenate([normal, self.tangent[count:]])
        return correct(self.surface.refined(), self.parameter, tangent)

    def evened(self) -> Point:
        """The same place of the branch with its nodes spread evenly, where they have crowded."""
        surface = self.surface.evened()
        if surface is self.surface:
            return self
        along = np.zeros_like(self.tangent)
        along[-1] = self.rate
        try:
            return correct(surface, self.parameter, along)
        except ConvergenceError:  # next to a fold the parameter alone is no direction: later
            return self


def parameter_of(surface: Surface, parameter: str) -> float:
    """Scaled value of a parameter: volume/2π, load/2πσL, or Bond number."""
    if parameter == "load":
        assert surface.load is not None
        return surface.load
    return surface.volume if parameter == "volume" else surface.bond


def with_parameter(surface: Surface, parameter: str, value: float) -> Surface:
    """The same curve, asked to meet another value."""
    if parameter == "volume":
        return replace(surface, volume=value)
    if parameter == "load":
        return replace(surface, load=value)
    return replace(surface, bond=value)


def _matrix(newton: Newton) -> Array:
    assert newton.matrix is not None
    return newton.matrix


def _shifted(surface: Surface, parameter: str, newton: Newton, change: Array) -> Surface:
    value = parameter_of(surface, parameter) + float(change[-1])
    return with_parameter(displaced(surface, newton.normal, change[:-1]), parameter, value)


def _weights(surface: Surface, parameter: str) -> Array:
    """Of the norm: displacements by the meridian's length, the rest by its own size."""
    length = float(np.hypot(*np.diff(surface.x, axis=0).T).sum())
    count, speeds = len(surface.x), [end.speed for end in ends(surface).unknowns]
    size = {"volume": abs(surface.volume), "load": length, "gravity": length**-2}[parameter]
    return np.concatenate(
        [
            np.full(count, 1.0 / (count * length**2)),
            (np.array(speeds) / length) ** 2,
            [length**2, size**-2],
        ]
    )


def _system(surface: Surface, parameter: str, along: Array) -> tuple[Newton, Array, Array]:
    """Balance of a surface, its matrix with parameter and tangent, and weights."""
    newton = balance(surface, bordered=True)
    # the balance is linear in every parameter, so that a difference is the derivative
    value = parameter_of(surface, parameter)
    beyond = balance(with_parameter(surface, parameter, value + 1.0))
    weights = _weights(surface, parameter)
    matrix = _matrix(newton)
    n = len(matrix)
    system = np.empty((n + 1, n + 1))
    system[:n, :n] = matrix
    system[:n, n] = newton.right - beyond.right
    system[n] = along * weights
    return newton, system, weights


def correct(surface: Surface, parameter: str, along: Array, *, crossing: bool = False) -> Point:
    """The branch's point next to a surface, at right angles to a direction.

    Parameters
    ----------
    surface : Surface
    parameter : str
    along : ndarray
        Roughly along the branch, the way that the new tangent looks.
    crossing : bool
        Whether another branch may cross here. In its direction, in which the matrix is singular,
        the surface then stays as it is: solved for, it would lean by round-off over nothing.

    Raises
    ------
    ConvergenceError
    """
    size, iteration = math.inf, 0
    while iteration < MAX_CORRECTIONS:
        iteration += 1
        newton, system, weights = _system(surface, parameter, along)
        right = np.append(newton.right, 0.0)
        if not (np.isfinite(system).all() and np.isfinite(right).all()):
            break
        done = size < CONVERGED
        sides = np.stack([right, np.eye(len(right))[-1]], axis=1)
        try:
            if crossing:
                change = np.linalg.lstsq(system, sides, rcond=SINGULAR)[0]
            else:
                change = np.linalg.solve(system, sides)
        except np.linalg.LinAlgError:
            break
        if done:
            tangent = change[:, 1] / math.sqrt(float(weights @ change[:, 1] ** 2))
            return Point(_checked(surface, newton, size), parameter, tangent, newton)
        size = math.sqrt(float(weights @ change[:, 0] ** 2))
        if not size < 1.0:
            break
        surface = _shifted(surface, parameter, newton, change[:, 0])
    raise ConvergenceError("iteration limit", iteration, size, f"a point of the {parameter} branch")


def _checked(surface: Surface, newton: Newton, step: float) -> Surface:
    """The surface with its last step, residual and volume error."""
    return replace(
        surface,
        step=step,
        residual=float(np.abs(newton.right[: len(newton.normal)]).max() / surface.x[:, 0].max()),
        volume_error=abs(float(newton.right[-1]) / surface.volume),
    )


def first_point(surface: Surface, parameter: str, direction: float) -> Point:
    """First point of a branch: a solved surface, looking where the parameter grows (or falls).

    Parameters
    ----------
    surface : Surface
    parameter : str
    direction : float
        +1 or −1.
    """
    along = np.zeros(len(surface.x) + len(ends(surface).unknowns) + 2)
    along[-1] = direction
    return correct(surface, parameter, along)


def walk(start: Point) -> Iterator[tuple[Point, float, Point]]:
    """Steps of a branch: from a point, how far along its tangent, to the next point.

    Yields
    ------
    Point, float, Point

    Raises
    ------
    ConvergenceError
        Where the branch cannot be followed.
    """
    here, stride = start, FIRST_STEP
    while True:
        try:
            there = here.ahead(stride)
            weights = _weights(here.surface, here.parameter)
            followed = float(weights @ (here.tangent * there.tangent)) > TURN
        except ConvergenceError:
            if stride < SHORTEST:
                raise
            followed = False
        if not followed:
            if stride < SHORTEST:
                raise ConvergenceError(
                    "the branch turns sharply", 0, stride, f"{here.parameter} {here.value:.6g}"
                )
            stride *= 0.5
            continue
        yield here, stride, there
        here, stride = there.evened(), min(1.5 * stride, LONGEST)


def follow_to(
    start: Point, target: float, within: Callable[[Surface], bool] | None = None
) -> tuple[Surface, bool]:
    """Follow a branch to a value of its parameter, or to the fold or the bound that comes before.

    Parameters
    ----------
    start : Point
        Looking towards the value.
    target : float
        Scaled.
    within : callable, optional
        Whether a surface is one to go on from; else the branch is followed no further.

    Returns
    -------
    Surface
        At the value or at the fold; with a bound, maybe past the fold, or past the bound.
    bool
        Whether the value was reached.

    Raises
    ------
    ConvergenceError
    """
    if start.value == target:
        return start.surface, True
    towards = math.copysign(1.0, target - start.value)
    for here, stride, there in islice(walk(start), MAX_STEPS):
        furthest, limit = there, stride
        if towards * there.rate <= 0.0:
            most = 2.0 * abs(here.rate) * stride  # falling to zero, it changes the value by less
            if within is not None and abs(target - here.value) > most:
                return there.surface, False
            limit = here.place_of(lambda p: p.rate, stride)
            furthest = here.ahead(limit)
        if towards * (furthest.value - target) >= 0.0:
            return here.ahead(here.place_of(lambda p: p.value - target, limit)).surface, True
        if furthest is not there or not (within is None or within(there.surface)):
            return furthest.surface, False
    raise ConvergenceError("neither the value nor a fold", MAX_STEPS, target, start.parameter)
