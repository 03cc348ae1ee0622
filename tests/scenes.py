"""Solids to put a drop on, by hand, for tests of the solver: profiles, not stacks."""

from __future__ import annotations

import math

from bumpform.geometry.curve import Arc, Line
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.surface.drop.contact import Solid
from bumpform.surface.drop.drop import Drop
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.drop.newton import solve
from bumpform.surface.joints.joint import Held, Joint
from bumpform.surface.joints.joint_equilibrium import reach_joint
from bumpform.surface.search.descent import reach

#: The reference drops' liquid: N/m, kg/m³.
TENSION, DENSITY = 0.48, 8400.0


def straight(start, end, feature="", region=""):
    """Piece of a profile on a line."""
    return Edge(Line(start, end), 0.0, 1.0, feature, region or feature, feature)


def plane(outer):
    """Flat solid of one material."""
    return Profile((straight((0.0, 0.0), (outer, 0.0), "plane"),))


def pad(radius, outer, proud=0.0):
    """Pad in a base, flush or proud of it."""
    pieces = [straight((0.0, 0.0), (radius, 0.0), "pad")]
    if proud > 0.0:
        pieces.append(straight((radius, 0.0), (radius, -proud), "pad side", "pad"))
    pieces.append(straight((radius, -proud), (outer, -proud), "base"))
    return Profile(tuple(pieces))


def opening(radius, depth, outer, sidewall=90.0):
    """Opening over a pad: pad, wall (degrees from the horizontal), top."""
    rim = radius
    if sidewall != 90.0:
        rim += depth / math.tan(math.radians(sidewall))
    return Profile(
        (
            straight((0.0, 0.0), (radius, 0.0), "pad"),
            straight((radius, 0.0), (rim, depth), "wall", "layer"),
            straight((rim, depth), (outer, depth), "top", "layer"),
        )
    )


def core(radius, height, outer):
    """Spherical core about (0, height), cut at z = 0 by a base."""
    last = math.asin(-height / radius)
    arc = Arc((0.0, height), radius, math.pi / 2, last)
    foot = (radius * math.cos(last), 0.0)
    return Profile(
        (
            Edge(arc, math.pi / 2, last, "core", "core", "core"),
            straight(foot, (outer, 0.0), "base"),
        )
    )


def landscape(profile, degrees, volume, gravity, *, tension=TENSION, density=DENSITY):
    """A drop on a profile, with Young's angle on each piece in degrees."""
    angles = tuple(math.radians(d) for d in degrees)
    return LineForce(profile, angles, Drop(volume, tension, density, gravity))


def rest(profile, degrees, volume, gravity, start, **liquid):
    """The equilibrium that is reached from a station given as (piece, u)."""
    return reach(landscape(profile, degrees, volume, gravity, **liquid), Station(*start))


def capillarity(gravity):
    """ρg/σ of the reference liquid, 1/m²."""
    return DENSITY * gravity / TENSION


def cap_volume(radius, psi):
    """Volume of a spherical cap on a radius, by the slope angle at its rim, m³."""
    height = radius * math.tan(0.5 * psi)
    return math.pi * height * (3.0 * radius**2 + height**2) / 6.0


def post(radius, height, rise):
    """Flat end of a post whose side goes on by ``rise``: its edge holds a line from 1° to 268°."""
    return Profile(
        (
            straight((0.0, height), (radius, height), "pad"),
            straight((radius, height), (radius, height + rise), "side", "pad"),
            straight((radius, height + rise), (9 * radius, height + rise), "base"),
        )
    )


def bridge(lower, upper, volume, gravity, *, starts, load=None, tension=TENSION, density=DENSITY):
    """Equilibrium between two (profile, angles in degrees); a scaled load lets the upper float."""
    solids = tuple(
        Solid(profile, tuple(math.radians(d) for d in degrees), kind)
        for (profile, degrees), kind in ((lower, "outer"), (upper, "top"))
    )
    joint = Joint(Drop(volume, tension, density, gravity), solids)
    stations = tuple(Station(0, u) for u in starts)
    held = Held(stations, ("free", "free"), solve(joint.guess(stations), tolerance=1e-3))
    return reach_joint(joint, held, load)


def posts(first, second, height, volume, gravity=0.0) -> Equilibrium:
    """Bridge pinned on the edges of two posts."""
    lower = post(first, 0.0, -first), (1, 178, 178)
    upper = post(second, height, second), (1, 178, 178)
    return bridge(lower, upper, volume, gravity, starts=(1.0, 1.0))
