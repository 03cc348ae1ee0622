"""Every condition by its id, and which ids each route lists."""

from __future__ import annotations

from . import bumps, columns, cores, corners_and_films, general, shared, stacks
from .roles import Seen

BOTH_BUMPS = (
    "steps-in-order", "different-compositions", "first-melts-higher", "tin-first-lead-second",
    "barrier-group-viiib", "barrier-noble-coating", "stacked-in-order", "barrier-on-first-bump",
    "barrier-separates-bumps", "barrier-thickness-matches", "barrier-flush",
    "second-covers-barrier", "second-ends-at-juncture", "defined-distance-window",
)  # fmt: skip
ROUTES = {
    "photoimaged_opening": (
        "opening-exposes-pad", *BOTH_BUMPS, "second-covers-first", "dome-shaped",
        "dome-ends-below-top", "dome-ends-on-wall", "dome-protrudes",
    ),
    "laminated_abraded": (
        *BOTH_BUMPS, "abrading-exposes-bump", "inside-shows-as-plane", "plane-below-top",
        "barrier-top-aligned",
    ),
    "plated_column": (
        "opening-exposes-pad", "steps-in-order", "masks-removed", "metal-path", "pad-metal",
        "ubm-metals", "ubm-thickness", "ubm-ends-at-solder", "polyimide-on-passivation",
        "solder-higher-than-polyimide", "column-protrudes", "etch-raises-protrusion",
        "ball-above-polyimide", "ball-spherical", "ball-ends-at-edge", "cure-window",
    ),
    "core_and_cap": (
        "opening-exposes-pad", "opening-within-pad", "first-melts-higher", "core-spherical",
        "cap-covers-core", "standoff-held-by-core", "standoff-equals-core", "standoff-steady",
    ),
    "stacked_masks": (
        "opening-exposes-pad", "steps-in-order", "masks-removed", "metal-path", "mask-material",
        "pre-solder-body", "upper-mask-on-lower", "upper-opening-larger", "openings-aligned",
        "bodies-fuse", "ball-on-ubm",
    ),
}  # fmt: skip
#: stands-upright is an eigenvalue: the benchmark checks it by trial displacements.
GENERAL = (
    "neighbours-clear", "frozen-stays-solid", "no-closed-void", "nothing-on-liquid",
    "corners-filled", "film-thickness", "joint-closed", "requirement",
)  # fmt: skip
_MODULES = (shared, bumps, columns, cores, stacks, general, corners_and_films)


def function(name):
    """The function that answers a condition."""
    own = name.replace("-", "_")
    return next(getattr(m, own) for m in _MODULES if hasattr(m, own))


def listed(route):
    """Ids of a route's conditions and of the general ones."""
    return (*ROUTES.get(route, ()), *GENERAL)


def second_verdict(run, route=None, only=None):
    """Answers by id; an id is absent where the condition is not listed.

    Parameters
    ----------
    run : bumpform.Run
    route : str, optional
        Instead of the case's own.
    only : collection of str, optional
        Ids to judge.
    """
    seen = Seen(run, route)
    answers = {}
    for name in listed(seen.route):
        if only is not None and name not in only:
            continue
        answer = function(name)(seen)
        if answer is not None:
            answers[name] = answer
    return answers
