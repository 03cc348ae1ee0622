"""Film over a covered body: closed forms of spheres and planes, wedges set aside."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.geometry.curve import Arc, Line, PolynomialCurve
from bumpform.geometry.edge import Edge
from bumpform.metrics.film import thinnest
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.reflow import Stage
from bumpform.runner import run

NODES = tuple(float(x) for x in 0.5 - 0.5 * np.cos(np.pi * np.arange(7) / 6))
HALF = math.pi / 2


def polar(height, elements=12, start=0.0):
    """Curve round the origin from an angle to the axis, its radius a polynomial of the angle."""
    t = np.concatenate([[0.0], *(e + np.array(NODES[1:]) for e in range(elements))]) / elements
    angle = start + (HALF - start) * t
    radius = height(angle)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
    points[-1, 0] = 0.0
    return PolynomialCurve.from_nodes(points, NODES)


BALL = [Edge(Arc((0.0, 0.0), 1.0, -HALF, HALF), HALF, -HALF)]
TWO_PARTS = [
    Edge(Arc((0.0, 0.0), 1.0, -HALF, HALF), HALF, 0.7),
    Edge(Arc((0.0, 0.0), 1.0, -HALF, HALF), 0.7, -HALF),
]


@pytest.mark.parametrize("film", [0.3, 1e-3, 1e-6, 1e-9])
@pytest.mark.parametrize("place", [0.31, 0.7, 0.9, 1.4])
@pytest.mark.parametrize("body", [BALL, TWO_PARTS])
def test_the_least_distance_from_a_ball(film, place, body):
    """Radius 1 + film + (φ − φ0)²/5: the minimum is the film, also where the body has a joint.

    The curve's elements of degree 6 follow the polynomial times a sine to 1e-11.
    """
    curve = polar(lambda a: 1.0 + film + 0.2 * (a - place) ** 2)
    assert thinnest(curve, body, closes=True) == pytest.approx(film, abs=2e-11)


def test_of_several_minima_the_least_counts():
    """Two on the flank and one at the pole."""
    curve = polar(lambda a: 1.1 + 0.05 * np.cos(8 * a) + 0.02 * a, elements=40)
    angles = np.linspace(0.05, HALF, 200001)
    heights = 0.1 + 0.05 * np.cos(8 * angles) + 0.02 * angles
    assert thinnest(curve, BALL, closes=True) == pytest.approx(heights.min(), abs=1e-9)


@pytest.mark.parametrize("away", [1e-1, 1e-2, 1e-3])
def test_an_edge_of_the_body_beside_the_line_is_seen_however_near(away):
    """A disc's edge under a hemisphere, on the land that it wets: 1 less the edge's radius."""
    radius, height = 1.0 - away, 2.0 * away
    disc = Line((0.0, height), (radius, height)), Line((radius, height), (radius, 0.0))
    body = [Edge(part, 0.0, 1.0) for part in (*disc, Line((radius, 0.0), (1.0, 0.0)))]
    exact = 1.0 - math.hypot(radius, height)
    assert thinnest(polar(np.ones_like), body, closes=True) == pytest.approx(exact, abs=2e-11)


@pytest.mark.parametrize("at", [0.25, 0.502, 0.504, 0.75, 1.002])
def test_an_edge_of_the_body_is_seen_where_two_ways_of_looking_come_to_one_place(at):
    """A disc's edge at 0.99 of a hemisphere's radius; the places of both are at 0.25 n too."""
    angle = at / 12 * HALF
    radius, height = 0.99 * math.cos(angle), 0.99 * math.sin(angle)
    disc = Line((0.0, height), (radius, height)), Line((radius, height), (radius, 0.0))
    body = [Edge(part, 0.0, 1.0) for part in disc]
    assert thinnest(polar(np.ones_like), body, closes=True) == pytest.approx(0.01, abs=2e-11)


def test_a_wedge_alone_is_as_thick_as_at_the_pole():
    """A dome that thins towards its line: no minimum; closed over the axis, its height there."""
    plane = [Edge(Line((0.0, 0.0), (1.0, 0.0)), 0.0, 1.0)]
    dome = polar(lambda a: 1.0 - 0.6 * np.sin(a) ** 2)
    assert thinnest(dome, plane, closes=True) == pytest.approx(0.4, rel=1e-12)
    assert thinnest(dome, plane, closes=False) is None


def test_a_dish_is_thinnest_in_its_middle():
    """The least distance from a plane lies on the axis, where it is stationary."""
    plane = [Edge(Line((0.0, 0.0), (1.0, 0.0)), 0.0, 1.0)]
    r = np.concatenate([[1.0], *(1 - (e + np.array(NODES[1:])) / 6 for e in range(6))])
    curve = PolynomialCurve.from_nodes(np.stack([r, 0.2 + 0.3 * r**2], axis=-1), NODES)
    assert thinnest(curve, plane, closes=True) == pytest.approx(0.2, rel=1e-12)


def test_the_rim_of_what_is_covered_is_no_film():
    """A surface that leans over the rim of a plane is nearest to the rim: its wedge."""
    plane = [Edge(Line((0.0, 0.0), (1.0, 0.0)), 0.0, 1.0)]
    t = np.linspace(0.0, 1.0, 7)
    curve = PolynomialCurve.from_nodes(
        np.stack([1.05 - 0.2 * t, 0.4 * t], axis=-1), tuple(float(x) for x in t)
    )
    assert thinnest(curve, plane, closes=False) is None


def test_a_dip_beside_the_contact_line_is_a_film():
    """A level body with its underside, and a line past its corner: the distance of a point.

    The least is between the curve's end and the first place that is looked at.
    """
    corner, rise = 0.03, 0.5  # the line leaves the corner's height so far out, and leans so
    body = [
        Edge(Line((0.0, 0.0), (1.0, 0.0)), 0.0, 1.0),
        Edge(Line((1.0, 0.0), (0.9, -0.1)), 0.0, 1.0),
    ]
    t = 0.5 - 0.5 * np.cos(np.pi * np.arange(7) / 6)
    s = -0.02 + 2.0 * t
    points = np.stack([1.0 + corner + rise * s, s], axis=-1)
    curve = PolynomialCurve.from_nodes(points, tuple(float(x) for x in t))
    least = corner / math.hypot(1.0, rise)
    assert thinnest(curve, body, closes=False) == pytest.approx(least, rel=1e-12)


def test_a_dip_past_a_corner_is_a_film():
    """A circle round a post: nearest to its edge, a little past where it is farthest from its side.

    Both come between two places that are looked at. Off by the circle's polynomials of degree 6.
    """
    across, over = 0.5, 0.04  # of the edge, from the circle's centre
    body = [
        Edge(Line((0.0, over), (1.0 + across, over)), 0.0, 1.0),
        Edge(Line((1.0 + across, over), (1.0 + across, -1.0)), 0.0, 1.0),
    ]
    t = np.concatenate([[0.0], *(e + np.array(NODES[1:]) for e in range(5))])
    angle = 0.36 * t - 0.46
    circle = np.stack([1.0 + np.cos(angle), np.sin(angle)], axis=-1)
    curve = PolynomialCurve.from_nodes(circle, NODES)
    least = 1.0 - math.hypot(across, over)
    assert thinnest(curve, body, closes=False) == pytest.approx(least, rel=1e-8)


@pytest.mark.parametrize("off", [0.0, 1e-17, 1e-16])
def test_a_line_on_the_body_is_no_film_by_round_off(off):
    """A neck of 3 µm high up on a dome of 2 mm: its line is on the dome to the last digits."""
    neck = 3e-6
    dome = [Edge(Arc((0.0, 0.0), 2e-3, -HALF, HALF), HALF, HALF - 0.05)]
    foot = dome[0].point(1.0)
    t = np.concatenate([[0.0], *(e + np.array(NODES[1:]) for e in range(128))]) / 128
    along = np.stack([0.9 * t**2 - 0.6 * t, t], axis=-1)
    points = foot + neck * along - np.array([-0.6, 1.0]) * off
    assert thinnest(PolynomialCurve.from_nodes(points, NODES), dome, closes=False) is None


@pytest.mark.dolfinx
@pytest.mark.parametrize("part", [0.3, 0.45, 0.6, 0.9])
def test_a_cap_over_a_ball(part):
    """Without gravity the cap is a sphere: over the pole of a ball it is apex less diameter.

    Its centre lies under the ball's for little solder, and above it for much.
    """
    sets = ["environment.gravity=0", f"deposit.Sn63Pb37.stencil.metal_fraction={part}"]
    done = run(load_case("core_metal_ball", sets=sets))
    moment = next(m for m in done.history if isinstance(m.state.stage, Stage))
    values = moment.state.stage.equilibrium.values
    ball = 300e-6
    r, rise = values["outer.r_m"], values["apex_z_m"] - values["outer.z_m"]
    radius = (r * r + rise * rise) / (2.0 * rise)
    above = values["apex_z_m"] - radius > 0.5 * ball
    at_pole = values["apex_z_m"] - ball
    metrics, errors = (done.result[k]["cap reflow"] for k in ("metrics", "metrics_error"))
    assert metrics["coverage"] == 1.0
    assert above is (part > 0.8)
    assert abs(metrics["film_thickness_m"] - at_pole) <= errors["film_thickness_m"] + 1e-17
    assert errors["film_thickness_m"] < 1e-12


@pytest.mark.dolfinx
def test_over_the_core_of_a_joint():
    """Between a core and the neck round it, the film is thinnest where the neck is nearest.

    The distance from a sphere is that from its centre less its radius; a thousand places on the
    neck find its least to the square of their step.
    """
    done = run(load_case("core_metal_ball"))
    moment = next(m for m in done.history if isinstance(m.state.stage, Mounted))
    curve = moment.state.stage.equilibrium.curve
    ball = 150e-6
    points = curve.point(np.linspace(0.0, len(curve.coefficients), 20001))
    gap = np.hypot(points[:, 0], points[:, 1] - ball) - ball
    (least,) = np.flatnonzero((gap[1:-1] < gap[:-2]) & (gap[1:-1] < gap[2:])) + 1
    film = done.metrics[moment.step.name]["film_thickness_m"]
    assert film == pytest.approx(gap[least], rel=1e-6)


@pytest.mark.dolfinx
def test_over_a_core_that_stands_on_a_barrier():
    """What is covered counts, also where a barrier that stays bare shows beside it.

    Without gravity the solder on the core's top is part of a sphere, and as thick as at its apex.
    """
    data = {
        "case": {"name": "core on a barrier"},
        "environment": {"gravity": 0.0},
        "wetting": {m: "25 deg" for m in ("Cu", "Ni", "Co")} | {"FR4": "120 deg"},
        "step": [
            {
                "do": "substrate",
                "pad": {"radius": "200 um", "thickness": "20 um", "material": "Cu"},
                "base": {"material": "FR4"},
            },
            {"do": "deposit", "solder": "SAC305", "volume": "14 nl"},
            {"do": "reflow", "name": "first", "peak": "250 degC"},
            {"do": "barrier", "material": "Co", "thickness": "2 um"},
            {"do": "core", "material": "Ni", "diameter": "260 um"},
            {"do": "deposit", "solder": "Sn42Bi58", "ball": {"diameter": "200 um"}},
            {"do": "reflow", "name": "second", "peak": "170 degC"},
        ],
    }
    done = run(Case.from_dict(data))
    top = next(r for r in done.history[-1].state.stack.regions if r.kind == "core").loop
    pole = max(float(e.point(u)[1]) for e in top for u in (0.0, 1.0))
    apex = done.history[-1].state.stage.equilibrium.values["apex_z_m"]
    assert done.metrics["second"]["film_thickness_m"] == pytest.approx(apex - pole, rel=1e-9)


@pytest.mark.dolfinx
def test_over_a_plate_that_lies_on_a_bump():
    """A plate is the skin of what it lies on: the film over it, beside distances of polylines.

    Those of 20,000 chords are off by 1e-8 of the drop's size.
    """
    data = {
        "case": {"name": "plate on a bump"},
        "environment": {"gravity": 9.81},
        "wetting": {"Cu": "25 deg", "Ni": "25 deg", "SiO2": "140 deg"},
        "step": [
            {
                "do": "substrate",
                "pad": {"radius": "50 um", "thickness": "5 um", "material": "Cu"},
                "base": {"material": "SiO2"},
            },
            {"do": "deposit", "solder": "Pb95Sn5", "volume": "0.3 nl"},
            {"do": "reflow", "name": "first", "peak": "620 K"},
            {"do": "plate", "material": "Ni", "radius": "70 um", "thickness": "3 um"},
            {"do": "deposit", "solder": "Sn63Pb37", "volume": "1.2 nl"},
            {"do": "reflow", "name": "second", "peak": "480 K"},
        ],
    }
    done = run(Case.from_dict(data))
    stage = done.history[-1].state.stage
    plate = [p.sample(400) for p in stage.solids.profile if p.region == "Ni"]
    curve = stage.equilibrium.curve
    points = curve.point(np.linspace(0.0, len(curve.coefficients), 20001))
    gap = shapely.distance(shapely.LineString(np.vstack(plate)), shapely.points(points))
    dips = np.flatnonzero((gap[1:-1] < gap[:-2]) & (gap[1:-1] < gap[2:])) + 1
    film = done.metrics["second"]["film_thickness_m"]
    assert film == pytest.approx(float(gap[dips].min()), rel=1e-6)
    assert any(c.id == "film-thickness" and c.verdict == "holds" for c in done.conditions)
    half = {**data["step"][3], "thickness": "1.5 um"}
    data["step"][3:4] = [half, half]  # a plate on a plate is as much its skin
    assert run(Case.from_dict(data)).metrics["second"]["film_thickness_m"] == pytest.approx(
        film, rel=1e-9
    )


@pytest.mark.dolfinx
@pytest.mark.parametrize("resist", [211.9128, 211.913, 211.9131, 211.9136])
def test_a_slit_that_wedges_out_to_a_bump_is_no_film(resist):
    """Beside the line on the ball the distance is round-off, 3e-20 m, and has minima by chance:
    for some thicknesses between others it was told as the film's, and as too thin for a layer."""
    case = load_case("hybrid_joint").with_values({"coat.resist.thickness": resist * 1e-6})
    done = run(case)
    assert done.refused is None
    assert "film_thickness_m" not in done.metrics["assembly"]
    assert not any(c.id == "film-thickness" and c.holds is False for c in done.conditions)
