"""Melting in time: orders of convergence, energy, volume, edges, and where it ends."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import islice, pairwise, takewhile
from pathlib import Path

import numpy as np
import pytest

import bumpform
import scenes
from bump_process import DEPOSIT, HEAD, REFLOW, case_of
from bumpform.geometry.profile import Station
from bumpform.melting.beginning.options import Options
from bumpform.melting.flows.boundary import boundary
from bumpform.melting.flows.flow import Fluid, Problem
from bumpform.melting.flows.liquid_mesh import LiquidMesh
from bumpform.melting.motion.inertial import march_inertial
from bumpform.melting.motion.melt import follow
from bumpform.melting.motion.overdamped import march
from bumpform.melting.motion.ringing import period
from bumpform.melting.shapes.shape import Line, Shape
from joints import UM
from melts import cap, cap_volume, steps, unbalanced, wall
from packages import bump, package

pytestmark = pytest.mark.dolfinx

PLANE = [(0.0, 0.0), (5.0, 0.0)]


@pytest.mark.slow
def test_a_cap_s_energy_is_off_by_less_than_the_cube_of_its_elements():
    """The end of a drop on a plane is a cap. On even elements its energy was off by 1e-4 to 2e-4 of
    the cube of their length. At rest they slide along the surface to where the energy is least:
    it may not be off by more than that, and is by 4e-7 at most on any of them (measured: 1e-7,
    2.4e-7 and 1e-7: near rest no nodes are made anew that would cost more than 1.6e-7)."""
    floor, angle = wall(PLANE, [60.0]), 60.0
    theta = math.radians(angle)
    volume = cap_volume(1.0, 100.0)
    radius = (volume / cap_volume(1.0, angle)) ** (1 / 3)
    exact = radius**2 * (1.0 / (1.0 + math.cos(theta)) - 0.5 * math.cos(theta))
    for element in (0.4, 0.2, 0.1):
        options = Options(element=element)
        end = steps(cap(floor, Station(0, 0.2), 100.0, options).filled(volume), floor, options)[-1]
        assert abs(end.shape.nodes[0, 0] - radius) < min(0.02 * element**3, 1e-6)
        assert 0.0 < end.energy - exact < min(2e-4 * element**3, 4e-7)


@pytest.mark.slow
def test_the_energy_falls_the_volume_stays_and_heat_is_what_energy_loses():
    """Energy turns into heat at any step, by the mean of its forces, as far as that is looked for:
    to a ten-thousandth of all that has been lost. (Friction on solid and in the liquid is that of
    the shape at which a step began.) Measured: up to 0.06 %."""
    floor = wall(PLANE, [60.0])
    for step in (0.06, 0.02, 0.01):
        options = Options(element=0.25, first_step=step, growth=1.0, longest_step=step)
        shape = cap(floor, Station(0, 0.2), 90.0, options)
        way = march(shape, floor, Fluid(0.0, 10.0), options)
        found = list(islice(way, 1 + round(0.3 / step)))
        volume = found[0].shape.volume
        assert all(abs(s.shape.volume / volume - 1.0) < 1e-12 for s in found)
        assert all(b.energy <= a.energy + 1e-9 for a, b in pairwise(found))
        heat = sum(s.heat for s in found)
        assert abs((found[0].energy - found[-1].energy) / heat - 1.0) < 1e-3


@pytest.mark.slow
def test_liquid_at_rest_under_gravity_stays_so_on_any_mesh():
    """With the pressure P = p + ρgz nothing flows inside: what moves is the curve's own error."""
    floor = wall([(0.0, 0.0), (1.0, 0.0), (1.0, 0.5), (5.0, 0.5)], [30.0, 120.0, 120.0])
    options = Options()
    shape = cap(floor, Station(1, 1.0), 120.0, options)
    end = steps(shape, floor, options, bond=0.2)[-1]
    speeds = []
    for element in (0.14, 0.1):
        mesh = LiquidMesh(boundary(end.shape, floor, Options(element=element).sizes))
        flow = Problem(mesh, Fluid(0.2, 10.0)).solve(1.0, {int(mesh.curve[0]): None}, {})
        assert np.ptp(flow.pressure) < 0.05 * flow.pressure.mean()
        speeds.append(np.abs(flow.velocity[mesh.node[mesh.curve]]).max())
    assert max(speeds) < 2e-4


@pytest.mark.slow
def test_a_viscous_drop_loses_its_second_mode_as_lamb_says():
    """Half a free drop on a plane that it glides on: rate 20/19 σ/μR, to half a percent."""
    floor = wall(PLANE, [90.0])
    step = 0.02
    options = Options(
        slip_length=math.inf,
        first_step=step,
        longest_step=step,
        growth=1.0,
        rest=1e-3,
        move=1.0,
        element=0.2,
    )
    polar = np.linspace(0.5 * math.pi, 0.0, 201)
    radius = 1.0 + 0.01 * 0.5 * (3.0 * np.cos(polar) ** 2 - 1.0)
    points = np.stack([radius * np.sin(polar), radius * np.cos(polar)], axis=1)
    points[0, 1] = points[-1, 0] = 0.0
    at = Station(0, points[0, 0] / 5.0)
    shape = Shape(points, Line("outer", floor, at)).evened(options.sizes, always=True)
    found = steps(shape, floor, options, most=400)
    rest = (3.0 * shape.volume) ** (1 / 3)
    t = np.array([s.time for s in found])
    a = np.array([s.shape.nodes[-1, 1] - rest for s in found])
    k, m = np.searchsorted(t, [0.3, 1.3])
    rate = -math.log(a[m] / a[k]) / (t[m] - t[k])
    assert abs(rate / (20.0 / 19.0) - 1.0) < 6e-3


@pytest.mark.slow
@pytest.mark.parametrize("radius", [0.995, 1.005])
@pytest.mark.parametrize("begin", [0.8, 1.2])
def test_a_rest_beside_an_edge_is_none_on_it(radius, begin):
    """A vertex on a plane of one material: the line passes it, and ends a hair before or beyond."""
    floor = wall([(0.0, 0.0), (1.0, 0.0), (5.0, 0.0)], [70.0, 70.0])
    options = Options()
    volume = cap_volume(radius, 70.0)
    at = Station(0, begin) if begin < 1.0 else Station(1, (begin - 1.0) / 4.0)
    shape = cap(floor, at, 80.0, options).filled(volume)
    end = steps(shape, floor, options)[-1].shape
    assert abs(end.nodes[0, 0] - radius) < 1e-4
    assert not end.start.held


@pytest.mark.slow
@pytest.mark.parametrize(("inside", "outside", "held"), [(60.0, 80.0, True), (72.0, 80.0, False)])
def test_an_edge_holds_a_line_between_both_angles_only(inside, outside, held):
    """A change of material: Gibbs' condition decides, whichever side the line comes from."""
    floor = wall([(0.0, 0.0), (1.0, 0.0), (5.0, 0.0)], [inside, outside])
    volume = cap_volume(1.0, 70.0)
    for at in (Station(0, 0.8), Station(1, 0.05)):
        end = steps(cap(floor, at, 80.0, Options()).filled(volume), floor, Options())[-1].shape
        assert end.start.held is held
        if held:
            assert end.start.at == Station(0, 1.0)
        else:
            radius = (volume / cap_volume(1.0, inside)) ** (1 / 3)
            assert abs(end.nodes[0, 0] - radius) < 1e-4


@pytest.mark.slow
def test_a_line_on_a_rim_does_not_slip_into_an_opening_that_the_surface_overhangs():
    """Past 180° from the wall the force along it says nothing: the surface would cut the solid."""
    floor = wall([(0.0, 0.0), (0.42635, 0.0), (0.42635, 0.1092), (3.0, 0.1092)], [25.0, 140, 140])
    shape = cap(floor, Station(1, 1.0), 130.0, Options())
    found = steps(shape.filled(0.5 / math.pi), floor, Options())
    assert all(step.shape.start.at >= Station(1, 1.0) for step in found)
    assert found[-1].shape.start.held
    assert 136.0 < math.degrees(found[-1].shape.angle(found[-1].shape.start, 2)) < 138.0


# Openings over a pad: depth, slope of the wall (degrees), angles on pad and mask (degrees), radius
# of the pad in m, volume of the column over the opening per 2π. Their lines rest a fifth of an
# element and less from an edge, on either side of it, or run over it twice on their way.
BESIDE_EDGES = [
    (0.3365646912186072, 60.0, (56.750342542490635, 147.07541326607907), 3.0151643668838925e-05,
     0.5239152759327825),
    (0.16215050825878322, 75.0, (14.985146207319824, 89.53927393476421), 0.00019442392041786415,
     0.3744974876282536),
]  # fmt: skip


@pytest.mark.parametrize(("depth", "side", "angles", "scale", "above"), BESIDE_EDGES)
def test_a_line_beside_an_edge_neither_chatters_nor_stays_on_it(depth, side, angles, scale, above):
    """Two of the random openings on which a rule by angles alone fails: the end is the meridian
    solver's, to 1e-4 of the pad's radius, and the line stops and starts a few times at most."""
    rim = 1.0 + depth / math.tan(math.radians(side))
    top = depth + 2.0 * above / rim**2
    corners = [(0.0, 0.0), (1.0, 0.0), (rim, depth), (8.0, depth)]
    young = [*angles, angles[1]]
    floor = wall(corners, young)
    edge = np.linspace(0.0, 1.0, 80)
    points = np.vstack(
        [
            np.stack([np.full(80, rim), depth + edge * (top - depth)], axis=1)[:-1],
            np.stack([rim * (1.0 - edge), np.full(80, top)], axis=1),
        ]
    )
    line = Line("outer", floor, Station(1, 1.0), True)
    cavity = floor.solid(Station(1, 1.0)).volume
    options = Options(element=0.15)
    shape = Shape(points, line).evened(options.sizes, always=True).filled(cavity + above)
    bond = scenes.capillarity(9.81) * scale**2
    found = steps(shape, floor, options, bond=bond)
    volume = 2.0 * math.pi * (cavity + above) * scale**3
    profile = scenes.opening(scale, depth * scale, 8.0 * scale, side)
    rest = scenes.rest(profile, young, volume, 9.81, (1, 1.0)).values
    end = found[-1].shape
    mine = (float(end.nodes[-1, 1]), *end.start.place().tolist())
    theirs = (rest[k] / scale for k in ("apex_z_m", "outer.r_m", "outer.z_m"))
    assert max(abs(a - b) for a, b in zip(mine, theirs, strict=True)) < 1e-4
    assert sum(bool(step.event) for step in found) <= 6


PEOPLE = Path(__file__).parent.parent / "people"
ENDS = [
    ("photoimaged_opening_no_barrier", "first reflow"),
    ("photoimaged_opening", "second reflow"),  # over a barrier, curved
    ("core_and_cap", "cap reflow"),  # round a core, line on the resist
    ("core_metal_ball", "cap reflow"),  # paste, over a ball that rests on a point
    ("plated_column", "reflow"),
    ("stacked_masks", "second reflow"),  # over corners and an edge
    ("bga_joint", "assembly"),  # the package's ball runs into the paste
    ("second_side", "second side"),  # a joint melts again, and hangs
    ("head_in_pillow", "assembly"),  # both melt by themselves, one hanging
    ("core_and_cap", "mounting"),  # a package sinks until the core stops it
    pytest.param(PEOPLE / "nothing_fuses.toml", "second reflow", marks=pytest.mark.slow),  # sinks
    pytest.param("stacked_masks_three", "fusing reflow", marks=pytest.mark.slow),  # leaves a corner
    pytest.param(PEOPLE / "barrier_on_coined_bump.toml", "second reflow", marks=pytest.mark.slow),
    pytest.param(PEOPLE / "ball_set_down_at_once.toml", "mount", marks=pytest.mark.slow),  # afloat
    pytest.param(PEOPLE / "drawn_column.toml", "mount", marks=pytest.mark.slow),  # by a fixture
    pytest.param(PEOPLE / "bridging.toml", "reflow", marks=pytest.mark.slow),  # the line jumps
]


@pytest.mark.slow
@pytest.mark.parametrize(("case", "stage"), ENDS)
def test_bundled_stages_end_at_their_equilibrium(case, stage):
    """Two independent ways to one rest: lengths within 1e-4 of the drop's, typically 1e-5. On the
    way what is lost has become heat within 1 %, typically 0.1 %."""
    run = bumpform.run(bumpform.load_case(str(case)))
    melted = follow(run, stage)
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped
    length = melted.start.drop.length
    off = {k: v / length for k, v in melted.end.differences.items() if k.endswith("_m")}
    assert max(map(abs, off.values())) < 1e-4, off
    assert abs(unbalanced(melted)) < 0.01
    history = melted.history
    assert all(abs(row["volume_error"]) < 1e-12 for row in history)
    assert history[0]["t_s"] == 0.0
    assert all(a["t_s"] <= b["t_s"] for a, b in pairwise(history))  # a jump takes no time


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        # under a line that rests on a rim lie slopes shorter than a hundredth of an element
        ["step.4.radius=84.5457 um", "step.9.peak=327.326 degC", "step.6.by=0.440176 um"],
        # a line that overtakes its surface on its way up a slope
        [
            "wetting.PBO=159.469 deg",
            "step.0.pad.radius=121.714 um",
            "step.8.ball.diameter=217.113 um",
        ],
    ],
)
def test_a_ball_drop_over_small_slopes_ends_at_its_equilibrium(changed):
    melted = follow(bumpform.run(bumpform.load_case("wlcsp", changed)), "ball drop")
    length = melted.start.drop.length
    off = {k: v / length for k, v in melted.end.differences.items() if k.endswith("_m")}
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped
    assert max(map(abs, off.values())) < 1e-4, off


SLOW_OR_THIN = {
    # a film over the first mask's edge thins to less than an atom, and grows again
    "a film over an edge": (
        "stacked_masks",
        "second reflow",
        "wetting.photoresist=73.223 deg",
        "step.1.opening.sidewall=119.638 deg",
        "step.3.peak=315.703 degC",
    ),
    # a column that is nearly a dome already: what it has to lose is small
    "next to nothing is lost": (
        "drawn_joint",
        "bump",
        "wetting.FR4=91.2379 deg",
        "step.0.pad.thickness=21.476 um",
        "step.4.peak=253.289 degC",
    ),
    # a joint that melts again where it froze: nothing but its nodes moves
    "it is at rest": (
        "core_metal_ball",
        "mounting",
        "step.2.stencil.thickness=163.733 um",
        "step.4.pad.radius=243.091 um",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW_OR_THIN)
def test_what_is_lost_becomes_heat_where_that_is_little_or_stiff(name):
    """Variations of which 1 to 6 % of what was lost had not become heat."""
    case, stage, *changed = SLOW_OR_THIN[name]
    melted = follow(bumpform.run(bumpform.load_case(case, changed)), stage)
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped
    assert abs(unbalanced(melted)) < 5e-3
    assert len(melted.frames) < 150
    told = [words for _, words in melted.events if "nm" in words]
    assert bool(told) == (name == "a film over an edge")
    assert all("first mask wall and first mask top, at r = 24.4 µm" in words for words in told)


def test_a_standoff_is_the_pad_s_where_a_pillar_stands_on_it():
    """A package that floats on its pillar's solder comes back to where it froze."""
    printed = {
        "solder": "SAC305",
        "stencil": {"radius": "0.2 mm", "thickness": "0.15 mm", "metal_fraction": 0.5},
    }
    run = package(
        steps=({"do": "deposit", **printed},),
        pillar={"radius": "60 um", "height": "70 um", "material": "Cu"},
        load="0.3 mN",
        after=({"do": "reflow", "name": "again", "peak": "245 degC"},),
    )
    melted = follow(run, "again")
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped
    assert abs(melted.end.differences["standoff_m"]) < 1e-4 * melted.start.drop.length


def test_a_package_on_what_shrank_is_lifted_before_the_melt_begins():
    """Filled up under a package held where it froze, it would run out over the pad's side."""
    over = {"do": "coat", "layer": "over", "material": "solder resist", "thickness": "60 um"}
    run = package(
        steps=(over | {"opening": {"radius": "150 um"}}, *bump(volume="7.24 nl")),
        resist={"material": "solder resist", "thickness": "25 um", "opening": {"radius": "155 um"}},
        proud=20 * UM,
        load=0.0,
        repels="110 deg",
        after=({"do": "reflow", "name": "again", "peak": "245 degC"},),
        case={"amounts": "liquid", "freezing": "shrinks"},
    )
    melted = follow(run, "again")
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped
    rested, length = run.metrics["joint"]["standoff_m"], melted.start.drop.length
    assert all(abs(row["standoff_m"] - rested) < 0.02 * length for row in melted.history)


def test_a_ring_held_at_its_post_s_edge_has_the_angle_with_the_side_that_it_wets():
    """Of an inner line that is the piece outside of the edge: the dry top is turned by 90°."""
    text = HEAD.replace('"60 um"', '"190 um"')
    post = """
[[step]]
do = "plate"
layer = "post"
material = "Cu"
radius = "60 um"
thickness = "100 um"
"""
    column = 'column = { radius = "140 um", height = "60 um" }'
    ring = DEPOSIT.replace('volume = "0.4 nl"', column)
    run = bumpform.run(case_of(text + post + ring + REFLOW))
    melted = follow(run, "first")
    assert run.result["stages"][0]["surface"]["contact_lines"][1]["feature"] == "post top edge"
    assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped
    assert abs(melted.end.differences["inner.angle_deg"]) < 0.3


@pytest.mark.slow
def test_of_several_liquids_each_ends_where_it_rests():
    melted = bumpform.melt(bumpform.load_case(str(PEOPLE / "bodies_apart.toml")), "both")
    assert melted.settles_at == "equilibrium", melted.end.why
    length = melted.start.drop.length
    off = {k: v / length for k, v in melted.end.differences.items() if k.endswith("_m")}
    assert {"outer.r_m", "body 1.outer.r_m", "body 1.inner.z_m"} <= {*off}
    assert max(map(abs, off.values())) < 1e-4, off
    times = [frame.time_s for frame in melted.frames]
    assert times == sorted(times)
    assert all(len(frame.beside) == 1 for frame in melted.frames)


@pytest.mark.slow
def test_the_liquid_s_pull_moves_a_body_by_its_mass():
    """From rest it goes ½at², with half of the acceleration if it has twice the mass."""
    options = Options(longest_time=4.0)
    run = bumpform.run(bumpform.load_case("hanging_package"))
    start = follow(run, "hanging", inertia=True, options=options).start
    ways = []
    for factor in (1.0, 2.0):
        body = replace(start.body, mass=factor * start.body.mass)
        given = replace(options, inertia=True)
        found = list(march_inertial(start.shape, start.floor, start.fluid, given, body))
        lifts = np.array([step.shape.end.wall.lift for step in found])
        times = np.array([step.time for step in found])
        ways.append(2.0 * (lifts[-1] - lifts[0]) / times[-1] ** 2)
    assert ways[0] < 0.0
    assert abs(ways[0] / ways[1] - 2.0) < 0.05


@pytest.mark.slow
def test_a_drop_swings_and_fades_as_lamb_says():
    """Half a free drop on a plane that it glides on, Laplace number 6e4, 60 steps a period.

    ω² = 8σ/ρR³, and the amplitude falls by 5ν/R² at first, by 0.963 of that later on (the decay of
    the normal mode, from Reid's equation). The step's own part is 0.5 % of the period.
    """
    floor, laplace = wall(PLANE, [90.0]), 6e4
    options = Options(
        element=0.25, slip_length=math.inf, inertia=True, steps_per_period=60, move=1.0
    )
    radius = (0.75 / math.pi) ** (1 / 3)  # of a drop of volume 1
    polar = np.linspace(0.5 * math.pi, 0.0, 201)
    r = radius * (1.0 + 0.01 * (3.0 * np.cos(polar) ** 2 - 1.0))
    points = np.stack([r * np.sin(polar), r * np.cos(polar)], axis=1)
    points[0, 1] = points[-1, 0] = 0.0
    shape = Shape(points, Line("outer", floor, Station(0, points[0, 0] / 5.0)))
    shape = shape.evened(options.sizes, always=True)
    fluid = Fluid(0.0, 0.0, laplace)
    whole = period(fluid)
    way = march_inertial(shape, floor, fluid, options)
    found = list(takewhile(lambda s: s.time < 1.15 * whole, way))
    rest = (3.0 * shape.volume) ** (1 / 3)
    t = np.array([s.time for s in found])
    a = np.array([s.shape.nodes[-1, 1] - rest for s in found])
    k = int(np.argmax(np.where(t > 0.7 * whole, a, -1.0)))
    c = np.polyfit(t[k - 1 : k + 2] - t[k], a[k - 1 : k + 2], 2)
    top, height = t[k] - 0.5 * c[1] / c[0], c[2] - 0.25 * c[1] ** 2 / c[0]
    assert abs(top / whole - 1.0) < 0.01
    rate = math.log(a[0] / height) / top
    assert 0.93 < rate * laplace * radius**2 / 5.0 < 1.05
    assert max(abs(s.shape.volume / shape.volume - 1.0) for s in found) < 1e-12
