"""The discrete free surface: its meridian's reference mesh, and what the weak forms tell on it.

The forms are ``weak_forms``, their code is compiled by ``native``. A meridian runs from the
outer contact line upwards to the apex, liquid on its left; lengths are scaled by a length L of
the problem, energies by 2πσL².
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from bumpform.geometry.curve import Array, PolynomialCurve
from bumpform.kernel.native import doubles, library

#: Polynomial degree of the elements along the meridian.
DEGREE = 6


class Newton(NamedTuple):
    """Newton's step of a meridian at fixed volume, and what it starts from.

    The unknowns are the normal displacements of all nodes, of which those of contact lines stay
    zero; the ends' unknowns; the pressure.

    Attributes
    ----------
    gradient, volume_gradient : ndarray, shape (count, 2)
        Of 𝓛 and V by the nodes.
    normal : ndarray, shape (count, 2)
        Unit normals into the gas's side; zero where a node is no unknown.
    right : ndarray, shape (unknowns,)
        Forces out of balance by the unknowns, and the missing volume.
    change : ndarray, shape (unknowns,)
        The step.
    sizes : ndarray, shape (2,)
        Largest displacement, not finite where there is no step; largest force.
    matrix : ndarray, shape (unknowns, unknowns), or None
        Minus the derivative of ``right`` by the unknowns: the bordered Hessian.
    """

    gradient: Array
    volume_gradient: Array
    normal: Array
    right: Array
    change: Array
    sizes: Array
    matrix: Array | None


class Survey(NamedTuple):
    """What is read off a meridian, scaled; see ``survey`` in ``kernel.h``.

    Attributes
    ----------
    widest_r, widest_z, top_r, top_z : float
        Places where r, where z is largest.
    area, weight : float
        A and W.
    length : float
        Of the chords between nodes.
    slowest, fastest, mean : float
        |X'| by ξ, at the nodes of all elements.
    """

    widest_r: float
    widest_z: float
    top_r: float
    top_z: float
    area: float
    weight: float
    length: float
    slowest: float
    fastest: float
    mean: float


class Reactions(NamedTuple):
    """How a meridian acts on its ends, scaled; see ``reaction`` in ``kernel.h``.

    Attributes
    ----------
    first, last : pair of float
        Unit vectors along the surface away from its first and from its last end.
    rise : float
        Of a cap's surface at its line, towards the axis, rad, counted on from the axis: in as
        many turns as the meridian makes.
    lift : float
        Force of the surface on its last end, upwards.
    """

    first: tuple[float, float]
    last: tuple[float, float]
    rise: float
    lift: float

    @classmethod
    def of(cls, found: Any) -> Reactions:
        """The library's."""
        first, last = found.pull
        return cls((first[0], first[1]), (last[0], last[1]), found.rise, found.lift)


class ReferenceMesh:
    """Reference mesh of a meridian, with what the compiled forms tell on it.

    Nodes are numbered along the curve.

    Parameters
    ----------
    elements : int

    Attributes
    ----------
    count : int
        Number of nodes of a meridian, ``elements * DEGREE + 1``.
    xi : ndarray, shape (count,)
        The nodes' places in [0, 1].
    local : tuple of float, length DEGREE + 1
        Places of an element's nodes in [0, 1].
    monomials : ndarray, shape (DEGREE + 1, DEGREE + 1)
        Nodal values of an element → coefficients in x = −1 … 1 along it.
    slope : ndarray, shape (DEGREE + 1, DEGREE + 1)
        Nodal values of an element → derivative by ξ at its nodes.
    given : tuple
        ``slope``, ``xi`` and ``elements`` as the library takes them.
    """

    def __init__(self, elements: int) -> None:
        self.elements = elements
        self.count = elements * DEGREE + 1
        self._ffi, self._library = library()
        self.local = tuple(self._ffi.unpack(self._library.node_places, DEGREE + 1))
        points = np.array(self.local)
        inner = np.arange(elements)[:, None] + points[:-1]
        self.xi = np.append(inner.ravel(), elements) / elements
        vander = np.vander(2.0 * points - 1.0, increasing=True)
        self.monomials = np.linalg.inv(vander)
        rise = np.zeros_like(vander)
        rise[:, 1:] = vander[:, :-1] * np.arange(1, DEGREE + 1)
        self.slope = 2.0 * elements * rise @ self.monomials
        self.given = (doubles(self.slope), doubles(self.xi), elements)
        self._monomials = doubles(self.monomials)

    def gradients(self, x: Array, bond: float, pressure: float) -> tuple[Array, Array]:
        """Gradient of 𝓛 and of V at the nodes of a meridian, shape (count, 2) each."""
        gradient, volume_gradient = np.empty(x.shape), np.empty(x.shape)
        self._library.gradients(
            self.elements,
            doubles(x),
            bond,
            pressure,
            doubles(gradient),
            doubles(volume_gradient),
        )
        return gradient, volume_gradient

    def newton(
        self,
        x: Array,
        bond: float,
        pressure: float,
        excess: float,
        ends: Sequence[tuple[Any, ...]],
        *,
        closed: bool,
        coupling: float = 0.0,
        bordered: bool = False,
    ) -> Newton:
        """One step of Newton's method at fixed volume.

        Parameters
        ----------
        x : ndarray, shape (count, 2)
        bond, pressure : float
        excess : float
            Solid-side volume/2π less the volume asked for.
        ends : sequence of End
            The ends' unknowns.
        closed : bool
            Whether the last node is on the axis, where the normal is vertical.
        coupling : float
            Mixed second derivative of the solid side's energy by the last two of ``ends``.
        bordered : bool
            Whether the matrix is asked for.
        """
        count = len(ends)
        size = self.count + count + 1
        gradient, volume_gradient, normal = np.empty((3, *x.shape))
        right, change = np.empty((2, size))
        sizes = np.empty(2)
        matrix = np.empty((size, size)) if bordered else None
        enough = self._library.newton(
            *self.given,
            closed,
            count,
            self._ffi.new("end_unknown[]", ends),
            coupling,
            doubles(x),
            bond,
            pressure,
            excess,
            doubles(gradient),
            doubles(volume_gradient),
            doubles(normal),
            doubles(right),
            doubles(change),
            doubles(sizes),
            self._ffi.NULL if matrix is None else doubles(matrix),
        )
        if not enough:
            raise MemoryError
        return Newton(gradient, volume_gradient, normal, right, change, sizes, matrix)

    def read_off(self, x: Array) -> Survey:
        """What is read off a meridian.

        Where it is highest inside an element is a root of the derivative's polynomial, so it is
        as exact as the curve.

        Parameters
        ----------
        x : ndarray, shape (count, 2)
        """
        s = self._ffi.new("survey *")
        self._library.read_off(self._monomials, self.given[0], self.elements, doubles(x), s)
        numbers = (*s.widest, *s.top, s.area, s.weight)
        return Survey._make((*numbers, s.length, s.slowest, s.fastest, s.mean))

    def reactions(self, x: Array, bond: float, pressure: float, gradient: Array) -> Reactions:
        """How a meridian acts on its ends.

        Parameters
        ----------
        x : ndarray, shape (count, 2)
        bond, pressure : float
        gradient : ndarray, shape (count, 2)
            Of 𝓛 there.
        """
        found = self._ffi.new("reaction *")
        self._library.react(*self.given[1:], doubles(x), bond, pressure, doubles(gradient), found)
        return Reactions.of(found)

    def second_variation(
        self, x: Array, bond: float, pressure: float
    ) -> tuple[Array, Array, Array]:
        """Dense J₀ without the line's term, ∫ w v/r ds, and ∫ w v r ds: see ``stability``.

        Parameters
        ----------
        x : ndarray, shape (count, 2)
        bond, pressure : float

        Returns
        -------
        ndarray, ndarray, ndarray, shape (count, count) each
        """
        stiffness, inverse, mass = np.empty((3, self.count, self.count))
        self._library.second_variation(
            self.elements,
            doubles(x),
            bond,
            pressure,
            doubles(stiffness),
            doubles(inverse),
            doubles(mass),
        )
        return stiffness, inverse, mass

    def integrals(self, x: Array) -> Array:
        """A and W of one free surface, or of several.

        Parameters
        ----------
        x : ndarray, shape (count, 2) or (meridians, count, 2)

        Returns
        -------
        ndarray, shape (2,) or (meridians, 2)
        """
        sums = np.empty((*x.shape[:-2], 2))
        self._library.energies(
            self.elements,
            sums.size // 2,
            doubles(x),
            doubles(sums),
        )
        return sums

    def curve(self, x: Array) -> PolynomialCurve:
        """The exact curve through the nodes."""
        return PolynomialCurve.from_nodes(x, self.local)


@lru_cache(maxsize=16)
def reference_mesh(elements: int) -> ReferenceMesh:
    """The reference mesh with so many elements; made once a process."""
    return ReferenceMesh(elements)


@lru_cache(maxsize=32)
def _resampling(elements: int, others: int) -> Array:
    """Nodal values on so many elements → on so many others."""
    mesh, place = reference_mesh(elements), reference_mesh(others).xi * elements
    element = np.minimum(place.astype(int), elements - 1)
    x = 2.0 * (place - element) - 1.0
    matrix = np.zeros((len(place), mesh.count))
    columns = element[:, None] * DEGREE + np.arange(DEGREE + 1)
    values = np.vander(x, DEGREE + 1, increasing=True) @ mesh.monomials
    np.put_along_axis(matrix, columns, values, axis=1)
    return matrix


def resampled(x: Array, elements: int) -> Array:
    """Nodes of the same curve on another mesh: exactly the same on twice as many elements."""
    return _resampling((len(x) - 1) // DEGREE, elements) @ x
