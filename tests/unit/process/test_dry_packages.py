"""What check tells of packages, and of what follows them, without solving a surface."""

from __future__ import annotations

import re

import pytest

from bump_process import (
    BUMP,
    HEAD,
    LATER,
    case_of,
    mount,
    step,
    told,
)
from bumpform.errors import CaseError
from bumpform.process.dry import dry_problems
from bumpform.runner import run


def test_a_package_may_bring_solder_that_stays_solid():
    """Solder shut in melts, the package's does not; a reflow that melts nothing is told."""
    solder = '{ solder = "SAC105", ball = { diameter = "20 um" } }'
    text = (
        BUMP.replace("Pb95Sn5", "Sn42Bi58").replace("350 degC", "180 degC")
        + step('do = "coat"\nlayer = "over"\nmaterial = "polyimide"\nthickness = "100 um"')
        + mount(solder=solder, standoff='"200 um"', load="", lifted="true").replace("220", "165")
        + step('do = "reflow"\nname = "again"\npeak = "100 degC"')
    )
    assert [path for path, _ in told(text)] == ["step.6 (reflow again)"]


JOINED = {"solder": '{ solder = "Pb95Sn5", volume = "0.1 nl" }'}


@pytest.mark.parametrize(
    ("mounted", "after", "told_of"),
    [
        (JOINED, 'do = "reflow"\nname = "again"\npeak = "100 degC"', "nothing melts at 100 °C"),
        (JOINED, 'do = "reflow"\nname = "again"\npeak = "310 degC"', "neither solid nor molten"),
        (JOINED, 'do = "cure"\ntemperature = "340 degC"', "Pb95Sn5 would melt at 340 °C"),
        (JOINED, 'do = "reflow"\nname = "again"\npeak = "340 degC"', None),
        ({"solder": '{ solder = "Sn63Pb37", volume = "0.1 nl" }'},
         'do = "reflow"\nname = "again"\npeak = "220 degC"', None),
    ],
)  # fmt: skip
def test_what_follows_a_package_whose_solder_melts(mounted, after, told_of):
    """Joined or open, the metal is there: what is wrong with both is told, and only that."""
    text = BUMP + mount(**mounted).replace("220", "350") + step(after)
    found = told(text)
    assert len(found) == (0 if told_of is None else 1)
    if told_of is not None:
        assert told_of in found[0][1]
        with pytest.raises(CaseError, match=re.escape(told_of)):
            run(case_of(text))


def test_a_ball_carried_by_liquid_alone_is_left_to_the_run():
    """Under a package that brings solder, too: the run is refused for it, and asks no more."""
    ball = step('do = "core"\nmaterial = "Cu"\ndiameter = "30 um"')
    text = BUMP + ball + mount(**JOINED).replace("220", "350")
    assert told(text) == []
    refused = run(case_of(text)).refused
    assert refused is not None
    assert refused.reason == "carried"


RESIST = '{ material = "polyimide", thickness = "10 um", opening = { radius = "60 um" } }'
WRONG_PACKAGES = {
    "two amounts": (
        {"solder": '{ solder = "Pb95Sn5", volume = "1 nl", ball = { diameter = "50 um" } }'},
        "exactly one of volume, column, fill, stencil and ball is needed; came volume and ball",
    ),
    "no resist to fill": (
        {"solder": '{ solder = "Pb95Sn5", fill = { layer = "resist", metal_fraction = 0.5 } }'},
        "(no layer has an open opening): give it one, mount.resist = {",
    ),
    "no layer of the stack": (
        {"solder": '{ solder = "Pb95Sn5", fill = { layer = "mask", metal_fraction = 0.5 } }',
         "resist": RESIST},
        "(openings: resist)",
    ),
    "no solder": ({"solder": '{ solder = "Cu", volume = "1 nl" }'}, "a solder is needed"),
    "misspelt solder": (
        {"solder": '{ solder = "Pb95Sn6", volume = "1 nl" }'}, 'Did you mean "Pb95Sn5"',
    ),
    "pillar in the resist": (
        {"pillar": '{ radius = "80 um", height = "20 um", material = "Cu" }', "resist": RESIST},
        "more than the 60 µm of the resist's opening",
    ),
    "pillar outside": (
        {"pillar": '{ radius = "250 um", height = "20 um", material = "Cu" }'},
        "lies outside the model",
    ),
    "pillar too long": (
        {"pillar": '{ radius = "30 um", height = "50 um", material = "Cu" }',
         "load": "", "standoff": '"40 um"'},
        "give at least 50 µm, at which that holds it off",
    ),
    "lifted under a load": ({"lifted": "true"}, "is held at its standoff: give that, not its load"),
    "orientation": ({"orientation": '"sideways"'}, 'must be "up" or "down"'),
    "resist below the pad": (
        {"pad": '{ radius = "60 um", material = "Cu", thickness = "20 um", proud = "15 um" }',
         "resist": RESIST.replace("60 um", "40 um")},
        "make it thicker",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG_PACKAGES)
def test_a_package_that_cannot_be(kind):
    """Told by check as by a run, with what to do."""
    keys, says = WRONG_PACKAGES[kind]
    text = BUMP + mount(**keys).replace("220", "350")
    for problems in (found_of(text), found_of(text, runs=True)):
        assert len(problems) == 1
        assert says in problems[0]


def test_all_that_is_wrong_with_a_package_is_told_at_once():
    text = BUMP + mount(
        solder='{ solder = "Pb95Sn6", volume = "-1 nl" }',
        pillar='{ radius = "0 um", height = "20 um", material = "Cuu" }',
        orientation='"sideways"',
        pad='{ radius = "60 um", material = "Cu", proud = "5 um" }',
    )
    found = " ".join(found_of(text))
    for key in ("solder.volume", "pillar.radius", "orientation", "pillar.material", "mount.pad"):
        assert key in found
    assert 'Did you mean "Pb95Sn5"' in found


def found_of(text, *, runs=False):
    """Every problem that check, or a run, tells of a text."""
    try:
        case = case_of(text)
        problems = dry_problems(case)
        if runs:
            with pytest.raises(CaseError) as raised:
                run(case)
            problems = raised.value.problems
    except CaseError as error:
        problems = error.problems
    return [str(problem) for problem in problems]


def test_what_solder_carries_ends_the_run_where_it_melts_under_a_package():
    """Plated on solder that joins the package's: nothing is poured round what hangs in the air."""
    text = (
        HEAD
        + step(
            'do = "deposit"\nsolder = "Pb95Sn5"\ncolumn = { radius = "50 um", height = "40 um" }'
        )
        + step('do = "plate"\nmaterial = "Cu"\nradius = "40 um"\nthickness = "2 um"')
        + LATER  # one that is wrong: then all stand-ins are tried
        + mount(**JOINED).replace("220", "350")
    )
    assert [path for path, _ in told(text)] == ["step.3 (plate)"]


def test_a_reflow_after_a_package_that_is_refused_has_its_solder():
    """One problem, of the mount: there is solder, and more of it would not help."""
    solder = '{ solder = "Pb95Sn5", stencil = { radius = "60 um", thickness = "60 um" } }'
    text = (
        HEAD
        + mount(solder=solder).replace("220", "180")
        + step('do = "reflow"\nname = "again"\npeak = "180 degC"')
    )
    [(path, message)] = told(text)
    assert path.startswith("step.1 (mount")
    assert message.startswith("nothing melts at 180 °C (there is Pb95Sn5)")


@pytest.mark.parametrize("diameter", ["0.3 mm", "0.4 mm", "0.45 mm", "0.5 mm"])
def test_the_least_standoff_that_is_told_can_be_given(diameter):
    """Whatever follows its sixth digit: one less there, and it is refused again."""
    ball = '{ solder = "SAC305", ball = { diameter = "DIA" }, attached = "245 degC" }'
    ball = ball.replace("DIA", diameter)
    tin = step('do = "deposit"\nsolder = "Sn42Bi58"\nvolume = "0.5 nl"')

    def asked(standoff):
        how = {"solder": ball, "standoff": f'"{standoff}"', "load": ""}
        return told(HEAD + tin + mount(**how).replace("220", "180"))

    [(_, message)] = asked("100 um")
    least = re.search(r"give at least (\S+ µm)", message).group(1)
    assert asked(least) == []
    digits = float(least.split()[0])
    [(_, still)] = asked(f"{digits - 0.001:.3f} um")
    assert least in still
