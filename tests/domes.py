"""Stacks with spherical domes, barriers and balls, made by hand for the tests of the mesh."""

from __future__ import annotations

import math

import numpy as np

from bumpform.geometry.curve import Arc, PolynomialCurve
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Station
from bumpform.growth.barrier import Layer, grow
from bumpform.stack.layers import coat, substrate
from bumpform.stack.stack import Region, Stack, line

UM = 1e-6
NODES = tuple(float(x) for x in 0.5 - 0.5 * np.cos(np.pi * np.arange(7) / 6))


def bare() -> Stack:
    """Pad of radius 60 um in its base."""
    return substrate(
        pad_radius=60 * UM,
        pad_thickness=5 * UM,
        pad_material="Cu",
        base_material="SiO2",
        outer=150 * UM,
    )


def with_dome(
    *,
    radius: float = 60 * UM,
    sidewall: float = math.pi / 2,
    along: float = 0.88,
    slope: float = math.radians(35),
    elements: int = 8,
) -> Stack:
    """Dome in an opening; its surface rises from the wall at a slope (negative: hollow)."""
    stack = coat(
        bare(),
        layer="dielectric",
        material="polyimide",
        thickness=30 * UM,
        opening_radius=radius,
        sidewall=sidewall,
    )
    profile = stack.profile
    number = next(i for i, p in enumerate(profile.pieces) if p.feature == "dielectric wall")
    place = Station(number, along)
    r, z = profile.point(place)
    ball = float(r) / math.sin(slope)  # signed: negative for a hollow
    centre = float(z) - ball * math.cos(slope)
    t = np.append((np.arange(elements)[:, None] + np.array(NODES)[:-1]).ravel(), elements)
    angle = slope * (1.0 - t / elements)
    points = np.stack([ball * np.sin(angle), centre + ball * np.cos(angle)], axis=-1)
    points[0], points[-1, 0] = (r, z), 0.0
    top = Edge(PolynomialCurve.from_nodes(points, NODES), 0.0, float(elements))
    foot = profile.point(profile.start)
    loop = (*profile.between(profile.start, place), top, Edge(line(points[-1], foot), 0, 1, "axis"))
    return stack.with_region(Region.bounded("bump", "Pb95Sn5", loop, "solder"))


def with_barrier(barrier: float = 3.6 * UM, finish: float = 0.05 * UM, **dome: float) -> Stack:
    """Dome under a barrier and its finish."""
    layers = (Layer("barrier", "Ni", barrier), Layer("finish", "Au", finish))
    stack, _ = grow(with_dome(**dome), layers)
    return stack


def with_core(gap: float) -> Stack:
    """Ball in solder on the pad; without a gap the solder ends in a cusp on the axis."""
    stack = bare()
    radius, apex = 30 * UM, 75 * UM
    ball = Arc((0.0, radius + gap), radius, -math.pi / 2, math.pi / 2)
    top, foot = (0.0, 2 * radius + gap), (0.0, gap)
    axis = Edge(line(top, foot), 0.0, 1.0, "axis")
    core = Region.bounded("core", "Cu", (Edge(ball, ball.first, ball.last), axis), "metal")
    pad = next(e for e in stack.region("pad").loop if e.feature == "pad").reversed()
    rim = float(pad.point(1.0)[0])
    outside = (rim**2 + apex**2) / (2 * apex)
    surface = Arc((0.0, apex - outside), outside, math.atan2(outside - apex, rim), math.pi / 2)
    loop = [
        pad,
        Edge(surface, surface.first, surface.last),
        Edge(line((0.0, apex), top), 0.0, 1.0, "axis"),
        Edge(ball, ball.last, ball.first),
    ]
    if gap:
        loop.append(Edge(line(foot, (0.0, 0.0)), 0.0, 1.0, "axis"))
    cap = Region.bounded("cap", "Sn63Pb37", tuple(loop), "solder")
    return stack.with_region(core).with_region(cap)
