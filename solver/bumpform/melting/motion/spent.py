"""What liquids that melt have turned into heat by flowing, and what fixtures have done on them."""

from __future__ import annotations

from typing import NamedTuple

from bumpform.melting.beginning.start import Start
from bumpform.melting.motion.overdamped import Step


class _Sum(NamedTuple):
    """Up to a time of a liquid, s, in J."""

    time: float
    heat: float = 0.0
    work: float = 0.0


class Spent:
    """Sums over the moments of an overdamped stage; what a liquid is made of counts with it."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, ...], _Sum] = {}

    def after(self, start: Start, step: Step) -> dict[str, float]:
        """Both up to a moment of a liquid, J, by the names that the history has."""
        before = self._sums.get(start.melted) or self._made(start, step)
        heat, work = before.heat, before.work
        time = start.time(step.time)
        if time > before.time:  # nothing flows where a line jumps
            unit = start.drop.energy_unit
            heat, work = heat + unit * step.heat, work + unit * step.work
        self._sums[start.melted] = _Sum(time, heat, work)
        fixed = start.body is not None and start.body.load is None
        return {"dissipated_J": heat} | ({"work_J": work} if fixed else {})

    def _made(self, start: Start, step: Step) -> _Sum:
        """Of a liquid at its first moment: of those that have run together."""
        parts = [names for names in self._sums if {*names} <= {*start.melted}]
        sums = [self._sums.pop(names) for names in parts]
        return _Sum(
            start.time(step.time), sum(one.heat for one in sums), sum(one.work for one in sums)
        )
