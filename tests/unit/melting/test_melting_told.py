"""What a melt tells: where it ends with inertia and without, how long it takes, its films."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import bumpform
from bumpform.errors import MachineError
from bumpform.melting import film
from bumpform.melting.beginning.options import Options
from bumpform.melting.beginning.scene import Scene
from bumpform.melting.files import melt_result, shown_of, write_melt
from bumpform.melting.motion.end import End, within_reach
from bumpform.melting.motion.melt import follow
from bumpform.melting.motion.ringing import LARGE, MANY, Left, period
from bumpform.melting.motion.spent import Spent
from bumpform.melting.progress import Progress
from bumpform.melting.wording import end_words, time_words
from bumpform.output.report import report_html
from bumpform.process.explore import explore
from bumpform.process.reflows.bodies import in_words

pytestmark = pytest.mark.dolfinx


@pytest.fixture(scope="module")
def run():
    return bumpform.run(bumpform.load_case("plated_column"))


@pytest.fixture(scope="module")
def melted(run):
    return follow(run)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("inertial", "overdamped", "words"),
    [
        (End("equilibrium"), End("equilibrium"), "overdamped it ends there, too"),
        (
            End("alternative 1"),
            End("equilibrium"),
            "ends at alternative 1 after {} steps; overdamped it ends at the equilibrium: inertia "
            "carries it elsewhere",
        ),
        (
            End("equilibrium"),
            End("none", {}, "it is not at rest after 400 steps", True),
            "overdamped it comes to no rest (it is not at rest after 400 steps)",
        ),
    ],
)
def test_both_ends_are_told(melted, inertial, overdamped, words):
    found = replace(melted, end=inertial, overdamped=overdamped)
    assert words.format(len(melted.frames) - 1) in end_words(found)
    told = melt_result(found)
    assert told["settles_at"] == inertial.settles_at
    assert told["overdamped"]["settles_at"] == overdamped.settles_at
    assert told["overdamped"]["why"] == overdamped.why


@pytest.mark.slow
def test_a_melt_without_inertia_has_one_end(melted):
    steps = len(melted.frames) - 1
    assert end_words(melted) == f"reflow: the melt ends at the equilibrium after {steps} steps"
    assert "overdamped" not in melt_result(melted)


@pytest.mark.slow
def test_a_melt_with_inertia_knows_where_it_ends_without():
    """This one is given no time to swing; overdamped it comes to rest."""
    case = bumpform.load_case("photoimaged_opening_no_barrier")
    melted = bumpform.melt(case, inertia=True, options=Options(longest_time=2.0))
    assert melted.options.inertia
    assert melted.overdamped.settles_at == "equilibrium"
    assert "; overdamped it ends " in end_words(melted)


def test_how_swings_were_left_is_told_in_words_and_in_the_file(melted):
    """0.02 of the energy, a time of decay and no period; what is not known is not told.

    The other rests lie above what was left; one that it does not end at, and below, is in reach.
    """
    fluid = replace(melted.start.fluid, laplace=1e4)
    first, second, *others = (
        replace(frame, start=replace(melted.start, fluid=fluid)) for frame in melted.frames
    )
    unit = 2.0 * np.pi * melted.start.drop.surface_tension * melted.start.drop.length**2
    rest = melted.frames[-1].step.energy
    left = Left(second.step.time, rest + 1e-3, 0.02, None, 7.5e-3 / melted.start.clock, 3)
    step = replace(second.step, left=left)
    start = replace(first.step, kinetic=0.125)
    frames = (replace(first, step=start), replace(second, step=step), *others)
    found = replace(melted, frames=frames, options=Options(inertia=True))
    time = time_words(second.time_s)
    words = f"; its swings were left at t = {time} with 2 % of the energy released"
    assert end_words(found).endswith(f"{words}, a decay by e in 7.5 ms")
    bare = replace(second, step=replace(step, left=replace(left, decay=None)))
    plain = replace(found, frames=(first, bare, *others))
    assert end_words(plain).endswith(words)
    large = replace(second, step=replace(step, left=replace(left, share=0.4, phases=8)))
    with_more = words.replace("2 %", "40 %") + ", 8 phases of them in a row leading there"
    many = replace(found, frames=(first, large, *others))
    assert f"{with_more}, and too little for any other rest that is known" in end_words(many)
    elsewhere = replace(many, end=replace(melted.end, settles_at="alternative 9"))
    assert f"{with_more}, and enough still for the equilibrium" in end_words(elsewhere)
    told = melt_result(found)
    (swings,) = told["swings"]
    assert swings["liquid"] == in_words(melted.start.melted)
    assert swings["left_at_s"] == second.time_s
    assert swings["share_of_energy"] == 0.02
    assert swings["phases"] == 3
    assert swings["decay_time_s"] == pytest.approx(7.5e-3)
    assert swings["free_drop_period_s"] > 0.0
    assert swings["free_drop_decay_time_s"] > 0.0
    assert "period_s" not in swings
    assert not {"why", "misfit"} & set(swings)
    unlike = replace(left, misfit=0.3, why="modes that fade leave 30 % of the motion")
    others_of = replace(second, step=replace(step, left=unlike))
    (told_of,) = melt_result(replace(found, frames=(first, others_of, *others)))["swings"]
    assert (told_of["misfit"], told_of["why"]) == (unlike.misfit, unlike.why)
    assert swings["within_reach"] == []
    assert told["history"][0]["kinetic_J"] == pytest.approx(0.125 * unit)
    assert "kinetic_J" not in told["history"][1]
    high = replace(melted.end, settles_at="alternative 9")
    assert melt_result(replace(found, end=high))["swings"][0]["within_reach"] == ["equilibrium"]


@pytest.mark.parametrize(
    ("on_axis", "lifted", "joined", "words"),
    [
        (False, False, False, "the package waits until the ring of paste has closed"),
        (True, False, False, ""),
        (False, True, False, ""),
        (False, False, True, ""),
    ],
)
def test_a_package_over_a_ring_says_that_it_waits(on_axis, lifted, joined, words):
    """One that is lifted comes down on nothing that melts; one that is joined waits no more."""
    scene = SimpleNamespace(above=object(), lifted=lifted, stage=None)
    body = object() if joined else None
    start = SimpleNamespace(shape=SimpleNamespace(on_axis=on_axis), body=body, melted=("paste",))
    assert Scene.waiting(scene, [start]) == words


def test_a_union_has_the_heat_of_those_that_ran_together(melted):
    """A step counts once however often it is shown, and not again where a line jumps after it."""
    start, unit = melted.start, melted.start.drop.energy_unit
    one, other, both = (replace(start, melted=names) for names in (("a",), ("b",), ("a", "b")))
    first, flowed = (replace(melted.frames[0].step, time=t, heat=t) for t in (0.0, 2.0))
    spent = Spent()
    for of, steps in ((one, (first, flowed, flowed)), (other, (first, flowed, replace(flowed)))):
        told = [spent.after(of, step)["dissipated_J"] for step in steps]
        assert told == [0.0, 2.0 * unit, 2.0 * unit]
    assert spent.after(both, first) == {"dissipated_J": 4.0 * unit}
    assert spent.after(both, flowed) == {"dissipated_J": 6.0 * unit}


def test_time_left_shrinks_to_nothing(melted):
    """A second a step: what is told is within half of what it takes from the middle on."""
    clock = iter(range(1000))
    progress = Progress(melted.options, lambda: float(next(clock)))
    told = [progress.words(frame) for frame in melted.frames]
    assert told[0] == "step 1, t = 0 ns"
    steps = len(told)
    for number in range(steps // 2, steps - 2):
        seconds = float(re.search(r"about (\d+) s left", told[number])[1])
        left = steps - 1 - number
        assert 0.5 * left - 1.0 < seconds < 1.5 * left + 3.0, (number, told[number])


def test_what_takes_longer_than_was_told_is_told_as_that():
    """It is at a speed that takes 13 steps to rest for ever: after 20 s more nobody knows."""
    step = SimpleNamespace(time=1.0, speed=1e-2, shape=SimpleNamespace(on_axis=False))
    frame = SimpleNamespace(time_s=1e-6, step=step, start=SimpleNamespace(rest=None))
    clock = iter(range(1000))
    progress = Progress(Options(), lambda: float(next(clock)))
    told = [progress.words(frame) for _ in range(60)]
    assert "about 13 s left" in told[8]
    assert told[-1].endswith("longer than expected")


def test_time_left_knows_how_far_a_needle_has_to_come_down(melted):
    """Ten V^(1/3) at 0.06 a step, however fast it is."""
    first = melted.frames[0]
    far = np.add(first.step.shape.nodes, [0.0, 10.0])
    step = replace(first.step, shape=replace(first.step.shape, nodes=far), speed=0.5)
    clock = iter(range(1000))
    progress = Progress(melted.options, lambda: float(next(clock)))
    told = progress.words(replace(first, step=step))
    seconds = 60.0 * float(re.search(r"about (\d+) min left", told)[1])
    assert seconds == pytest.approx(10.0 / melted.options.move, abs=50.0)


@pytest.mark.parametrize("periods", [20.0, 60.0])
def test_time_left_of_a_melt_with_inertia_is_told_by_how_it_fades(melted, periods):
    """A drop that fades by e in so many: it is left with half of its energy after many periods."""
    options = Options(inertia=True)
    fluid = replace(melted.start.fluid, laplace=1e4)
    whole, start = period(fluid), SimpleNamespace(fluid=fluid)
    clock = iter(range(100_000))
    progress = Progress(options, lambda: float(next(clock)))

    def frame(number):
        time = whole * number / 60
        speed = 0.5 * np.exp(-time / (periods * whole)) * abs(np.cos(np.pi * time / whole)) + 1e-9
        return SimpleNamespace(
            start=start, time_s=time, step=SimpleNamespace(time=time, speed=float(speed))
        )

    told = [progress.words(frame(number)) for number in range(60 * 5)]
    assert "left" not in told[60]
    minutes = float(re.search(r"about (\d+) min left", told[-1])[1])
    large = 0.5 * periods * np.log(1.0 / LARGE)  # a step of 60 a period a second
    assert minutes == pytest.approx(max(large, 1.0 + MANY) - 5.0, rel=0.1, abs=0.6)


class Ffmpeg:
    """In the place of ffmpeg's wheel: keeps the pictures that it is sent."""

    def __init__(self, fails=False):
        self.sent, self.fails = [], fails

    def write_frames(self, path, size, **options):
        self.size, self.options = size, options
        while True:
            picture = yield
            if self.fails:
                raise OSError("no libx264")
            self.sent.append(picture)
            with open(path, "ab") as file:
                file.write(b"x")


@pytest.mark.slow
def test_a_film_is_an_mp4_too_where_ffmpeg_is_there(melted, tmp_path, monkeypatch):
    """Sides are even, as its colours want, and the last picture stays for a while."""
    monkeypatch.setattr(film, "ffmpeg", lambda: None)
    assert not [p for p in write_melt(melted, tmp_path, frames=3) if p.suffix == ".mp4"]
    there = Ffmpeg()
    monkeypatch.setattr(film, "ffmpeg", lambda: there)
    written = write_melt(melted, tmp_path, frames=3)
    assert tmp_path / "melt_reflow.mp4" in written
    assert not any(side % 2 for side in there.size)
    with Image.open(tmp_path / "melt_reflow.gif") as gif:
        count, size = gif.n_frames, gif.size
    assert all(0 <= a - b <= 1 for a, b in zip(there.size, size, strict=True))
    assert len(there.sent) == count + film.LAST // film.PAUSE
    assert {len(picture) for picture in there.sent} == {3 * there.size[0] * there.size[1]}
    monkeypatch.setattr(film, "ffmpeg", lambda: None)
    write_melt(melted, tmp_path, frames=3)
    assert not (tmp_path / "melt_reflow.mp4").exists()  # of the melt before


def test_an_mp4_that_ffmpeg_does_not_make_is_told_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(film, "ffmpeg", lambda: Ffmpeg(fails=True))
    with pytest.raises(MachineError, match="no libx264 Install imageio-ffmpeg anew, or remove it"):
        film.write_mp4([np.zeros((4, 4, 3), np.uint8)], tmp_path / "a.mp4")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_report_holds_its_melts(run, melted, tmp_path):
    """The still and a small film as they are in the files, the end's numbers beside the rest's."""
    write_melt(melted, tmp_path, frames=2)
    page = report_html(replace(run, melts=(shown_of(melted, tmp_path),)))
    assert end_words(melted) in page
    for kind, name in (("png", "melt_reflow.png"), ("gif", "melt_reflow.gif")):
        [found] = re.findall(rf'src="data:image/{kind};base64,([^"]+)"', page)
        assert base64.b64decode(found) == (tmp_path / name).read_bytes()
        Image.open(io.BytesIO(base64.b64decode(found))).verify()
    assert "<td>outer r</td>" in page
    assert "Melts in time" not in report_html(run)
    large = replace(shown_of(melted, tmp_path), film=bytes(1_000_000))
    assert "image/gif" not in report_html(replace(run, melts=(large,)))


def test_rests_in_reach_under_a_load_count_its_energy():
    """A melt that just holds more than where it rests has that in reach, with less it has not."""
    melted = follow(bumpform.run(bumpform.load_case("bga_joint")))
    assert melted.settles_at == "equilibrium"
    energy = melted.frames[-1].step.energy
    elsewhere = replace(melted.end, settles_at="alternative 9")
    for more, names in ((1e-4, ["equilibrium"]), (-1e-4, [])):
        left = Left(0.0, energy + more, 0.1, None, None, 3)
        assert within_reach(melted.start, left, elsewhere) == names


def test_rests_in_reach_are_those_of_the_whole_landscape():
    """A cap on a pillar lists two more rests, and the landscape has a third; each is in reach with
    more energy than it has, and not with less."""
    run = bumpform.run(bumpform.load_case("copper_pillar"))
    melted = follow(run, "cap reflow")
    stage, unit = melted.start.stage, melted.start.drop.energy_unit
    listed = [a.equilibrium.values["energy_J"] for a in stage.alternatives]
    landscape = explore(stage, "cap reflow").alternatives
    energies = sorted(a.equilibrium.values["energy_J"] for a in landscape)
    assert len(energies) == len(listed) + 1
    for k, energy in enumerate(energies):
        for more, count in ((1e-5, k + 1), (-1e-5, k)):
            left = Left(0.0, energy / unit + more, 0.4, None, None, 8)
            names = within_reach(melted.start, left, melted.end)
            assert len(names) == count
    assert sum("--landscape" in name for name in names) <= 1


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(4.856, "4.86 s"), (0.0421, "42.1 ms"), (9.23e-6, "9.23 µs"), (63.74e-9, "63.7 ns")],
)
def test_times_have_units_that_keep_them_short(seconds, words):
    assert time_words(seconds) == words
