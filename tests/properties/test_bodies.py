"""Bodies of liquid on random stacks, judged by polygons and by weighing.

Law      as many liquids as molten regions with a free surface that touch each other form groups;
         fewer only where two, each solved alone, have run over the same place
Law      every solder that went in is in one region or was cut: masses to 1e-12
Law      frozen bodies, and what has stayed solid, do not overlap; each fills its liquid's volume
"""

from __future__ import annotations

import math
import random
from functools import cache

import numpy as np
import pytest
from shapely import Polygon
from shapely.ops import unary_union

from bumpform.case.case import Case
from bumpform.errors import BumpformError
from bumpform.materials.materials import Materials
from bumpform.process.reflows.bodies import bodies_of, molten_regions
from bumpform.process.reflows.coalescence import has_wetted
from bumpform.process.reflows.reflow import Stage, solve_liquid
from bumpform.quick import replace
from bumpform.runner import run

pytestmark = pytest.mark.dolfinx

UM = 1e-6
SOLDERS = ("Sn63Pb37", "Pb95Sn5", "SAC305")
MIXTURES = ("Pb95Sn5+Sn63Pb37", "Pb95Sn5+SAC305", "SAC305+Sn63Pb37", "Pb95Sn5+SAC305+Sn63Pb37")
#: Polygons are drawn with chords: lengths that they are off by, at these sizes.
CHORD = 0.02 * UM


def drawn(number):
    """Solder round a core or pillar, melted or not; perhaps a lid or a barrier; more solder."""
    rng = random.Random(number)
    pad = rng.uniform(80, 200)
    micron = "{:.3f} um".format
    steps = [
        {
            "do": "substrate",
            "pad": {"radius": micron(pad), "thickness": "5 um", "material": "Cu"},
            "base": {"material": "SiO2"},
        }
    ]
    if rng.random() < 0.3:
        opening = {"radius": micron(pad * rng.uniform(0.6, 1.1))}
        steps.append({"do": "coat", "layer": "mask", "material": "polyimide", "opening": opening})
        steps[-1]["thickness"] = micron(rng.uniform(10, 60))
    stands = rng.choice(["core", "core", "pillar", "nothing"])
    if stands == "core":
        diameter = micron(pad * rng.uniform(0.6, 1.5))
        steps.append({"do": "core", "material": "Ni", "diameter": diameter})
    elif stands == "pillar":
        steps.append({"do": "plate", "layer": "pillar", "material": "Cu"})
        steps[-1]["radius"] = micron(pad * rng.uniform(0.2, 0.5))
        steps[-1]["thickness"] = micron(rng.uniform(20, 150))
    steps.append({"do": "deposit", "solder": rng.choice(SOLDERS[:2])})
    if rng.random() < 0.7:
        print_of = {"radius": micron(pad * rng.uniform(0.6, 1.2)), "metal_fraction": 0.5}
        steps[-1]["stencil"] = {**print_of, "thickness": micron(rng.uniform(10, 80))}
    else:
        steps[-1]["volume"] = f"{rng.uniform(0.05, 2.0) * (pad / 100) ** 3:.5f} nl"
    if rng.random() < 0.8:
        steps.append({"do": "reflow", "name": "first", "peak": "350 degC"})
    if rng.random() < 0.3:
        steps.append({"do": "plate", "layer": "lid", "material": "Ni"})
        steps[-1]["radius"] = micron(pad * rng.uniform(0.2, 1.3))
        steps[-1]["thickness"] = micron(rng.uniform(1, 60))
    if rng.random() < 0.2:
        steps.append({"do": "barrier", "material": "Ni", "thickness": micron(rng.uniform(1, 5))})
    steps.append({"do": "deposit", "solder": rng.choice(SOLDERS)})
    if rng.random() < 0.7:
        steps[-1]["ball"] = {"diameter": micron(pad * rng.uniform(0.2, 1.0))}
    else:
        steps[-1]["volume"] = f"{rng.uniform(0.05, 2.0) * (pad / 100) ** 3:.5f} nl"
    for name, peak in (("second", rng.choice(["230 degC", "350 degC"])), ("third", "350 degC")):
        steps.append({"do": "reflow", "name": name, "peak": peak})
    angles = {name: f"{rng.uniform(20, 60):.2f} deg" for name in ("Cu", "Ni", *SOLDERS, *MIXTURES)}
    return {
        "case": {"name": "random"},
        "environment": {"gravity": 0.0},
        "wetting": {**angles, "SiO2": "140 deg", "polyimide": "125 deg"},
        "step": steps,
    }


@cache
def stages(number):
    """Case, and the moments of the reflows of a drawn case; none where it means nothing."""
    try:
        case = Case.from_dict(drawn(number))
        done = run(case)
    except BumpformError:
        return None, []
    return case, [m for m in done.history if isinstance(m.state.stage, Stage)]


def polygon(region):
    return Polygon(np.vstack([edge.sample(64)[:-1] for edge in region.loop])).buffer(0)


def groups(polygons):
    """Connected parts of polygons that touch, chords set aside, as sets of names."""
    left = {name: {name} for name in polygons}
    for a in polygons:
        for b in polygons:
            if left[a] is not left[b] and polygons[a].distance(polygons[b]) < CHORD:
                left[a] |= left[b]
                for name in left[b]:
                    left[name] = left[a]
    return {frozenset(group) for group in left.values()}


def shows(shape, others):
    """Whether some of a polygon's outline lies against no other and off the axis."""
    hidden = unary_union([other.buffer(CHORD) for other in others])
    bare = shape.exterior.difference(hidden)
    bare = bare.difference(Polygon([(-1, -1), (CHORD, -1), (CHORD, 1), (-1, 1)]))
    return bare.length > 10 * CHORD


def alone(moment, case, names):
    """What a group of regions would be without the other liquids."""
    stage, before = moment.state.stage, moment.before
    materials = Materials(case.materials, case.wetting)
    return solve_liquid(
        before.stack,
        stage.solids,
        before.contents,
        moment.step.peak_K,
        case.gravity,
        materials,
        names,
    )


NUMBERS = range(150)


@pytest.mark.slow
def test_the_sample_has_what_it_is_about():
    """Two liquids side by side, enclosed solder, and solder that fused, all occur."""
    found = [m.state.stage for n in NUMBERS for m in stages(n)[1]]
    assert sum(len(s.liquids) > 1 for s in found) >= 5
    assert sum(bool(s.enclosed) for s in found) >= 5
    assert sum(len(s.melted) > 1 for s in found) >= 20
    moments = [m for n in NUMBERS for m in stages(n)[1] if len(m.state.stage.melted) > 1]
    groups_of = [bodies_of(m.before.stack, m.state.stage.melted).free for m in moments]
    assert sum(len(parts) > 1 for parts in groups_of) >= 5  # they have met on their way


@pytest.mark.slow
@pytest.mark.parametrize("number", NUMBERS)
def test_liquids_are_what_touches(number):
    """Groups of touching polygons that show a surface; those that met were on the same place."""
    case, moments = stages(number)
    for moment in moments:
        stage, before = moment.state.stage, moment.before.stack
        materials = Materials(case.materials, case.wetting)
        molten = molten_regions(before, moment.before.contents, moment.step.peak_K, materials)
        shapes = {r.name: polygon(r) for r in before.regions}
        free = {
            n: shapes[n]
            for n in molten
            if shows(shapes[n], [s for m, s in shapes.items() if m != n])
        }
        if stage.refusal is not None and stage.refusal.reason in ("enclosed", "carried"):
            continue
        assert set(stage.enclosed).isdisjoint(free)
        found = {frozenset(liquid.melted) for liquid in stage.liquids}
        apart = groups({n: shapes[n] for n in molten if n not in stage.enclosed})
        if found == apart:
            continue
        for liquid in stage.liquids:  # it is made of whole groups, and they have met
            parts = [group for group in apart if group <= set(liquid.melted)]
            assert frozenset().union(*parts) == set(liquid.melted)
            if len(parts) > 1:
                rests = [
                    alone(moment, case, tuple(n for n in molten if n in part)) for part in parts
                ]
                spans = [has_wetted(one.equilibrium) for one in rests]
                assert any(
                    max(a[0], b[0]) <= min(a[1], b[1]) for a in spans for b in spans if a is not b
                )


@pytest.mark.slow
@pytest.mark.parametrize("number", NUMBERS)
def test_nothing_is_lost_and_nothing_overlaps(number):
    """Masses and volumes to 1e-12; polygons of all regions overlap by no more than chords."""
    _, moments = stages(number)
    for moment in moments:
        stage = moment.state.stage
        if stage.refusal is not None:
            continue
        after, before = moment.state, moment.before
        frozen = after.stack.regions[len(stage.solids.regions) :]
        assert len(frozen) == len(stage.liquids)
        for region, liquid in zip(frozen, stage.liquids, strict=True):
            assert region.volume == pytest.approx(liquid.melt.volume, rel=1e-11)
            held = after.contents[region.name]
            assert math.fsum(m for _, m in held.alloys) == pytest.approx(liquid.melt.mass, 1e-12)
            known = [before.contents[n] for n in liquid.melted if before.contents[n].liquid_at]
            weighed = math.fsum(m for content in known for _, m in content.alloys)
            if len(known) == len(liquid.melted):
                assert liquid.melt.mass == pytest.approx(weighed, rel=1e-12)
        for name in (*stage.enclosed, *stage.stayed):
            was = before.contents[name]  # what melts all round in solid is no paste any more
            assert after.contents[name] == (
                replace(was, soft=False) if name in stage.enclosed else was
            )
            assert after.stack.region(name) is before.stack.region(name)
        shapes = [polygon(region) for region in after.stack.regions]
        for i, one in enumerate(shapes):
            for other in shapes[:i]:
                assert one.intersection(other).area < CHORD * (one.length + other.length)


@pytest.mark.slow
@pytest.mark.parametrize("number", NUMBERS)
def test_bodies_do_not_depend_on_the_order_of_the_regions(number):
    """The same groups from the regions in reverse order."""
    _, moments = stages(number)
    for moment in moments:
        stack = moment.before.stack
        names = [
            *(n for liquid in moment.state.stage.liquids for n in liquid.melted),
            *moment.state.stage.enclosed,
        ]
        turned = type(stack)(stack.regions[::-1], stack.outer, stack.bottom)
        one, other = bodies_of(stack, names), bodies_of(turned, names[::-1])
        assert {frozenset(b) for b in one.free} == {frozenset(b) for b in other.free}
        assert {frozenset(b) for b in one.enclosed} == {frozenset(b) for b in other.enclosed}
