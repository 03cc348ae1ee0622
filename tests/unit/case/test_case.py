"""Case files: what is read, every way to a value, notes, hash and the largest size."""

import math
import pickle
import tomllib

import pytest

from bumpform.case.bundled import bundled_cases
from bumpform.case.case import MOST_STEPS, Case
from bumpform.case.file import LARGEST_FILE, LONGEST_LINE, case_sha256, case_to_toml, load_case
from bumpform.errors import CaseError
from bumpform.steps.kinds import Barrier, Coat, Deposit, Opening, Reflow, Substrate
from case_data import COAT, FIRST, HIGH, LOW, SECOND, STEPS, SUBSTRATE, changed, file_data, write


@pytest.fixture
def case():
    return Case.from_dict(file_data())


# ---------------------------------------------------------------- what is read


def test_a_case_is_si_floats(case):
    substrate, coat, deposit, reflow = case.steps[:4]
    assert isinstance(substrate, Substrate)
    assert (substrate.pad.radius, substrate.pad.proud) == (60e-6, 0.0)
    assert isinstance(coat, Coat)
    assert coat.opening == Opening(radius=60e-6, sidewall=math.pi / 2)
    assert isinstance(deposit, Deposit)
    assert (deposit.way, deposit.metal_volume) == ("volume", 4e-13)
    assert isinstance(reflow, Reflow)
    assert reflow.peak_K == 623.15
    barrier = case.steps[5]
    assert isinstance(barrier, Barrier)
    assert barrier.growth == "conformal"
    assert (barrier.surface, barrier.total_thickness) == ("Au", 3.6e-6 + 5e-8)


def test_defaults_are_those_of_the_contract(case):
    assert (case.gravity, case.tolerance, case.mesh_recipe) == (9.81, 0.25, "default")
    assert (case.pitch, case.title) == (None, "")
    assert Coat(layer="a", material="b", thickness=1e-6).opening is None
    assert Opening(radius=1e-6).sidewall == math.pi / 2


@pytest.mark.parametrize(
    ("environment", "gravity"),
    [
        ({}, 9.81),
        ({"gravity": "-9.81 m/s^2"}, -9.81),
        ({"orientation": "down"}, -9.81),
        ({"orientation": "up", "gravity": 3}, 3.0),
        ({"orientation": "down", "gravity": "1.6 m/s^2"}, -1.6),
        ({"orientation": "down", "gravity": "-1.6 m/s^2"}, 1.6),
        ({"orientation": "down", "gravity": 0}, 0.0),
    ],
)
def test_gravity_is_signed(environment, gravity):
    assert Case.from_dict(file_data(environment=environment)).gravity == gravity


def test_a_profile_peaks_at_its_hottest_point():
    profile = [["0 s", "25 degC"], ["90 s", "350 degC"], ["2 min", "30 degC"]]
    reflow = {"do": "reflow", "name": "a", "profile": profile}
    step = Case.from_dict(file_data([SUBSTRATE, HIGH, reflow])).steps[-1]
    assert isinstance(step, Reflow)
    assert step.peak_K == 623.15
    assert step.profile is not None
    assert step.profile[2] == (120.0, 303.15)


@pytest.mark.parametrize(
    ("amount", "cubic_micrometres"),
    [
        ({"column": {"radius": "50 um", "height": "40 um"}}, math.pi * 50**2 * 40),
        ({"ball": {"diameter": "100 um"}}, math.pi / 6 * 100**3),
        ({"stencil": {"radius": 5e-5, "thickness": 4e-5, "transfer": 0.8}}, None),
        ({"fill": {"layer": "dielectric"}}, None),  # only the stack knows
    ],
)
def test_every_way_to_say_an_amount(amount, cubic_micrometres):
    deposit = {"do": "deposit", "solder": "Sn", **amount}
    step = Case.from_dict(file_data([SUBSTRATE, COAT, deposit])).steps[-1]
    assert isinstance(step, Deposit)
    expected = cubic_micrometres and pytest.approx(cubic_micrometres * 1e-18)
    assert step.metal_volume == expected
    assert step.way == next(iter(amount))


def test_reflows_without_a_name_are_numbered():
    first, second = ({k: v for k, v in s.items() if k != "name"} for s in (FIRST, SECOND))
    steps = Case.from_dict(file_data([SUBSTRATE, HIGH, first, LOW, second])).steps
    assert [s.name for s in steps if isinstance(s, Reflow)] == ["reflow 1", "reflow 2"]
    only = Case.from_dict(file_data([SUBSTRATE, HIGH, first])).steps[-1]
    assert isinstance(only, Reflow)
    assert only.name == "reflow"


def test_a_case_is_plain_data_for_workers_and_caches(case):
    assert pickle.loads(pickle.dumps(case)) == case
    assert hash(Case.from_dict(file_data())) == hash(case)
    with pytest.raises(TypeError, match="with_values"):
        case.wetting["Cu"] = 1.0


def test_a_case_can_be_made_in_python():
    """Scripts state cases without a file, and meet the same errors."""
    case = Case(name="a", steps=(Substrate.model_validate(SUBSTRATE), Deposit(**HIGH)))
    assert case.steps[1] == Deposit(solder="Pb95Sn5", volume=4e-13)
    with pytest.raises(CaseError, match=r"case\.pitch"):
        Case(name="a", pitch=-1.0, steps=case.steps)


# ---------------------------------------------------------------- paths


@pytest.mark.parametrize(
    "path",
    [
        "coat.thickness",
        "coat.dielectric.thickness",
        "dielectric.thickness",
        'coat."dielectric".thickness',
        "coat.0.thickness",
        "step.1.thickness",
        "1.thickness",
    ],
)
def test_every_way_to_address_a_step(case, path):
    coat = case.with_values({path: "25 um"}).steps[1]
    assert isinstance(coat, Coat)
    assert coat.thickness == 25e-6


@pytest.mark.parametrize(
    "path",
    ["deposit.1.volume", "deposit.Sn63Pb37.volume", "Sn63Pb37.volume", "step.6.volume", "6.volume"],
)
def test_one_of_two_deposits(case, path):
    changed = case.with_values({path: 1e-12})
    assert [s.volume for s in changed.steps if isinstance(s, Deposit)] == [4e-13, 1e-12]


def test_values_that_are_not_steps(case):
    changed = case.with_values(
        {
            "case.pitch": "250 um",
            "environment.gravity": 0,
            "wetting.Sn63Pb37 on Au": "20 deg",
            "wetting.Sn96.5Ag3.5 on Cu": "30 deg",
            "materials.Sn96.5Ag3.5.density": "7000 kg/m^3",
            "conditions.tolerance": "10 %",
            "mesh.recipe": "coarse",
            "barrier.finish.thickness": "0.1 um",
            "coat.opening.radius": "50 um",
        }
    )
    assert (changed.pitch, changed.gravity, changed.tolerance) == (250e-6, 0.0, 0.1)
    assert set(changed.wetting) == {"Sn63Pb37 on Au", "Sn96.5Ag3.5 on Cu"}
    assert changed.materials["Sn96.5Ag3.5"].density == 7000.0
    assert changed.mesh_recipe == "coarse"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("deposit.volume", "Write deposit.Pb95Sn5.volume or deposit.Sn63Pb37.volume"),
        ("coat.dielectrc.thickness", "Did you mean coat.dielectric.thickness"),
        ("coat.dielectric.thicknes", "Did you mean coat.dielectric.thickness"),
        ("environment.gravty", "Did you mean environment.gravity?"),
        ("nonsense", "The steps are substrate, coat.dielectric"),
        ("coat.thickness.value", '"thickness" is a value, not a table'),
        ("step.99.volume", "no such value"),
    ],
)
def test_a_wrong_path_is_met_with_the_right_ones(case, path, message):
    with pytest.raises(CaseError) as caught:
        case.with_values({path: "1 um"})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "tension"),
    [
        ("materials.Sn.surface_tension=0.5", 0.5),
        ("materials.Sn.surface_tension=500 mN/m", 0.5),
        ('materials.Sn.surface_tension="500 mN/m"', 0.5),
        (" materials.Sn.surface_tension = 500 mN/m ", 0.5),
    ],
)
def test_set_takes_toml_or_bare_text(tmp_path, text, tension):
    path = write(tmp_path, case_to_toml(Case.from_dict(file_data())))
    assert load_case(path, [text]).materials["Sn"].surface_tension == tension


RENAMES = (
    ("deposit.Pb95Sn5.solder", "Pb90Sn10"),
    ("deposit.Pb95Sn5.volume", "0.3 nl"),
    ("deposit.Sn63Pb37.solder", "Pb95Sn5"),
    ("deposit.Sn63Pb37.volume", "0.2 nl"),
)


@pytest.mark.parametrize("order", [RENAMES, RENAMES[::-1], RENAMES[::2] + RENAMES[1::2]])
def test_addresses_are_those_of_the_case_as_it_came(order):
    """Names change hands: which value comes first makes no difference."""
    sets = [f"{path}={value}" for path, value in order]
    for changed_case in (
        load_case("photoimaged_opening", sets),
        load_case("photoimaged_opening").with_values(dict(order)),
    ):
        deposits = [step for step in changed_case.steps if isinstance(step, Deposit)]
        assert [(d.solder, d.volume) for d in deposits] == [
            ("Pb90Sn10", pytest.approx(0.3e-12)),
            ("Pb95Sn5", pytest.approx(0.2e-12)),
        ]


def test_an_address_that_another_value_has_made_is_one():
    sets = ["deposit.Sn63Pb37.solder=Sn62Pb36Ag2", "deposit.Sn62Pb36Ag2.volume=0.2 nl"]
    last = [s for s in load_case("photoimaged_opening", sets).steps if isinstance(s, Deposit)][-1]
    assert (last.solder, last.volume) == ("Sn62Pb36Ag2", pytest.approx(0.2e-12))


def test_set_reports_all_its_mistakes_with_those_of_the_file(tmp_path):
    path = write(tmp_path, case_to_toml(Case.from_dict(file_data())).replace("30 um", "30 kg"))
    with pytest.raises(CaseError) as caught:
        load_case(path, ["nothing", "deposit.volume=1 nl", "case.pitch=0.01"])
    assert len(caught.value.problems) == 3
    with pytest.raises(
        CaseError,
        match=r'pitch = 2: must be at most 50 mm \(a bare number is in m\)\. Is "2 mm" or "2 um"',
    ):
        load_case(path, ["coat.thickness=30 um", "case.pitch=2"])


# ---------------------------------------------------------------- notes, hash, bundled cases


def test_notes_tell_what_may_not_be_meant():
    wide = changed(COAT, opening={"radius": "70 um"})
    case = Case.from_dict(
        {"case": {"name": "x", "pitch": "100 um"}, "step": [SUBSTRATE, wide, HIGH]}
    )
    assert [note.split()[0:2] for note in case.notes] == [
        ["the", "opening"],
        ["the", "pitch"],
        ["the", "last"],
    ]
    assert Case.from_dict(file_data()).notes == ()


def test_notes_tell_of_a_package_what_they_tell_of_a_board():
    data = file_data()
    pad = {"radius": 50e-6, "material": "Cu"}
    resist = {"material": "solder resist", "thickness": 20e-6, "opening": {"radius": 70e-6}}
    pillar = {"material": "Cu", "radius": 60e-6, "height": 30e-6}
    mount = {"do": "mount", "pad": pad, "base": {"material": "FR4"}, "load": 1e-6, "peak": 500.0}
    data["step"].append(mount | {"resist": resist, "pillar": pillar})
    assert [note for note in Case.from_dict(data).notes if "package" in note] == [
        "the opening of the package's resist (70 µm) is wider than its pad (50 µm): its base shows "
        "in it",
        "the package's pillar (60 µm) is wider than its pad (50 µm): it stands on its base, too",
    ]


def test_hash_is_that_of_the_content(case):
    """Study rows are found by it: units do not matter, values do."""
    same = Case.from_dict(file_data([SUBSTRATE, changed(COAT, thickness=0.030e-3), *STEPS[2:]]))
    assert case_sha256(same) == case_sha256(case)
    assert case_sha256(case.with_values({"coat.thickness": "31 um"})) != case_sha256(case)
    assert len(case_sha256(case)) == 64


def test_the_file_without_a_name_names_the_case(tmp_path):
    text = case_to_toml(Case.from_dict(file_data())).replace('name = "x"', "")
    path = tmp_path / "my_bump.toml"
    path.write_text(text, encoding="utf-8")
    assert load_case(path).name == "my_bump"


def test_bundled_cases_are_found_and_right():
    assert "photoimaged_opening" in bundled_cases()
    for name in bundled_cases():
        case = load_case(name)
        assert case.name == name
        assert Case.from_dict(tomllib.loads(case_to_toml(case))) == case


def test_a_file_and_a_process_have_a_largest_size(tmp_path, case):
    """A limit on the work, stated: neither is read or judged past it."""
    path = write(tmp_path, "#" * (LARGEST_FILE + 1))
    with pytest.raises(CaseError, match="is larger than 100 kB, the limit"):
        load_case(path)
    path = write(tmp_path, f"#\n#{'x' * LONGEST_LINE}\n")
    with pytest.raises(CaseError, match="line 2 is longer than 5000 characters"):
        load_case(path)
    with pytest.raises(CaseError, match="a setting has at most 5000 characters"):
        load_case("plated_column", sets=["a=" + "x" * LONGEST_LINE])
    data = case.to_dict()
    data["step"] = [*data["step"], *[{"do": "clean"}] * MOST_STEPS]
    with pytest.raises(CaseError, match=f"{MOST_STEPS} are the limit"):
        Case.from_dict(data)
