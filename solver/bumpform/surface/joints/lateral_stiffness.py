r"""Stiffness of a joint against moves of its upper body to one side: shift and tilt.

A body that is moved by a small δ displaces its surface by δ g(s) cosφ along the normal, with

.. math::
    g = n_r \;\text{(shift along x)}, \qquad
    g = n_r (z - z_c) - n_z r \;\text{(tilt about a diameter at height } z_c \text{)}.

The liquid follows by δ w(s) cosφ: w makes the second variation of ``stability`` for m = 1
stationary, with w = 0 at a lower line that is pinned and w = g at an upper one; lines that slide
keep their angle on the solid, w' + q w = 0 below and (w − g)' + q (w − g) = 0 above. The force
(moment) on the body is −k δ. It is what the surface passes on at its end,

.. math:: k = πσ\,r\,(w' g - w g'), \qquad \text{(tilt: } + \; πρg\,[a^4/4 - 2\int (z - z_c) dV/2π]
    \text{)}

since g is itself a solution that costs nothing, but for the weight of a tilted liquid: the part
between the level of a line of radius a and the body's surface hangs on the body. k is positive
where the joint brings the body back, negative where the body shears off or tips.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bumpform.surface.drop.contact_line import ContactLine
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.newton import Surface
from bumpform.surface.drop.reference_element import reference_mesh
from bumpform.surface.drop.stability import line_term
from bumpform.units.measured import Measured

#: Elements at the most, but for surfaces that need many: the error falls as with h¹².
ELEMENTS = 16
#: How much of σ a stiffness is off by for a surface that is off by its size, for w of size 1; and
#: of what it moves by, for one that is turned.
SENSITIVITY = 10.0


@dataclass(frozen=True)
class Lateral:
    """How a joint resists moves of its upper body, its height and the other move held.

    Attributes
    ----------
    shift : Measured, N/m
        −dF/dx; exactly zero where a line slides on a level plane, on which the joint just glides.
    tilt : Measured or None, N·m/rad
        −dM/dα about a diameter at the height asked for; None where both lines slide on planes,
        between which a tilt squeezes the liquid out.
    """

    shift: Measured
    tilt: Measured | None


class _Move(NamedTuple):
    """Normal displacement of the upper line by a move of its body, and its slope by arc length.

    And how much of its curvature there that has.
    """

    g: float
    slope: float
    bend: float


class _Stiffness(NamedTuple):
    """A stiffness, what it moves by where its surface is turned by 1, and the largest |w|."""

    value: float
    turned: float
    reach: float


def lateral(found: Equilibrium, about: float) -> Lateral:
    """Lateral and tilt stiffness of a joint, with their errors.

    Parameters
    ----------
    found : Equilibrium
        With a line on an upper body.
    about : float, m
        Height of the diameter about which that tilts.
    """
    surface, drop = found.surface, found.drop
    end = surface.end
    assert end is not None
    below, top = _glides(surface.start), _glides(end)
    if below and top:
        return Lateral(Measured(0.0), None)
    centre = about / drop.length
    n = min(surface.elements, max(ELEMENTS, surface.elements // 4))
    fine, coarse = (_stiffness(_on(surface, k), centre) for k in (n, n // 2))
    off, turned = SENSITIVITY * found.doubt.place / drop.length, SENSITIVITY * found.turned
    shift, tilt = (
        Measured(
            k.value,
            abs(k.value - rough.value) + off * math.pi * max(1.0, k.reach) ** 2 + turned * k.turned,
        )
        for k, rough in zip(fine, coarse, strict=True)
    )
    if below or top:
        shift = Measured(0.0)
    unit = drop.surface_tension
    return Lateral(unit * shift, unit * drop.length**2 * tilt)


def _glides(line: ContactLine) -> bool:
    """Whether a line slides on a level plane, which looks the same from everywhere."""
    straight = line.edge.straight
    return line.free and straight is not None and abs(straight[3]) <= 1e-12 * abs(straight[2])


def _on(surface: Surface, elements: int) -> tuple[Surface, np.ndarray]:
    """A surface with its form of m = 1, without the lines' terms, on a mesh."""
    x = surface.nodes_on(elements)
    stiffness, inverse, _ = reference_mesh(elements).second_variation(
        x, surface.bond, surface.pressure
    )
    return surface, stiffness + inverse


def _stiffness(on_mesh: tuple[Surface, np.ndarray], centre: float) -> tuple[_Stiffness, _Stiffness]:
    """That of shift and of tilt, by σ (tilt: σL²)."""
    surface, bare = on_mesh
    start, end = surface.start, surface.end
    assert end is not None
    matrix, first, last = bare.copy(), 0, len(bare)
    if start.free:
        matrix[0, 0] += line_term(surface, start)
    else:
        first = 1
    term = line_term(surface, end) if end.free else 0.0
    if end.free:
        matrix[-1, -1] += term
    else:
        last -= 1
    r, moves = end.place[0], _moves(surface, centre)
    w = np.zeros((len(bare), 2))
    if end.free:
        right = np.zeros((last - first, 2))
        right[-1] = [term * move.g + r * move.slope for move in moves]
    else:
        w[-1] = [move.g for move in moves]
        right = -np.outer(matrix[first:last, -1], w[-1])
    w[first:last] = np.linalg.solve(matrix[first:last, first:last], right)
    pulls, reach = bare[-1] @ w, np.abs(w).max(axis=0)
    volume, moment, _ = end.solid  # between the line's level and the body
    weight = math.pi * surface.bond * (0.25 * r**4 - 2.0 * (moment - centre * volume))
    length = surface.survey.length
    shift, tilt = (
        _Stiffness(
            math.pi * (pull * move.g - r * v * move.slope) + of_weight,
            math.pi
            * (abs(pull * move.g) + r * abs(v) * (abs(move.slope) + abs(move.bend) / length)),
            most,
        )
        for pull, v, most, move, of_weight in zip(
            pulls.tolist(), w[-1].tolist(), reach.tolist(), moves, (0.0, weight), strict=True
        )
    )
    return shift, tilt


def _moves(surface: Surface, centre: float) -> tuple[_Move, _Move]:
    """The upper line's shift and tilt, for a δ of 1."""
    end = surface.end
    assert end is not None
    r, z = end.place
    pull = surface.pull(last=True)
    length = math.hypot(*pull)
    tr, tz = -pull[0] / length, -pull[1] / length  # towards the line; the normal is (tz, −tr)
    along = surface.pressure - surface.bond * z - tz / r
    arm = z - centre
    return (
        _Move(tz, tr * along, tr),
        _Move(tz * arm + tr * r, along * (tr * arm - tz * r) + 1.0, tr * arm - tz * r),
    )
