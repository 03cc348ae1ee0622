"""What a run is in Python: objects from end to end, each of which shows itself in a line."""

from __future__ import annotations

import gc
import pickle
from dataclasses import fields, is_dataclass

import pytest

import bumpform
from bumpform.case.bundled import bundled_cases, bundled_studies
from bumpform.result.contract import RESULT, plain
from bumpform.surface.continuation.limit_points import turning_points

#: What a terminal shows at once: 24 lines of 80 letters.
SCREEN = 24 * 80


@pytest.fixture(scope="module")
def done():
    return bumpform.run("photoimaged_opening")


def test_the_package_lists_what_is_public():
    assert dir(bumpform) == sorted(bumpform.__all__)
    assert all(getattr(bumpform, name) is not None for name in dir(bumpform))
    with pytest.raises(AttributeError, match="no attribute 'rnu'"):
        bumpform.rnu  # noqa: B018


def test_a_run_takes_a_case_a_name_or_a_file(done):
    path = bundled_cases()["photoimaged_opening"]
    for same in (path, str(path), bumpform.load_case("photoimaged_opening")):
        assert bumpform.run(same).result == done.result
    with pytest.raises(bumpform.errors.CaseError, match="Did you mean"):
        bumpform.run("photoimaged_openin")


@pytest.mark.parametrize("name", ["photoimaged_opening", "core_and_cap", "head_in_pillow"])
def test_everything_of_a_run_fits_a_screen(name):
    case = bumpform.load_case(name)
    done = bumpform.run(case, landscape=name == "core_and_cap")
    shown = [case, done, done.record, *done.conditions, *done.snapshots, *done.history]
    shown += [done.snapshots[-1].stack, done.history[-1].state]
    for stage in done.stages:
        shown += [stage, stage.outcome, stage.melt, stage.solids, stage.equilibrium, stage.meridian]
        shown += [stage.stability, *stage.alternatives, *stage.path, *stage.metrics.values()]
    shown += [bumpform.load_study(next(iter(bundled_studies())))]
    for thing in shown:
        assert len(repr(thing)) <= SCREEN, type(thing)
        assert "array(" not in repr(thing)
    assert repr(done).startswith(f"Run({name!r}, stages '")


def test_a_stage_is_what_was_computed(done):
    first, second = done.stages
    assert (first.name, first.kind, first.index) == ("first reflow", "reflow", 3)
    assert done.stage("second reflow") is second
    assert first.peak_K == first.step.peak
    assert first.equilibrium.values["apex_z_m"] == done.result["stages"][0]["surface"]["apex_z_m"]
    assert first.stability.stable
    assert first.refusal is None and done.refused is None and done.stopped is None
    assert first.path[-1].event == "rests"
    assert first.meridian.point(0.0)[1] == pytest.approx(first.equilibrium.values["outer.z_m"])
    protrusion = first.metrics["protrusion_m"]
    assert protrusion.value == done.metrics["first reflow"]["protrusion_m"]
    assert 0.0 < protrusion.error < 1e-9 * protrusion.value
    with pytest.raises(KeyError, match="first reflow"):
        done.stage("third reflow")


def test_a_condition_holds_what_it_judges(done):
    """The number of a condition on a metric is that metric, not one that happens to equal it."""
    judged = [c for c in done.conditions if c.metric and c.stage and c.value is not None]
    assert judged
    for condition in judged:
        named = done.measured[condition.stage].get(condition.metric)
        if named is not None:
            assert condition.measured.value == pytest.approx(float(named), rel=1e-12)
    assert {c.holds for c in done.conditions} == {True, None}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["photoimaged_opening", "core_and_cap", "bga_joint"])
def test_meridians_and_turning_points_are_there_for_every_stage(name):
    for stage in bumpform.run(name).stages:
        start, end = stage.meridian.point(0.0), stage.meridian.point(stage.meridian.breaks[-1])
        assert start == pytest.approx([stage.equilibrium.values[f"outer.{x}_m"] for x in "rz"])
        assert end.shape == (2,)
        below, above = turning_points(stage.equilibrium, "volume")
        now = stage.equilibrium.drop.volume
        assert below is None or below.value < now
        assert above is None or above.value > now


def test_a_run_survives_pickling(done):
    again = pickle.loads(pickle.dumps(done))
    assert again.result == done.result


def test_the_file_reads_back_as_the_record(done):
    """Every number to its last bit, in the same types; only what is not finite is None there."""
    told = RESULT.validate_python(plain(done.record))
    assert plain(told) == plain(done.record)
    assert told.stages == done.record.stages
    assert told.conditions == done.record.conditions


def test_the_record_is_data_all_the_way_down(done):
    """No dictionary stands for a thing: mappings are of names to numbers alone."""

    def things(value):
        if is_dataclass(value):
            for field in fields(value):
                yield from things(getattr(value, field.name))
        elif isinstance(value, tuple):
            for item in value:
                yield from things(item)
        else:
            yield value

    for value in things(done.record):
        if isinstance(value, dict):
            assert all(isinstance(name, str) for name in value)
        else:
            assert value is None or isinstance(value, bool | int | float | str)


@pytest.mark.parametrize("name", ["photoimaged_opening", "core_and_cap"])
def test_a_run_that_is_let_go_of_is_gone_at_once(name):
    """What it consists of refers to nothing that refers back: a study's memory does not swell."""
    case = bumpform.load_case(name)
    bumpform.run(case)  # what is imported and found once
    gc.collect()
    gc.disable()
    try:
        bumpform.run(case)
        assert gc.collect() == 0
    finally:
        gc.enable()
