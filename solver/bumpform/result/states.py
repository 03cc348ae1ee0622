"""What is said of a state's stability: whether it leans, what stands beside it, what it resists."""

from __future__ import annotations

from typing import Final, Protocol

from bumpform.result.contract import Leans, OtherEquilibrium
from bumpform.result.readable import coordinate, label, number

__all__ = [
    "alternative_words",
    "barrier_words",
    "leaning_words",
    "self_centring_words",
    "state_words",
]

#: Share of the released energy below which a barrier may not stop a melting paste: our choice.
PASSED: Final = 0.05


def alternative_words(other: OtherEquilibrium) -> str:
    """Another equilibrium as a line of text: what it is, where, its energy, whether stable."""
    words = [other.name or "equilibrium"]
    words.append(
        "; ".join(
            f"{line.end} line at r = {coordinate(line.r_m, 8)}, z = {coordinate(line.z_m, 8)}"
            for line in other.contact_lines
        )
    )
    if other.standoff_m is not None:
        words.append(f"standoff {number('standoff_m', other.standoff_m, 8)}")
    if other.held_by is not None:
        words.append(f"{label('held_by')} {other.held_by}")
    words.append(f"energy {number('energy_J', other.energy_J, 8)}")
    words.append(f"energy above reached {number('energy_J', other.energy_above_reached_J, 8)}")
    words.append(state_words(other))
    if other.barrier_J is not None:
        words.append(barrier_words(other.barrier_J, other.barrier_share))
    return ", ".join(words)


def barrier_words(barrier: float, share: float | None) -> str:
    """The barrier before another equilibrium, J, and whether a melting paste may pass it.

    Examples
    --------
    >>> barrier_words(2e-9, 0.01)
    'behind a barrier of 2.00 nJ, 1 % of the energy released since the deposit: it may be passed'
    """
    text = f"behind a barrier of {number('barrier_J', barrier, 3)}"
    if share is not None:
        text += f", {100.0 * share:.2g} % of the energy released since the deposit"
        text += ": it may be passed" if share < PASSED else ""
    return text


class Steady(Protocol):
    """An equilibrium whose stability is known."""

    @property
    def stable(self) -> bool:
        """Whether it is a minimum of the energy."""

    @property
    def leans(self) -> Leans | None:
        """How it leans, if it does."""

    @property
    def neutral_modes(self) -> tuple[str, ...]:
        """The azimuthal modes that neither raise nor lower its energy."""


def state_words(state: Steady) -> str:
    """Whether an equilibrium is stable, may slide, leans or is unstable, in a word."""
    if state.leans is not None:
        return f"leans (m = {state.leans.mode})"
    if not state.stable:
        return "unstable"
    return "neutral: it may slide" if "1" in state.neutral_modes else "stable"


def leaning_words(leans: Leans) -> str:
    """How an equilibrium leans, and whether it stands with its lines held.

    Examples
    --------
    >>> leans = Leans(mode=1, margin=-0.12, held_margin=0.5, holds_when_pinned=True)
    >>> leaning_words(leans).partition("; ")[::2]
    ('leans: unstable to mode m = 1 (margin −0.12 σ/L²)', 'with its line held it stands')
    """
    margin = number("", leans.margin)
    if leans.holds_when_pinned:
        then = "with its line held it stands"
    else:
        then = "with its line held it leans, too"
    return f"leans: unstable to mode m = {leans.mode} (margin {margin} σ/L²); {then}"


def self_centring_words(shift: float, tilt: float | None, held_by: str) -> str:
    """What a joint does to a package that is shifted or tilted, by its liquid's stiffnesses.

    Parameters
    ----------
    shift : float, N/m
    tilt : float, N·m/rad, or None
        None where it is not finite.
    held_by : "liquid", "core", "mask" or "fixture"
        What holds the package.

    Examples
    --------
    >>> self_centring_words(0.5, -2e-7, "liquid")
    'the joint pulls a shifted package back (0.5000 N/m) and tips a tilted one (−0.2000 µN·m/rad)'
    >>> self_centring_words(0.5, None, "core").partition(" pulls")[0]
    'the liquid alone, without the core that holds the package,'
    """
    value = number("lateral_stiffness_N_m", shift)
    if shift > 0.0:
        first = f"pulls a shifted package back ({value})"
    elif shift < 0.0:
        first = f"shears off under a shifted package ({value})"
    else:
        first = "glides on a level plane (a shifted package stays where it is)"
    value = number("tilt_stiffness_N_m_rad", tilt)
    if tilt is None:
        second = "gives way under a tilted one"
    elif tilt > 0.0:
        second = f"turns a tilted one level ({value})"
    else:
        second = f"tips a tilted one ({value})"
    alone = f"liquid alone, without the {held_by} that holds the package,"
    return f"the {'joint' if held_by == 'liquid' else alone} {first} and {second}"
