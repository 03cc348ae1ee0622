"""Liquids, and liquid and solid, meet at rest where their outlines touch, however little they
overlap.

Reference  the meridian solver's largest gap at which they meet, good to 1e-9
Expect     1e-4 of the drop's length, to which a rest on the default mesh is known at worst
"""

from __future__ import annotations

from dataclasses import replace

import pytest

import bumpform
from bump_process import case_of
from bumpform.melting.beginning.start import stages_of
from bumpform.melting.motion.end import settled_at
from bumpform.melting.motion.melt import follow
from melts import rises

pytestmark = [pytest.mark.dolfinx, pytest.mark.slow]

CASE = """
[case]
name = "lifted"
amounts = "liquid"
freezing = "none"
[wetting]
"SAC305 on Cu" = "30 deg"
"solder resist" = "140 deg"
"FR4" = "140 deg"
[[step]]
do = "substrate"
pad = {{ radius = "0.2 mm", thickness = "35 um", material = "Cu", proud = "35 um" }}
base = {{ material = "FR4" }}
{paste}
[[step]]
do = "mount"
name = "joint"
pad = {{ radius = "0.25 mm", thickness = "18 um", material = "Cu" }}
base = {{ material = "FR4", thickness = "0.3 mm" }}
resist = {{ material = "solder resist", thickness = "1 um", opening = {{ radius = "0.1 mm" }} }}
{solder}
standoff = "{standoff}"
lifted = true
peak = "245 degC"
"""
PASTE = """
[[step]]
do = "deposit"
solder = "SAC305"
stencil = { radius = "0.19 mm", thickness = "0.1 mm", metal_fraction = 0.5 }
"""
DISC = 'solder = { solder = "SAC305", column = { radius = "0.14 mm", height = "60 um" } }'
PAIRS = {
    "two liquids": {"paste": PASTE, "solder": DISC},
    "what hangs, and a land": {"paste": "", "solder": DISC},
    "paste, and a package": {"paste": PASTE, "solder": ""},
}
#: A standoff at which they are apart, and a length that tells nothing of the mesh, m.
APART, WITHIN = 250e-6, 8e-9


def at(pair, standoff):
    return bumpform.run(case_of(CASE.format(**pair, standoff=f"{standoff!r} m")))


@pytest.mark.parametrize("name", PAIRS)
def test_they_are_one_from_the_first_touch_on(name):
    """8 nm, some hundred-thousandths of their size, before and after; both lose energy by it."""
    pair = PAIRS[name]
    reach = at(pair, APART).metrics["joint"]["largest_joining_gap_m"]
    for standoff, joins in ((reach - WITHIN, True), (reach + WITHIN, False)):
        melted = follow(at(pair, standoff), "joint")
        assert melted.settles_at == "equilibrium", melted.end.why or melted.stopped
        assert (melted.frames[-1].start.body is not None) == joins
        length = melted.start.drop.length
        off = [abs(v) / length for k, v in melted.end.differences.items() if k.endswith("_m")]
        assert max(off) < 1e-4
        assert not rises(melted)
        if joins:
            energies = [sum(one.values["energy_J"] for one in f.liquids) for f in melted.frames]
            k = next(k for k, f in enumerate(melted.frames) if f.start.body is not None)
            assert energies[k] < energies[k - 1]


def test_a_gap_of_less_than_a_mesh_tells_is_told_as_that():
    """Outlines that meet by the melt, and are 8 nm apart by the stage: within the errors."""
    pair = PAIRS["paste, and a package"]
    reach = at(pair, APART).metrics["joint"]["largest_joining_gap_m"]
    step = follow(at(pair, reach - WITHIN), "joint").frames[-1]
    apart = stages_of(at(pair, reach + WITHIN))["joint"].state.stage
    end = settled_at(replace(step.start, stage=apart, rest=None), step.step)
    assert end.why == (
        "SAC305 joins the package; the stage has the two apart by less than a mesh tells of where "
        "they rest, and the joint open"
    )
