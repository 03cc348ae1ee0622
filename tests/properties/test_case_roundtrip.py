"""A resolved case file says the case: it loads back to an equal one, whatever the values.

Law      Case -> TOML -> Case is the identity; so are Case -> dict -> Case and pickling
Law      whatever stands in a case file, the outcome is a Case or a CaseError
"""

import math
import pickle
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bumpform.case.case import Case
from bumpform.case.checks.addresses import SECTIONS
from bumpform.case.file import case_sha256, case_to_toml
from bumpform.errors import CaseError
from bumpform.steps.kinds import STEP_KINDS

SURFACES = st.sampled_from(["Cu", "Ni", "Au", "polyimide", "SiO2", "solder resist"])
SOLDERS = st.sampled_from(["Sn", "Pb95Sn5", "Sn63Pb37", "SAC305", "Sn96.5Ag3.5"])
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 _.+-]{0,20}", fullmatch=True)
LENGTHS = st.floats(1e-9, 1e-2)
FRACTIONS = st.floats(1e-6, 1.0)
ANGLES = st.floats(1e-3, math.pi - 1e-3)
HOT = st.floats(700.0, 1273.0)  # above what all solders melt at, up to what a peak may be


def optional(**fields):
    return st.fixed_dictionaries({}, optional=fields)


AMOUNTS = st.one_of(
    st.fixed_dictionaries({"volume": st.floats(1e-20, 1e-6)}),
    st.fixed_dictionaries(
        {"column": st.fixed_dictionaries({"radius": LENGTHS, "height": LENGTHS})}
    ),
    st.fixed_dictionaries({"ball": st.fixed_dictionaries({"diameter": LENGTHS})}),
    st.fixed_dictionaries(
        {
            "stencil": st.fixed_dictionaries(
                {"radius": LENGTHS, "thickness": LENGTHS},
                optional={"transfer": FRACTIONS, "metal_fraction": FRACTIONS},
            )
        }
    ),
)
DEPOSITS = st.builds(
    lambda solder, way: {"do": "deposit", "solder": solder, **way}, SOLDERS, AMOUNTS
)
COATS = st.fixed_dictionaries(
    {"do": st.just("coat"), "material": SURFACES, "thickness": LENGTHS},
    optional={
        "opening": st.fixed_dictionaries(
            {"radius": LENGTHS}, optional={"sidewall": st.floats(math.radians(31), math.pi / 2)}
        )
    },
)
HEATS = st.one_of(
    st.fixed_dictionaries({"peak": HOT}),
    st.lists(HOT, min_size=1, max_size=4).map(
        lambda hot: {"profile": [[60.0 * i, t] for i, t in enumerate(hot)]}
    ),
)
BARRIERS = st.fixed_dictionaries(
    {"do": st.just("barrier"), "material": SURFACES, "thickness": LENGTHS},
    optional={
        "growth": st.sampled_from(["conformal", "planar"]),
        "finish": st.fixed_dictionaries({"material": SURFACES, "thickness": LENGTHS}),
    },
)


@st.composite
def case_files(draw):
    """Sections of a right case file, quantities in SI."""
    pad = {"radius": draw(LENGTHS), "thickness": draw(LENGTHS), "material": draw(SURFACES)}
    steps = [{"do": "substrate", "pad": pad, "base": {"material": draw(SURFACES)}}]
    for number, coat in enumerate(draw(st.lists(COATS, max_size=2))):
        steps.append({**coat, "layer": f"layer {number}"})
    for number in range(draw(st.integers(1, 2))):
        steps += [draw(DEPOSITS), {"do": "reflow", "name": f"stage {number}", **draw(HEATS)}]
        steps += [{"do": "clean"}, draw(BARRIERS)]
    keys = st.one_of(SURFACES, st.builds("{} on {}".format, SOLDERS, SURFACES))
    override = optional(
        density=st.floats(100.0, 2e4),
        surface_tension=st.floats(0.01, 2.0),
        color=st.just("#a0b0c0"),
        noble=st.booleans(),
        composition=st.just({"Sn": 0.25, "Pb": 0.75}),
    )
    return {
        "case": {"name": draw(NAMES), "title": draw(st.text(max_size=20)), "pitch": draw(LENGTHS)},
        "environment": {"gravity": draw(st.floats(-100, 100))},
        "wetting": draw(st.dictionaries(keys, ANGLES, max_size=4)),
        "materials": draw(st.dictionaries(st.one_of(SOLDERS, SURFACES), override, max_size=2)),
        "conditions": {"tolerance": draw(FRACTIONS)},
        "step": steps,
    }


@pytest.mark.slow
@given(case_files())
@settings(deadline=None)
def test_a_resolved_file_loads_back_to_an_equal_case(data):
    case = Case.from_dict(data)
    again = Case.from_dict(tomllib.loads(case_to_toml(case)))
    assert again == case
    assert hash(again) == hash(case)
    assert case_sha256(again) == case_sha256(case)
    assert case_to_toml(again) == case_to_toml(case)


@pytest.mark.slow
@given(case_files())
@settings(deadline=None)
def test_a_case_survives_its_own_dict_and_pickle(data):
    case = Case.from_dict(data)
    assert Case.from_dict(case.to_dict()) == case
    assert pickle.loads(pickle.dumps(case)) == case
    assert case.with_values({}) == case


def _keys():
    fields = {name for kind in STEP_KINDS.values() for name in kind.model_fields}
    inner = {key for keys in SECTIONS.values() for key in keys}
    more = {"radius", "sidewall", "material", "layer", "Cu", "Sn on Cu", "Sn", "density", "?"}
    return st.sampled_from(sorted(fields | inner | more))


ANYTHING = st.recursive(
    st.one_of(
        st.text(max_size=8),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.dates(),
        st.sampled_from(["30 um", "1 nl", "350 degC", "Cu", "Sn", "dielectric", *STEP_KINDS]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_keys(), inner, max_size=4)
    ),
    max_leaves=8,
)
STEP_LIKE = st.builds(
    lambda do, rest: {**rest, "do": do},
    st.sampled_from(sorted(STEP_KINDS)),
    st.dictionaries(_keys(), ANYTHING, max_size=5),
)


@pytest.mark.slow
@given(
    st.dictionaries(st.sampled_from(["case", "wetting", "materials", "x", *SECTIONS]), ANYTHING),
    st.one_of(ANYTHING, st.lists(st.one_of(STEP_LIKE, ANYTHING), max_size=5)),
)
@settings(deadline=None, max_examples=300)
def test_any_file_is_a_case_or_a_case_error(sections, steps):
    """TOML can hold anything anywhere; no value of it may end in a traceback."""
    try:
        Case.from_dict({**sections, "step": steps})
    except CaseError as error:
        assert all(problem.message and "\n" not in str(problem) for problem in error.problems)


@pytest.mark.slow
@given(case_files(), st.text(max_size=30), ANYTHING)
@settings(deadline=None)
def test_any_path_and_value_is_a_case_or_a_case_error(data, path, value):
    case = Case.from_dict(data)
    for place in (path, f"deposit.{path}", f"materials.{path}", f"wetting.{path}", "coat.opening"):
        try:
            case.with_values({place: value})
        except CaseError as error:
            assert str(error)
