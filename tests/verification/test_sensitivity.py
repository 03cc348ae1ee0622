"""Derivatives of cases through all stages: against closed forms, and against other steps.

Exact     a dome on an opening's wall without gravity is a spherical cap: its depth d, with
          H = a tan((θ − 90°)/2) and d = h − (V − πH(3a² + H²)/6)/πa², has derivatives by V, h, a, θ
Identity  eighth-order differences at other steps give the same within both errors
"""

import math
from functools import partial

import numpy as np
import pytest

import bumpform
from bumpform.answers.basis.inputs import input_at, inputs_of
from bumpform.answers.basis.probe import Probe
from bumpform.answers.methods.differences import derivatives

A, THICK, ANGLE, VOLUME = 60e-6, 30e-6, math.radians(125.0), 0.36e-12


def depth(a=A, h=THICK, theta=ANGLE, volume=VOLUME):
    """Depth of the dome's contact line below the dielectric's top, m."""
    cap = a * np.tan((theta - math.pi / 2) / 2)
    return h - (volume - math.pi * cap * (3 * a**2 + cap**2) / 6) / (math.pi * a**2)


def complex_step(**values):
    """Derivative of `depth` by its argument, to round-off."""
    [(name, value)] = values.items()
    return depth(**{name: value * (1 + 1e-40j)}).imag / (value * 1e-40)


def slopes(case, path):
    probe, item = Probe(case), input_at(case, path)
    return (
        item,
        probe,
        derivatives(
            lambda value: probe.at({item.place: value}), item.value, item.size, item.allows
        ),
    )


@pytest.mark.slow
@pytest.mark.dolfinx
@pytest.mark.parametrize(
    ("path", "exact"),
    [
        ("deposit.Pb95Sn5.volume", complex_step(volume=VOLUME)),
        ("coat.dielectric.thickness", complex_step(h=THICK)),
        ("coat.dielectric.opening.radius", complex_step(a=A)),
        ("wetting.polyimide", complex_step(theta=ANGLE)),
        ("environment.gravity", None),
        ("barrier.Ni.thickness", 0.0),
    ],
)
def test_a_dome_without_gravity_has_the_derivatives_of_a_cap(path, exact):
    case = bumpform.load_case("photoimaged_opening")
    case = case.with_values({"environment.gravity": 0.0, "deposit.Pb95Sn5.volume": VOLUME})
    found = slopes(case, path)[2]["first reflow.terminus_depth_m"]
    assert not found.kink
    if exact is None:  # first order in the Bond number, of which nothing is known here but its sign
        assert found.value is not None and found.value < 0.0
    else:
        assert found.value == pytest.approx(exact, rel=1e-8)
        assert abs(found.value - exact) <= 2.0 * found.error + 1e-11 * abs(exact)


def metric_at(probe, item, metric, value):
    return probe.at({item.place: value}).metrics[metric]


def eighth_order(f, x, h):
    weights = (4 / 5, -1 / 5, 4 / 105, -1 / 280)
    return sum(w * (f(x + k * h) - f(x - k * h)) for k, w in enumerate(weights, 1)) / h


@pytest.mark.slow
@pytest.mark.dolfinx
@pytest.mark.parametrize(
    "name",
    ["photoimaged_opening", "laminated_abraded", "plated_column", "core_and_cap", "stacked_masks"],
)
def test_other_steps_give_the_same_derivatives(name):
    """Random cases of every route: every metric's derivatives by two inputs drawn at random.

    The other differences are taken at steps of 1.5e-3: truncation (1.5e-3)⁸, round-off three
    times ours. Where a branch changes within our reach there is nothing to compare.
    """
    rng = np.random.default_rng([*name.encode()])
    case = bumpform.load_case(name)
    moving = [i for i in inputs_of(case) if i.quantity.dimension in ("length", "volume")]
    case = case.with_values({i.place: i.value * rng.uniform(0.99, 1.0) for i in moving[-4:]})
    compared = 0
    for chosen in rng.permutation(len(moving)):
        item, probe, found = slopes(case, moving[chosen].place)
        step = 1.5e-3 * item.size
        near = [probe.at({item.place: item.value + k * step}) for k in (-11, *range(-4, 5), 11)]
        base = near[5]
        if base.refused or any(p.signature != base.signature for p in near):
            continue
        for metric, slope in found.items():
            if slope.kink or slope.one_sided:
                continue
            other = eighth_order(partial(metric_at, probe, item, metric), item.value, step)
            # numbers of joints and films repeat to their bounds, which are above round-off
            unsure = base.errors[metric] / step + 1e-12 * abs(base.metrics[metric]) / item.size
            assert slope.value == pytest.approx(other, abs=3.0 * slope.error + unsure, rel=1e-8)
            compared += slope.value != 0.0
        if compared > 10:
            return
    assert compared


@pytest.mark.slow
@pytest.mark.dolfinx
def test_the_answer_tells_every_metric_by_every_input():
    """Of a column: the pitch moves the neighbour away; variances are those of a linear metric."""
    case = bumpform.load_case("plated_column").with_values(
        {
            "tolerances.coat.polyimide.thickness.std": "4 %",
            "tolerances.case.pitch.half_width": "3 um",
        }
    )
    found = bumpform.sensitivity(case)
    told = found.to_dict()
    assert told["schema"] == "bumpform/sensitivity-1"
    assert set(told["inputs"][0]) == {"path", "value", "std", "unit"}
    assert {i["path"]: i["std"] for i in told["inputs"]}["case.pitch"] == pytest.approx(
        3e-6 / math.sqrt(3.0)
    )
    clearance = told["metrics"]["reflow.clearance_m"]
    assert set(clearance) == {"value", "error", "by", "std", "shares"}
    assert set(clearance["by"]) == {i["path"] for i in told["inputs"]}
    by_pitch = clearance["by"]["case.pitch"]
    assert set(by_pitch) == {"derivative", "error", "kink", "one_sided", "elasticity"}
    assert by_pitch["derivative"] == pytest.approx(1.0, rel=1e-10)
    per_cent = by_pitch["derivative"] * case.pitch / clearance["value"]
    assert by_pitch["elasticity"] == pytest.approx(per_cent, rel=1e-15)
    thickness = clearance["by"]["coat.polyimide.thickness"]["derivative"]
    parts = (thickness * 1e-6) ** 2, (3e-6 / math.sqrt(3.0)) ** 2
    assert clearance["std"] == pytest.approx(math.sqrt(sum(parts)))
    assert clearance["shares"]["case.pitch"] == pytest.approx(parts[1] / sum(parts))
    assert math.fsum(clearance["shares"].values()) == pytest.approx(1.0)
