"""How a melt with inertia rings, and when its swings may be left.

The energy, kinetic and potential, only falls. Once little of what was released is left in the
swings, and overdamped melts begun at several phases of a swing all come to the same rest, it is
where the melt will end; what is left of the swings is let fade without inertia. A heavy package
bobs on its joint for hundreds of swings that hardly fade: there the same rest through whole swings
stands for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import takewhile

import numpy as np

from bumpform.geometry.curve import Array
from bumpform.melting.flows.flow import Fluid
from bumpform.melting.motion.modes import swing
from bumpform.melting.shapes.free_curve import Spline
from bumpform.melting.shapes.shape import Shape

#: Share of the energy released with which the swings may be left; and if nothing has happened to a
#: contact line for so many periods of a free drop: what larger swings have not done smaller ones
#: do not.
LEFT, CALM, QUIET = 3e-2, 0.1, 3.0
#: So many phases of a swing, so far apart as a part of a free drop's period, have to come to the
#: same rest: ends of the free curve within this, in units of L.
PHASES, APART, SAME = 3, 0.3, 1e-3
#: Larger swings, up to this share, may be left where the end, asked once a period, has been the
#: same for so many periods, and through a whole swing of a body that floats: what is left of the
#: energy only falls.
LARGE, MANY = 0.5, 6.0
#: So many of the last periods, a free drop's or a floating body's, give that of the swings.
SPAN = 4.0
#: Places along the free curve by which its modes are seen.
ALONG = 9


def period(fluid: Fluid) -> float:
    """Of the slowest oscillation of a free drop of volume 1, by Lamb: ω² = 8/ΛR³."""
    return 2.0 * math.pi * math.sqrt(fluid.laplace * _RADIUS**3 / 8.0)


def decay(fluid: Fluid) -> float:
    """Time in which that fades by e, by Lamb: ΛR²/5."""
    return fluid.laplace * _RADIUS**2 / 5.0


def layer(fluid: Fluid) -> float:
    """Thickness of the vorticity below the surface of a free drop that swings: √(2/Λω)."""
    return math.sqrt(period(fluid) / (math.pi * fluid.laplace))


_RADIUS = (0.75 / math.pi) ** (1.0 / 3.0)


@dataclass(frozen=True)
class Left:
    """The swings of a liquid where they were left.

    Attributes
    ----------
    time : float
    energy : float
        Kinetic and potential, per 2π.
    share : float
        What of it lies above the rest, as a part of the most that ever did.
    period, decay : float or None
        Of the mode that moves the surface most at the end: period, and time in which it fades by e;
        None where the motion has none. The period is then by the turns of a body that bobs more
        slowly than a free drop swings.
    phases : int
        Overdamped melts from moments of them in a row that came to the same rest.
    misfit : float or None
        What all modes leave of the last swings, as a part of them.
    why : str
        Why period or decay are not those of a mode; empty where they are.
    """

    time: float
    energy: float
    share: float
    period: float | None
    decay: float | None
    phases: int
    misfit: float | None = None
    why: str = ""


@dataclass
class Ringing:
    """What is kept of a melt while it rings.

    Attributes
    ----------
    whole : float
        Period of a free drop of its volume.
    disturbed : float
        When something has last happened to a contact line.
    begun : float
        Since when it moves as it does: a shape that jumps, or a body that lands, begins anew.
    """

    whole: float
    disturbed: float = 0.0
    begun: float = 0.0
    _past: list[tuple[float, float]] = field(default_factory=list)
    _places: list[Array] = field(default_factory=list)
    _energy: float = math.inf
    _most: float = -math.inf
    _rest: float | None = None
    _ends: list[tuple[float, Array]] = field(default_factory=list)
    _asked: float = 0.0
    _rise: float = 0.0
    _turns: list[float] = field(default_factory=list)

    def add(
        self, time: float, kinetic: float, potential: float, at: Array, rise: float = 0.0
    ) -> None:
        """A moment, with its energies, where it is, and the velocity of a body that floats."""
        self._past.append((time, kinetic))
        self._places.append(at)
        if self._rise and rise * self._rise <= 0.0:
            self._turns.append(time)
        if rise == 0.0 and self._rise < 0.0:
            self.begun = time
        self._rise = rise
        self._energy = kinetic + potential
        self._most = max(self._most, self._energy)

    def share(self) -> float:
        """About what of the energy released is left: all above the rest, once that is known."""
        time, kinetic = self._past[-1]
        if self._rest is not None:
            return (self._energy - self._rest) / max(self._most - self._rest, 1e-300)
        recent = takewhile(lambda at: at[0] > time - self.whole, reversed(self._past))
        highest = max(k for _, k in recent)
        return highest / max(self._most - self._energy + kinetic, 1e-300)

    def limit(self) -> float:
        """The share with which it may be left."""
        return CALM if self._past[-1][0] > self.disturbed + QUIET * self.whole else LEFT

    def may_be_left(self) -> bool:
        """Whether it is time to ask where an overdamped melt from here ends."""
        time = self._past[-1][0]
        apart = APART if self.share() <= self.limit() else 1.0
        return time > self.whole and time > self._asked + apart * self.whole

    def asked(self, rest: tuple[Shape, float] | None) -> bool:
        """Whether the swings may be left, with where such a melt ends: its shape and energy.

        None where it has not come to rest.
        """
        self._asked = self._past[-1][0]
        if rest is None:
            self._ends = []
            return False
        shape, self._rest = rest
        ends = np.concatenate([shape.nodes[0], shape.nodes[-1]])
        if self._ends and not _same(ends, self._ends[-1][1]):
            self._ends = []
        self._ends.append((self._asked, ends))
        little = self.share() <= self.limit() and len(self._ends) >= PHASES
        return little or (self.share() <= LARGE and self._whole_swings())

    def _whole_swings(self) -> bool:
        """Whether the ends have been the same through many swings, one of a body included."""
        begun = self._ends[0][0]
        turns = sum(time > begun for time in self._turns)
        swung = turns > 2 or self._rise == 0.0
        return swung and self._asked > begun + MANY * self.whole

    def left(self) -> Left:
        """The swings as they are now."""
        time = self._past[-1][0]
        turns = [at for at in self._turns if at >= self.begun]
        slow = turns[-1] - turns[-3] if len(turns) > 2 else 0.0
        first = max(self.begun, time - SPAN * max(slow, self.whole))
        k = next(k for k, (at, _) in enumerate(self._past) if at > first or at == time)
        times = np.array([at for at, _ in self._past[k:]])
        found = swing(times, np.array(self._places[k:]), self.whole)
        period, why = found.period, found.why
        if period is None and slow > self.whole:
            period, why = slow, f"the period is by the turns of the package: {why}"
        share, phases = self.share(), len(self._ends)
        return Left(time, self._energy, share, period, found.decay, phases, found.misfit, why)


def places(shape: Shape) -> Array:
    """Where a shape is: its free curve by the curve's own length, and the body above."""
    spline = Spline(shape.nodes, on_axis=shape.on_axis)
    along = spline(np.linspace(0.0, spline.places[-1], ALONG))
    return np.append(along, 0.0 if shape.end is None else shape.end.wall.lift)


def _same(ends: Array, others: Array) -> bool:
    return bool(np.abs(ends - others).max() < SAME)
