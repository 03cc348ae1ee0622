"""Samples under the case's tolerances and points of a file, beside axes."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import bumpform
from bumpform.case.bundled import bundled_cases
from bumpform.errors import CaseError

TOLERANCES = """
[tolerances]
"deposit.Pb95Sn5.volume" = { std = "2 %" }
"coat.dielectric.thickness" = { half_width = "1 um" }
"""
STUDY = """
[study]
name = "x"
case = "scattered.toml"
"""


@pytest.fixture
def load(tmp_path):
    """Load a study of the photoimaged opening with tolerances, and files beside it."""

    def call(text, **files):
        case = bundled_cases()["photoimaged_opening"].read_text("utf-8")
        if "[tolerances]" in case:
            case = case[: case.index("[tolerances]")]
        case = case.replace('name = "photoimaged_opening"', 'name = "scattered"', 1)
        (tmp_path / "scattered.toml").write_text(case + TOLERANCES, "utf-8")
        for name, words in files.items():
            (tmp_path / f"{name}.csv").write_text(words, "utf-8")
        (tmp_path / "x.toml").write_text(STUDY + text, "utf-8")
        return bumpform.load_study(tmp_path / "x.toml")

    return call


def problems(load, text, **files):
    with pytest.raises(CaseError) as caught:
        load(text, **files)
    return [str(problem) for problem in caught.value.problems]


def test_samples_scatter_as_the_tolerances_say(load):
    """Of 1024 balanced samples a mean is off by far less than σ/√1024, about 3 % of σ."""
    study = load("[axes]\ntolerances = { samples = 1024, seed = 3 }")
    assert [axis.column for axis in study.varied] == [
        "deposit.Pb95Sn5.volume_m3",
        "coat.dielectric.thickness_m",
    ]
    points = np.array([study.point(number) for number in range(len(study))])
    volume, thickness = points.T
    nominal = study.case.steps[2].volume
    assert volume.mean() == pytest.approx(nominal, rel=6e-4)
    assert volume.std() == pytest.approx(0.02 * nominal, rel=0.01)
    assert 29e-6 <= thickness.min() < 29.01e-6 and 30.99e-6 < thickness.max() <= 31e-6
    assert study.at(5).steps[2].volume == volume[5]


@pytest.mark.parametrize("method", ["sobol", "latin"])
def test_the_same_seed_gives_the_same_samples(load, method):
    text = f'[axes]\ntolerances = {{ samples = 30, seed = SEED, method = "{method}" }}'
    first, again, other = (load(text.replace("SEED", seed)) for seed in "112")
    assert first.sha256 == again.sha256 != other.sha256
    assert len({first.point(number) for number in range(30)}) == 30


def test_more_samples_begin_with_the_same_ones(load):
    """So that a study is refined, and only what is new is computed."""
    few, many = (load(f"[axes]\ntolerances = {{ samples = {n} }}") for n in (20, 50))
    assert [few.point(n) for n in range(20)] == [many.point(n) for n in range(20)]


def test_axes_points_and_samples_are_combined(load):
    text = (
        '[points]\nfile = "p.csv"\n'
        '[axes]\n"barrier.thickness" = ["3 um", "4 um"]\ntolerances = { samples = 4 }'
    )
    csv = "deposit.Pb95Sn5.volume,barrier.material\n0.40 nl,Ni\n4.1e-13,Ni\n0.40 nl,Pd\n"
    study = load(text, p=csv)
    assert len(study) == 2 * 3 * 4
    points = [study.point(number) for number in range(24)]
    assert [p[:3] for p in points[::4]] == [
        (t, v, m) for t in (3e-6, 4e-6) for v, m in ((4e-13, "Ni"), (4.1e-13, "Ni"), (4e-13, "Pd"))
    ]
    # the volume stands in the file: only the thickness of the dielectric scatters
    assert len({p[3] for p in points}) == 4 and len(points[0]) == 4
    assert sorted(study.sequence()) == list(range(24))
    case = study.at(9)
    assert (case.steps[2].volume, case.steps[1].thickness) == (points[9][1], points[9][3])


def test_a_worker_is_sent_the_values_of_its_rows_alone(load):
    """However many samples there are, a batch of ten weighs as much, and is the same cases."""
    text = "[axes]\n\"barrier.thickness\" = ['3 um', '4 um']\ntolerances = {{ samples = {} }}"
    few, many = (load(text.format(count)) for count in (64, 16384))
    numbers = [*range(20, 25), *range(16384 + 7, 16384 + 12)]
    sent = many.of(numbers)
    assert len(sent) == len(many)
    assert [sent.point(n) for n in numbers] == [many.point(n) for n in numbers]
    assert sent.at(numbers[-1]) == many.at(numbers[-1])
    weights = [len(pickle.dumps(s.of(range(10)))) for s in (few, many)]
    assert abs(weights[0] - weights[1]) < 100 and weights[1] < 5_000
    assert len(pickle.dumps(many)) > 100_000


def test_what_is_wrong_with_points_is_told_with_its_line(load):
    csv = "deposit.Pb95Sn5.volume,coat.thickness\n0.4 nl,30 um\n\n0.4 kg,30 um,7\n0.4 nl,x\n"
    text = '[points]\nfile = "p.csv"'
    first, second = problems(load, text, p=csv)
    assert first == "p.csv, line 4: has 3 of 2 values."
    assert second.startswith('p.csv, line 5, coat.thickness = "x"')
    found = problems(load, text, p=csv.replace(",7", ""))
    assert found[0].startswith('p.csv, line 4, deposit.Pb95Sn5.volume = "0.4 kg": "kg" is a unit')
    assert found[1].startswith('p.csv, line 5, coat.thickness = "x"')
    [found] = problems(load, text, p="deposit.Pb95Sn5.volume;coat.thickness\n0,4 nl;30 um\n")
    assert found.startswith("p.csv, line 1: columns are separated by commas")
    [found] = problems(load, text, p="coat.thicknes\n1 um\n")
    assert "Did you mean coat" in found
    [found] = problems(load, '[points]\nfile = "q.csv"')
    assert found == "points.file = q.csv: there is no such file beside the study."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[axes]\ntolerances = 7", "axes.tolerances = 7: { samples = 256, seed = 1 } is needed."),
        ("[axes]\ntolerances = { sample = 7 }", "axes.tolerances.sample: unknown key. Did you"),
        ("[axes]\ntolerances = { samples = 0 }", "must be at least 1"),
        ("[points]\nfil = 'x'", "points.fil: unknown key. Did you mean points.file?"),
        ("[axes]", "axes: is empty"),
        (
            '[axes]\n"deposit.Pb95Sn5.volume" = ["1 nl"]\n"coat.dielectric.thickness" = ["3 um"]\n'
            "tolerances = { samples = 2 }",
            "axes.tolerances: the case has no [tolerances] beside the axes",
        ),
    ],
)
def test_what_is_wrong_with_samples_is_told(load, text, message):
    assert any(message in problem for problem in problems(load, text))
