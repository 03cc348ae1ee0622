"""Every bundled case runs: conditions hold, no volume and no mass is lost.

Problem    the bundled cases of all five routes, their variants, and ordinary joints
Exact      at every moment the regions fill all that lies under the profile; the liquid of a stage
           weighs what its deposits weigh; what is frozen has the liquid's volume
Expect     1e-12 relative
"""

from __future__ import annotations

import math
import tomllib

import pytest

from bumpform.case.bundled import bundled_cases
from bumpform.case.case import Case
from bumpform.errors import CaseError
from bumpform.materials.materials import Materials
from bumpform.mesh.mesh import build_mesh
from bumpform.mesh.recipe import find_recipe
from bumpform.runner import run
from bumpform.steps.kinds import Deposit, Mount, Reflow
from solids import assert_gapless
from two_lines import done

pytestmark = pytest.mark.dolfinx

BUNDLED_CASES = bundled_cases()
BUNDLED = tuple(BUNDLED_CASES)


@pytest.mark.parametrize("name", BUNDLED)
def test_it_runs_and_its_conditions_hold(name):
    found = done(name)
    assert found.refused is None
    assert found.result["conditions"]
    broken = {c["id"] for c in found.result["conditions"] if c["holds"] is False}
    assert broken == ({"joint-closed"} if name == "head_in_pillow" else set())


def under_a_package(found):
    """Names of the stages in which a package is there."""
    steps = found.case.steps
    first = next((i for i, s in enumerate(steps) if isinstance(s, Mount)), len(steps))
    return {s.name for s in steps[first:] if isinstance(s, Mount | Reflow)}


@pytest.mark.parametrize("name", BUNDLED)
def test_no_volume_is_lost(name):
    found = done(name)
    mounted = under_a_package(found)
    for snapshot in found.snapshots:
        if snapshot.name not in mounted:
            assert_gapless(snapshot.stack)
    stages = {s.name: s for s in found.record.stages}
    for snapshot in found.snapshots:
        if snapshot.moment == "reflowed" and snapshot.meridians:
            solders = [r.volume for r in snapshot.stack.regions if r.kind == "solder"]
            for _, liquid in stages[snapshot.name].liquids:
                volume = liquid.liquid.volume_m3
                assert min(solders, key=lambda v, w=volume: abs(v - w)) == pytest.approx(
                    volume, rel=1e-11
                )


@pytest.mark.parametrize("name", BUNDLED)
def test_no_mass_is_lost(name):
    found = done(name)
    for stage in found.result["stages"]:
        if stage["name"] not in under_a_package(found):
            assert found.metrics[stage["name"]]["mass_balance"] == pytest.approx(0.0, abs=1e-12)
        assert math.fsum(stage["composition"].values()) == pytest.approx(1.0, rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("name", BUNDLED)
def test_every_stack_meshes(name):
    """Valid elements; quadratic sides of at most 20° err by less than 1e-4 in volume."""
    for snapshot in done(name).snapshots:
        mesh = build_mesh(snapshot.stack, find_recipe("default"))
        mesh.check()
        exact = [snapshot.stack.region(region).volume for region in mesh.regions]
        assert mesh.region_volumes() == pytest.approx(exact, rel=1e-4)


def test_three_fills_weigh_what_they_hold():
    found = done("stacked_masks_three")
    rho = Materials().liquid("SAC305", 245 + 273.15).density
    um = 1e-18
    first = math.pi * 50**2 * 40 * um
    second, third = math.pi * 75**2 * 25 * um, math.pi * 100**2 * 25 * um
    body = 0.62 * first
    # the second paste fills what the first body leaves of its opening, too
    metal = body + 0.5 * (first - body + second) + 0.5 * third
    masses = [s["liquid"]["mass_kg"] for s in found.result["stages"]]
    assert masses[0] == pytest.approx(rho * body, rel=1e-12)
    assert masses[1:] == pytest.approx([rho * metal] * 2, rel=1e-12)


def test_fused_composition_follows_mass():
    found = done("stacked_masks")
    first, second, third = found.result["stages"]
    tin_lead = first["liquid"]["mass_kg"]
    share = tin_lead / second["liquid"]["mass_kg"]
    assert second["composition"]["Pb"] == pytest.approx(0.37 * share, rel=1e-12)
    assert second["composition"]["Ag"] == pytest.approx(0.035 * (1 - share), rel=1e-12)
    assert third["composition"] == pytest.approx(second["composition"], rel=1e-12)
    assert third["molten"] == ["Sn63Pb37", "Sn96.5Ag3.5"]


def test_a_fused_solder_is_not_guessed():
    with pytest.raises(CaseError, match=r"it has been liquid at 250 °C"):
        done("stacked_masks", "third reflow.peak=200 degC")  # between the bounds of any mixture


@pytest.mark.parametrize(
    "change, told",
    [
        # a seed thinner than the passivation's step climbs it
        (("plate.seed.thickness=0.5 um",), "passivation rises above its top"),
        (("plate.seed.thickness=0.79 um",), "passivation rises above its top"),
        # a resist that is narrower than the plate ends it
        (("coat.resist.opening.radius=30 um",), "resist ends it at r = 30 µm"),
        (("coat.resist.opening.radius=36 um",), "resist ends it at r = 36 µm"),
        (("plate.seed.radius=45 um", "plate.UBM nickel.radius=45 um"), "ends it at r = 40 µm"),
    ],
)
def test_a_column_on_plates_that_are_no_level_discs(change, told):
    found = done("plated_column", *change)
    assert not found.refused
    assert any(note.startswith("plate seed:") and told in note for note in found.notes)
    assert all(
        c["holds"] is not False for c in found.result["conditions"] if c["id"] == "metal-path"
    )


def test_a_recess_of_the_abraded_bump_is_what_the_barrier_fills():
    found = done("laminated_abraded")
    stack = found.snapshots[-1].stack
    (solder, *_) = [r for r in stack.regions if r.kind == "solder"]
    assert solder.outline[:, 1].max() == pytest.approx(43e-6, rel=1e-12)
    plane = found.metrics["second reflow"]["plane_depth_m"]
    assert plane == pytest.approx(2e-6, rel=1e-9)
    assert found.metrics["barrier"]["juncture"]["z_m"] == pytest.approx(45e-6, rel=1e-12)


def test_a_barrier_that_stands_proud_has_an_edge_of_its_own():
    """Its top meets no dielectric above it: a line that ends there is on no juncture."""
    proud = done("laminated_abraded", "abrade.1.below_top.by=0.1 um")
    (line,) = proud.result["stages"][1]["surface"]["contact_lines"]
    assert line["z_m"] - 45e-6 == pytest.approx(1.9e-6, rel=1e-9)
    assert line["feature"] == "finish side edge"
    (line,) = done("laminated_abraded").result["stages"][1]["surface"]["contact_lines"]
    assert line["feature"] == "juncture"


def test_a_barrier_that_is_cut_open_ends_at_its_cut():
    """Far above the resist: what melts in the shell is level with the cut, and on no juncture."""
    data = tomllib.loads(BUNDLED_CASES["bga_ball"].read_text("utf-8"))
    data["step"] += [
        {"do": "barrier", "material": "Ni", "thickness": "3 um"},
        {"do": "abrade", "to": "500 um"},
        {"do": "reflow", "name": "again", "peak": "245 degC"},
    ]
    (line,) = run(Case.from_dict(data)).result["stages"][1]["surface"]["contact_lines"]
    assert line["z_m"] == pytest.approx(500e-6, rel=1e-9)
    assert line["feature"] == "barrier cut edge"


@pytest.mark.parametrize("depth", ["0.5 um", "2 um", "6 um", "15 um"])
@pytest.mark.parametrize("height", ["30 um", "45 um", "70 um"])
def test_abrading_anywhere_keeps_the_conditions_of_the_plane(height, depth):
    nickel = f"{float(depth.split()[0]) - 0.05} um"
    found = done(
        "laminated_abraded",
        f"abrade.0.to={height}",
        f"abrade.1.below_top.by={depth}",
        f"barrier.Ni.thickness={nickel}",
    )
    for snapshot in found.snapshots:
        assert_gapless(snapshot.stack)
    planar = [
        c
        for c in found.result["conditions"]
        if c["id"] in ("plane-below-top", "barrier-top-aligned")
    ]
    assert found.refused is not None or all(c["holds"] for c in planar)


def test_etching_raises_the_ball():
    low = done("plated_column_etched", "etch.polyimide.by=5 um").metrics["reflow"]
    high = done("plated_column_etched", "etch.polyimide.by=25 um").metrics["reflow"]
    assert high["column_protrusion_m"] - low["column_protrusion_m"] == pytest.approx(
        20e-6, rel=1e-9
    )
    assert high["height_above_dielectric_m"] > low["height_above_dielectric_m"] + 5e-6


def test_the_standoff_does_not_depend_on_the_mounting_temperature():
    cold, hot = (
        done("core_and_cap", f"mounting.peak={peak} degC").metrics["mounting"]
        for peak in (200, 240)
    )
    assert cold["held_by"] == hot["held_by"] == "core"
    assert cold["standoff_m"] == pytest.approx(hot["standoff_m"], rel=1e-9)


def test_deposits_of_the_routes_are_all_melted():
    for name in BUNDLED:
        found = done(name)
        solders = {s.solder for s in found.case.steps if isinstance(s, Deposit)}
        assert {m for stage in found.result["stages"] for m in stage["molten"]} == solders
