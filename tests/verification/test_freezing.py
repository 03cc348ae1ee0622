"""What liquids freeze to, where what freezes shrinks, agrees with closed forms and with shooting.

Problem    caps, rings and joints whose lines are held while their volume becomes the solid's
Reference  V = πh(3a² + h²)/6 of a cap without gravity; the ratio of two densities; shooting from
           the apex or from line to line (``shooting``, ``shooting_two``) with pinned lines
Expect     1e-9 relative, the product's promise, and the reported error; masses to 1e-12, which is
           what the solver holds volumes to
"""

from __future__ import annotations

import math

import pytest
from scipy.optimize import brentq

import bumpform
from bumpform.case.case import Case
from bumpform.case.file import load_case
from case_data import COAT, FIRST, HIGH, SUBSTRATE
from shooting import point, shoot
from shooting_two import Line, shoot_two

UM = 1e-6
MASS, LENGTH = 1e-12, 1e-9
#: Sn63Pb37 in the library, kg/m³: solid at 25 °C, melt at its solidus, its slope per K.
SOLID, MELT, SLOPE = 8400.0, 8150.0, -1.38
SHRINKS = {"amounts": "solid", "freezing": "shrinks"}
PAD = {"radius": "100 um", "thickness": "5 um", "material": "Cu"}
ON_PAD = {"do": "substrate", "pad": PAD, "base": {"material": "SiO2"}}
HEAT = {"do": "reflow", "name": "heat", "peak": "220 degC"}


def drop(volume, *more, gravity=9.81, case=SHRINKS, steps=None, **sections):
    """A drop of Sn63Pb37 that ends at its pad's edge, run."""
    steps = steps or [{"do": "deposit", "solder": "Sn63Pb37", "volume": volume}, HEAT]
    data = {
        "case": {"name": "x", **case},
        "environment": {"gravity": gravity},
        "wetting": {"Cu": "20 deg", "SiO2": "150 deg"},
        "step": [ON_PAD, *steps, *more],
        **sections,
    }
    return bumpform.run(Case.from_dict(data))


def stage_of(done, index=-1):
    """A stage as computed."""
    return [m.state.stage for m in done.history if m.state.stage is not None][index]


def shot_of(shape, load=None):
    """A frozen shape by shooting between its lines as they are."""
    drop, first = shape.drop, shape.lines[0]
    capillarity = drop.density * drop.gravity / drop.surface_tension
    values = shape.values

    def held(line):
        moment = float(line.solid.profile.moments(line.station)[0])
        place = values[f"{line.end}.r_m"], values[f"{line.end}.z_m"]
        return point(*place, moment if line.end != "top" else 0.0)

    if len(shape.lines) == 1:
        return shoot(held(first), drop.volume, capillarity=capillarity)
    last = shape.lines[1]
    return shoot_two(
        Line(held(first), 0.0),
        Line(held(last), 0.0),
        drop.volume,
        capillarity=capillarity,
        top=last.end == "top",
        load=load,
    )


def agrees(shape, shot):
    """Whether a shape's width and angles are those of a shot."""
    values, errors = shape.values, shape.errors
    size = shape.drop.length
    assert values["max_radius_m"] == pytest.approx(
        shot.max_r, abs=LENGTH * size + errors["max_radius_m"]
    )
    area = shot.area * (2.0 * math.pi if len(shape.lines) == 1 else 1.0)
    assert values["area_m2"] == pytest.approx(area, rel=LENGTH + errors["area_m2"] / area)


# ---------------------------------------------------------------- amounts


@pytest.mark.parametrize(
    ("amount", "volume"),
    [
        ({"volume": "2 nl"}, 2e-12),
        ({"ball": {"diameter": "150 um"}}, math.pi / 6 * (150 * UM) ** 3),
        ({"column": {"radius": "100 um", "height": "60 um"}}, math.pi * 1e-8 * 60 * UM),
    ],
)
def test_solid_metal_melts_to_its_mass_over_the_melts_density(amount, volume):
    done = drop("", steps=[{"do": "deposit", "solder": "Sn63Pb37", **amount}, HEAT])
    liquid = done.result["stages"][0]["liquid"]
    assert liquid["mass_kg"] == pytest.approx(volume * SOLID, rel=MASS)
    melt = MELT + SLOPE * 37.0
    assert liquid["volume_m3"] / volume == pytest.approx(SOLID / melt, rel=MASS)


def test_a_volume_of_liquid_is_that_of_the_liquid():
    for case in ({}, {"amounts": "liquid", "freezing": "none"}):
        done = drop("2 nl", case=case)
        assert done.result["stages"][0]["liquid"]["volume_m3"] == 2e-12
        assert "frozen" not in done.result["stages"][0]


def test_paste_by_weight_has_its_metals_mass():
    share, flux = 0.9, 1000.0
    room = math.pi * (100 * UM) ** 2 * 120 * UM
    paste = {"radius": "100 um", "thickness": "120 um"}
    paste |= {"metal_weight_fraction": share, "flux_density": flux}
    whole = 1.0 / (share / SOLID + (1.0 - share) / flux)  # of the paste
    for case in (SHRINKS, {"freezing": "shrinks"}, {}):
        steps = [{"do": "deposit", "solder": "Sn63Pb37", "stencil": paste}, HEAT]
        liquid = drop("", steps=steps, case=case).result["stages"][0]["liquid"]
        assert liquid["mass_kg"] == pytest.approx(room * whole * share, rel=MASS)


# ---------------------------------------------------------------- shapes


def test_a_cap_without_gravity_freezes_to_a_cap_on_its_line():
    done = drop("2 nl", gravity=0.0)
    frozen = done.result["stages"][0]["frozen"]
    radius = 100 * UM
    height = brentq(
        lambda h: math.pi / 6 * h * (3 * radius**2 + h * h) - 2e-12, 0.0, 1e-3, xtol=1e-18
    )
    surface = frozen["surface"]
    assert frozen["volume_m3"] == pytest.approx(2e-12, rel=MASS)
    assert frozen["density_kg_m3"] == pytest.approx(SOLID, rel=MASS)
    assert frozen["solidus_K"] == 456.15
    assert surface["apex_z_m"] == pytest.approx(height, rel=LENGTH)
    assert surface["contact_lines"][0]["r_m"] == pytest.approx(radius, rel=1e-14)
    assert surface["apex_z_m"] < done.result["stages"][0]["surface"]["apex_z_m"]


def test_a_dome_on_a_wall_keeps_the_line_of_its_rest_at_the_solidus():
    """The line rests by the volume at 308 °C; only the cap takes what is missing to the solid."""
    data = {
        "case": {"name": "x", "freezing": "shrinks"},
        "environment": {"gravity": 0.0},
        "wetting": {"Cu": "25 deg", "polyimide": "125 deg"},
        "step": [SUBSTRATE, COAT, HIGH, FIRST],
    }
    done = bumpform.run(Case.from_dict(data))
    radius, mass = 60 * UM, done.result["stages"][0]["liquid"]["mass_kg"]
    cool = 10410.0 + 1.23 * 4.0
    rise = radius * math.tan(math.radians(35.0) / 2)
    cap = math.pi / 6 * rise * (3 * radius**2 + rise**2)
    line = (mass / cool - cap) / (math.pi * radius**2)
    left = mass / 11030.0 - math.pi * radius**2 * line
    height = brentq(lambda h: math.pi / 6 * h * (3 * radius**2 + h * h) - left, 0.0, radius)
    metrics = done.metrics["first reflow"]
    assert metrics["frozen_terminus_depth_m"] == pytest.approx(30 * UM - line, abs=1e-9 * radius)
    assert metrics["frozen_protrusion_m"] == pytest.approx(
        line + height - 30 * UM, abs=1e-9 * radius
    )
    assert metrics["terminus_depth_m"] == pytest.approx(4.404 * UM, abs=1e-9)
    assert metrics["frozen_terminus_depth_m"] == pytest.approx(4.581 * UM, abs=1e-9)


@pytest.mark.parametrize(
    ("loss", "depth"), [(1.0 - 10363.26 / 11030.0, 6.54), (0.045, 6.00)], ids=["library", "4.5 %"]
)
def test_a_dome_whose_line_slid_as_it_froze_would_end_lower(loss, depth):
    """As docs/amounts.md says: that is where a liquid of the solid's volume ends."""
    less = HIGH | {"volume": 0.40e-12 * (1.0 - loss)}
    data = {
        "case": {"name": "x"},
        "wetting": {"Cu": "25 deg", "polyimide": "125 deg"},
        "step": [SUBSTRATE, COAT, less, FIRST],
    }
    found = bumpform.run(Case.from_dict(data)).metrics["first reflow"]["terminus_depth_m"]
    assert found == pytest.approx(depth * UM, abs=0.005 * UM)


@pytest.mark.parametrize("gravity", [9.81, 4000.0, -9.81])
def test_caps_agree_with_shooting(gravity):
    done = drop("2 nl", gravity=gravity)
    shape = stage_of(done).frozen.shape
    shot = shot_of(shape)
    agrees(shape, shot)
    assert shape.values["apex_z_m"] == pytest.approx(shot.apex_z, rel=LENGTH)


def test_rings_agree_with_shooting():
    case = load_case("core_metal_ball", ["deposit.Sn63Pb37.stencil.metal_fraction=0.2"])
    done = bumpform.run(case.with_values({f"case.{k}": v for k, v in SHRINKS.items()}))
    shape = stage_of(done, 0).frozen.shape
    assert [line.end for line in shape.lines] == ["outer", "inner"]
    agrees(shape, shot_of(shape))


@pytest.mark.parametrize("held", ["load", "standoff"])
def test_joints_agree_with_shooting(held):
    """A carried package follows the solid down under its load; one in a fixture stays."""
    how = {"load": 2e-4} if held == "load" else {"standoff": "90 um"}
    mount = {"do": "mount", "pad": PAD, "base": {"material": "SiO2"}, "peak": "220 degC", **how}
    done = drop("4 nl", mount)
    stage = stage_of(done)
    shape, rest = stage.frozen.shape, stage.frozen.rest
    load = 2e-4 / shape.drop.surface_tension if held == "load" else None
    shot = shot_of(shape, load)
    agrees(shape, shot)
    metrics = done.metrics["mount"]
    if held == "load":
        off = shape.values["standoff_m"] - rest.values["standoff_m"]
        assert off < 0.0
        assert shape.values["joint_force_N"] == pytest.approx(2e-4, rel=1e-8)
        assert metrics["frozen_standoff_m"] < metrics["standoff_m"]
    else:
        assert metrics["frozen_standoff_m"] == pytest.approx(90 * UM, rel=LENGTH)
    assert metrics["frozen_held_by"] == {"load": "liquid", "standoff": "fixture"}[held]


@pytest.mark.parametrize(("volume", "closes"), [("0.54 nl", True), ("0.60 nl", False)])
def test_a_film_that_shrinks_away_under_a_pillar_leaves_no_surface(volume, closes):
    """A pillar wider than the mask's opening sinks onto it where the film loses more than it is.

    Its film holds what is beyond 0.5309 nl, the opening's volume; 4.3 % of all is lost.
    """
    mask = {"layer": "mask", "material": "solder resist", "thickness": "40 um"}
    package = {
        "pad": {"radius": "96 um", "material": "Au"},
        "base": {"material": "FR4"},
        "pillar": {"radius": "102 um", "height": "30 um", "material": "Cu"},
    }
    steps = [
        {"do": "substrate", "pad": {"radius": "90 um", "thickness": "9 um", "material": "Ni"}}
        | {"base": {"material": "FR4"}},
        {"do": "coat", **mask, "opening": {"radius": "65 um"}, "growth": "planar"},
        {"do": "deposit", "solder": "Sn99.3Cu0.7", "volume": volume},
        {"do": "mount", "name": "mount", **package, "load": "103 uN", "lifted": False}
        | {"peak": "248 degC"},
    ]
    data = {"case": {"name": "film", "freezing": "shrinks"}, "step": steps}
    wetting = {"solder resist": "122 deg"}
    done = bumpform.run(bumpform.Case.from_dict({**data, "wetting": wetting}))
    refusal = done.stages[-1].refusal
    if closes:
        assert refusal.reason == "freezing"
        assert "package pillar top and mask top touch at its contact line" in refusal.detail
    else:
        assert refusal is None and done.metrics["mount"]["frozen_held_by"] == "liquid"


def test_what_does_not_shrink_keeps_its_shape():
    """A solid as dense as the melt, whose values do not change with temperature: nothing moves."""
    same = {"density": "8000 kg/m^3", "density_solid": "8000 kg/m^3", "surface_tension": "0.48 N/m"}
    done = drop("2 nl", materials={"Sn63Pb37": same})
    metrics, errors = done.metrics["heat"], done.result["metrics_error"]["heat"]
    kept = {k.removeprefix("frozen_") for k in metrics if k.startswith("frozen_")}
    assert {"ball_height_m", "ball_diameter_m", "contact_radius_m"} <= kept
    for name in kept - {"mass_balance"}:
        slack = 1e-12 + 2.0 * errors[name] + errors[f"frozen_{name}"]
        assert metrics[f"frozen_{name}"] == pytest.approx(metrics[name], rel=1e-9, abs=slack)


# ---------------------------------------------------------------- mass


def test_mass_is_kept_from_solid_through_melting_and_freezing_again_and_again():
    """The region that stands there weighs what was put down, after every stage."""
    again = [{**HEAT, "name": f"heat {i}", "peak": f"{200 + 20 * i} degC"} for i in range(4)]
    done = drop("2 nl", *again)
    for moment in done.history:
        if moment.state.stage is None:
            continue
        (region,) = (r for r in moment.state.stack.regions if r.kind == "solder")
        assert region.volume * SOLID == pytest.approx(2e-12 * SOLID, rel=MASS)
    for stage in done.result["stages"]:
        assert stage["liquid"]["mass_kg"] == pytest.approx(2e-12 * SOLID, rel=MASS)
        melt = MELT + SLOPE * (stage["peak_K"] - 456.15)
        assert stage["liquid"]["volume_m3"] == pytest.approx(2e-12 * SOLID / melt, rel=MASS)
        assert abs(done.metrics[stage["name"]]["frozen_mass_balance"]) < MASS
    first, *others = (s["frozen"]["surface"] for s in done.result["stages"])
    for other in others:  # each froze from the same rest at the solidus
        assert other["apex_z_m"] == pytest.approx(first["apex_z_m"], rel=LENGTH)


def test_a_mixture_takes_the_sum_of_its_parts_or_its_own_density():
    parts = [
        {"do": "deposit", "solder": "Sn63Pb37", "volume": "1 nl"},
        {"do": "deposit", "solder": "Sn96.5Ag3.5", "volume": "1 nl"},
        {**HEAT, "peak": "250 degC"},
    ]
    known = {"solidus": "180 degC", "liquidus": "200 degC"}
    name = "Sn63Pb37+Sn96.5Ag3.5"
    done = drop("", steps=parts, materials={name: known})
    assert done.result["stages"][0]["frozen"]["volume_m3"] == pytest.approx(2e-12, rel=MASS)
    done = drop("", steps=parts, materials={name: {**known, "density_solid": "8000 kg/m^3"}})
    mass = 1e-12 * (8400.0 + 7370.0)
    assert done.result["stages"][0]["frozen"]["volume_m3"] == pytest.approx(mass / 8000.0, rel=MASS)


@pytest.mark.parametrize("name", ["core_and_cap", "photoimaged_opening", "laminated_abraded"])
def test_whole_cases_keep_their_mass(name):
    case = load_case(name)
    done = bumpform.run(case.with_values({f"case.{k}": v for k, v in SHRINKS.items()}))
    assert done.refused is None
    for stage in done.result["stages"]:
        frozen = stage["frozen"]
        assert frozen["volume_m3"] * frozen["density_kg_m3"] == pytest.approx(
            stage["liquid"]["mass_kg"], rel=MASS
        )
        assert abs(done.metrics[stage["name"]]["frozen_mass_balance"]) < MASS
    for moment in done.history:
        stage = moment.state.stage
        if stage is not None:  # its region comes right after what has stayed solid
            region = moment.state.stack.regions[len(stage.solids.regions)]
            assert region.volume == pytest.approx(stage.frozen.volume, rel=1e-11)


def test_the_barrier_is_grown_on_the_frozen_dome_and_judged_on_it():
    case = load_case("photoimaged_opening").with_values({"case.freezing": "shrinks"})
    done = bumpform.run(case)
    frozen = done.metrics["first reflow"]["frozen_terminus_depth_m"]
    barrier = done.metrics["barrier"]
    assert barrier["barrier_fit_m"] == pytest.approx(3.63 * UM - frozen, abs=1e-14)
    (below,) = (c for c in done.result["conditions"] if c["id"] == "dome-ends-below-top")
    assert below["metric"] == "frozen_terminus_depth_m"
    assert below["value"] == pytest.approx(frozen, abs=1e-15)


# ---------------------------------------------------------------- no such solid


def test_a_film_that_breaks_as_it_shrinks_is_refused():
    """1.5 um of solder over a ball: less metal on the same line would enter it."""
    case = load_case("core_metal_ball").with_values(
        {"case.freezing": "shrinks", "materials.Sn63Pb37.density_solid": "20000 kg/m^3"}
    )
    done = bumpform.run(case)
    assert done.refused is not None
    assert done.refused.reason == "freezing"
    assert done.refused.detail.startswith("as it cools and freezes at 183 °C: ")
    assert "surface" in done.result["stages"][0]  # as molten it is kept
