"""The report of a study: one HTML page that contains everything it shows.

How many rows hold and what breaks most, windows over two axes, main effects, worst rows; of samples
every share with the interval that holds the true one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from bumpform import __version__
from bumpform.answers.basis.wording import input_value
from bumpform.case.file import case_sha256
from bumpform.files.whole import write_text
from bumpform.output.report import inline_svg, page_template
from bumpform.picture.picture import svg_bytes
from bumpform.study.plan.columns import CONDITION, unit_of
from bumpform.study.plan.kept_values import number_of
from bumpform.study.plan.study import Study
from bumpform.study.report.effects import GOOD, Effects
from bumpform.study.report.ends import MOST_ENDS, MOST_RUNS, Ends, ends_of
from bumpform.study.report.pictures import draw_effects, draw_window
from bumpform.study.report.shares import Shares, share_words
from bumpform.study.report.window import MOST_LEVELS, windows_of
from bumpform.study.report.worst import WorstRows
from bumpform.study.rows.sheet import Sheet
from bumpform.study.rows.survey import Survey
from bumpform.verdict.conditions import CONDITIONS

__all__ = ["Reported"]

#: Numbers of which main effects are shown, and inputs that stand beside each other there.
MOST_EFFECTS: Final = 6
MOST_INPUTS: Final = 5


class Reported:
    """What a report shows, gathered as the rows are read.

    Parameters
    ----------
    study : Study
    """

    def __init__(self, study: Study) -> None:
        self._study = study
        self._shares = Shares(study)
        self._effects = Effects(study)
        self._windows = windows_of(study)
        self._worst = WorstRows(study)

    def add(self, sheet: Sheet) -> None:
        """Take some more rows."""
        self._effects.add(sheet)
        self._worst.add(sheet)
        self._shares.add(sheet)
        for window in self._windows:
            window.add(sheet)

    def write(self, folder: Path, survey: Survey) -> Path:
        """Write report.html, after all rows have been read."""
        return write_text(folder / "report.html", self.html(survey))

    def html(self, survey: Survey) -> str:
        """The page as text; no resource outside it is needed."""
        study, rows = self._study, survey.rows
        units = {f"{CONDITION}{n}": min(u, default="") for n, u in survey.units.items()}
        return page_template("study.html.j2").render(
            study=study,
            case_sha256=case_sha256(study.case),
            version=__version__,
            survey=survey,
            good=share_words(survey.good, rows, drawn=study.all_drawn),
            points=len(self._shares),
            yields=[
                (self._point(y.point), share_words(y.good, y.samples, drawn=True))
                for y in self._shares.best()
            ],
            axes=[self._axis(i) for i in range(len(study.varied))],
            breaks=[
                (name, _statement(name), count, share_words(count, rows, drawn=study.all_drawn))
                for name, count in sorted(survey.broken.items(), key=lambda x: (-x[1], x[0]))
                if count
            ],
            holds=[n for n in survey.units if not survey.broken[n] and not survey.unjudged[n]],
            unjudged=[(n, c) for n, c in survey.unjudged.items() if c and not survey.broken[n]],
            reasons=[(*key, count) for key, count in survey.reasons.most_common()],
            windows=list(self._maps()),
            most_levels=MOST_LEVELS,
            effects=self._pictured({n: unit_of(n) for n in study.columns} | units, survey),
            worst=[
                (w.condition, w.margin < 0.0, w.number, number_of(w.value, w.unit),
                 number_of(w.margin, w.unit), self._point(w.point))
                for w in self._worst.listed()
            ],
        )  # fmt: skip

    def _axis(self, i: int) -> tuple[str, str, str]:
        """Path, how many values, and their range, of something that varies."""
        axis = self._study.varied[i]
        count, kind = len(axis.levels), "values" if i < len(self._study.axes) else "together"
        if not axis.dimension:
            words = dict.fromkeys(str(axis.levels[k]) for k in range(count))
            return axis.path, f"{count} {kind}", ", ".join(list(words)[:MOST_INPUTS])
        ends = sorted(float(axis.levels[k]) for k in (0, count - 1))
        if isinstance(axis.levels, tuple):
            ends = [min(map(float, axis.levels)), max(map(float, axis.levels))]
        told = " … ".join(dict.fromkeys(input_value(v, axis.dimension) for v in ends))
        return axis.path, f"{count} {kind}", told

    def _point(self, point: Mapping[str, Any]) -> str:
        axes = [axis for axis in self._study.varied if axis.path in point]
        return ", ".join(f"{a.path} {self._value(a.dimension, point[a.path])}" for a in axes)

    @staticmethod
    def _value(dimension: str, value: Any) -> str:
        return input_value(value, dimension) if dimension else str(value)

    def _maps(self) -> Iterator[dict[str, Any]]:
        """Every map with the words below it."""
        left = MOST_RUNS
        for number, window in enumerate(self._windows, 1):
            ends = None
            if not window.drawn:
                ends = ends_of(self._study, window, left)
                left -= ends.runs
            svg = inline_svg(svg_bytes(draw_window(window, ends)).decode())
            held = (f"{a.path} {self._value(a.dimension, v)}" for a, v in window.held.items())
            yield {
                "title": f"{window.x.path} and {window.y.path}",
                "held": ", ".join(held),
                "svg": _own_names(svg, f"window{number}-"),
                "words": _words(ends),
                "thinned": len(window.columns) < len(window.x.levels)
                or len(window.lines) < len(window.y.levels),
            }

    def _pictured(self, units: Mapping[str, str], survey: Survey) -> str:
        """Main effects of the numbers asked for, and of those that fail most; empty for none."""
        names = self._effects.names
        fails = {f"{CONDITION}{n}": count for n, count in survey.broken.items()}
        names.sort(key=lambda n: (n != GOOD, n.startswith(CONDITION), -fails.get(n, 0)))
        names = names[:MOST_EFFECTS]
        if not names:
            return ""
        found = {name: self._effects.of(name) for name in names}
        parts = [max(found[n][i].part for n in names) for i in range(len(self._study.varied))]
        kept = sorted(sorted(range(len(parts)), key=lambda i: -parts[i])[:MOST_INPUTS])
        shown = {name: [effects[i] for i in kept] for name, effects in found.items()}
        # the same samples stand at every point: only of one axis beside them a share is theirs
        drawn = self._study.drawn and len(self._study.axes) + len(self._study.together) <= 2
        svg = svg_bytes(draw_effects(shown, units, drawn=drawn)).decode()
        return _own_names(inline_svg(svg), "effects-")


def _statement(name: str) -> str:
    entry = CONDITIONS.get(name)
    return entry.statement if entry is not None else "A limit that the case requires."


def _words(ends: Ends | None) -> str:
    """How a map has been drawn, and how exactly."""
    if ends is None:
        return "The share of the samples at each point that meet every condition."
    words = (
        "Lines are drawn where the values that are judged, bilinear between the rows (small dots), "
        "are at their limits; what has no value is as in the nearest row."
    )
    if not ends.count:
        return words
    if not ends.located:
        why = "more than are located by runs" if ends.count > MOST_ENDS else "none located by a run"
        return f"{words} The window ends at {ends.count} places on lines through the rows, {why}."
    return (
        f"{words} Of {ends.count} places where the window ends on lines through the rows, "
        f"{len(ends.located)} (large dots) are located to 1e-9, by {ends.runs} runs."
    )


def _own_names(svg: str, mark: str) -> str:
    """A picture whose names are no other picture's of the page."""
    return re.sub(r'(\sid="|url\(#|href="#)', rf"\g<1>{mark}", svg)
