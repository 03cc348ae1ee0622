"""The verdict judged a second time, from polygons of the stacks, without the verdict's code."""

from __future__ import annotations

import collections
import math

import pytest

import bumpform
from bumpform.case.bundled import bundled_cases
from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.errors import CaseError
from bumpform.findings.condition import CONDITIONS
from second_judge import breakers
from second_judge.answer import FAILS, HOLDS, OPEN
from second_judge.compare import compare, product_verdict
from second_judge.people import ROUTES, people

#: Of the random cases: enough that every kind of route and change comes, in a few seconds.
RANDOM, SEED = 60, 7

#: What cannot come out so: the model has one axis.
BY_CONSTRUCTION = {("openings-aligned", FAILS)}


#: Wrong before anything is solved: there is no verdict.
WRONG = {"fill_of_a_full_opening", "redistribution_no_angle"}


def agreed(run):
    """A run judged twice, without a difference."""
    found = compare(run)
    assert not found.differences, "\n".join(str(d) for d in found.differences)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(bundled_cases()))
def test_no_difference_on_a_bundled_case(name):
    found = agreed(bumpform.run(load_case(name)))
    assert len(found.compared) > len(found.near)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(people()) - WRONG))
def test_no_difference_on_a_case_that_people_have(name):
    case = load_case(people()[name])
    route = ROUTES.get(name)
    agreed(bumpform.run(case.with_values({"case.route": route}) if route else case))


def written(route, steps, **angles):
    angles = {"FR4": 140.0, "SiO2": 130.0, "Cu": 20.0} | angles
    return Case.from_dict(
        {
            "case": {"name": "judged", "route": route, "amounts": "liquid", "freezing": "none"},
            "wetting": {name: math.radians(angle) for name, angle in angles.items()},
            "step": steps,
        }
    )


def land(radius):
    pad = {"radius": radius, "thickness": "5 um", "material": "Cu"}
    return {"do": "substrate", "pad": pad, "base": {"material": "FR4"}}


def oxide(layer, thickness, **opening):
    coat = {"do": "coat", "layer": layer, "material": "SiO2", "growth": "planar"}
    return coat | {"thickness": thickness} | ({"opening": opening} if opening else {})


@pytest.mark.dolfinx
def test_a_hollow_that_ends_above_the_dielectric_is_judged_at_its_apex():
    """In a well of metal that rises above the opening: its line above the top, its apex below."""
    plate = {"do": "plate", "material": "Ni", "radius": "110 um", "thickness": "20 um"}
    steps = [land("100 um"), oxide("dielectric", "30 um", radius="80 um"), plate,
             {"do": "deposit", "solder": "SAC305", "volume": "0.15 nl"},
             {"do": "reflow", "name": "bump", "peak": "245 degC"}]  # fmt: skip
    found = agreed(bumpform.run(written("photoimaged_opening", steps, Ni=15.0)))
    assert ("dome-protrudes", FAILS) in found.compared


@pytest.mark.dolfinx
def test_an_opening_that_a_later_coat_fills_has_its_whole_wall():
    """The bump has drawn back from its wall before: nothing but that coat is beside it."""
    stencil = {"radius": "70 um", "thickness": "75 um", "metal_fraction": 2.0 / 3.0}
    steps = [land("60 um"),
             {"do": "deposit", "solder": "Pb95Sn5", "stencil": stencil},
             {"do": "abrade", "to": "50 um"},
             oxide("dielectric", "100 um", radius="50 um"),
             {"do": "reflow", "name": "bump", "peak": "330 degC"},
             {"do": "abrade", "below_top": {"layer": "dielectric", "by": "45 um"}},
             oxide("cover", "60 um"),
             {"do": "deposit", "solder": "Sn63Pb37", "volume": "0.6 nl"},
             {"do": "reflow", "name": "second", "peak": "220 degC"}]  # fmt: skip
    found = agreed(bumpform.run(written("laminated_abraded", steps, Pb95Sn5=20.0)))
    assert ("defined-distance-window", HOLDS) in found.compared


@pytest.mark.dolfinx
def test_solder_pressed_out_over_the_edge_of_what_it_lay_on_has_no_corner_there():
    """It hangs from the package beside a plate, its line held on the plate's edge."""
    cover = {"do": "coat", "layer": "cover", "material": "SiO2", "growth": "planar"}
    steps = [land("220 um"),
             {"do": "core", "material": "Ni", "diameter": "270 um"},
             cover | {"thickness": "100 um"},
             {"do": "plate", "material": "Ti", "radius": "150 um", "thickness": "8 um"},
             {"do": "deposit", "solder": "SAC305", "ball": {"diameter": "110 um"}},
             {"do": "mount", "name": "joint", "pad": {"radius": "320 um", "material": "Cu"},
              "base": {"material": "FR4"}, "load": "2.6 mN", "peak": "245 degC"}]  # fmt: skip
    run = bumpform.run(written("stacked_masks", steps, Ti=137.0, Ni=30.0, SiO2=157.0))
    lower = run.history[-1].state.stage.equilibrium.lines[0]
    assert (lower.feature, lower.state) == ("Ti side edge", "pinned")
    agreed(run)
    assert not [c for c in run.conditions if c.id == "corners-filled"]


@pytest.mark.dolfinx
def test_solder_under_the_rim_of_what_a_package_lies_on_fills_the_corner_there():
    """Pressed out over a ball's cut top it comes to rest below it, nearer to the axis."""
    core = {"do": "core", "material": "Ni"}
    steps = [land("75 um"),
             core | {"diameter": "106 um"}, {"do": "abrade", "to": "13 um"},
             core | {"diameter": "104 um"}, {"do": "abrade", "to": "18 um"},
             {"do": "deposit", "solder": "SAC305", "ball": {"diameter": "15 um"}},
             {"do": "mount", "name": "joint", "pad": {"radius": "51 um", "material": "Cu"},
              "base": {"material": "FR4"}, "load": "0.9 mN", "peak": "245 degC"}]  # fmt: skip
    run = bumpform.run(written("core_and_cap", steps, Ni=19.0, Cu=19.0))
    found = agreed(run)
    assert ("corners-filled", HOLDS) in found.compared


@pytest.mark.slow
def test_no_difference_on_random_cases():
    """Kinds of changes are taken from all over their list, so that few cases see most routes."""
    kinds = len(breakers.kinds())
    wrong, compared = [], collections.Counter()
    for k in range(RANDOM):
        number = kinds + (k * 37) % (3 * kinds)
        drawn = breakers.draw(SEED, number)
        try:
            run = bumpform.run(drawn.case())
        except CaseError:
            continue
        found = compare(run)
        compared.update(verdict for _, verdict in found.compared)
        wrong += [f"{drawn.number} {drawn.base}: {d}" for d in found.differences]
    assert not wrong, "\n".join(wrong)
    assert min(compared[HOLDS], compared[FAILS], compared[OPEN]) > 20


@pytest.mark.slow
def test_every_condition_is_seen_both_ways():
    """Each kind of change on the bundled case as it is, then on varied ones where need be."""
    seen = collections.defaultdict(set)
    wanted = {(name, v) for name in CONDITIONS for v in (HOLDS, FAILS)} - BY_CONSTRUCTION
    kinds = len(breakers.kinds())
    for number in range(3 * kinds):
        if number >= kinds and all(v in seen[n] for n, v in wanted):
            break
        try:
            run = bumpform.run(breakers.draw(1, number).case())
        except CaseError:
            continue
        for name, (verdict, _) in product_verdict(run).items():
            seen[name].add(verdict)
    missing = sorted((n, v) for n, v in wanted if v not in seen[n])
    assert not missing
