"""Bodies of liquid: what touches fuses, what is shut in stays, what only liquid carries is told."""

from __future__ import annotations

import math

import pytest

from bumpform.case.case import Case
from bumpform.errors import CaseError
from bumpform.geometry.roots import find_root
from bumpform.process.mounts.mounted import Mounted
from bumpform.runner import run

pytestmark = pytest.mark.dolfinx

UM = 1e-6
SNPB, SAC, PB = "Sn63Pb37", "SAC305", "Pb95Sn5"
R = 150 * UM  # of the core


def case(steps, *, gravity=0.0, **wetting):
    angles = {"Cu": "25 deg", "Ni": "25 deg", "SiO2": "150 deg", "polyimide": "125 deg"}
    data = {
        "case": {"name": "bodies"},
        "environment": {"gravity": gravity},
        "wetting": {**angles, **{k: f"{v} deg" for k, v in wetting.items()}},
        "step": steps,
    }
    return Case.from_dict(data)


def land(radius="150 um", material="Cu"):
    pad = {"radius": radius, "thickness": "5 um", "material": material}
    return {"do": "substrate", "pad": pad, "base": {"material": "SiO2"}}


def reflow(name, peak="220 degC"):
    return {"do": "reflow", "name": name, "peak": peak}


def apart(ball="80 um", solder=SNPB, peak="220 degC"):
    """A ring at the foot of a core, molten once, and a ball on the core's top."""
    stencil = {"radius": "160 um", "thickness": "60 um", "metal_fraction": 0.5}
    return [
        land(),
        {"do": "core", "material": "Ni", "diameter": "300 um"},
        {"do": "deposit", "solder": SNPB, "stencil": stencil},
        reflow("ring"),
        {"do": "deposit", "solder": solder, "ball": {"diameter": ball}},
        reflow("both", peak),
    ]


def stages(done):
    return [m.state.stage for m in done.history if m.state.stage is not None]


def cap(radius, angle):
    """Volume of a spherical cap of a half-angle."""
    c = math.cos(angle)
    return math.pi / 3 * radius**3 * (2 - 3 * c + c**3)


def on_a_sphere(volume, young):
    """Polar angle, line and apex of a weightless drop on a sphere: both surfaces are spheres."""

    def excess(polar):
        turn = polar + young
        return cap(R * math.sin(polar) / math.sin(turn), turn) - cap(R, polar) - volume

    polar = find_root(excess, 1e-3, math.pi - young - 1e-3)
    r, turn = R * math.sin(polar), polar + young
    height = r / math.sin(turn) * (1 - math.cos(turn))
    return polar, r, R * (1 + math.cos(polar)) + height


@pytest.mark.parametrize(("ball", "solder"), [(40, SNPB), (80, SNPB), (80, SAC), (200, SNPB)])
def test_what_does_not_touch_does_not_fuse(ball, solder):
    """The ring is as it was alone, the ball the closed form of two spheres; 1e-9, the model's."""
    peak = "220 degC" if solder == SNPB else "250 degC"
    done = run(case(apart(f"{ball} um", solder, peak)))
    alone = run(case([*apart()[:3], reflow("ring", peak)]))
    stage, (lone,) = stages(done)[-1], stages(alone)
    assert done.refused is None
    assert [q.melt.solders for q in stage.liquids] == [(solder,), (SNPB,)]
    top, ring = (q.equilibrium.values for q in stage.liquids)
    _, r, apex = on_a_sphere(math.pi / 6 * (ball * UM) ** 3, math.radians(25))
    assert top["outer.r_m"] == pytest.approx(r, rel=1e-9)
    assert top["apex_z_m"] == pytest.approx(apex, rel=1e-9)
    volumes = [q.melt.volume for q in stage.liquids]
    if solder == SNPB:  # the ring's metal is weighed at its first peak
        assert ring["inner.r_m"] == pytest.approx(lone.equilibrium.values["inner.r_m"], rel=1e-9)
        assert volumes[1] == pytest.approx(lone.melt.volume, rel=1e-12)
    metrics = done.metrics["both"]
    assert (metrics["liquid_bodies"], "fused_bodies" in metrics) == (2, False)
    assert metrics["mass_balance"] == pytest.approx(0.0, abs=1e-12)


def test_two_liquids_are_covered_by_area_together():
    """Both cover the core: zones of a sphere, (1 − cos α)/2 and z/2R."""
    done = run(case(apart()))
    polar, *_ = on_a_sphere(math.pi / 6 * (80 * UM) ** 3, math.radians(25))
    inner = stages(done)[-1].bodies[0].equilibrium.values["inner.z_m"]
    share = 0.5 * (1 - math.cos(polar)) + inner / (2 * R)
    assert done.metrics["both"]["coverage"] == pytest.approx(share, rel=1e-9)


def test_the_result_states_every_liquid():
    """The first one where a single one stands; the others beside it, each with its surface."""
    done = run(case(apart(solder=SAC, peak="250 degC")))
    stage = done.result["stages"][-1]
    assert stage["molten"] == [SAC]
    (other,) = stage["bodies"]
    assert other["molten"] == [SNPB]
    assert other["composition"] == pytest.approx({"Pb": 0.37, "Sn": 0.63})
    assert [line["end"] for line in other["surface"]["contact_lines"]] == ["outer", "inner"]
    assert other["equilibrium"]["stable"] is True
    for told in (done.record.stages[-1], done.stages[-1]):
        assert [name for name, _ in told.liquids] == ["both", "both, liquid 2"]
    assert "bodies" not in run(case(apart()[:4])).result["stages"][-1]


def test_liquids_that_meet_on_their_way_fuse():
    """A ball that runs down to the ring: one liquid of both volumes, as if deposited as one."""
    done = run(case(apart("330 um", solder=SAC, peak="250 degC"), Ni=5.0))
    stage = stages(done)[-1]
    assert len(stage.liquids) == 1
    assert set(stage.melted) == {SNPB, SAC}
    assert set(stage.melt.solders) == {SNPB, SAC}
    assert done.metrics["both"]["fused_bodies"] == 2
    assert done.metrics["both"]["mass_balance"] == pytest.approx(0.0, abs=1e-12)


def test_a_liquid_that_comes_to_no_rest_alone_meets_what_it_runs_over():
    """A ball on the upper of two cores, in a centrifuge: it runs down to its foot, past a ring."""
    steps = [
        land("240 um"),
        {"do": "core", "material": "Ni", "diameter": "135 um"},
        {"do": "core", "material": "Ni", "diameter": "264 um"},
    ]
    ring, ball = 20.0e-12, math.pi / 6.0 * (420 * UM) ** 3
    done = run(
        case(
            [
                *steps,
                {"do": "deposit", "solder": SNPB, "volume": ring},
                reflow("ring"),
                {"do": "deposit", "solder": SNPB, "ball": {"diameter": "420 um"}},
                reflow("both"),
            ],
            gravity=583.0,
        )
    )
    assert done.refused is None
    both = stages(done)[-1]
    assert len(both.liquids) == 1
    whole = [{"do": "deposit", "solder": SNPB, "volume": ring + ball}, reflow("both")]
    other = stages(run(case([*steps, *whole], gravity=583.0)))[-1]
    for name, value in other.equilibrium.values.items():
        assert both.equilibrium.values[name] == pytest.approx(value, rel=1e-6), name


@pytest.mark.parametrize("order", [(SNPB, SAC), (SAC, SNPB)])
def test_a_ball_that_rests_on_paste_fuses_with_it(order):
    """They touch in a point round which gas is: one liquid, nothing is enclosed."""
    stencil = {"radius": "0.2 mm", "thickness": "4 mil", "metal_fraction": 0.5}
    steps = [
        land("0.2 mm"),
        {"do": "deposit", "solder": order[0], "stencil": stencil},
        {"do": "deposit", "solder": order[1], "ball": {"diameter": "0.45 mm"}},
        reflow("one", "250 degC"),
    ]
    (stage,) = stages(run(case(steps)))
    assert stage.refusal is None
    assert stage.melt.solders == order
    assert (stage.bodies, stage.enclosed) == ((), ())
    metal = 0.5 * math.pi * (0.2e-3) ** 2 * 101.6e-6 + math.pi / 6 * (0.45e-3) ** 3
    assert stage.melt.volume == pytest.approx(metal, rel=1e-12)


def test_a_ball_on_molten_paste_is_carried_by_liquid_alone():
    """SAC305 stays solid at 210 °C: told by name, with what to do; nothing is called enclosed."""
    stencil = {"radius": "0.2 mm", "thickness": "4 mil", "metal_fraction": 0.5}
    steps = [
        land("0.2 mm"),
        {"do": "deposit", "solder": SNPB, "stencil": stencil},
        {"do": "deposit", "solder": SAC, "ball": {"diameter": "0.45 mm"}},
        reflow("one", "210 degC"),
    ]
    (stage,) = stages(run(case(steps)))
    assert stage.refusal.reason == "carried"
    assert f"{SAC} stays solid while {SNPB} under it melts" in stage.refusal.detail
    assert "Raise the peak so that it melts too" in stage.refusal.detail
    assert stage.stayed == (SAC,)


HOLLOW = [
    land("0.1 mm"),
    {
        "do": "coat",
        "layer": "mask",
        "material": "photoresist",
        "thickness": "60 um",
        "opening": {"radius": "80 um"},
    },
    {"do": "deposit", "solder": SAC, "ball": {"diameter": "0.2 mm"}},
]


@pytest.mark.parametrize(
    ("cut", "falls"),
    [
        ({"do": "etch", "layer": "mask", "by": "20 um"}, True),
        ({"do": "strip", "layer": "mask"}, True),
        ({"do": "abrade", "to": "30 um"}, True),
        ({"do": "abrade", "to": "100 um"}, False),
    ],
)
def test_a_ball_over_a_hollow_keeps_its_ring(cut, falls):
    """It touches the opening's rim alone: what takes that away would leave it in the air.

    Its lowest point lies at 60 + √(100² − 80²) − 100 = 20 um, over a pad that it does not reach.
    """
    there = case([*HOLLOW, cut])
    if falls:
        with pytest.raises(CaseError, match=f"{SAC} would hang in the air"):
            run(there)
    else:
        assert [r.name for r in run(there).history[-1].state.stack.regions][-1] == SAC


@pytest.mark.parametrize(("core", "reason"), [(None, "carried"), ("120 um", None)])
def test_a_lid_needs_solid_under_it(core, reason):
    """A plate on frozen solder comes loose when that melts, unless a core holds it at the axis."""
    stands = [{"do": "core", "material": "Ni", "diameter": core}] if core else []
    stencil = {"radius": "140 um", "thickness": "60 um", "metal_fraction": 0.5}
    steps = [
        land(),
        *stands,
        {"do": "deposit", "solder": SNPB, "stencil": stencil},
        reflow("first"),
        {"do": "plate", "layer": "lid", "material": "Ni", "radius": "30 um", "thickness": "20 um"},
        reflow("second"),
    ]
    stage = stages(run(case(steps)))[-1]
    assert (stage.refusal and stage.refusal.reason) == reason
    if stage.refusal:  # nickel is not told to melt
        assert "Lower the peak" in stage.refusal.detail
        assert "Raise the peak" not in stage.refusal.detail


def enclosing(first, second, peak):
    """A dome under a barrier, more solder on it; both may melt."""
    opening = {"radius": "60 um", "sidewall": "90 deg"}
    coat = {"do": "coat", "layer": "dielectric", "material": "polyimide", "opening": opening}
    return [
        land("60 um"),
        {**coat, "thickness": "30 um"},
        {"do": "deposit", "solder": first, "volume": "0.40 nl"},
        reflow("first", "350 degC"),
        {"do": "barrier", "material": "Ni", "thickness": "3.6 um"},
        *([{"do": "deposit", "solder": second, "volume": "0.60 nl"}] if second else []),
        reflow("second", peak),
    ]


@pytest.mark.parametrize(("first", "second"), [("Sn", "Pb"), (PB, SNPB), (SNPB, SNPB)])
def test_enclosed_solder_stays_and_the_free_is_solved(first, second):
    """Where the first is molten in its shell, the second ends as on a first that is solid."""
    done = run(case(enclosing(first, second, "350 degC")))
    stage = stages(done)[-1]
    assert done.refused is None
    assert stage.enclosed == (first,)
    assert stage.melt.solders == (second,)
    assert done.result["stages"][-1]["enclosed"] == [first]
    assert done.history[-1].state.stack.region(first) is done.history[-1].before.stack.region(first)
    told = f"{first} inside pad, dielectric and barrier"
    assert any(told in warning for warning in stage.warnings)
    assert sum(told in note for note in done.notes) == 1
    assert done.metrics["second"]["covers_barrier"] is True


def test_enclosed_or_solid_makes_no_difference_to_what_is_free():
    """The same second bump at 220 °C, where the first is solid, and at 350 °C: its volume only."""
    cool, hot = (
        stages(run(case(enclosing(PB, SNPB, peak))))[-1] for peak in ("220 degC", "350 degC")
    )
    assert (cool.enclosed, cool.stayed) == ((), (PB,))
    assert (hot.enclosed, hot.stayed) == ((PB,), ())
    values = (cool.equilibrium.values, hot.equilibrium.values)
    # both are weighed by their volume, at the peak: no gravity, no difference
    assert values[1]["apex_z_m"] == pytest.approx(values[0]["apex_z_m"], rel=1e-9)


def test_where_all_that_melts_is_enclosed_the_stage_says_so():
    """Refused, with what encloses it and what to do; the result names the enclosed regions."""
    done = run(case(enclosing("Sn", None, "350 degC")))
    assert done.refused.reason == "enclosed"
    assert "Sn inside pad, dielectric and barrier" in done.refused.detail
    assert "Lower the peak" in done.refused.detail
    assert done.result["stages"][-1]["enclosed"] == ["Sn"]
    assert stages(done)[-1].liquids == ()


def test_a_mount_joins_the_liquid_that_the_package_meets():
    """The ring at the core's foot is none of the joint; it freezes as a body of its own."""
    board = {
        "do": "mount",
        "name": "board",
        "pad": {"radius": "60 um", "material": "Cu"},
        "base": {"material": "SiO2"},
        "load": "0.05 mN",
        "peak": "220 degC",
    }
    stage = stages(run(case([*apart(), board])))[-1]
    assert isinstance(stage, Mounted)
    assert stage.melt.volume == pytest.approx(math.pi / 6 * (80 * UM) ** 3, rel=1e-12)
    assert [q.melt.solders for q in stage.bodies] == [(SNPB,)]
    assert stage.standoff == pytest.approx(300 * UM, rel=1e-9)


def test_a_mount_over_enclosed_solder():
    """What is molten under the barrier is left; the joint is of the second solder alone."""
    board = {
        "do": "mount",
        "name": "board",
        "pad": {"radius": "60 um", "material": "Cu"},
        "base": {"material": "SiO2"},
        "load": "0.05 mN",
        "peak": "350 degC",
    }
    done = run(case([*enclosing(PB, SNPB, "220 degC"), board]))
    stage = stages(done)[-1]
    assert done.refused is None
    assert stage.enclosed == (PB,)
    assert stage.melt.solders == (SNPB,)
    contents = done.history[-1].state.contents
    names = {r.name for r in done.history[-1].state.stack.regions if r.kind == "solder"}
    assert set(contents) == names


MIXED = [
    land("100 um", "Ni"),
    {"do": "deposit", "solder": SNPB, "volume": "0.4 nl"},
    {"do": "deposit", "solder": SAC, "volume": "0.4 nl"},
    reflow("one", "250 degC"),
]


@pytest.mark.parametrize("name", [f"{SNPB}+{SAC}", f"{SAC}+{SNPB}"])
@pytest.mark.parametrize("turned", [False, True])
def test_a_mixture_has_the_angle_that_is_given_for_it(name, turned):
    """In either order of its parts, of writing and of depositing: 85.510 µm and 59.867 µm."""
    steps = [MIXED[0], *(MIXED[2:0:-1] if turned else MIXED[1:3]), MIXED[3]]
    wetting = {"Ni": 30, "SiO2": 140, f"{name} on Ni": 70, f"{name} on SiO2": 100}
    (stage,) = stages(run(case(steps, gravity=9.81, **wetting)))
    values = stage.equilibrium.values
    assert values["outer.r_m"] == pytest.approx(85.510 * UM, abs=0.0005 * UM)
    assert values["apex_z_m"] == pytest.approx(59.867 * UM, abs=0.0005 * UM)
    assert stage.equilibrium.state == "free"


@pytest.mark.parametrize("name", [f"{SNPB}+{SAC}", f"{SAC}+{SNPB}"])
def test_a_mixture_has_the_values_that_are_given_for_it(name):
    """[materials."A+B"] in either order: surface tension and density."""
    data = case(MIXED, Ni=30).to_dict()
    data["materials"] = {name: {"surface_tension": 0.4, "density": 7500.0}}
    (stage,) = stages(run(Case.from_dict(data)))
    assert (stage.melt.surface_tension, stage.melt.density) == (0.4, pytest.approx(7500.0))


def test_two_prints_of_one_paste_are_one_solder():
    """One name, one volume, however they are spelled."""
    steps = [*MIXED[:2], {**MIXED[1], "solder": "Sn37Pb"}, MIXED[3]]
    done = run(case(steps))
    (stage,) = stages(done)
    assert stage.melt.solders == (SNPB,)
    assert done.history[-1].state.stack.regions[-1].material == SNPB
    assert stage.melt.volume == pytest.approx(0.8e-12, rel=1e-12)
