"""The barrier between two rests of a cap, and the energy that a deposit has to spend.

Exact      without gravity a cap over a place s of a profile is a sphere's: its energy over s in
           closed form, highest between the rests at a re-entrant edge or inside of a piece
Expect     1e-9 of σA²: an accurate surface's energy
"""

from __future__ import annotations

import copy
import math
from functools import cache

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.geometry.profile import Profile, Station
from bumpform.output.run_log import log_lines
from bumpform.process.explore import explore
from bumpform.process.reflows.released_energy import released
from bumpform.result.states import alternative_words
from bumpform.runner import run
from bumpform.surface.drop.line_force import LineForce
from bumpform.surface.search.alternatives import on_profile, with_stability
from bumpform.surface.search.descent import reach
from bumpform.surface.search.energy_barrier import with_barriers
from scenes import TENSION, cap_volume, landscape, straight

pytestmark = pytest.mark.dolfinx

A = 100e-6


# ---------------------------------------------------------------- closed forms


def energy(profile, degrees, volume, station):
    """E/σ of a spherical cap whose line is at a station of straight pieces."""
    below = wetted = 0.0
    for piece, angle in zip(profile.pieces[: station.piece + 1], degrees, strict=False):
        last = station.u if piece is profile.pieces[station.piece] else 1.0
        (r0, z0), (r1, z1) = piece.point(0.0).tolist(), piece.point(last).tolist()
        below += math.pi * (z1 - z0) * (r0**2 + r0 * r1 + r1**2) / 3.0
        area = math.pi * (r0 + r1) * math.hypot(r1 - r0, z1 - z0)
        wetted += math.cos(math.radians(angle)) * area
    r = float(profile.point(station)[0])
    psi = brentq(lambda p: cap_volume(r, p) - (volume - below), 1e-6, math.pi - 1e-6, xtol=1e-15)
    return math.pi * r**2 / math.cos(0.5 * psi) ** 2 - wetted


def crest(profile, degrees, volume, one, other):
    """Largest E/σ between two stations: over every piece, sampled and then refined."""
    low, high = sorted((one, other))
    best = -math.inf
    for piece in range(low.piece, high.piece + 1):
        first = low.u if piece == low.piece else 0.0
        last = high.u if piece == high.piece else 1.0

        def minus(u, piece=piece):
            return -energy(profile, degrees, volume, Station(piece, u))

        grid = np.linspace(first, last, 200)
        at = int(np.argmin([minus(u) for u in grid]))
        around = grid[max(at - 1, 0)], grid[min(at + 1, 199)]
        found = minimize_scalar(minus, bounds=around, method="bounded", options={"xatol": 1e-12})
        best = max(best, -minus(grid[at]), -found.fun)
    return best


def ledge():
    """Opening with a ledge half way up, under a wider one: its foot is a re-entrant edge."""
    corners = (
        ((0.0, 0.0), (A, 0.0), "pad"),
        ((A, 0.0), (A, 0.8 * A), "wall"),
        ((A, 0.8 * A), (1.5 * A, 0.8 * A), "ledge"),
        ((1.5 * A, 0.8 * A), (1.5 * A, 1.6 * A), "upper wall"),
        ((1.5 * A, 1.6 * A), (20 * A, 1.6 * A), "top"),
    )
    return Profile(tuple(straight(*corner) for corner in corners))


def pillar():
    """Pad on a tall pillar that stands on a base: its side carries a crest."""
    corners = (
        ((0.0, 0.0), (A, 0.0), "pad"),
        ((A, 0.0), (A, -1.5 * A), "side"),
        ((A, -1.5 * A), (30 * A, -1.5 * A), "base"),
    )
    return Profile(tuple(straight(*corner) for corner in corners))


#: Profile, contact angles, volume and where the line starts.
SCENES = {
    "ledge, from the upper wall": (ledge(), (25, 125, 125, 125, 125), 7.0, Station(3, 0.6)),
    "ledge, from its inner edge": (ledge(), (25, 125, 125, 125, 125), 7.0, Station(2, 0.1)),
    "pillar, from its pad": (pillar(), (20, 40, 100), 6.0, Station(0, 1.0)),
    "pillar, from its base": (pillar(), (20, 40, 100), 6.0, Station(2, 0.1)),
}


@cache
def scene(name):
    profile, degrees, volume, start = SCENES[name]
    land = landscape(profile, degrees, volume * A**3, 0.0)
    reached = reach(land, start)
    others = with_stability(on_profile(land, reached))
    return reached, with_barriers(land, reached, others, 1e-8)


@pytest.mark.parametrize("name", SCENES)
def test_barrier_is_the_crest_of_the_energy_along_the_solid(name):
    profile, degrees, volume, _ = SCENES[name]
    reached, others = scene(name)
    told = [other for other in others if other.barrier is not None]
    assert told
    for other in told:
        to = other.equilibrium.station
        exact = crest(profile, degrees, volume * A**3, reached.station, to)
        exact -= energy(profile, degrees, volume * A**3, reached.station)
        assert other.barrier == pytest.approx(TENSION * exact, abs=1e-9 * TENSION * A**2)
        assert other.share == pytest.approx(other.barrier / 1e-8, rel=1e-12)
        assert other.barrier > max(
            0.0, other.equilibrium.values["energy_J"] - reached.values["energy_J"]
        )


def test_the_way_back_has_the_same_crest():
    """From either rest of a ledge the saddle is the same state."""
    tops = []
    for name in ("ledge, from the upper wall", "ledge, from its inner edge"):
        reached, others = scene(name)
        (other,) = (o for o in others if o.barrier is not None)
        tops.append(reached.values["energy_J"] + other.barrier)
    assert tops[0] == pytest.approx(tops[1], rel=1e-10)


def test_no_barrier_is_told_where_the_way_is_not_known():
    """Between the ring of the metal core's cap and the cap there is no one landscape."""
    (other,) = stage_of(run(load_case("core_metal_ball")), 0).alternatives
    assert other.upright and other.barrier is None and other.share is None


# ---------------------------------------------------------------- what a deposit has to spend


def stage_of(done, number):
    return [m.state.stage for m in done.history if m.state.stage is not None][number]


def spent(case, number):
    """What the deposit of a stage has released; and the stage."""
    moment = [m for m in run(case).history if m.state.stage is not None][number]
    stage, before = moment.state.stage, moment.before.stack
    found = stage.equilibrium
    names = [r.name for r in before.regions if r.name not in {q.name for q in stage.solids.regions}]
    land = LineForce(stage.solids.profile, found.lines[0].solid.angles, found.drop)
    return released(land, found, before, tuple(names), (stage.start, stage.inner)), stage


def column_case(height, *, reflows=1):
    """Column as wide as its pad, without gravity; it gathers to a cap on the pad's edge."""
    steps = [
        {
            "do": "substrate",
            "pad": {"radius": A, "thickness": 1e-5, "material": "Cu"},
            "base": {"material": "FR4"},
        },
        {"do": "deposit", "solder": "Sn63Pb37", "column": {"radius": A, "height": height}},
    ]
    steps += [{"do": "reflow", "name": f"r{k}", "peak": "250 degC"} for k in range(reflows)]
    return Case.from_dict(
        {
            "case": {"name": "column"},
            "environment": {"gravity": 0.0},
            "wetting": {"Cu": "10 deg", "FR4": "170 deg"},
            "materials": {"Sn63Pb37": {"surface_tension": 0.48, "density": 8400.0}},
            "step": steps,
        }
    )


@pytest.mark.parametrize("height", [A, 2.5 * A])
def test_a_column_has_its_side_to_spend(height):
    """Its free area is πa² + 2πah, the cap's 2πRh'; what they wet is the same."""
    energy, stage = spent(column_case(height), 0)
    volume = stage.melt.volume
    psi = brentq(lambda p: cap_volume(A, p) - volume, 0.1, 3.1, xtol=1e-15)
    cap = math.pi * A**2 / math.cos(0.5 * psi) ** 2
    exact = 0.48 * (math.pi * A**2 + 2.0 * math.pi * A * height - cap)
    assert energy == pytest.approx(exact, rel=1e-9)


def test_a_bump_that_melts_again_has_nothing_to_spend():
    first, again = (spent(column_case(A, reflows=2), k)[0] for k in (0, 1))
    assert abs(again) < 1e-9 * first


def test_gravity_counts_from_the_deposit_s_centroid():
    """Half of its height, against the cap's centroid; the liquid's weight."""
    case = column_case(A).to_dict()
    without, light = spent(Case.from_dict(case), 0)
    heavy = copy.deepcopy(case)
    heavy["environment"]["gravity"] = 1e-3  # so little that the cap keeps its shape
    energy, stage = spent(Case.from_dict(heavy), 0)
    high = light.equilibrium.values["apex_z_m"]
    centroid = high * (2 * A**2 + high**2) / (2 * (3 * A**2 + high**2))
    exact = stage.melt.mass * 1e-3 * (0.5 * A - centroid)
    assert energy - without == pytest.approx(exact, rel=1e-4)


# ---------------------------------------------------------------- in a process


def test_a_low_barrier_is_told_in_result_and_log(tmp_path):
    """The bundled core and cap: 1e-4 of what its cap releases keeps it from leaning on its core."""
    done = run(load_case("core_and_cap"))
    (other,) = done.result["stages"][1]["equilibrium"]["alternatives"]
    assert other["leans"]["mode"] == 1
    assert 0.0 < other["barrier_J"] < 1e-11
    assert other["barrier_share"] == pytest.approx(
        other["barrier_J"] / stage_of(done, 1).others.found.released, rel=1e-12
    )
    assert other["barrier_share"] < 1e-3
    (told,) = done.record.stages[1].equilibrium.alternatives
    words = alternative_words(told)
    assert "leans (m = 1)" in words and words.endswith("since the deposit: it may be passed")
    assert words in "\n".join(log_lines(done))


def test_a_search_of_all_of_the_solid_tells_the_same_barrier():
    near = stage_of(run(load_case("core_and_cap")), 1)
    told = [o.barrier for o in near.alternatives if o.barrier is not None]
    found = explore(near, "cap reflow")
    assert [o.barrier for o in found.alternatives if o.barrier is not None] == told != []
