"""The probability of what happens rarely, by subset simulation: down to ppm and below.

Failure is where a number g of the product is at most 0. Of samples in the space of standard normal
numbers the tenth with the least g says where the first level lies; Markov chains that start from
them fill it; and so on inwards, until a tenth fails. Each level costs as many runs as the first,
and the probability is the product of the parts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Rare", "subset_simulation"]

type Array = NDArray[np.float64]

#: Part of a level that the next one is made of; most levels: 1e-9 and less is told as that.
PART: Final = 0.1
LEVELS: Final = 9
#: Share of moves that a chain should accept.
ACCEPTED: Final = 0.44
#: Part of a level that no level is made of. Where none of so many samples is seen to fail, fewer
#: than 3 in so many do, with 95 %.
PLATEAU: Final = 0.5
UNSEEN: Final = 3.0
#: How much more the product scatters than its parts do one by one: a level begins with the samples
#: of the last one. Measured: 1.3 at 1e-6.
TOGETHER: Final = 1.5
#: Quantile of the normal distribution that 95 % lie within.
Z: Final = 1.959964


@dataclass(frozen=True)
class Rare:
    """The share that fails.

    Attributes
    ----------
    share : float
    interval : tuple of float
        That holds the true share with 95 %, lognormal about it by the scatter of the levels.
    levels, runs : int
    """

    share: float
    interval: tuple[float, float]
    levels: int
    runs: int

    def to_dict(self) -> dict[str, Any]:
        """As in yield.json: the share and its interval in ppm."""
        return {
            "method": "subset simulation",
            "runs": self.runs,
            "levels": self.levels,
            "ppm": 1e6 * self.share,
            "interval": [1e6 * end for end in self.interval],
        }


def subset_simulation(
    margin: Callable[[Array], Array], dimension: int, *, samples: int, seed: int = 0
) -> Rare:
    """Share of standard normal numbers at which a margin is 0 or less.

    Parameters
    ----------
    margin : function of an array, shape (n, dimension), to one of shape (n,)
        Above 0 where all is well.
    dimension : int
    samples : int
        Of every level.
    seed : int
    """
    rng = np.random.default_rng(seed)
    u = rng.standard_normal((samples, dimension))
    g = margin(u)
    seeds = max(2, round(PART * samples))
    share, scatter, runs, spread = 1.0, 0.0, samples, 0.6
    chains = np.arange(samples)[:, None]  # of the first level each sample is its own
    for level in range(1, LEVELS + 1):
        order = np.argsort(g, kind="stable")
        threshold = max(0.0, float(g[order[seeds - 1]]))
        if (g <= threshold).mean() > PLATEAU:  # the margin says nothing of where it gets less
            threshold = 0.0
        inside = g <= threshold
        part = float(inside.mean())
        if part == 0.0:
            return Rare(0.0, (0.0, share * UNSEEN / samples), level, runs)
        scatter += _scatter(inside[chains], part)
        share *= part
        if threshold == 0.0 or level == LEVELS:
            break
        starts = order[:seeds]
        u, g, spread, moved = _fill(margin, u[starts], g[starts], threshold, samples, spread, rng)
        chains = np.arange(len(g)).reshape(-1, seeds).T
        runs += moved
    width = Z * math.sqrt(math.log1p(TOGETHER * scatter))
    low, high = share * math.exp(-width), min(1.0, share * math.exp(width))
    return Rare(share, (0.0 if level == LEVELS else low, high), level, runs)


def _fill(
    margin: Callable[[Array], Array],
    u: Array,
    g: Array,
    threshold: float,
    samples: int,
    spread: float,
    rng: np.random.Generator,
) -> tuple[Array, Array, float, int]:
    """Chains from some samples of a level, until it has as many as the first; with its spread.

    A move keeps the normal distribution: u' = √(1 − s²) u + s ξ. How far it goes follows what is
    accepted.
    """
    levels_u, levels_g = [u], [g]
    length = samples // len(u)
    for _ in range(length - 1):
        moved = math.sqrt(1.0 - spread**2) * u + spread * rng.standard_normal(u.shape)
        there = margin(moved)
        accepted = there <= threshold
        u = np.where(accepted[:, None], moved, u)
        g = np.where(accepted, there, g)
        levels_u.append(u)
        levels_g.append(g)
        spread = min(1.0, max(0.05, spread * math.exp(float(accepted.mean()) - ACCEPTED)))
    return np.concatenate(levels_u), np.concatenate(levels_g), spread, (length - 1) * len(u)


def _scatter(inside: NDArray[np.bool_], part: float) -> float:
    """Squared relative scatter of a level's part; samples of one chain, in a row, are alike."""
    chains, length = inside.shape
    if part in (0.0, 1.0):
        return 0.0
    deviation = inside - part
    alike = 0.0
    for lag in range(1, length):
        correlation = float((deviation[:, :-lag] * deviation[:, lag:]).mean()) / (part * (1 - part))
        alike += 2.0 * (1.0 - lag / length) * correlation
    return (1.0 - part) / (part * chains * length) * max(1.0, 1.0 + alike)
