"""How far a melt is, and about how long it still takes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

import numpy as np

from bumpform.melting.beginning.options import Options
from bumpform.melting.motion.end import way_left
from bumpform.melting.motion.inertial import LONGER, SMALL
from bumpform.melting.motion.melt import Frame
from bumpform.melting.motion.ringing import LARGE, LEFT, MANY, period
from bumpform.melting.wording import time_words

#: Steps that an overdamped melt takes from a speed on, measured on the bundled cases: the decimal
#: logarithm of the speed in σ/μ, and the steps.
_SPEED: Final = (-8.0, -6.0, -4.0, -2.0, -1.0, 0.0)
_STEPS: Final = (3.0, 5.0, 8.0, 13.0, 17.0, 33.0)


#: Part of the whole time by which it may be later than was expected at some time, but for the
#: first seconds.
LATE: Final = 0.5
FIRST: Final = 5.0


class Progress:
    """What is known of a melt's speed while it is followed.

    Parameters
    ----------
    options : Options
    clock : function, optional
        Tells the time, s.
    """

    def __init__(self, options: Options, clock: Callable[[], float] = time.monotonic) -> None:
        self._options, self._clock = options, clock
        self._begun = clock()
        self._steps = 0
        self._expected = math.inf
        self._fastest: list[tuple[float, float]] = []  # of every period: its time, its speed

    def words(self, frame: Frame) -> str:
        """How far it is after a step: steps, time, and about how long it still takes.

        Nobody knows any more where it takes longer than it was to take.
        """
        self._steps += 1
        now = self._clock()
        seconds = self._steps_left(frame) * (now - self._begun) / self._steps
        if now > self._begun + FIRST:
            self._expected = min(self._expected, now + seconds)
        text = f"step {self._steps}, t = {time_words(frame.time_s)}"
        if now > self._expected + LATE * (self._expected - self._begun):
            return f"{text}, longer than expected"
        return f"{text}, about {_rounded(seconds)} left" if math.isfinite(seconds) else text

    def _steps_left(self, frame: Frame) -> float:
        """Steps that it still takes; infinite as long as nothing is known."""
        step = frame.step
        if not 0.0 < step.speed < math.inf:
            return math.inf
        overdamped = float(np.interp(math.log10(step.speed), _SPEED, _STEPS))
        if not self._options.inertia:
            return max(overdamped, way_left(frame.start, step.shape) / self._options.move)
        whole = period(frame.start.fluid)
        periods = int(step.time / whole)
        while len(self._fastest) <= periods:
            self._fastest.append((step.time, step.speed))
        self._fastest[-1] = max(self._fastest[-1], (step.time, step.speed), key=lambda at: at[1])
        if periods < 2:
            return math.inf
        (first, fast), (last, slow) = self._fastest[0], self._fastest[-2]
        if slow >= fast:
            return math.inf
        rate = math.log(fast / slow) / (last - first)
        large, small, left = (
            max(0.0, last + math.log(slow / (math.sqrt(share) * fast)) / rate - step.time)
            for share in (LARGE, SMALL, LEFT)
        )
        left = min(left, max(large, (1.0 + MANY) * whole - step.time))
        periods_left = (small + (left - small) / LONGER) / whole if small < left else left / whole
        return periods_left * self._options.steps_per_period + overdamped


def _rounded(seconds: float) -> str:
    """A time that nobody should take for exact."""
    if seconds < 90.0:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60.0)} min"
