"""Gibbs' condition: where an edge of the solid holds a contact line, and where it lets go.

Problem    one edge of every kind, the drop's volume chosen for a slope angle ψ at the edge
Exact      the line stays while ψ + τ_in ≥ θ_in and ψ + τ_out ≤ θ_out, τ the solid's slope on
           either side; below it recedes to the inner piece, above it advances to the outer
Expect     the limits are sharp: 1e-4° inside them pinned, 1e-4° outside moved to the right side
           (without gravity, where the volume that gives a slope is known in closed form)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import pytest

import scenes
import shooting
from bumpform.geometry.curve import Arc
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.surface.search.descent import reach
from bumpform.surface.search.rests import others
from scenes import cap_volume, landscape, straight

pytestmark = pytest.mark.dolfinx

A = 60e-6
SHARP = 1e-4  # degrees: far above the angle's error, 1e-10, and the solver's slack, 6e-7


@dataclass(frozen=True)
class Corner:
    """An edge between pieces ``piece`` and ``piece`` + 1 of a profile, ψ within (low, high)."""

    profile: Profile
    degrees: tuple[float, ...]
    piece: int
    low: float
    high: float

    @property
    def station(self):
        return Station(self.piece, 1.0)

    def volume(self, psi):
        """Volume whose spherical cap has the slope ψ (degrees) at the edge."""
        r = self.profile.point(self.station)[0]
        below = 2 * math.pi * self.profile.moments(self.station)[0]
        return float(below + cap_volume(r, math.radians(psi)))

    def reached(self, psi, start=None):
        land = landscape(self.profile, self.degrees, self.volume(psi), 0.0)
        return reach(land, start or self.station)


def domed(rise, *beyond):
    """Cap of a barrier that falls to (A, 0) with 35°, then straight pieces through points."""
    slope = math.radians(35)
    radius = A / math.sin(slope)
    arc = Arc((0.0, -radius * math.cos(slope)), radius, math.pi / 2, math.pi / 2 - slope)
    pieces = [Edge(arc, math.pi / 2, math.pi / 2 - slope, "finish", "finish", "Au")]
    points = [(A, 0.0), *beyond, (30 * A, rise)]
    for i, (p, q) in enumerate(pairwise(points)):
        pieces.append(straight(p, q, ("top" if q[0] > 2 * A else f"side {i}"), "layer"))
    return Profile(tuple(pieces))


def step_of_material():
    """Three rings of one plane."""
    return Profile(
        (
            straight((0.0, 0.0), (0.5 * A, 0.0), "inner"),
            straight((0.5 * A, 0.0), (A, 0.0), "middle"),
            straight((A, 0.0), (30 * A, 0.0), "outer"),
        )
    )


def proud_pad():
    return Profile(
        (
            straight((0.0, 0.0), (A, 0.0), "pad"),
            straight((A, 0.0), (A, -0.2 * A), "pad side", "pad"),
            straight((A, -0.2 * A), (30 * A, -0.2 * A), "base"),
        )
    )


CORNERS = {
    "rim 90": Corner(scenes.opening(A, A, 30 * A), (25, 60, 100), 1, 60 - 90, 100),
    "rim 90, not wetted": Corner(scenes.opening(A, A, 30 * A), (25, 125, 125), 1, 35, 125),
    "rim 75": Corner(scenes.opening(A, A, 30 * A, 75), (25, 60, 100), 1, 60 - 75, 100),
    "rim 75, not wetted": Corner(scenes.opening(A, A, 30 * A, 75), (25, 110, 130), 1, 35, 130),
    "pad, flush": Corner(scenes.pad(A, 30 * A), (30, 120), 0, 30, 120),
    "pad, proud": Corner(proud_pad(), (30, 55, 95), 0, 30, 55 + 90),
    "material": Corner(step_of_material(), (20, 40, 85), 1, 40, 85),
    "foot of a wall": Corner(scenes.opening(A, A, 30 * A), (20, 150, 150), 0, 20, 150 - 90),
    "foot of a slope": Corner(scenes.opening(A, A, 30 * A, 75), (20, 140, 150), 0, 20, 140 - 75),
    "juncture, flush": Corner(domed(0.0), (20, 125), 0, 20 + 35, 125),
    "juncture, proud": Corner(domed(-0.1 * A, (A, -0.1 * A)), (20, 40, 115), 0, 20 + 35, 40 + 90),
    "juncture, proud of a wetted side": Corner(
        domed(-0.1 * A, (A, -0.1 * A)), (20, 20, 115), 0, 20 + 35, 20 + 90
    ),
    "juncture, below": Corner(domed(0.1 * A, (A, 0.1 * A)), (10, 160, 150), 0, 10 + 35, 160 - 90),
}


@pytest.mark.parametrize("name", CORNERS)
def test_edge_holds_the_line_at_its_lower_limit(name):
    """Just above the lower limit the line does not move."""
    corner = CORNERS[name]
    found = corner.reached(corner.low + SHARP)
    assert (found.state, found.station) == ("pinned", corner.station)


@pytest.mark.parametrize("name", CORNERS)
@pytest.mark.parametrize("part", [0.5, 0.8, 1.0])
def test_edge_holds_the_line_within_its_range(name, part):
    """From the middle of the range to just below the upper limit the line does not move."""
    corner = CORNERS[name]
    psi = corner.low + SHARP + part * (corner.high - corner.low - 2 * SHARP)
    found = corner.reached(psi)
    assert (found.state, found.station) == ("pinned", corner.station)
    r, z = corner.profile.point(corner.station)
    assert found.values["outer.r_m"] == pytest.approx(r, rel=1e-15)
    assert found.values["outer.z_m"] == pytest.approx(z, rel=1e-15, abs=1e-15 * A)


@pytest.mark.parametrize("name", CORNERS)
def test_angle_and_admissible_range_are_reported_against_the_inner_piece(name):
    """Angle ψ + τ_in; admissible θ_in … θ_out + τ_in − τ_out, as the slopes of the solid say."""
    corner = CORNERS[name]
    psi = 0.5 * (corner.low + corner.high)
    found = corner.reached(psi)
    tangent = corner.profile.pieces[corner.piece].tangent(1.0)
    tau = math.degrees(math.atan2(tangent[1], tangent[0]))
    low, high = (math.degrees(x) for x in found.admissible)
    assert low == pytest.approx(corner.low + tau, abs=1e-9)
    assert high == pytest.approx(corner.high + tau, abs=1e-9)
    assert low == pytest.approx(corner.degrees[corner.piece], abs=1e-9)
    assert found.values["outer.angle_deg"] == pytest.approx(psi + tau, abs=1e-8)


@pytest.mark.parametrize("name", CORNERS)
def test_line_recedes_below_the_lower_limit(name):
    """A flatter surface pulls the line in: to a free place on, or an edge within, the inside.

    Where it can rest nowhere inside of a pad or finish that it wets, it slides to where the
    angle is Young's: a smaller radius on a plane or dome, a lower place on a wall.
    """
    corner = CORNERS[name]
    found = corner.reached(corner.low - SHARP)
    assert found.station < corner.station
    assert found.state == "free"
    assert found.values["outer.angle_deg"] == pytest.approx(
        corner.degrees[found.station.piece], abs=1e-8
    )


@pytest.mark.parametrize("name", CORNERS)
def test_line_advances_above_the_upper_limit(name):
    """A steeper surface pushes the line over the edge, to rest outside of it."""
    corner = CORNERS[name]
    found = corner.reached(corner.high + SHARP)
    assert found.station > corner.station
    low, high = found.admissible
    angle = math.radians(found.values["outer.angle_deg"])
    assert low - 1e-8 <= angle <= high + 1e-8


@pytest.mark.parametrize(
    ("wall", "top", "psi"),
    [
        (125, 125, 124.0),
        (150, 150, 110.0),
        (150, 150, 130.0),
        (150, 150, 149.0),
        (160, 120, 115.0),
    ],
)
def test_rim_holds_a_ball_that_overhangs(wall, top, psi):
    """A near-spherical ball over an opening is held by its rim while ψ < θ of the top.

    Its angle against the wall, ψ + 90°, exceeds 180°: cos(ψ + 90°) rises again.
    """
    corner = Corner(scenes.opening(A, 0.5 * A, 30 * A), (25, wall, top), 1, wall - 90, top)
    found = corner.reached(psi)
    assert (found.state, found.station) == ("pinned", corner.station)


@pytest.mark.slow
@pytest.mark.parametrize("gravity", [-500.0, 500.0])
def test_upper_limit_with_gravity(gravity):
    """With gravity the limit lies where the shot drop's slope at the rim is the top's angle."""
    corner = CORNERS["rim 90, not wetted"]
    b = scenes.capillarity(gravity)
    rim = shooting.point(A, A, 0.5 * A**3)

    def reached(psi):
        low, high = corner.volume(0.5 * psi), corner.volume(min(1.3 * psi, 160))
        for _ in range(60):
            middle = 0.5 * (low + high)
            steep = shooting.shoot(rim, middle, capillarity=b).psi > math.radians(psi)
            low, high = (low, middle) if steep else (middle, high)
        return reach(landscape(corner.profile, corner.degrees, low, gravity), corner.station)

    assert reached(125 - SHARP).state == "pinned"
    beyond = reached(125 + SHARP)
    assert (beyond.state, beyond.feature) == ("free", "top")


def two_pads(volume):
    """Pad and far field of 60°, between them a ring of 120°: room for two equilibria."""
    profile = Profile(
        (
            straight((0.0, 0.0), (A, 0.0), "pad"),
            straight((A, 0.0), (1.3 * A, 0.0), "ring"),
            straight((1.3 * A, 0.0), (30 * A, 0.0), "field"),
        )
    )
    return landscape(profile, (60, 120, 60), volume, 9.81)


def test_history_selects_between_two_equilibria():
    """From the pad the line stays on its edge; from far outside it stops on the field.

    V = 4.5 a³: on the pad's edge ψ lies between 60° and 120°; a cap of 60° has r = 1.65 a,
    beyond the ring. Each is the other's alternative.
    """
    land = two_pads(4.5 * A**3)
    inner, outer = reach(land, Station(0, 1.0)), reach(land, Station(2, 0.1))
    assert (inner.state, inner.station) == ("pinned", Station(0, 1.0))
    assert (outer.state, outer.feature) == ("free", "field")
    assert outer.values["outer.r_m"] > 1.3 * A
    for one, other in ((inner, outer), (outer, inner)):
        energies = [o.values["energy_J"] for o in others(land, one)]
        assert any(e == pytest.approx(other.values["energy_J"], rel=1e-9) for e in energies)
        assert all(e != pytest.approx(one.values["energy_J"], rel=1e-9) for e in energies)


def test_history_is_the_same_where_there_is_one_equilibrium():
    """With too little liquid to reach past the ring, both starts end on the pad."""
    land = two_pads(1.2 * A**3)
    found = [reach(land, start) for start in (Station(0, 1.0), Station(0, 0.5), Station(1, 0.5))]
    assert {f.state for f in found} == {"pinned"}
    assert {f.station for f in found} == {Station(0, 1.0)}


@pytest.mark.parametrize(
    "degrees",
    [85, 89.9, 90, 90.1, 95],
)
def test_drop_that_starts_at_rest_stays_there(degrees):
    """A cap of 90° set down on a plane of (nearly) 90° is at rest: how `volume` is deposited."""
    profile = scenes.plane(20 * A)
    land = landscape(profile, (degrees,), 2 * math.pi / 3 * A**3, 0.0)
    found = reach(land, Station(0, 0.05))
    assert found.values["outer.angle_deg"] == pytest.approx(degrees, abs=1e-8)
