"""What a state is called: a sentence, so tested like a number.

Reference  closed form: a cap on a plane costs no energy to shift, so its mode m = 1 is neutral; one
           that an edge holds is not.
"""

import pytest

import bumpform
from bump_process import case_of
from bumpform.result.states import state_words

CASE = """
[case]
name = "melted"
[wetting]
"SAC305 on Cu" = "60 deg"
[[step]]
do = "substrate"
pad = { radius = "RADIUS", thickness = "20 um", material = "Cu" }
base = { material = "SiO2" }
[[step]]
do = "deposit"
solder = "SAC305"
ball = { diameter = "100 um" }
[[step]]
do = "reflow"
peak = "245 degC"
"""


@pytest.mark.parametrize(
    ("radius", "word"), [("1 mm", "neutral: it may slide"), ("60 um", "stable")]
)
def test_a_cap_that_nothing_holds_is_not_called_stable(radius, word):
    """On 1 mm of copper the line slides; at 60 µm the edge holds it, with some 90° there."""
    run = bumpform.run(case_of(CASE.replace("RADIUS", radius)))
    (stage,) = run.record.stages
    assert state_words(stage.equilibrium) == word
    judged = {c.id: c for c in run.record.conditions}["stands-upright"]
    assert (judged.reason == word) == (word != "stable")
