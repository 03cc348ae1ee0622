"""What is said of a state's stability: whether it leans, what stands beside it, what it resists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bumpform.output.readable import label, number

__all__ = [
    "alternative_words",
    "barrier_words",
    "leaning_words",
    "self_centring_words",
    "state_words",
]

#: Share of the released energy below which a barrier may not stop a melting paste: our choice.
PASSED: Final = 0.05


def alternative_words(alternative: Mapping[str, Any]) -> str:
    """Another equilibrium as a line of text: what it is, where, its energy, whether stable."""
    contact = alternative.get("contact") or {}
    lines = alternative.get("contact_lines") or [contact]
    places = "; ".join(
        f"{line.get('end', 'outer')} line at r = {number('r_m', line.get('r_m'), 8)}, "
        f"z = {number('z_m', line.get('z_m'), 8)}"
        for line in lines
    )
    words = [alternative.get("name") or "equilibrium", places]
    for name in ("standoff_m", "held_by", "energy_J", "energy_above_reached_J"):
        if name in alternative:
            words.append(f"{label(name)} {number(name, alternative[name], 8)}")
    words.append(state_words(alternative))
    if "barrier_J" in alternative:
        words.append(barrier_words(alternative))
    return ", ".join(words)


def barrier_words(alternative: Mapping[str, Any]) -> str:
    """The barrier before another equilibrium, and whether a melting paste may pass it.

    Examples
    --------
    >>> barrier_words({"barrier_J": 2e-9, "barrier_share": 0.01})
    'behind a barrier of 2.00 nJ, 1 % of the energy released since the deposit: it may be passed'
    """
    text = f"behind a barrier of {number('barrier_J', alternative['barrier_J'], 3)}"
    share = alternative.get("barrier_share")
    if share is not None:
        text += f", {100.0 * share:.2g} % of the energy released since the deposit"
        text += ": it may be passed" if share < PASSED else ""
    return text


def state_words(state: Mapping[str, Any]) -> str:
    """Whether an equilibrium is stable, leans or is unstable, in a word.

    Examples
    --------
    >>> state_words({"stable": False, "leans": {"mode": 1}})
    'leans (m = 1)'
    """
    if leans := state.get("leans"):
        return f"leans (m = {leans['mode']})"
    return "stable" if state.get("stable") else "unstable"


def leaning_words(leans: Mapping[str, Any]) -> str:
    """How an equilibrium leans, and whether it stands with its lines held.

    Examples
    --------
    >>> leans = {"mode": 1, "margin": -0.12, "held_margin": 0.5, "holds_when_pinned": True}
    >>> leaning_words(leans).partition("; ")[::2]
    ('leans: unstable to mode m = 1 (margin −0.12 σ/L²)', 'with its line held it stands')
    """
    margin = number("", leans["margin"])
    if leans["holds_when_pinned"]:
        then = "with its line held it stands"
    else:
        then = "with its line held it leans, too"
    return f"leans: unstable to mode m = {leans['mode']} (margin {margin} σ/L²); {then}"


def self_centring_words(metrics: Mapping[str, Any]) -> str:
    """What a joint does to a package that is shifted or tilted; empty where it is no joint.

    Examples
    --------
    >>> self_centring_words({"lateral_stiffness_N_m": 0.5, "tilt_stiffness_N_m_rad": -2e-7})
    'the joint pulls a shifted package back (0.5000 N/m) and tips a tilted one (−0.2000 µN·m/rad)'
    """
    shift, tilt = metrics.get("lateral_stiffness_N_m"), metrics.get("tilt_stiffness_N_m_rad")
    if shift is None:
        return ""
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
    return f"the joint {first} and {second}"
