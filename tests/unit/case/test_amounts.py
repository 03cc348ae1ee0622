"""Amounts of liquid or of solid metal in a case: what they need, what is said of them."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest

import bumpform
from bumpform.case.bundled import bundled_cases
from bumpform.case.case import Case
from bumpform.case.file import case_sha256, case_to_toml, load_case
from bumpform.errors import CaseError
from bumpform.picture.scene import as_frozen
from bumpform.process.dry import dry_problems
from bumpform.units.amounts import Fill, Stencil, metal_share
from case_data import FIRST, HIGH, LOW, SECOND, STEPS, SUBSTRATE, file_data

BALL = {"do": "deposit", "solder": "Sn63Pb37", "ball": {"diameter": "100 um"}}
#: A solder of the case's own, without a density as a solid.
OWN = {
    "kind": "solder",
    "composition": {"Sn": 1.0},
    "solidus": "200 degC",
    "liquidus": "210 degC",
    "density": "7000 kg/m^3",
    "surface_tension": "0.5 N/m",
}


def case_of(steps=STEPS, materials=None, **head):
    data = file_data(steps, wetting={"Cu": "25 deg", "SiO2": "140 deg"})
    data["case"] |= head
    return Case.from_dict({**data, "materials": materials or {}})


def problems_of(make):
    with pytest.raises(CaseError) as caught:
        make()
    return [str(p) for p in caught.value.problems]


# ---------------------------------------------------------------- paste by weight


def test_share_of_metal_by_weight():
    """90 % by weight of a metal nine times as dense as its flux is half of the room."""
    for paste in (
        Fill(layer="mask", metal_weight_fraction="90 %", flux_density="1 g/cm^3"),
        Stencil(radius=1e-4, thickness=1e-4, metal_weight_fraction=0.9, flux_density="1000 kg/m^3"),
    ):
        assert metal_share(paste, 9000.0) == pytest.approx(0.5, rel=1e-15)
    assert metal_share(Fill(layer="mask", metal_fraction=0.3), None) == 0.3
    pure = Fill(layer="mask", metal_weight_fraction=1.0, flux_density="1 g/cm^3")
    assert metal_share(pure, 8400.0) == 1.0


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"metal_weight_fraction": "90 %"}, "flux_density are needed together"),
        ({"flux_density": "1 g/cm^3"}, "flux_density are needed together"),
        (
            {"metal_weight_fraction": 0.9, "flux_density": "1 g/cm^3", "metal_fraction": 0.5},
            "not both",
        ),
    ],
)
def test_a_fraction_is_said_once_and_whole(keys, words):
    stencil = {"radius": "60 um", "thickness": "60 um", **keys}
    steps = [SUBSTRATE, {"do": "deposit", "solder": "Sn63Pb37", "stencil": stencil}, SECOND]
    (problem,) = problems_of(lambda: case_of(steps))
    assert words in problem


# ---------------------------------------------------------------- what is needed


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ({"amounts": "solid"}, 'amounts = "solid"'),
        ({"freezing": "shrinks"}, 'freezing = "shrinks"'),
    ],
)
def test_a_density_that_is_missing_is_told_once_before_anything_is_solved(head, why):
    mine = {"do": "deposit", "solder": "mine", "volume": "1 nl"}
    steps = [SUBSTRATE, mine, mine, SECOND]
    (problem,) = problems_of(lambda: case_of(steps, {"mine": OWN}, **head))
    assert problem.startswith("materials.mine.density_solid: is needed for " + why)
    case_of(steps, {"mine": OWN})
    case_of(steps, {"mine": {**OWN, "density_solid": "7300 kg/m^3"}}, **head)


def test_the_solidus_of_a_mixture_that_is_missing_is_told_by_check_and_run():
    mixed = [SUBSTRATE, HIGH, LOW, FIRST]
    case = case_of(mixed, freezing="shrinks")
    (found,) = dry_problems(case)
    assert found.path == 'materials."Pb95Sn5+Sn63Pb37"'
    assert "at what temperature it freezes" in found.message
    assert problems_of(lambda: bumpform.run(case)) == [str(found)]
    known = {"Pb95Sn5+Sn63Pb37": {"solidus": "183 degC", "liquidus": "300 degC"}}
    assert dry_problems(case_of(mixed, known, freezing="shrinks")) == ()
    assert dry_problems(case_of(mixed, amounts="solid")) == ()


def test_other_words_are_refused():
    for key, right in (("amounts", '"liquid" or "solid"'), ("freezing", '"none" or "shrinks"')):
        (problem,) = problems_of(lambda key=key: case_of(**{key: "molten"}))
        assert f"case.{key}" in problem
        assert right in problem


# ---------------------------------------------------------------- what is said


def test_sizes_of_solid_metal_are_noted_in_one_line_unless_the_case_says_what_they_are():
    (note,) = (n for n in case_of([SUBSTRATE, BALL, BALL, SECOND]).notes if "amounts" in n)
    assert "deposit.0.ball, deposit.1.ball are taken as volume of the liquid" in note
    assert "+3.1 % for Sn63Pb37 at the liquidus" in note  # 8.40 over 8.15
    assert "\n" not in note
    for said in ("liquid", "solid"):
        assert case_of([SUBSTRATE, BALL, SECOND], amounts=said).notes == ()
    assert case_of([SUBSTRATE, LOW, SECOND]).notes == ()  # a volume may be of either
    unmelted = {**BALL, "solder": "Pb95Sn5"}  # at 220 °C it stays as it was put there
    assert not [n for n in case_of([SUBSTRATE, unmelted, LOW, SECOND]).notes if "amounts" in n]


@pytest.mark.slow
def test_the_note_is_printed_and_in_the_report(tmp_path):
    path = tmp_path / "x.toml"
    path.write_text(case_to_toml(case_of([SUBSTRATE, BALL, SECOND])), "utf-8")
    command = [sys.executable, "-m", "bumpform", "run", str(path), "--no-mesh", "--out", "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    lines = [n for n in done.stdout.splitlines() if n.startswith("note: amounts are not said")]
    assert len(lines) == 1
    assert "amounts are not said" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_what_is_not_said_is_not_written():
    """A case without the keys is the same case as before there were any."""
    plain = case_of()
    assert "amounts" not in plain.to_dict()["case"]
    assert "freezing" not in plain.to_dict()["case"]
    said = case_of(amounts="liquid", freezing="none")
    assert case_sha256(said) != case_sha256(plain)
    assert bumpform.run(said).metrics == bumpform.run(plain).metrics


def test_bundled_cases_say_theirs():
    for name in bundled_cases():
        case = load_case(name)
        assert (case.amounts, case.freezing) == ("liquid", "none"), name


def test_unverified_densities_of_solids_are_told_where_shapes_rest_on_them():
    def told(**head):
        return [n for n in bumpform.run(case_of([SUBSTRATE, HIGH, FIRST], **head)).notes]

    assert not any("density_solid" in n for n in told())
    assert any(n.startswith("Pb95Sn5: density_solid") for n in told(amounts="solid"))
    assert any(n.startswith("Pb95Sn5: density_solid") for n in told(freezing="shrinks"))


def test_check_weighs_solid_metal(tmp_path, capsys):
    from bumpform.cli.check import check

    path = tmp_path / "x.toml"
    path.write_text(case_to_toml(case_of([SUBSTRATE, BALL, SECOND], amounts="solid")), "utf-8")
    check(str(path), None)
    out = capsys.readouterr().out
    assert "solid at 25 °C" in out
    assert f"{math.pi / 6 * 1e-12 * 8400.0 * 1e9:.4g} µg" in out


# ---------------------------------------------------------------- pictures


def test_a_picture_has_the_measures_of_what_it_draws():
    case = load_case("photoimaged_opening").with_values({"case.freezing": "shrinks"})
    result = bumpform.run(case).record
    stage, own = result.stages[0], result.metrics["first reflow"]
    surface, metrics, is_frozen = as_frozen(stage, own)
    assert is_frozen
    assert metrics["protrusion_m"] == own["frozen_protrusion_m"] != own["protrusion_m"]
    frozen = stage.frozen.surface
    assert surface.apex_z_m == frozen.apex_z_m
    assert surface.contact_lines[0].z_m == frozen.contact_lines[0].z_m
    assert surface.contact_lines[0].state == "free"
