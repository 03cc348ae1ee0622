"""`[tolerances]`: read with all their problems, written back, turned into distributions."""

import math
import tomllib

import numpy as np
import pytest
from scipy import stats

from bumpform.answers.basis.inputs import input_at, inputs_of
from bumpform.answers.basis.scatter import Scatter
from bumpform.case.case import Case
from bumpform.case.checks.tolerances import Tolerance
from bumpform.case.file import case_sha256, case_to_toml, load_case
from bumpform.errors import CaseError
from case_data import file_data

RIGHT = {
    "deposit.Pb95Sn5.volume": {"std": "3 %"},
    "coat.dielectric.opening.radius": {"std": "0.5 um", "low": "58 um", "high": "62 um"},
    "first reflow.peak": {"std": "2 K", "high": "355 degC"},
    "wetting.polyimide": {"half_width": "3 deg"},
}


def case(**tolerances):
    wetting = {"polyimide": "125 deg", "Cu": "25 deg"}
    return Case.from_dict(
        file_data(wetting=wetting, environment={"gravity": 0}, tolerances=tolerances)
    )


def test_a_case_keeps_them_through_its_file():
    told = case(**RIGHT)
    assert told.tolerances["deposit.Pb95Sn5.volume"] == Tolerance(std="3 %")
    assert told.tolerances["wetting.polyimide"].half_width == math.radians(3.0)
    assert told.tolerances["first reflow.peak"] == Tolerance(std=2.0, high=628.15)
    again = Case.from_dict(tomllib.loads(case_to_toml(told)))
    assert again == told and case_sha256(again) == case_sha256(told)
    assert case_to_toml(again) == case_to_toml(told)
    other = told.with_values({"tolerances.wetting.polyimide.half_width": "2 deg"})
    assert other.tolerances["wetting.polyimide"].half_width == math.radians(2.0)


def test_a_case_without_them_has_the_same_hash_as_before_they_were_known():
    assert "tolerances" not in case().to_dict()


@pytest.mark.parametrize(
    ("tolerances", "told"),
    [
        ({"deposit.Pb95Sn5.volum": {"std": "3 %"}}, "Did you mean deposit.Pb95Sn5.volume"),
        ({"deposit.volume": {"std": "3 %"}}, "fits several steps"),
        ({"coat.dielectric.material": {"std": "3 %"}}, "is not a quantity that can scatter"),
        ({"conditions.tolerance": {"std": 0.1}}, "is not a quantity that can scatter"),
        ({"wetting.Au": {"std": "2 deg"}}, "the case gives no value to scatter about"),
        ({"deposit.0.volume": {"std": "3 um"}}, '"um" is a unit of length'),
        ({"deposit.0.volume": {"std": "-3 %"}}, "must be above 0"),
        ({"deposit.0.volume": {"lo": "1 nl"}}, "Did you mean tolerances.deposit.0.volume.low"),
        ({"deposit.0.volume": {}}, "exactly one of std (normal) and half_width"),
        ({"deposit.0.volume": {"half_width": "3 %", "low": 0.0}}, "they go with std"),
        (
            {"deposit.0.volume": {"std": "3 %", "low": 2e-12, "high": 1e-12}},
            "low = 2e-12: must be below high",
        ),
        (
            {"deposit.0.volume": {"std": "3 %", "low": "0.5 nl"}},
            "not be above the case's value, 0.4 nl",
        ),
        ({"deposit.0.volume": {"std": "3 %", "high": "0.39 nl"}}, "must not be below the case's"),
        ({"environment.gravity": {"half_width": "3 %"}}, "a percentage of 0 is 0"),
        ({"deposit.0.volume": "3 %"}, 'is written { std = "3 %" }'),
        ({"first reflow.peak": {"std": "2 degC"}}, "a temperature difference is in kelvin"),
        ({"first reflow.peak": {"std": "2 %"}}, "write a difference in kelvin"),
        (
            {"deposit.0.volume": {"std": 1e-14}, "deposit.Pb95Sn5.volume": {"std": 1e-14}},
            "is the same value as deposit.0.volume",
        ),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(tolerances, told):
    with pytest.raises(CaseError) as error:
        case(**tolerances)
    assert told in str(error.value)
    assert str(error.value).splitlines()[1].strip().startswith("tolerances.")


def test_distributions_have_the_moments_of_scipy():
    cut = Scatter(60.0, 0.5, low=59.6, high=60.9)
    ends = (59.6 - 60.0) / 0.5, (60.9 - 60.0) / 0.5
    exact = stats.truncnorm(*ends, loc=60.0, scale=0.5)
    assert cut.std == pytest.approx(exact.std(), rel=1e-9)
    quantiles = np.array([0.001, 0.3, 0.5, 0.9, 0.9999])
    normal = stats.norm.ppf(quantiles)
    assert cut.values(normal) == pytest.approx(exact.ppf(quantiles), rel=1e-12)
    uniform = Scatter(2.0, 0.3, uniform=True)
    assert uniform.std == pytest.approx(0.3 / math.sqrt(3.0))
    assert uniform.values(normal) == pytest.approx(1.7 + 0.6 * quantiles)
    plain = Scatter(2.0, 0.3)
    assert plain.std == pytest.approx(0.3)
    assert plain.values(normal) == pytest.approx(2.0 + 0.3 * normal)


def test_inputs_are_the_numbers_of_the_file_and_of_the_library():
    told = load_case("photoimaged_opening")
    inputs = {item.path: item for item in inputs_of(told)}
    assert inputs["coat.dielectric.opening.radius"].value == 60e-6
    assert inputs["environment.gravity"].value == 9.81
    assert inputs["wetting.Sn63Pb37 on Au"].given
    assert not inputs["materials.Pb95Sn5.surface_tension"].given
    assert inputs["materials.Pb95Sn5.surface_tension"].value == pytest.approx(0.4562)
    assert "materials.Sn63Pb37.solidus" not in inputs  # eutectic: not alone
    assert "substrate.pad.proud" not in inputs  # it does not stand proud
    assert "conditions.tolerance" not in inputs
    own = told.with_values({"materials.Pb95Sn5.surface_tension": 0.47})
    assert input_at(own, "materials.Pb95Sn5.surface_tension").given
    for path, item in inputs.items():  # each at its address, to the bit
        same = told.with_values({path: item.value})
        assert input_at(same, path).value == item.value
        assert item.allows(item.value)


def test_an_input_has_the_std_of_its_tolerance_however_that_spells_it():
    told = case(**{"deposit.0.volume": {"std": "3 %"}})
    assert input_at(told, "deposit.Pb95Sn5.volume").std == pytest.approx(0.012e-12)
    assert input_at(told, "coat.thickness").std is None
    with pytest.raises(CaseError, match="gives no value there"):
        input_at(told, "case.pitch")


def test_a_material_that_goes_by_several_names_is_one_input():
    """By the name of its table, where it has one: a second table would undo the first."""
    case = load_case("photoimaged_opening")
    data = case.to_dict()
    data["materials"] = {"Sn37Pb": {"density": 8000.0}}
    data["step"][2] |= {"solder": "63Sn37Pb"}
    data["step"][0]["base"]["material"] = "silica"
    data["step"].append(data["step"][2] | {"solder": "eutectic tin-lead"})
    data["step"].append({"do": "reflow", "name": "third", "peak": 500.0})
    paths = [item.path for item in inputs_of(Case.from_dict(data))]
    of_it = [p for p in paths if p.endswith("surface_tension") or " on silica" in p]
    assert of_it == ["materials.Sn37Pb.surface_tension", "wetting.Sn37Pb on silica"]
