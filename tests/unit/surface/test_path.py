"""The way to the reached equilibrium: from the first touch, over the solid, to where it rests."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from bumpform.case.file import load_case
from bumpform.runner import run

pytestmark = pytest.mark.dolfinx

UM = 1e-6


def way(case, stage, *sets):
    """Moves of a stage of a bundled case."""
    result = run(load_case(case, sets=list(sets))).result
    (found,) = (s for s in result["stages"] if s["name"] == stage)
    return found["equilibrium"]["path"], found


def place(move, end):
    return move[end]["r_m"], move[end]["z_m"]


def test_dome_recedes_from_the_rim_down_the_wall():
    """First bump of the photoimaged opening: it is filled to its rim, and rests on the wall."""
    moves, stage = way("photoimaged_opening", "first reflow")
    assert [m["event"] for m in moves] == ["touches", "recedes", "rests"]
    assert [m["feature"] for m in moves] == ["dielectric top edge"] + 2 * ["dielectric wall"]
    assert place(moves[0], "to") == pytest.approx((60 * UM, 30 * UM), rel=1e-12)
    (line,) = stage["surface"]["contact_lines"]
    assert place(moves[-1], "to") == pytest.approx((line["r_m"], line["z_m"]), rel=1e-12)
    assert "125°" in moves[-1]["why"]


def test_line_passes_pieces_one_by_one():
    """From the upper mask's rim over wall and step to the lower mask's edge, each piece named."""
    moves, _ = way("stacked_masks", "second reflow")
    assert [(m["event"], m["feature"]) for m in moves] == [
        ("touches", "second mask top edge"),
        ("recedes", "second mask wall"),
        ("recedes", "first mask top"),
        ("rests", "first mask top edge"),
    ]


def test_cap_opens_to_a_ring():
    """Too little solder for the ball: the outer line comes in, the surface opens, both rest."""
    moves, stage = way(
        "core_metal_ball", "cap reflow", "deposit.Sn63Pb37.stencil.metal_fraction=0.2"
    )
    events = [(m["line"], m["event"]) for m in moves]
    assert events.index(("outer", "touches")) < events.index(("inner", "opens"))
    assert events[-2:] == [("outer", "rests"), ("inner", "rests")]
    assert stage["equilibrium"]["name"] == "ring from pad / base (pinned) to core (free)"


def test_package_sinks_to_the_core():
    """Mounting: the way of the bump alone, the package's touch, its descent, both lines at rest."""
    moves, stage = way("core_and_cap", "mounting")
    (down,) = (m for m in moves if m["line"] == "package")
    assert (down["event"], down["why"]) == ("sinks", "the core stops it")
    standoff = stage["surface"]["contact_lines"][1]["z_m"]
    assert down["to"]["z_m"] == pytest.approx(standoff, rel=1e-12)
    assert down["from"]["z_m"] > standoff


@pytest.mark.parametrize("case", ["bga_joint", "core_and_cap", "hybrid_joint", "drawn_joint"])
def test_package_is_where_its_pad_is(case):
    """Whatever its pad carries: the last height on the way is the standoff, to the last digit."""
    result = run(load_case(case)).result
    name = result["stages"][-1]["name"]
    moved = [m for m in way(case, name)[0] if m["line"] == "package"]
    standoff = result["metrics"][name]["standoff_m"]
    assert moved[-1]["to"]["z_m"] == pytest.approx(standoff, rel=1e-12)


@pytest.mark.parametrize(
    ("case", "stage"),
    [
        ("photoimaged_opening", "first reflow"),
        ("plated_column", "reflow"),
        ("core_and_cap", "mounting"),
        ("stacked_masks", "second reflow"),
    ],
)
def test_moves_of_a_line_join(case, stage):
    """Each move of a line starts where its last one ended, and the last ends where it rests."""
    moves, found = way(case, stage)
    for line in found["surface"]["contact_lines"]:
        own = [m for m in moves if m["line"] == line["end"]]
        for before, after in pairwise(own):
            # heights of a package's lines change with it in between
            assert before["to"]["r_m"] == pytest.approx(after["from"]["r_m"], rel=1e-12)
        assert math.isclose(own[-1]["to"]["r_m"], line["r_m"], rel_tol=1e-12)
        assert math.isclose(own[-1]["to"]["z_m"], line["z_m"], rel_tol=1e-12)
