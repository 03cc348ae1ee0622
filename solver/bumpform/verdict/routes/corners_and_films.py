"""Conditions on what liquid covers: corners that it must fill, bodies that it must lie on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from bumpform.findings.condition import EVERY, Answer, condition, fails, judged
from bumpform.findings.findings import Findings
from bumpform.geometry.names import is_of_package
from bumpform.geometry.profile import Profile, Station
from bumpform.process.mounts.joined import NIL, pressed_to
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.reflow import Liquid, Stage
from bumpform.steps.kinds import Mount, Reflow
from bumpform.surface.drop.corner import SMOOTH, Corner, turn_at, unfilled_corners

#: One reflow turns so much solder into intermetallic, m: a thinner film is no layer.
FILM: Final = 1e-6


@condition("corners-filled", "Liquid fills every corner that it covers.", **EVERY)
def corners_filled(found: Findings) -> list[Answer]:
    """θ1 + θ2 < π + β in every re-entrant corner under a liquid; the least margin, in degrees.

    A stage that is refused for such a corner fails by it.
    """
    answers = [*_left_empty(found)]
    for name, about, liquid in found.liquids():
        corners = list(_corners(liquid))
        if corners:
            margin, where = min(corners)
            answers.append(
                judged(
                    math.degrees(margin),
                    0.0,
                    strict=True,
                    scale=1.0,
                    unit="deg",
                    about=f"{where}, {about}",
                    stage=name,
                )
            )
    return answers


def _left_empty(found: Findings) -> Iterator[Answer]:
    """Of stages that are refused since no liquid fills a corner that it would rest over."""
    for moment in found.history:
        stage, step = moment.state.stage, moment.step
        if stage is None or stage.refusal is None or not isinstance(step, Reflow | Mount):
            continue
        if stage.refusal.reason != "unfilled_corner":
            continue
        corner = _refused_for(found, stage)
        if corner is None:
            yield fails(f"{step.name} was refused: {stage.refusal.detail}")
            continue
        yield fails(
            f"{step.name} was refused for this corner",
            value=0.0 - math.degrees(corner.margin),
            limits=(0.0, None),
            strict=True,
            unit="deg",
            about=f"corner of {' and '.join(corner.features)}, {step.name}",
        )


def _refused_for(found: Findings, stage: Stage | Mounted) -> Corner | None:
    """The corner, under the liquid or of the package, that a refusal names."""
    assert stage.refusal is not None
    profiles = [stage.solids.profile]
    if isinstance(stage, Mounted):
        profiles.append(stage.package.stack.profile)
    for profile in profiles:
        for liquid in (stage, *stage.bodies):
            angles = tuple(
                liquid.melt.contact_angle(piece.material, found.materials) for piece in profile
            )
            for corner in unfilled_corners(profile, angles, 0, len(profile) - 1):
                if f"corner of {' and '.join(corner.features)} at" in stage.refusal.detail:
                    return corner
    return None


def _corners(stage: Stage | Mounted | Liquid) -> Iterator[tuple[float, str]]:
    """Margin in rad of every re-entrant corner that the liquid covers, and what meets there."""
    assert stage.equilibrium is not None
    lines = stage.equilibrium.lines
    if len(lines) == 2 and lines[1].solid.is_inner:
        solid = lines[0].solid
        yield from _wedges(solid.profile, solid.angles, lines[1].station, lines[0].station)
        return
    for line in lines:
        solid = line.solid
        yield from _wedges(solid.profile, solid.angles, solid.profile.start, line.station)
    if isinstance(stage, Mounted) and stage.gap is None:
        yield from _beside_contact(stage)


def _beside_contact(stage: Mounted) -> Iterator[tuple[float, str]]:
    """The wedge where a package ends to lie flat on what is solid, with its margin.

    None where a line is held there: the liquid has no part of the wedge then.
    """
    assert stage.equilibrium is not None
    assert stage.standoff is not None
    lower, upper = (line.solid for line in stage.equilibrium.lines)
    below, above = stage.solids.profile, stage.package.at(stage.standoff).profile
    floor, ceiling = below.point(below.start), above.point(above.start)
    near = NIL * stage.standoff
    if float(ceiling[1] - floor[1]) > near:
        return
    stations = pressed_to(below, above, near)
    if stations[0] == below.start:
        return  # it touches in a point: a cusp
    lines = (line.station for line in stage.equilibrium.lines)
    ends = zip((below, above), stations, lines, strict=True)
    if any(profile.arclength(end, line) <= near for profile, end, line in ends):
        return
    pieces = [s.piece if s.u < 1.0 else s.piece + 1 for s in stations]
    us = [s.u if s.u < 1.0 else 0.0 for s in stations]
    slopes = [
        math.atan2(*profile.pieces[n].tangent(u)[::-1])
        for profile, n, u in zip((below, above), pieces, us, strict=True)
    ]
    margin = math.pi + slopes[1] - slopes[0] - lower.angles[pieces[0]] - upper.angles[pieces[1]]
    features = (below.pieces[pieces[0]].feature, above.pieces[pieces[1]].feature)
    yield margin, f"corner of {features[0]} and {features[1]}"


def _wedges(
    profile: Profile, angles: tuple[float, ...], start: Station, end: Station
) -> Iterator[tuple[float, str]]:
    for number in range(start.piece, min(end.piece, len(profile) - 1)):
        inside, outside = profile.pieces[number], profile.pieces[number + 1]
        turn = turn_at(profile, number, hung=is_of_package(profile.pieces[0].region))
        if turn > SMOOTH:
            margin = 2.0 * math.pi - turn - angles[number] - angles[number + 1]
            yield margin, f"corner of {inside.feature} and {outside.feature}"


@condition(
    "film-thickness", "The liquid over a covered body is thick enough to be a layer.", **EVERY
)
def film_is_a_layer(found: Findings) -> list[Answer]:
    """The least distance of the free surface from the body under it is 1 µm at least."""
    answers = []
    for _, name, _ in found.solved_stages():
        thickness = found.measured(name, "film_thickness_m")
        if thickness is not None:
            told = judged(
                thickness, FILM, scale=FILM, metric="film_thickness_m", stage=name, about=name
            )
            answers.append(told)
    return answers
