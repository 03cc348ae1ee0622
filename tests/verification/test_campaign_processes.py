"""Random processes that the campaign once found a fault in: none of them has one any more.

Each row is a kind: what was wrong there, of the product, of its verdict or of a second judge. They
are judged as the campaign judges them, with everything that it tries on some alone.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.dolfinx, pytest.mark.slow]

CAMPAIGN = Path(__file__).parents[2] / "benchmarks" / "campaign"

#: Seed, number, and what was wrong.
KINDS = [
    (31, 139, "a film of round-off at the line of a neck on a dome"),
    (31, 1159, "a package on the rim that the liquid sags from shut in no gas"),
    (31, 1233, "liquid beside the second bump hid the juncture from the second judge"),
    (31, 1752, "a dip of the film past a corner was no minimum"),
    (31, 2031, "a ball fell by its point, and was said to hang up to a gravity that it hangs in"),
    (31, 2509, "a core level with the layer beside it did not hold the gap that it holds"),
    (31, 2635, "the error of a joint's stiffness left out what its places are off by"),
    (31, 2803, "a mixture that the case says is solid was molten to the second judge"),
    (2027, 3922, "liquid rested over a cusp that it does not fill, turned the wrong way"),
    (2027, 4116, "a metal stripped from under the solder left the pad as the UBM"),
    (2027, 4124, "what a mount laid over frozen solder under an old name was not built upon it"),
    (2027, 5498, "a film of 1 nm crossed itself by the chords that it was sampled by"),
    (2027, 5800, "a package's solid ball closed a hollow, and the gas in it was said to be open"),
    (2027, 8951, "solder that froze with the second bump was its start to the second judge"),
    (2027, 7467, "a cusp of liquid between a dome and a wall was no corner"),
    (2027, 9657, "a ball under a package joined, a print beside the core did not"),
    (4242, 196, "what had been abraded off was in the composition of a bump"),
    (991, 19, "a ring left its narrow rest as it cooled, and froze on top of the core"),
    (991, 149, "metal in the wedge round a ball's foot was a layer on the axis"),
    (112, 49, "a ball and a print under a package's own solder come to two joints"),
    (2027, 945, "a ring with a hole too small to be held did not converge, where it closes"),
    (2027, 5963, "a requirement was measured by the second judge on what had shrunk"),
    (78, 542, "a core on the barrier hid its edge from the second judge"),
    (78, 578, "an etch of a polyimide that came after the reflow was judged"),
    (78, 705, "a ball closed a hollow that a print of its volume fills"),
    (162, 321, "a surface ran through a nose right over the corner that held its line"),
    (101, 1451, "a core wider than an opening's rim hid the opening from the second judge"),
    (2027, 2008, "solder that parts as a package meets it was given up, not met further down"),
    (2027, 2682, "the same, down to the core"),
    (2027, 3045, "a search by turns did not come to the only joint at rest"),
    (2027, 6350, "a package sank onto a film of 6 nm, and no way down to it was followed"),
    (2027, 4356, "a ring that comes to no rest did not close over its middle"),
    (303, 196, "a ball that was abraded before its polyimide was as high as it had been"),
    (2027, 2024, "a ball that came to no rest alone ran over another liquid and did not meet it"),
    (2027, 161, "a film on a tall bump was squeezed through in one step"),
    (2027, 3964, "paste that joined a post was one liquid with the solder round its foot"),
    (2027, 6892, "the same, on a ball"),
    (2027, 5573, "a weightless ring just at the limit of an edge's angles did not converge"),
    (2027, 7749, "a ring's inner line went to and fro over the point between two balls"),
    (2027, 2909, "a ring's inner line went past its outer one"),
    (2027, 4043, "a fixture drew a film of next to nothing up by steps of that, for a minute"),
    (2027, 4751, "liquid beside a package whose own hung was not judged"),
    (2027, 3113, "a film level with its dome from the line on was a minimum, or none"),
    (2027, 5733, "a package met solder on a tall post by a step of the post's size"),
    (505, 356, "a rim's nose seemed hidden from above, and an etch left a sliver of it"),
    (505, 439, "the corner of a body under the package was the end of a wedge to the second judge"),
    (2027, 579, "a ball that stands on a point could not lose the layer round it"),
    (2027, 2193, "a joint that carries its package was refused as collapsed"),
    (2027, 2474, "paste with metal all round it melted, and was told not to have melted"),
    (2027, 2052, "a package on a film of 0.4 nm, which presses without end, divided by its rise"),
    (2027, 5821, "a package that lies on a dome went down through it as its joint melted again"),
    (2027, 8567, "solder in one opening alone was said to melt as it fuses"),
    (2027, 3952, "a coating that was cut off was there, where no opening is"),
    (2027, 4386, "abrading after the second bump had exposed the first, to the second judge"),
    (2027, 4576, "flanks of a barrier that was grown on a cut one were its bare top"),
    (
        2027,
        5971,
        "a barrier that was cut away, and none under the one grown after it, was the barrier",
    ),
    (2027, 9282, "a flow at rest was not, since no long step of it converges at a corner"),
    (5150, 240, "two prints that melted to one bump were two, the barrier after the second"),
    (2027, 9344, "a ring that no surface holds between its first lines meets the pad as it fills"),
    (101, 1277, "a plate whose front ends a little off the axis could not be etched"),
    (7301, 1752, "solder on a package hung into solder that it had not been joined with"),
    (7301, 3587, "solders that a refused stage shuts in apart fused, to the second judge"),
    (7301, 316, "a fill that splits over a land's edge, and a ball on the land, were to end alike"),
    (
        8802,
        1602,
        "a joint that melts again was a ball, to the second judge, once its mask was abraded",
    ),
    (8802, 1871, "a joint that touched solid again and again took a finer mesh each time"),
    (8802, 2147, "over a barrier's edge beside the line the film was not looked at"),
    (8802, 3376, "liquid level with what lies on it had no width, to the second judge"),
    (9903, 412, "what melted first in a mount was a first bump, to the second judge"),
    (9903, 2826, "what had run in under a ball was a wall of the opening above it"),
    (9903, 3676, "a dome at the foot of a wall had a defined distance, as high as the wall"),
    (9903, 4386, "solder of a package that melts in a hotter oven lets it down, and was left out"),
    (9903, 3975, "a ring round frozen solder covered the corner that its line is at, to the judge"),
    (5101, 247, "a rim that an etch widened held no ring at its foot, to the second judge"),
    (5101, 856, "paste that left its place as it melted was another's, to the second judge"),
    (5101, 1228, "a film over a small ball was cut off at the axis by an arc of no length"),
    (5101, 2151, "an edge of a mesh had chords of no length"),
    (5101, 2252, "a blanket in two coats was no opening, and in one it was"),
    (5102, 1162, "a cap that no radius gives was put down with no volume"),
    (5102, 45, "solder under a bump's bulge hung in the air to the check, on the layer above"),
    (5102, 213, "a film between two places that are one but for round-off was not seen"),
    (5102, 990, "of a package that stays apart the flow asked for an angle that nothing needs"),
    (5102, 1184, "a film on a wide ball had the volume of too coarse a polygon, to the judge"),
    (5102, 2486, "the edge of a barrier in two parts was the outer one's, to the second judge"),
    (5103, 146, "a dome that froze at a rim had a defined distance once a wider coat was laid"),
    (5103, 177, "a ring cut level could not rise over a plane again, to the check"),
    (5104, 51, "a dome at the edge of a ledge in the wall was on no wall, to the second judge"),
    (5104, 117, "a volume that stays solid was to lie where a ball of its size does"),
    (62, 52, "of a wall that was taken off, a depth was a share"),
    (62, 67, "a barrier that shut a void in was bare there, not to the second judge"),
    (8802, 3443, "a puddle 24 mm wide stood upright by a mode that is neutral"),
    (9903, 4742, "a barrier over two bodies was judged by one of its edges, or the other"),
    (6101, 406, "what lines a void that a barrier closes was another part of its top"),
    (6101, 1074, "a barrier round a bump was covered by it once the liquid sank below its rim"),
    (6101, 1297, "a ring outside of an opening was the bump in it"),
    (6101, 1604, "a mixture whose liquidus is not known was mounted too cold by the second judge"),
    (6101, 1651, "metal that was abraded was missed in a ball, by the second judge"),
    (6102, 405, "liquid over a barrier that an abrade has opened was over none"),
    (6102, 667, "a core cut level at its edge had no slope there, to the second judge"),
    (6102, 1065, "a plane that was cut before the dielectric was laid lay below its top"),
    (6102, 1101, "a package's solid ball melted as a mount was tried hotter"),
    (6102, 1330, "a barrier's top beside an upright bump was its side, to the second judge"),
    (6101, 3096, "of two liquids of one solder another was the first once more, to the campaign"),
    (6101, 4390, "a ring that gives way easily left its rest on too coarse a curve, to the flow"),
    (6101, 5782, "metal by weight was taken for metal alone in a ball, by the second judge"),
    (6101, 6756, "a barrier grown on the cap was the core's, on which the package lay"),
    (6101, 8014, "solid hung by a point of the axis, to the second judge"),
    (6101, 8603, "next to the apex a curvature was another's, to the check of eigenvalues"),
    (6101, 9249, "a wall that leans in ran 2 nm deep through the dome at its foot"),
    (7301, 3096, "a narrow ring far from the axis lost digits by refining its mesh"),
    (2, 2120, "two liquids in whose corners a barrier ends between them were one, to a check"),
    (2, 2324, "the sides of a slit of no width, which liquid wets, were a jump of its energy"),
    (2, 3273, "a layer that has run in under a ball was a wall of the opening over it, to a judge"),
    (2, 5961, "a ball stayed off the foot of a film, where a print splits: told as a fault"),
    (2, 6752, "a mask abraded flush with the layer beside it was no uppermost one, to one verdict"),
    (2, 6781, "a film next to the foot of what it covers was none to the second judge"),
    (2, 7212, "solder under a ball that closes its opening was built upon, to the second judge"),
    (2, 7224, "a dent of a hundred-thousandth was a film to the second judge"),
    (1, 101, "a package lay on a core and on a barrier round it, and shut in no gas"),
    (1, 2996, "a metal was stripped from under solder that touches the base in a corner only"),
    (1, 3694, "a package lay on a core and on a resist round it, and shut in no gas"),
    (1, 5655, "a mixture that is solid once it has mixed left what melts all enclosed, to a check"),
    (1, 5691, "the room of a package's ball was gas that solder has closed a hollow over"),
    (1, 6260, "a column keeps a package off its standoff, where a print is soft: told as a fault"),
    (1, 6530, "a second bump that never melts alone was half of each solder, to the second judge"),
    (1, 7833, "the edge of a film of 32 nm held no barrier, to the second judge"),
    (1, 8250, "gas under a package's own ball in a hollow was none to the second judge"),
    (1, 9096, "a wall ran 21 nm deep through a dome that bulges beside it"),
    (1, 6768, "where a hanging drop is widest was no place of it, to the second method"),
    (1, 6875, "a dielectric laid in two halves round a barrier was as high as its upper half"),
    (1, 5360, "a ball met a package that is pulled up, where a print stays below: told as a fault"),
]

#: Seed, number, and the reason that a stage was refused for where a second method found its rest.
MISSED = [
    (8802, 1071, "off_model"),  # a ring came to the model's end before it closed
    (8802, 2171, "penetration"),  # a line stepped over the rest next to it, and down under a ball
    (7301, 20, "not_converged"),  # a ring in a slit, narrower than its line's step
    (6101, 2632, "no_equilibrium"),  # taken to part under a post, which comes down to the stack
]

#: Seed, number, and the reason of a refusal that is looked at by a method of its own.
REFUSED = [
    (6101, 779, "no_equilibrium"),
    (2027, 206, "penetration"),
    (2027, 872, "gas_shut_in"),
    (2027, 1222, "penetration"),
    (2027, 5355, "no_joint"),
    (2027, 6131, "unfilled_corner"),
    (2027, 2327, "unfilled_corner"),
    (2027, 6577, "no_joint"),
    (2027, 7632, "no_joint"),
    (2027, 1203, "no_equilibrium"),
    (2027, 4537, "no_equilibrium"),
    (2027, 1565, "collapsed"),
    (2027, 512, "penetration"),
    (2027, 5084, "penetration"),
    (2027, 7612, "gas_shut_in"),
    (2027, 7972, "gas_shut_in"),
    (2027, 1131, "no_equilibrium"),
    (2027, 7500, "penetration"),
    (2027, 2052, "collapsed"),
    (2027, 8481, "freezing"),
    (77, 2167, "freezing"),
    (1106, 785, "penetration"),
    (1106, 2220, "unfilled_corner"),
]


@pytest.fixture
def trial(monkeypatch):
    """The campaign's own, with its folder on the path while it is used."""
    monkeypatch.syspath_prepend(str(CAMPAIGN))
    before = {*sys.modules}
    yield importlib.import_module("trial").trial
    for name in {*sys.modules} - before:  # its modules have names of their own folder
        if str(CAMPAIGN) in str(getattr(sys.modules[name], "__file__", None)):
            del sys.modules[name]


@pytest.mark.parametrize(("seed", "number"), [row[:2] for row in KINDS], ids=[r[2] for r in KINDS])
def test_a_process_that_once_had_a_fault(trial, seed, number):
    found = trial(seed, number, share=1.0, deep=0.0, refusals=0.0)
    assert found["outcome"] in ("solved", "refused", "input")
    assert not found["faults"]


@pytest.mark.parametrize(("seed", "number", "reason"), MISSED)
def test_a_rest_that_was_missed_is_found(trial, seed, number, reason):
    """A later stage may be refused, for another reason, which the second method does not deny."""
    found = trial(seed, number, share=1.0, deep=0.0, refusals=1.0)
    assert found["reason"] != reason
    assert not found["faults"]
    assert all(verdict != "missed" for _, verdict, _ in found["second"])


@pytest.mark.parametrize(("seed", "number", "reason"), REFUSED)
def test_a_reason_is_confirmed_by_a_second_method(trial, seed, number, reason):
    """Polygons, held shots, a gradient flow of the curve: none of them asks the product."""
    found = trial(seed, number, share=0.0, deep=0.0, refusals=1.0)
    ((told, verdict, words),) = found["second"]
    assert (told, verdict) == (reason, "confirmed"), words
