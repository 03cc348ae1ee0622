r"""Second variation of the energy: whether an equilibrium is a minimum, and by how much.

For a normal displacement w(s) cos(mφ), scaled by the length L and 2πσ,

.. math::
    J_m(w) = \int \Big[w_s^2 + \frac{m^2}{r^2} w^2 - (κ_1^2 + κ_2^2) w^2
             + \mathrm{Bo}\,n_z w^2\Big] r\,ds \; + \; q\,r\,w^2\big|_{line},

with q = −(κ₁ cosθ − κ_solid)/sinθ at a line that slides (κ_solid positive where the solid
is convex) and w = 0 at a pinned one; at m = 0 the volume stays, ∫ w r ds = 0. For m ≥ 1,
J_m grows with m, so that m = 1 decides for all of them.

References
----------
Finn, Equilibrium Capillary Surfaces (1986), chapter 4, for the line's term; its sign is
checked by the neutral translation of a cap on a plane and rotation of one on a sphere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bumpform.stack.curve import Array
from bumpform.surface.contact_line import ContactLine
from bumpform.surface.interval import interval
from bumpform.surface.meridian import Surface

#: Elements at the most, where nothing else is said: eigenvalues are good to 1e-8 there (3e-8 for
#: a bridge of six radii' height that bulges to three), and finer ones cost their cube.
ELEMENTS = 8
#: Azimuthal modes that are reported.
MODES = (0, 1, 2)
#: An eigenvalue within this of zero is neutral.
NEUTRAL = 1e-6
#: How a surface gives way that is unstable in a mode.
_WAYS = {0: "the whole shape gives way", 1: "the liquid gives way to one side"}


@dataclass(frozen=True)
class Stability:
    """Lowest eigenvalues of the second variation against ∫ w² r ds.

    A floating body is held at its height here: ``floating.stiffness`` tells whether it stays.

    Attributes
    ----------
    lowest : dict of int to float
        By azimuthal mode, in units of σ/L² with L = V^(1/3).
    neutral : tuple of int
        Modes whose lowest eigenvalue is zero to round-off: the drop can move at no cost
        (translation of a cap on a plane).
    """

    lowest: dict[int, float]
    neutral: tuple[int, ...]

    @property
    def stable(self) -> bool:
        """Whether no mode lowers the energy (neutral ones count as stable)."""
        return all(m in self.neutral or value > 0.0 for m, value in self.lowest.items())

    @property
    def weakest(self) -> int:
        """The mode that is nearest to instability, of those that are not neutral."""
        return min((m for m in self.lowest if m not in self.neutral), key=self.lowest.__getitem__)

    @property
    def margin(self) -> float:
        """Eigenvalue of the weakest mode, σ/L²: what the energy rises by at the least.

        A displacement of mean square a² over the area A of the surface costs at least
        margin · σ A a²/2L².
        """
        return self.lowest[self.weakest]

    def reason(self) -> str:
        """Why an unstable surface is no minimum, in words."""
        way = _WAYS.get(self.weakest, f"the liquid gives way to {self.weakest} sides")
        return f"{way} (mode m = {self.weakest}, eigenvalue {self.margin:.3g} σ/L²)"


def line_term(surface: Surface, line: ContactLine) -> float:
    """q·r of a sliding contact line."""
    d1 = line.edge.derivative(line.u) / line.scale
    d2 = line.edge.second_derivative(line.u) / line.scale
    # convex is clockwise, outwards along the profile, but for a solid that lies above
    turns = (d1[1] * d2[0] - d1[0] * d2[1]) / math.hypot(*d1) ** 3
    solid = line.sign * line.wets * turns
    r, z = line.point()
    last = line is surface.end
    pull = surface.pull(last=last)
    across = (-pull[1] if last else pull[1]) / math.hypot(*pull) / r
    along = surface.pressure - surface.bond * z - across
    sine = math.sqrt(1.0 - line.cosine**2)
    return float(-(along * line.cosine - solid) / sine * r)


def analyse(
    surface: Surface, modes: tuple[int, ...] = MODES, *, elements: int = ELEMENTS
) -> Stability:
    """Lowest eigenvalue of every mode on a solved surface.

    Parameters
    ----------
    surface : Surface
    modes : tuple of int
    elements : int
        At the most.
    """
    # a surface that needs many elements has modes that need more than most, too
    elements = min(surface.elements, max(elements, surface.elements // 4))
    mesh, x = interval(elements), surface.x
    if surface.elements != elements:
        x = surface.mesh.curve(x).point(mesh.xi * surface.elements)
    stiffness, inverse, mass = mesh.second_variation(x, surface.bond, surface.pressure)
    keep = np.ones(len(stiffness), dtype=bool)
    for line, node in ((surface.start, 0), (surface.end, -1)):
        if line is None:
            continue
        if line.free:
            stiffness[node, node] += line_term(surface, line)
        else:
            keep[node] = False
    constraint = mass.sum(axis=0)[keep]
    stiffness, inverse, mass = (m[np.ix_(keep, keep)] for m in (stiffness, inverse, mass))
    # in coordinates in which ∫ w² r ds is the sum of squares
    factor = np.linalg.inv(np.linalg.cholesky(mass))
    stiffness, inverse = (factor @ m @ factor.T for m in (stiffness, inverse))
    # cos(mφ) has no value on the axis; its node is the last, and so is its coordinate
    off_axis = slice(-1 if surface.end is None else None)
    lowest = {}
    for mode in modes:
        if mode == 0:
            matrix = _across(stiffness, factor @ constraint)  # volume stays: ∫ w r ds = 0
        else:
            matrix = (stiffness + mode**2 * inverse)[off_axis, off_axis]
        lowest[mode] = float(np.linalg.eigvalsh(matrix)[0])
    neutral = tuple(m for m, value in lowest.items() if m > 0 and abs(value) < NEUTRAL)
    return Stability(lowest, neutral)


def _across(matrix: Array, vector: Array) -> Array:
    """A symmetric matrix on all that is orthogonal to a vector, by a Householder reflection."""
    v = vector.copy()
    v[0] += math.copysign(float(np.linalg.norm(vector)), vector[0])
    v *= math.sqrt(2.0) / float(np.linalg.norm(v))
    w = matrix @ v
    w -= 0.5 * float(v @ w) * v
    reflected: Array = (matrix - np.outer(v, w) - np.outer(w, v))[1:, 1:]
    return reflected
