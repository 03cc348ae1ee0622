"""The liquids of peers.py, stated for bumpform, Surface Evolver and shooting at once.

Decks and shooting are those of the tests, whose folder peers.py has put on the path.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import evolver
import scenes
from bumpform.geometry.profile import Profile, Station
from bumpform.surface.drop.contact import LineAt, Solid
from bumpform.surface.drop.drop import Drop
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.drop.newton import Surface
from bumpform.surface.joints.joint import Joint
from evolver import Deck
from scenes import DENSITY, TENSION
from shooting import Cone, plane, point, shoot
from shooting_two import Line, shoot_two

UM, EARTH = 1e-6, 9.81
Values = dict[str, float]


@dataclass(frozen=True)
class Problem:
    """A liquid, stated for all three; the values compared are in ``length`` and over σ.

    ``start`` gives bumpform's first surface on so many elements, ``lines`` are its contact lines.
    """

    name: str
    length: float
    drop: Drop
    start: Callable[[int], Surface]
    lines: tuple[LineAt, ...]
    deck: Deck
    shoot: Callable[[], Values]


def drop_problem(name, length, volume, profile, degrees, station, state, end, shoot):
    """A drop with one contact line; its volume in units of the length's cube."""
    drop = Drop(volume * length**3, TENSION, DENSITY, EARTH)
    young = tuple(map(math.radians, degrees))
    b = scenes.capillarity(EARTH) * length**2

    land = LineForce(profile, young, drop)

    def start(elements):
        return land.guess(station, free=state == "free", elements=elements)

    def values():
        shot = shoot(volume, b)
        return named(shot.pressure, (shot.r, shot.z), shot.apex_z, shot.max_r)

    lines = (LineAt(land.solid, station, state),)
    deck = Deck(end(b), evolver.apex(), volume, b)
    return Problem(name, length, drop, start, lines, deck, values)


def pinned_drop():
    """On a pad's edge, which it overhangs by 40 %."""
    return drop_problem(
        "pinned drop, overhanging",
        100 * UM,
        10.0,
        scenes.pad(100 * UM, 900 * UM),
        (1, 179),
        Station(0, 1.0),
        "pinned",
        lambda b: evolver.edge(1.0, 0.0),
        lambda volume, b: shoot(point(1.0), volume, capillarity=b),
    )


def dome_on_a_wall():
    """In an opening over a pad, its line slides on the wall at 125°."""
    young, a, depth, at = math.radians(125), 60 * UM, 0.5, 0.85
    return drop_problem(
        "dome sliding on a wall",
        a,
        1.85,
        scenes.opening(a, depth * a, 6 * a),
        (25, 125, 120),
        Station(1, at),
        "free",
        lambda b: evolver.wall(1.0, young, depth * at, b),
        lambda volume, b: shoot(
            Cone(1.0, 0.0, math.pi / 2), volume, capillarity=b, angle=young, bracket=(0.0, 2.0)
        ),
    )


def drop_on_a_plane():
    """Its line slides on a plane at 60°."""
    young, a, at = math.radians(60), 100 * UM, 1.05
    return drop_problem(
        "drop sliding on a plane",
        a,
        1.0,
        scenes.plane(5 * a),
        (60,),
        Station(0, at / 5),
        "free",
        lambda b: evolver.plane(0.0, young, at),
        lambda volume, b: shoot(plane(), volume, capillarity=b, angle=young, bracket=(0.1, 3.0)),
    )


def joint_between_pads():
    """Held at its gap, pinned on the edges of two pads of unlike size."""
    a, upper, gap, volume = 150 * UM, 0.8, 1.2, 4.5
    drop = Drop(volume * a**3, TENSION, DENSITY, EARTH)
    b, rim = scenes.capillarity(EARTH) * a**2, Station(0, 1.0)

    def face(radius, height, kind):
        edge = (radius, height)
        pieces = scenes.straight((0.0, height), edge), scenes.straight(edge, (9 * a, height))
        return Solid(Profile(pieces), (0.1, 3.0), kind)

    solids = face(a, 0.0, "outer"), face(upper * a, gap * a, "top")

    joint = Joint(drop, solids)

    def values():
        ends = (Line(point(1.0), 0.0), Line(point(upper, gap), 0.0))
        shot = shoot_two(*ends, volume, capillarity=b, top=True)
        return named(shot.pressure, (shot.r[0], shot.z[0]), shot.z[1], shot.max_r)

    return Problem(
        "joint between two pads",
        a,
        drop,
        lambda elements: joint.guess((rim, rim), elements=elements),
        tuple(LineAt(solid, rim, "pinned") for solid in solids),
        Deck(evolver.edge(1.0, 0.0), evolver.edge(upper, gap), volume, b),
        values,
    )


PROBLEMS = (pinned_drop, dome_on_a_wall, drop_on_a_plane, joint_between_pads)


def named(pressure, first, height, widest) -> Values:
    """The values that are compared."""
    return {"p": pressure, "r": first[0], "z": first[1], "h": height, "widest": widest}
