"""Metrics of a bump against the opening that it stands in."""

from __future__ import annotations

from bumpform.metrics.metric import Metric, metric
from bumpform.metrics.sample import Sample
from bumpform.process.state import Cavity
from bumpform.units.measured import Measured

#: Round-off of a coordinate of the stack, relative.
WEIGHING = 1e-14


def placed(place: float, error: float = 0.0) -> Measured:
    """A coordinate of a stack, which is exact to round-off, or to the error of a solved surface."""
    return Measured(place, error + WEIGHING * abs(place))


@metric(
    "height_above_dielectric_m",
    "z of the highest point − z_top, also of a ring",
    "reflow",
    when="there is an opening",
    frozen=True,
)
def height_above_dielectric(at: Sample) -> Measured | None:
    """Where the bump's top is to the dielectric's."""
    cavity = at.before.cavity
    return None if cavity is None else at.values["top_z_m"] - placed(cavity.z_top)


@metric(
    "protrusion_m",
    "z_apex − z_top",
    "reflow",
    when="there is an opening, and the dome is closed",
    frozen=True,
)
def protrusion(at: Sample) -> Measured | None:
    """How far a dome stands out."""
    cavity = at.before.cavity
    if cavity is None or "apex_z_m" not in at.values:
        return None
    return at.values["apex_z_m"] - placed(cavity.z_top)


@metric(
    "plane_depth_m",
    "z_top − z of the abraded plane",
    "reflow",
    when="solder was abraded, and there is an opening",
)
def plane_depth(at: Sample) -> Measured | None:
    """How deep the plane lies."""
    cavity, plane = at.before.cavity, at.before.plane
    return None if cavity is None or plane is None else placed(cavity.z_top) - placed(plane)


@metric(
    "plane_fraction",
    "that depth / h",
    "reflow",
    when="solder was abraded, and there is an opening",
)
def plane_fraction(at: Sample) -> Measured | None:
    """As a part of the wall."""
    return _of_wall(at, plane_depth)


@metric(
    "terminus_depth_m",
    "d = z_top − z_c on the opening's wall",
    "reflow",
    when="the outer contact line is on the wall, below the rim",
    frozen=True,
    label="terminus depth d",
)
def terminus_depth(at: Sample) -> Measured | None:
    """How deep a dome ends."""
    cavity = at.before.cavity
    if cavity is None:
        return None
    if not cavity.is_wall(at.stage.solids.profile.pieces[at.found.station.piece]):
        return None
    depth = placed(cavity.z_top) - at.values["outer.z_m"]
    # at the rim itself nothing ends below the top
    return depth if depth.value > 1e-12 * cavity.thickness else None


@metric(
    "terminus_fraction",
    "d / h",
    "reflow",
    when="the outer contact line is on the wall, below the rim",
    frozen=True,
    label="terminus fraction d/h",
)
def terminus_fraction(at: Sample) -> Measured | None:
    """As a part of the wall."""
    return _of_wall(at, terminus_depth)


def _of_wall(at: Sample, deep: Metric) -> Measured | None:
    """A depth as a part of the height of the opening's wall."""
    depth, cavity = deep.measure(at), at.before.cavity
    if depth is None or cavity is None or not cavity.wall > 0.0:  # it may be taken off
        return None
    return depth / cavity.wall


@metric(
    "spread_m",
    "r_c − the rim's radius",
    "reflow",
    when="the outer contact line lies in the plane of z_top",
    frozen=True,
)
def spread(at: Sample) -> Measured | None:
    """How far solder has gone over the dielectric's top."""
    cavity: Cavity | None = at.before.cavity
    if cavity is None:
        return None
    if abs(at.found.values["outer.z_m"] - cavity.z_top) > 1e-9 * cavity.thickness:
        return None
    return at.values["outer.r_m"] - placed(cavity.rim_r)
