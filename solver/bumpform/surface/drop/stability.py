r"""Second variation of the energy: whether an equilibrium is a minimum, and by how much.

For a normal displacement w(s) cos(mφ), scaled by the length L and 2πσ,

.. math::
    J_m(w) = \int \Big[w_s^2 + \frac{m^2}{r^2} w^2 - (κ_1^2 + κ_2^2) w^2
             + \mathrm{Bo}\,n_z w^2\Big] r\,ds \; + \; q\,r\,w^2\big|_{line},

with q = −(κ₁ cosθ − κ_solid)/sinθ at a line that slides (κ_solid positive where the solid
is convex) and w = 0 at a pinned one; at m = 0 the volume stays, ∫ w r ds = 0. For m ≥ 1,
J_m grows with m, so that m = 1 decides for all of them.

A surface that is a minimum of m = 0 stands upright; it *leans* where some m ≥ 1 lowers its energy.
A line that is held, by a little hysteresis of its contact angle, has w = 0 as a pinned one has.

References
----------
Finn, Equilibrium Capillary Surfaces (1986), chapter 4, for the line's term; its sign is
checked by the neutral translation of a cap on a plane and rotation of one on a sphere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bumpform.geometry.curve import Array
from bumpform.kernel.native import doubles, library
from bumpform.surface.drop.contact_line import ContactLine
from bumpform.surface.drop.newton import Surface
from bumpform.surface.drop.reference_element import reference_mesh

#: Elements at the most, where nothing else is said: eigenvalues are good to 1e-8 there (3e-8 for
#: a bridge of six radii' height that bulges to three), and finer ones cost their cube.
ELEMENTS = 8
#: Azimuthal modes that are reported.
MODES = (0, 1, 2)
#: An eigenvalue within this of zero is neutral.
NEUTRAL = 1e-6
#: One within this of zero, and not of that, is looked at on more elements: a wide puddle's is 1e-5.
UNSURE = 1e-3
#: How a surface gives way that is unstable in a mode.
_WAYS = {0: "the whole shape gives way", 1: "the liquid gives way to one side"}


@dataclass(frozen=True)
class Leaning:
    """How a surface gives way to one side, or to several.

    Attributes
    ----------
    mode : int
        The weakest with m ≥ 1.
    margin : float, σ/L²
        Its lowest eigenvalue, below zero.
    held_margin : float, σ/L²
        The same with every line held where it is.
    """

    mode: int
    margin: float
    held_margin: float

    @property
    def holds_when_pinned(self) -> bool:
        """Whether it stands as long as its lines are held: by hysteresis of the contact angle."""
        return self.held_margin > NEUTRAL


@dataclass(frozen=True)
class Stability:
    """Lowest eigenvalues of the second variation against ∫ w² r ds.

    A floating body is held at its height here: ``loaded_body.stiffness`` tells whether it stays.

    Attributes
    ----------
    lowest : dict of int to float
        By azimuthal mode, in units of σ/L² with L = V^(1/3).
    neutral : tuple of int
        Modes whose lowest eigenvalue is zero to round-off: the drop can move at no cost
        (translation of a cap on a plane).
    leans : Leaning or None
        None where no mode with m ≥ 1 lowers the energy, or where m = 0 does, too.
    """

    lowest: dict[int, float]
    neutral: tuple[int, ...]
    leans: Leaning | None = None

    @property
    def stable(self) -> bool:
        """Whether no mode lowers the energy (neutral ones count as stable)."""
        return all(m in self.neutral or value > 0.0 for m, value in self.lowest.items())

    @property
    def upright(self) -> bool:
        """Whether it is a minimum of all axisymmetric shapes, be it that it leans."""
        return self.lowest[0] > 0.0

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
        """Why an unstable surface is no minimum, in words: m = 0 first."""
        mode = self.leans.mode if self.leans is not None else 0
        way = _WAYS.get(mode, f"the liquid gives way to {mode} sides")
        return f"{way} (mode m = {mode}, eigenvalue {self.lowest[mode]:.3g} σ/L²)"


def line_term(surface: Surface, line: ContactLine) -> float:
    """q·r of a sliding contact line."""
    _, _, dr, dz, ddr, ddz = line.edge.jet(line.u)
    # convex is clockwise, outwards along the profile, but for a solid that lies above
    turns = line.scale * (dz * ddr - dr * ddz) / math.hypot(dr, dz) ** 3
    solid = line.sign * line.wets * turns
    r, z = line.place
    last = line is surface.end
    pull = surface.pull(last=last)
    across = (-pull[1] if last else pull[1]) / math.hypot(*pull) / r
    along = surface.pressure - surface.bond * z - across
    sine = math.sqrt(1.0 - line.cosine**2)
    return -(along * line.cosine - solid) / sine * r


def analyse(
    surface: Surface, modes: tuple[int, ...] = MODES, *, elements: int = ELEMENTS
) -> Stability:
    """Lowest eigenvalue of every mode on a solved surface.

    Parameters
    ----------
    surface : Surface
    modes : tuple of int
    elements : int
        At the most, but where a mode is nearly neutral: then up to those of the surface.
    """
    # a surface that needs many elements has modes that need more than most, too
    elements = min(surface.elements, max(elements, surface.elements // 4))
    mesh, x = reference_mesh(elements), surface.nodes_on(elements)
    stiffness, inverse, mass = mesh.second_variation(x, surface.bond, surface.pressure)
    first, last = 0, len(stiffness)  # nodes that move
    inner = [first, last]
    for line, node in ((surface.start, 0), (surface.end, -1)):
        if line is None:
            continue
        inner[node] = 1 if node == 0 else last - 1
        if line.free:
            stiffness[node, node] += line_term(surface, line)
        elif node == 0:
            first = 1
        else:
            last -= 1
    form = _Form(stiffness, inverse, mass, closed=surface.end is None)
    lowest = {mode: form.lowest(mode, first, last) for mode in modes}
    unsure = any(m > 0 and NEUTRAL <= abs(value) < UNSURE for m, value in lowest.items())
    if unsure and elements < surface.elements:
        return analyse(surface, modes, elements=2 * elements)
    neutral = tuple(m for m, value in lowest.items() if m > 0 and abs(value) < NEUTRAL)
    leaning = [m for m, value in lowest.items() if m > 0 and value <= -NEUTRAL]
    leans = None
    if leaning and lowest.get(0, 0.0) > 0.0:
        mode = min(leaning, key=lowest.__getitem__)
        leans = Leaning(mode, lowest[mode], form.lowest(mode, *inner))
    return Stability(lowest, neutral, leans)


class _Form(NamedTuple):
    """J₀, ∫ w v/r ds and ∫ w v r ds by the nodes; the last node may be on the axis."""

    stiffness: Array
    inverse: Array
    mass: Array
    closed: bool

    def lowest(self, mode: int, first: int, last: int) -> float:
        """Lowest eigenvalue of a mode, w = 0 but at the nodes from the first to before the last."""
        # cos(mφ) has no value on the axis, where the last node is
        if mode > 0 and self.closed and last == len(self.mass):
            last -= 1
        ffi, compiled = library()
        value = ffi.new("double *")
        matrices = (doubles(m) for m in (self.stiffness, self.inverse, self.mass))
        # m = 0: the volume stays, ∫ w r ds = 0
        if not compiled.lowest(
            len(self.mass), first, last, *matrices, float(mode**2), mode == 0, value
        ):
            raise MemoryError
        if math.isnan(value[0]):
            raise np.linalg.LinAlgError("a curve across the axis has no second variation")
        return float(value[0])
