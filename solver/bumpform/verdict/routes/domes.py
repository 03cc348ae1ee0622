"""Conditions of a first bump that is a dome in an opening: 000, photoimaged opening."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from bumpform.findings.condition import Answer, claims, condition, fails, holds_if, judged
from bumpform.findings.findings import Findings
from bumpform.findings.lineage import Melting
from bumpform.process.state import Cavity
from bumpform.surface.drop.equilibrium import Equilibrium
from bumpform.units.measured import Measured

#: Where a dome's meridian is looked at.
SAMPLES: Final = 64
_EVEN: Final = np.linspace(0.0, 1.0, SAMPLES + 1)


@condition(
    "dome-shaped",
    "The first bump's surface is a dome.",
    photoimaged_opening=claims("000", 6, 15),
)
def dome_shaped(found: Findings) -> Answer:
    """Closed on the axis, and falling all the way from the apex to the contact line."""
    bumps = found.bumps
    if absent := bumps.no_first():
        return absent
    melting = bumps.first_melting
    assert melting is not None
    shape = melting.stage.shape
    assert shape is not None
    told: dict[str, Any] = {"stage": melting.stage_name}
    if "apex_z_m" not in shape.values:
        return fails("it is open on the axis", **told)
    curve = shape.curve
    height = curve.point(curve.breaks[-1] * _EVEN)[:, 1]
    if not (height[1:] > height[:-1]).all():
        return fails("its surface rises again on the way down to its edge", **told)
    rise = shape.measured["apex_z_m"] - shape.measured["outer.z_m"]
    metric = melting.metric("height_above_contact_line_m")
    return judged(rise, 0.0, strict=True, scale=abs(rise.value), metric=metric, **told)


class _Dome(NamedTuple):
    """A first bump in an opening, as it froze."""

    cavity: Cavity
    melting: Melting
    shape: Equilibrium
    line: tuple[Measured, Measured]


def _dome(found: Findings) -> _Dome | Answer:
    """The dome, or why it is not judged."""
    bumps = found.bumps
    if absent := bumps.no_dome():
        return absent
    assert bumps.cavity is not None
    assert bumps.line is not None
    assert bumps.first_melting is not None
    assert bumps.first_melting.stage.shape is not None
    return _Dome(bumps.cavity, bumps.first_melting, bumps.first_melting.stage.shape, bumps.line)


@condition(
    "dome-ends-below-top",
    "The dome ends below the dielectric's top.",
    photoimaged_opening=claims("000", 6, 7, 16),
)
def dome_ends_below_top(found: Findings) -> Answer:
    """z_top − z_c > 0, whatever it ends on."""
    dome = _dome(found)
    if isinstance(dome, Answer):
        return dome
    return judged(
        dome.cavity.z_top - dome.line[1],
        0.0,
        strict=True,
        scale=dome.cavity.thickness,
        metric=dome.melting.metric("terminus_depth_m"),
        stage=dome.melting.stage_name,
    )


@condition(
    "dome-ends-on-wall",
    "The dome ends on the opening's wall.",
    photoimaged_opening=claims("000", 7, 16),
)
def dome_ends_on_wall(found: Findings) -> Answer:
    """On the dielectric's wall, above its foot and below its rim."""
    dome = _dome(found)
    if isinstance(dome, Answer):
        return dome
    cavity, line, z = dome.cavity, dome.shape.lines[0], dome.line[1]
    on_wall = cavity.is_wall(line.solid.profile.pieces[line.station.piece])
    slack = z.error + 1e-9 * cavity.thickness
    where = line.feature
    if on_wall and z.value >= cavity.z_top - slack:
        if z.value > cavity.z_top + slack:
            where = "what was the wall above the rim"
        elif line.state == "free":  # as the table of contact lines has it, too
            where = "the wall, as near to its rim as can be told apart"
        else:
            where = "the rim"
    return holds_if(found.bumps.ends_on_wall, f"it ends on {where}", stage=dome.melting.stage_name)


@condition(
    "dome-protrudes",
    "The dome protrudes above the dielectric's top.",
    photoimaged_opening=claims("000", 7, 16),
)
def dome_protrudes(found: Findings) -> Answer:
    """z_apex − z_top > 0."""
    dome = _dome(found)
    if isinstance(dome, Answer):
        return dome
    values = dome.shape.measured
    return judged(
        values.get("apex_z_m", values["top_z_m"]) - dome.cavity.z_top,
        0.0,
        strict=True,
        scale=dome.cavity.thickness,
        metric=dome.melting.metric("protrusion_m"),
        stage=dome.melting.stage_name,
    )
