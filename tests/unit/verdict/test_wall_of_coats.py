"""Coats whose openings make one wall are one dielectric to the claims, as one coat is.

Reference  the same polyimide laid in one coat: shape, metrics and verdict cannot tell them apart.
"""

import copy

import pytest

from bumpform.case.case import Case
from bumpform.runner import run
from judged_cases import place, sections

NAME = "photoimaged_opening"
#: Of the dome and its opening.
METRICS = ("terminus_depth_m", "terminus_fraction", "protrusion_m")


@pytest.fixture(scope="module")
def whole():
    return run(Case.from_dict(sections(NAME)))


def answers(found):
    """What each condition says, in their order."""
    return [
        (c["id"], c.get("stage"), c["verdict"], c["reason"]) for c in found.result["conditions"]
    ]


def values(found):
    return [c["value"] for c in found.result["conditions"]]


@pytest.mark.parametrize("lower", [1.0, 20.0, 25.5, 25.7, 29.0])
def test_two_coats_through_one_opening_are_judged_as_one(whole, lower):
    """The dome ends 25.6 µm up: on the lower coat of some of these, on the upper one of others."""
    data = sections(NAME)
    at = place(data, "coat")
    upper = data["step"][at]
    below = {**copy.deepcopy(upper), "layer": "lower", "thickness": f"{lower} um"}
    upper["thickness"] = f"{30.0 - lower} um"
    data["step"].insert(at, below)
    split = run(Case.from_dict(data))
    one, other = (found.result["metrics"] for found in (whole, split))
    for stage, metrics in one.items():
        assert {*METRICS} & metrics.keys() == {*METRICS} & other[stage].keys()
        for name in {*METRICS} & metrics.keys():
            assert other[stage][name] == pytest.approx(metrics[name], rel=1e-9), name
    assert answers(split) == answers(whole)
    for found, value in zip(values(split), values(whole), strict=True):
        assert found == (value if value is None else pytest.approx(value, rel=1e-6))
