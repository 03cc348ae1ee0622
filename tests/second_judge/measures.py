"""Metrics that `[requirements]` may name, measured from polygons."""

from __future__ import annotations

import numpy as np


def measure(seen, name):
    """(value, how far it may be off) of "STAGE.METRIC", or None where it is meaningless.

    What polygons cannot tell (forces, pressures) is taken from the result.
    """
    stages = {f.step.name: f for f in seen.frames if f.heats}
    stage = next((s for s in sorted(stages, key=len)[::-1] if name.startswith(f"{s}.")), None)
    metric = name.removeprefix(f"{stage}." if stage else "barrier.")
    own = None
    if stage is not None:
        if not stages[stage].solved:
            return None
        own = _METRICS.get(metric)
    if own is not None:
        return own(seen, stages[stage])
    value = seen.run.result["metrics"].get(stage or "barrier", {})
    for part in metric.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if value is None or isinstance(value, bool | str | dict):
        return None
    return float(value), 1e-9 * abs(float(value))


def liquid_surface(frame, name):
    """The free surface as it was liquid: where what freezes shrinks, the picture's is another."""
    shrunk = shrunk_liquid(frame)
    if shrunk is not None:
        found = shrunk.equilibrium
        places = np.linspace(0.0, len(found.curve.coefficients), 512)
        return found.curve.point(places), len(found.lines) == 1
    return frame.picture.surface(name)


def shrunk_liquid(frame):
    """The liquid of a stage that froze to less; None where there are several, or none shrank."""
    liquids = [x for x in getattr(frame.stage, "liquids", ()) if x.equilibrium is not None]
    return liquids[0] if len(liquids) == 1 and liquids[0].frozen is not None else None


def _chain(frame):
    return liquid_surface(frame, frame.liquids[0])


def _ball_diameter(seen, frame):
    chain, _ = _chain(frame)
    if not len(chain):  # all of it lies against what the package brought
        pieces = frame.picture.pieces(frame.liquids[0])
        chain = np.vstack([(p.start, p.end) for p in pieces if p.other.startswith("package ")])
    return 2.0 * float(chain[:, 0].max()), 1e-6 * seen.size


def _clearance(seen, frame):
    if seen.case.pitch is None:
        return None
    return seen.case.pitch - _ball_diameter(seen, frame)[0], 1e-6 * seen.size


def _standoff(seen, frame):
    if "package pad" not in frame.picture.bodies:
        return None
    return frame.picture["package pad"].foot - frame.picture["pad"].top, 1e-8 * seen.size


_METRICS = {
    "ball_diameter_m": _ball_diameter,
    "clearance_m": _clearance,
    "standoff_m": _standoff,
}
