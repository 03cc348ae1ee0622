"""Coverage by area, whatever covers: discs, zones of spheres, and the outlines of the stack."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bumpform.case.file import load_case
from bumpform.process.reflows.reflow import Stage
from bumpform.runner import run

pytestmark = pytest.mark.dolfinx

UM = 1e-6


def last(done):
    return next(m for m in reversed(done.history) if isinstance(m.state.stage, Stage))


def area(points):
    """Area of revolution of a polyline: cones."""
    r, z = points.T
    return float(math.pi * ((r[1:] + r[:-1]) * np.hypot(np.diff(r), np.diff(z))).sum())


def by_outlines(moment, names):
    """Share of the surface of some regions that the liquid lies on, from fine outlines.

    What stood bare of them on the stack without the liquid, and is bare still with it.
    """
    (liquid,) = moment.state.stage.liquids
    found = liquid.equilibrium
    pieces = moment.state.stage.solids.profile.pieces
    place = found.station
    whole = bare = 0.0
    for number, piece in enumerate(pieces):
        if piece.region.split(" ")[0] not in names:
            continue
        whole += area(piece.point(np.linspace(0.0, 1.0, 20001)))
        start = 1.0 if number < place.piece else place.u if number == place.piece else 0.0
        bare += area(piece.point(np.linspace(start, 1.0, 20001)))
    return 1.0 - bare / whole


@pytest.mark.parametrize("size", ["20 um", "40 um", "46 um"])
def test_a_small_ball_on_a_large_dome_covers_part_of_it(size):
    """A closed cap that ends on the dome; about 57 % at 40 µm, the line at 46.25 µm of 60."""
    case = load_case("photoimaged_opening_no_barrier")
    data = case.to_dict()
    (second,) = [s for s in data["step"] if s["do"] == "deposit" and s["solder"] == "Sn63Pb37"]
    second.pop("volume")
    second["ball"] = {"diameter": size}
    data["wetting"] = {**data["wetting"], "Sn63Pb37 on Pb95Sn5": "20 deg"}
    (first,) = [s for s in data["step"] if s["do"] == "deposit" and s["solder"] == "Pb95Sn5"]
    first["volume"] = "0.40 nl"
    done = run(type(case).from_dict(data))
    metrics = done.metrics["second reflow"]
    assert metrics["coverage"] == pytest.approx(by_outlines(last(done), {"Pb95Sn5"}), rel=1e-7)
    assert metrics["bare_polar_radius_m"] == 0.0
    if size == "40 um":
        assert metrics["contact_radius_m"] == pytest.approx(46.25 * UM, abs=0.01 * UM)
        assert metrics["coverage"] == pytest.approx(0.57, abs=0.005)


@pytest.mark.parametrize(
    ("name", "volume", "share"),
    [
        ("photoimaged_opening", "31.955 pl", 0.558),
        ("laminated_abraded", "21.693 pl", 0.681),
    ],
)
def test_a_small_second_bump_covers_part_of_the_barrier(name, volume, share):
    """Of the barrier's skin, beside ``covers_barrier`` false."""
    sets = [f"deposit.Sn63Pb37.volume={volume}", "barrier.Ni.thickness=3.6 um"]
    done = run(load_case(name, sets=sets if name == "photoimaged_opening" else sets[:1]))
    metrics = done.metrics["second reflow"]
    assert metrics["covers_barrier"] is False
    assert metrics["coverage"] == pytest.approx(share, abs=0.001)
    outlines = by_outlines(last(done), {"barrier", "finish"})
    assert metrics["coverage"] == pytest.approx(outlines, rel=1e-7)


@pytest.mark.parametrize("name", ["core_and_cap", "core_metal_ball", "laminated_abraded"])
def test_what_is_covered_whole_is_so_exactly(name):
    """1, without an error: the line lies at the body's end, or beyond it."""
    done = run(load_case(name))
    stage = last(done).step.name
    assert done.metrics[stage]["coverage"] == 1.0
    assert done.result["metrics_error"][stage]["coverage"] == 0.0


def test_without_a_body_nothing_is_covered():
    """The first reflow, on a pad: no coverage, no film, rather than all of nothing."""
    metrics = run(load_case("photoimaged_opening")).metrics["first reflow"]
    assert {"coverage", "bare_polar_radius_m", "film_thickness_m"}.isdisjoint(metrics)


def test_the_estimate_holds_the_error():
    """The share from a second run whose line is solved on a finer mesh is within the estimate."""
    sets = ["deposit.Sn63Pb37.volume=31.955 pl", "barrier.Ni.thickness=3.6 um"]
    done = run(load_case("photoimaged_opening", sets=sets))
    error = done.result["metrics_error"]["second reflow"]["coverage"]
    assert 0.0 < error < 1e-9
