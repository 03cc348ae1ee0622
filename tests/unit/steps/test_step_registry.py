"""The registry of steps: one file is all that a kind of step needs, and everything knows it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Literal

import pytest

import bumpform
from bumpform.case.toml import case_to_toml
from bumpform.materials.materials import Materials
from bumpform.process.apply import apply_step
from bumpform.steps.kinds import STEP_KINDS, Clean, Step

#: A kind of step that is there for a test: its keys, and what it does to the state.
UNDERFILL = '''
"""Resin between the bumps, cured at once."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from bumpform.units.fields import DielectricName, Length, Name
from bumpform.steps.step import Step


class Trim(Step):
    """Resin taken away, for a test of what a step says of the layer that it needs."""

    needs: ClassVar[tuple[str, ...]] = ("substrate", "layer")
    identity: ClassVar[str] = "layer"

    do: Literal["trim"] = "trim"
    layer: Name


class Weigh(Step):
    """The package's weight looked up, for a test of what comes after a mount."""

    needs: ClassVar[tuple[str, ...]] = ("substrate", "package")

    do: Literal["weigh"] = "weigh"


class Underfill(Step):
    """Resin that levels, without an opening."""

    gives: ClassVar[tuple[str, ...]] = ("layer",)
    identity: ClassVar[str] = "layer"
    shapes: ClassVar[bool] = True

    do: Literal["underfill"] = "underfill"
    layer: Name
    material: DielectricName
    thickness: Length

    @property
    def makes(self):
        return self.layer

    def apply(self, state, case, materials):
        from bumpform.process.state import cavity_of
        from bumpform.stack.layers import coat

        stack = coat(state.stack, layer=self.layer, material=self.material,
                     thickness=self.thickness, opening_radius=None)
        return replace(state, stack=stack, cavity=cavity_of(stack))
'''
#: What everything that knows steps says of it, as JSON.
ASKED = """
import json, sys
import bumpform.steps
bumpform.steps.__path__.append(sys.argv[1])
import bumpform
from bumpform.case.schema import case_schema
from bumpform.output.run_log import log_lines
from bumpform.process.dry import dry_problems

sys.path.insert(0, sys.argv[2])
import pages

data = bumpform.load_case("bga_ball").to_dict()
resin = {"do": "underfill", "layer": "resin", "material": "polyimide", "thickness": "60 um"}
data["step"].append(resin)
case = bumpform.Case.from_dict(data)
done = bumpform.run(case)
told = {"regions": [r.name for r in done.snapshots[-1].stack.regions], "log": [*log_lines(done)],
        "shot": done.snapshots[-1].name, "dry": len(dry_problems(case)),
        "schema": sorted(case_schema()["$defs"]), "page": pages._schema_page("c", case_schema())}
thick = case.with_values({"underfill.resin.thickness": "80 um"})
told["thickness"] = thick.steps[-1].thickness
try:
    bumpform.Case.from_dict({**data, "step": [*data["step"][:-1], {**resin, "thicknes": 1e-6}]})
except bumpform.errors.CaseError as error:
    told["problem"] = str(error.problems[0])
told["mounted"] = []
joint = bumpform.load_case("core_and_cap").to_dict()
for before, step in ((joint, {"do": "weigh"}), (joint, resin), (data, {"do": "weigh"})):
    try:
        bumpform.Case.from_dict({**before, "step": [*before["step"], step]})
        told["mounted"].append("")
    except bumpform.errors.CaseError as error:
        told["mounted"].append(str(error))
told["unknown"] = {}
for layer in ("resin", "resing"):
    try:
        bumpform.Case.from_dict({**data, "step": [*data["step"], {"do": "trim", "layer": layer}]})
    except bumpform.errors.CaseError as error:
        told["unknown"][layer] = str(error.problems[0])
print(json.dumps(told))
"""


@pytest.mark.slow
def test_a_new_step_is_one_file(tmp_path, request):
    """It is read, told, checked, run, logged, and in schema and documentation."""
    (tmp_path / "underfill.py").write_text(UNDERFILL, "utf-8")
    docs = request.config.rootpath / "docs"
    command = [sys.executable, "-c", ASKED, str(tmp_path), str(docs)]
    environment = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    told = json.loads(done.stdout)
    assert "resin" in told["regions"]
    assert told["shot"] == "after underfill"
    assert any(line.endswith(": underfill resin") for line in told["log"])
    assert told["dry"] == 0
    assert "Underfill" in told["schema"]
    assert "Resin that levels" in told["page"]
    assert told["thickness"] == pytest.approx(80e-6)
    assert "Did you mean underfill.resin.thickness?" in told["problem"]
    right, shapes, early = told["mounted"]  # by what a step says that it needs and does
    assert right == ""
    assert "the package is mounted: no such step can follow. Put it before" in shapes
    assert "What can follow: clean, cure, flux, note, reflow" in shapes
    assert "no package has been mounted before it" in early
    assert list(told["unknown"]) == ["resing"]  # what it makes is known to steps that need it
    assert 'no such layer yet. Did you mean "resin"?' in told["unknown"]["resing"]


def test_what_is_no_step_is_none():
    case = bumpform.load_case("bga_ball").to_dict()
    with pytest.raises(bumpform.errors.CaseError, match="underfill"):
        bumpform.Case.from_dict({**case, "step": [*case["step"], {"do": "underfill"}]})


def test_a_kind_without_its_word_or_with_anothers_is_refused():
    """Else no case could name it, or it would take the other's place."""
    known = dict(STEP_KINDS)
    with pytest.raises(
        TypeError, match=r"Ash: a step needs `do`, with its word both as type and as default"
    ):

        class Ash(Step):
            do: Literal["ash"]

    with pytest.raises(TypeError, match=r"Bake: a step needs `do`"):

        class Bake(Step):
            pass

    with pytest.raises(TypeError, match=r'Peel: Strip is do = "strip" already'):

        class Peel(Step):
            do: Literal["strip"] = "strip"

    assert known == STEP_KINDS


def test_a_step_that_gives_no_state_is_named():
    """Else it would be the next one that fails."""
    case = bumpform.load_case("bga_ball")
    state = apply_step(None, case.steps[0], case, Materials())

    class Forgetful(Clean):
        do: Literal["forget"] = "forget"

        def apply(self, state, case, materials):
            return state.stack

    try:
        with pytest.raises(TypeError, match="forget: `apply` gave a Stack, not the State"):
            apply_step(state, Forgetful(), case, Materials())
    finally:
        del STEP_KINDS["forget"]


@pytest.mark.parametrize("do", STEP_KINDS)
def test_every_step_says_what_it_is(do):
    kind = STEP_KINDS[do]
    assert kind.__doc__
    assert kind.__module__.startswith("bumpform.steps.")
    assert "substrate" in (*kind.needs, *kind.gives)


def test_a_case_is_read_without_a_solver():
    """Steps import what they do to a stack when they do it."""
    code = (
        "import bumpform, sys; case = bumpform.load_case('photoimaged_opening'); "
        "assert 'bumpform.surface' not in sys.modules and 'bumpform.stack' not in sys.modules"
    )
    environment = {"PYTHONPATH": ":".join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_the_case_as_run_has_its_keys_in_the_order_of_the_model():
    text = case_to_toml(bumpform.load_case("photoimaged_opening"))
    steps = text.split("[[step]]")[1:]
    assert all(step.lstrip().startswith("do = ") for step in steps)
