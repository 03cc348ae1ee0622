"""The plated column in the document's own words: films, etches with the solder as mask.

Problem    blanket seed and UBM over the passivation's step, resist, solder, strip, etches,
           polyimide, reflow
Exact      volumes of discs, tubes and parts of tori; the ball's amount of solder
Expect     1e-12 relative
"""

from __future__ import annotations

import math

import pytest

import bumpform
from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.errors import CaseError
from bumpform.process.dry import dry_problems
from second_judge.compare import compare
from second_judge.people import people
from solids import UM, assert_gapless
from two_lines import done

pytestmark = pytest.mark.dolfinx

NAME = "plated_column_as_claimed"
PEOPLE = people()[NAME]
PASSIVATION, OPENING, COLUMN, SEED, UBM, RESIST = 0.8, 32.0, 40.0, 0.5, 5.0, 80.0


def verdicts(run):
    return {c["id"]: c["verdict"] for c in run.result["conditions"]}


def covered(t):
    """Volume under the top of a film t thick over the passivation's step, r < 40 um, z > 0: um³."""
    step = PASSIVATION
    reach = min(t, math.sqrt(t**2 - max(t - step, 0.0) ** 2))
    low = math.pi * (OPENING - reach) ** 2 * t
    high = math.pi * (COLUMN**2 - OPENING**2) * (step + t)
    area = 0.5 * (reach * math.sqrt(t**2 - reach**2) + t**2 * math.asin(reach / t))
    lever = (t**3 - (t**2 - reach**2) ** 1.5) / 3.0
    arc = 2.0 * math.pi * (OPENING * area - lever)
    arc += math.pi * (OPENING**2 - (OPENING - reach) ** 2) * step
    return low + high + arc


def test_films_and_solder_have_their_exact_volumes():
    found = done(NAME)
    stack = found.snapshots[0].stack
    assert_gapless(stack)
    passivation = math.pi * (COLUMN**2 - OPENING**2) * PASSIVATION
    seed = covered(SEED) - passivation
    ubm = covered(SEED + UBM) - covered(SEED)  # films on films are one film (Huygens)
    top = math.pi * COLUMN**2 * (PASSIVATION + SEED + UBM + RESIST)
    solder = top - covered(SEED + UBM)
    expected = {"seed": seed, "UBM": ubm, "Sn63Pb37": solder}
    for name, volume in expected.items():
        assert stack.region(name).volume == pytest.approx(volume * UM**3, rel=1e-11)
    ring = math.pi * (100.0**2 - COLUMN**2) * 25.0
    assert stack.region("polyimide").volume == pytest.approx(ring * UM**3, rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["planar", "conformal"])
@pytest.mark.parametrize("ubm", ["planar", "conformal"])
@pytest.mark.parametrize("mask", ["above", None])
def test_it_runs_however_its_films_grow_and_its_mask_is_told(seed, ubm, mask):
    data = load_case(NAME, sets=[f"coat.seed.growth={seed}", f"coat.UBM.growth={ubm}"]).to_dict()
    for step in data["step"]:
        if step["do"] == "etch":
            step["mask"] = mask
    if mask is None:
        data["step"] = [{k: v for k, v in s.items() if v is not None} for s in data["step"]]
    run = bumpform.run(Case.from_dict(data))
    assert run.refused is None
    assert "fails" not in verdicts(run).values()
    assert not compare(run).differences
    # what the dip holds is below: the ball is the same
    ball = done(NAME).metrics["reflow"]["protrusion_m"]
    assert run.metrics["reflow"]["protrusion_m"] == pytest.approx(ball, rel=1e-9)


def test_the_case_that_people_have_runs():
    case = load_case(PEOPLE).with_values({"case.route": "plated_column"})
    assert dry_problems(case) == ()
    run = bumpform.run(case)
    said = verdicts(run)
    for condition in ("ubm-ends-at-solder", "polyimide-on-passivation", "metal-path"):
        assert said[condition] == "holds"
    assert said["steps-in-order"] == said["masks-removed"] == "holds"
    assert "fails" not in said.values()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sets", "verdict"),
    [
        (["etch.UBM.by=8 um", "etch.seed.by=2 um"], "holds"),  # it stops on what lies below
        (["etch.seed.by=0.49 um"], "fails"),  # 10 nm are left
        (["etch.seed.by=0.5 um"], "holds"),
        # a column inside of the opening leaves a lining on the passivation's step
        (["coat.resist.opening.radius=25 um"], "fails"),
        (["coat.resist.opening.radius=25 um", "etch.UBM.by=6 um", "etch.seed.by=1.4 um"], "holds"),
    ],
)
def test_either_side_of_an_etch_that_reaches_through(sets, verdict):
    run = bumpform.run(load_case(NAME, sets=sets))
    assert verdicts(run)["ubm-ends-at-solder"] == verdict
    assert not compare(run).differences


def test_an_etch_of_what_is_covered_stops_check_and_run_alike():
    case = load_case(NAME, sets=["etch.UBM.by=4.9 um"])
    [problem] = dry_problems(case)
    assert problem.path == "step.10 (etch seed)"
    assert "nothing of seed shows from above" in problem.message
    with pytest.raises(CaseError) as caught:
        bumpform.run(case)
    assert caught.value.problems == (problem,)


def test_a_film_of_polyimide_over_the_column_lets_nothing_protrude():
    """As thick everywhere: the solder is higher than it is thick, and does not protrude."""
    run = bumpform.run(load_case(NAME, sets=["coat.polyimide.growth=conformal"]))
    said = verdicts(run)
    assert said["solder-higher-than-polyimide"] == "holds"
    assert said["column-protrudes"] == "fails"
    assert run.refused is not None  # all that melts is enclosed
    assert not compare(run).differences


@pytest.mark.parametrize(
    "gone",
    [
        {"do": "strip", "layer": "polyimide"},
        {"do": "etch", "layer": "polyimide", "by": "30 um", "mask": "above"},
    ],
)
def test_polyimide_that_is_gone_before_the_reflow_is_none(gone):
    data = load_case(NAME).to_dict()
    data["step"].insert(12, gone)
    run = bumpform.run(Case.from_dict(data))
    said = {c["id"]: (c["verdict"], c["reason"]) for c in run.result["conditions"]}
    reason = "what is coated round the column is removed before it melts"
    assert said["column-protrudes"] == ("not judged", reason)
    assert said["steps-in-order"] == ("not judged", "there is no polyimide coated round a column")
    assert not compare(run).differences
