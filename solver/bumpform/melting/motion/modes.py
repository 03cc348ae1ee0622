"""The modes of a motion about a rest: their periods and decays, by the matrix pencil.

Whatever is linear in the deviation from a rest, y(t), is a sum of exponentials c exp(st), one for
each mode. Sampled evenly, the stretches of y lie in as many dimensions as there are modes, and a
shift by a sample multiplies each by its exp(s dt): the stretches' singular vectors without their
last sample, and without their first, give these as eigenvalues (Hua & Sarkar 1990; Roy & Kailath
1989). Several signals of one motion share their modes, and are taken at once.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.interpolate import CubicSpline

from bumpform.geometry.curve import Array

#: Samples of a free drop's period, and most of them.
SAMPLES, MOST = 24, 240
#: Fewest samples, and least singular value, as a part of the largest, that is a mode's; most modes.
FEWEST, CUT, MODES = 16, 0.03, 14
#: Periods of a mode that have to be seen: what is slower is drift.
SEEN = 1.5
#: Largest part of the motion, drift left out, that modes may leave.
MISFIT = 0.2
#: How far the later part of a motion, so much of it, may be off the whole in period and in rate of
#: decay.
LATER, SAME_PERIOD, SAME_DECAY = 0.75, 0.03, 0.25


class Modes(NamedTuple):
    """The modes of a motion, those that swing before it ends SEEN times.

    Attributes
    ----------
    rates : ndarray of complex, shape (modes,)
        −1/decay + 2πi/period, the largest amplitude first.
    amplitudes : ndarray, shape (modes,)
        At the end, root of the sum of squares over the signals.
    misfit : float
        What all of them leave of the motion, drift left out, as a part of it (root mean squares).
    """

    rates: Array
    amplitudes: Array
    misfit: float


class Swing(NamedTuple):
    """The swing that moves most at the end of a motion.

    Attributes
    ----------
    period, decay : float or None
        Period, and time in which it fades by e.
    misfit : float or None
        What all modes leave of the motion.
    why : str
        Why one of them is None.
    """

    period: float | None = None
    decay: float | None = None
    misfit: float | None = None
    why: str = ""


def modes(times: Array, signals: Array, whole: float) -> Modes | None:
    """The modes of signals; None where these are too few, or nothing moves.

    Parameters
    ----------
    times : ndarray, shape (n,)
    signals : ndarray, shape (n, m)
    whole : float
        A free drop's period.
    """
    long = float(times[-1] - times[0])
    apart = max(whole / SAMPLES, long / MOST)
    count = math.floor(long / apart * (1.0 + 1e-12)) + 1
    if count < FEWEST or len(times) < FEWEST:
        return None
    at = times[-1] - apart * np.arange(count)[::-1]
    at[0] = max(at[0], times[0])
    y = CubicSpline(times, signals)(at)
    y = y - y.mean(axis=0)
    if not y.any():
        return None
    half = count // 2
    stretches = np.concatenate([y[k : k + half] for k in range(count - half + 1)], axis=1)
    vectors, values, _ = np.linalg.svd(stretches, full_matrices=False)
    u = vectors[:, : min(MODES, half // 2, int((values > CUT * values[0]).sum()))]
    factors = np.linalg.eigvals(np.linalg.lstsq(u[:-1], u[1:], rcond=None)[0])
    rates = np.log(factors[factors != 0.0].astype(complex)) / apart
    # each of length 1, since what fades quickly has long been large; beside them what stays
    waves = np.exp(np.outer(at - at[-1], rates) - np.maximum(0.0, -rates.real * long))
    lengths = np.linalg.norm(waves, axis=0)
    waves = np.column_stack([waves / lengths, np.ones(count)])
    parts = np.linalg.lstsq(waves, y.astype(complex), rcond=None)[0]
    swings = rates.imag > 2.0 * math.pi * SEEN / long
    drifts = np.append(np.abs(rates.imag) <= 2.0 * math.pi * SEEN / long, True)
    moving = y - (waves[:, drifts] @ parts[drifts]).real
    left = y - (waves @ parts).real
    last = np.abs(waves[-1, :-1, None] * parts[:-1])
    amplitudes = 2.0 * np.linalg.norm(last, axis=1)[swings]
    order = np.argsort(-amplitudes)
    misfit = float(np.linalg.norm(left) / max(np.linalg.norm(moving), 1e-300))
    return Modes(rates[swings][order], amplitudes[order], misfit)


def swing(times: Array, signals: Array, whole: float) -> Swing:
    """The swing that moves most at the end, seen alike in the whole motion and in its later part.

    Parameters
    ----------
    times : ndarray, shape (n,)
    signals : ndarray, shape (n, m)
    whole : float
        A free drop's period.
    """
    late = times >= times[-1] - LATER * (times[-1] - times[0])
    found, again = (modes(times[at], signals[at], whole) for at in (slice(None), late))
    if found is None or again is None or not len(found.rates) or not len(again.rates):
        return Swing(why="too little of them has been seen")
    if found.misfit > MISFIT:
        why = f"modes that fade leave {100.0 * found.misfit:.2g} % of the motion"
        return Swing(misfit=found.misfit, why=why)
    rate = found.rates[0]
    other = again.rates[np.argmin(np.abs(again.rates.imag - rate.imag))]
    if abs(other.imag / rate.imag - 1.0) > SAME_PERIOD:
        return Swing(misfit=found.misfit, why="their period changes")
    period = 2.0 * math.pi / float(rate.imag)
    if rate.real >= 0.0 or other.real >= 0.0:
        return Swing(period, None, found.misfit, "they do not fade steadily")
    if abs(other.real / rate.real - 1.0) > SAME_DECAY:
        return Swing(period, None, found.misfit, "they do not fade steadily")
    return Swing(period, -1.0 / float(rate.real), found.misfit)
