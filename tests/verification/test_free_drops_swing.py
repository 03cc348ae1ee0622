"""A free drop's second mode at 200 steps a period: its frequency and decay as theory has them.

Half a drop on a plane that it glides on at 90°, stretched by 1 % and let go. Lamb's frequency
ω² = 8σ/ρR³ is that of no viscosity; the normal mode exp(−st), s = (ν/R²)q², obeys (Chandrasekhar,
Hydrodynamic and Hydromagnetic Stability, § 98; l = 2, Q = J₇⸝₂(q)/J₅⸝₂(q), α² = ωR²/ν)

    α⁴/q⁴ = 2(l²−1)/(q² − 2qQ) − 1 + 2l(l−1)/q² · [1 − (l+1)Q/(q/2 − Q)].

A drop from rest decays more slowly at first, until its vorticity is there.
"""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from scipy.special import jv

from bumpform.melting.flows.flow import Fluid
from bumpform.melting.motion.inertial import march_inertial, period
from bumpform.melting.motion.options import Options
from melts import free_drop, wall

pytestmark = [pytest.mark.dolfinx, pytest.mark.slow]

RADIUS = (0.75 / math.pi) ** (1 / 3)  # of a drop of volume 1


def mode(laplace: float) -> complex:
    """Decay rate s of the second normal mode, in σ/μL, of a drop of volume L³."""
    alpha = 8.0 * laplace * RADIUS

    def off(q: complex) -> complex:
        ratio = jv(3.5, q) / jv(2.5, q)
        bracket = 1.0 - 3.0 * ratio / (0.5 * q - ratio)
        return alpha / q**4 - (6.0 / (q * q - 2.0 * q * ratio) - 1.0 + 4.0 / q**2 * bracket)

    q = cmath.sqrt(5.0 + 1j * math.sqrt(alpha))  # Lamb's
    for _ in range(50):
        step = 1e-6 * q
        q -= 2.0 * step * off(q) / (off(q + step) - off(q - step))
    return q * q / (laplace * RADIUS**2)


def swings(laplace: float, periods: float) -> list[tuple[float, float]]:
    """Times, in Lamb's period, and displacements of the apex at its extremes, the first too."""
    floor = wall([(0.0, 0.0), (5.0, 0.0)], [90.0])
    options = Options(
        element=0.25, slip_length=math.inf, inertia=True, steps_per_period=200, move=1.0
    )
    shape, fluid = free_drop(floor, 0.02, options.sizes), Fluid(0.0, 0.0, laplace)
    rest, whole = (3.0 * shape.volume) ** (1 / 3), period(fluid)
    times, apexes = [], []
    for step in march_inertial(shape, floor, fluid, options):
        times.append(step.time / whole)
        apexes.append(step.shape.nodes[-1, 1] - rest)
        assert abs(step.shape.volume / shape.volume - 1.0) < 1e-12
        if times[-1] > periods:
            break
    t, a = np.array(times), np.array(apexes)
    found = [(0.0, float(a[0]))]
    for number in range(1, 1 + int(2.0 * periods)):
        sign = (-1) ** number
        near = np.flatnonzero(np.abs(t - 0.5 * number) < 0.1)
        k = near[np.argmax(sign * a[near])]
        c = np.polyfit(t[k - 3 : k + 4] - t[k], a[k - 3 : k + 4], 2)
        found.append((float(t[k] - 0.5 * c[1] / c[0]), float(c[2] - 0.25 * c[1] ** 2 / c[0])))
    return found


def test_the_mode_has_its_limits():
    """No viscosity: Lamb's frequency, and his decay 5ν/R²; the decay is 0.963 of it at 6e4."""
    for laplace, near in ((1e10, 1e-2), (6e4, 0.04)):
        found = mode(laplace)
        assert found.imag == pytest.approx(math.sqrt(8.0 / (laplace * RADIUS**3)), rel=1e-3)
        assert found.real == pytest.approx(5.0 / (laplace * RADIUS**2), rel=near)
    assert mode(6e4).real == pytest.approx(0.963 * 5.0 / (6e4 * RADIUS**2), rel=1e-3)


def test_at_a_laplace_number_of_1e3_it_fades_as_the_mode_does():
    """Period within 1 % of Lamb's (measured 0.8 %, as the mode's own), within 0.1 % of the mode's;
    decay once the vorticity is there, between the next three extremes, within 2 % (measured
    0.7 %)."""
    found, exact = swings(1e3, 1.7), mode(1e3)
    whole = period(Fluid(0.0, 0.0, 1e3))
    assert found[2][0] == pytest.approx(1.0, abs=0.01)
    assert found[2][0] * whole * exact.imag / (2.0 * math.pi) == pytest.approx(1.0, abs=1e-3)
    (first, a), (_, b), (last, c) = found[1:]
    rate = math.log((b - a) / (b - c)) / (0.5 * (last - first) * whole)
    assert rate == pytest.approx(exact.real, rel=0.02)


def test_at_a_laplace_number_of_6e4_its_period_is_lamb_s():
    """Within 1 %, measured 0.4 %. A period's decay is 5.4 %: it is told to a tenth of itself."""
    found, exact = swings(6e4, 1.1), mode(6e4)
    whole = period(Fluid(0.0, 0.0, 6e4))
    assert found[2][0] == pytest.approx(1.0, abs=0.01)
    rate = math.log(found[0][1] / found[2][1]) / (found[2][0] * whole)
    assert rate == pytest.approx(exact.real, rel=0.1)
