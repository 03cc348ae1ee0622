"""What a melt has come to, in words and numbers: for the terminal and the report."""

from __future__ import annotations

from typing import Final

from bumpform.melting.motion.end import End, within_reach
from bumpform.melting.motion.melt import Melted
from bumpform.melting.motion.ringing import CALM
from bumpform.process.reflows.bodies import in_words
from bumpform.result.readable import number
from bumpform.result.run import MeltShown

_NAMES: Final = {"equilibrium": "the equilibrium", "none": "none of the listed rests"}


def rest_words(end: End) -> str:
    """The rest that a melt has ended at."""
    return _NAMES.get(end.settles_at, end.settles_at)


def time_words(seconds: float) -> str:
    """A time with three digits in s, ms, µs or ns."""
    for unit, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= 0.1 * unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds / 1e-9:.3g} ns"


def end_words(melted: Melted) -> str:
    """Where it has ended, or where it was left; with inertia where it ends without, too."""
    name, end = melted.start.name, melted.end
    if melted.stopped:
        time = time_words(melted.frames[-1].time_s)
        text = f"{name}: followed to t = {time}: {melted.stopped}"
    else:
        why = f": {end.why}" if end.why else ""
        steps = len(melted.frames) - 1
        text = f"{name}: the melt ends at {rest_words(end)} after {steps} steps{why}"
    text = "; ".join([text, *swings_words(melted)])
    if melted.overdamped is None:
        return text
    return f"{text}; {_overdamped_words(melted.overdamped, end, bool(melted.stopped))}"


def swings_words(melted: Melted) -> list[str]:
    """How the swings of its liquids were left."""
    several = len(melted.frames[0].liquids) > 1
    found = []
    for start, left in melted.left:
        whose = f"those of {in_words(start.melted)}" if several else "its swings"
        text = f"{whose} were left at t = {time_words(start.time(left.time))} with "
        text += f"{100.0 * left.share:.2g} % of the energy released"
        if left.share > CALM:
            text += f", {left.phases} phases of them in a row leading there"
            text += _reach_words(within_reach(start, left, melted.end))
        turn, fades = scaled(left.period, start.clock), scaled(left.decay, start.clock)
        text += f", a period of {time_words(turn)}" if turn is not None else ""
        text += f", a decay by e in {time_words(fades)}" if fades is not None else ""
        found.append(text)
    return found


def _reach_words(reached: list[str] | None) -> str:
    """Whether what was left of the energy allowed another rest still."""
    if reached is None:
        return ""
    if not reached:
        return ", and too little for any other rest that is known"
    return f", and enough still for {in_words([_NAMES.get(name, name) for name in reached])}"


def scaled(value: float | None, unit: float) -> float | None:
    """A number in a unit, if there is one."""
    return None if value is None else value * unit


def _overdamped_words(overdamped: End, inertial: End, stopped: bool) -> str:
    """Where the same melt ends without inertia, and whether that is elsewhere."""
    if overdamped.stopped:
        return f"overdamped it comes to no rest ({overdamped.why})"
    if not stopped and overdamped.settles_at == inertial.settles_at != "none":
        return "overdamped it ends there, too"
    why = f" ({overdamped.why})" if overdamped.why else ""
    text = f"overdamped it ends at {rest_words(overdamped)}{why}"
    return text if stopped else f"{text}: inertia carries it elsewhere"


def end_rows(melted: Melted) -> list[tuple[str, str, str]]:
    """Lengths and angles at the end: name, value, and what it is off the rest's by."""
    return [
        (key, number(key, value), number(key, _difference(melted, key)))
        for key, value in melted.frames[-1].values.items()
        if key.endswith(("_m", "_deg"))
    ]


def _difference(melted: Melted, name: str) -> float | None:
    """What a number is off the rest's by; 0 where that is round-off."""
    found = melted.end.differences.get(name)
    small = name.endswith("_m") and found is not None
    return 0.0 if small and abs(found or 0.0) < 1e-12 * melted.start.drop.length else found


def shown(melted: Melted, still: bytes, film: bytes) -> MeltShown:
    """What a report shows of it, with its pictures as PNG and GIF."""
    return MeltShown(melted.start.name, end_words(melted), tuple(end_rows(melted)), still, film)
