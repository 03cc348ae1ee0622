"""Metrics of a bump's size and of what it covers."""

from __future__ import annotations

from bumpform.metrics.coverage import coverage
from bumpform.metrics.film import film_thickness
from bumpform.metrics.metric import metric
from bumpform.metrics.sample import Sample
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.reflow import Stage
from bumpform.units.measured import Measured


@metric("ball_height_m", "top of the bump above the pad's top, z = 0", "reflow", frozen=True)
def ball_height(at: Sample) -> Measured:
    """Of the highest point, also of a ring."""
    return at.values["top_z_m"]


@metric(
    "ball_diameter_m",
    "twice the free surface's largest radius (in a coat or an opening the liquid may be wider); of "
    "an open joint, of the widest of its liquids",
    "reflow",
    frozen=True,
)
def ball_diameter(at: Sample) -> Measured:
    """Of what stands in the way of a neighbour."""
    return 2.0 * at.once(_widest)


def _widest(at: Sample) -> Measured:
    if not (isinstance(at.stage, Mounted) and at.stage.gap is not None):
        return at.values["max_radius_m"]
    found = (liquid.equilibrium for liquid in at.liquids)
    return max((e.measured["max_radius_m"] for e in found if e is not None), key=float)


@metric(
    "height_above_contact_line_m",
    "top of the bump above its outer contact line",
    "reflow",
    frozen=True,
)
def height_above_contact_line(at: Sample) -> Measured:
    """Of the liquid alone, whatever it stands on."""
    return at.values["top_z_m"] - at.values["outer.z_m"]


@metric("contact_radius_m", "r_c", "reflow", frozen=True)
def contact_radius(at: Sample) -> Measured:
    """Of the outer line."""
    return at.values["outer.r_m"]


@metric("rests_on", "material under the solder on the axis", "reflow", words=True)
def rests_on(at: Sample) -> str:
    """What it has wetted first."""
    return at.stage.solids.profile.pieces[0].material


@metric(
    "coverage",
    "fraction, by area, of the solid bump's or core's surface (its barrier's, where one is grown) "
    "that liquid covers",
    "reflow",
    when="there is a solid bump or core",
    frozen=True,
)
def covered(at: Sample) -> Measured | float | None:
    """Of what was exposed before the liquid was put on it."""
    return at.once(_covered).get("coverage")


@metric(
    "bare_polar_radius_m",
    "radius of the bare patch around the axis of that body",
    "reflow",
    when="there is a solid bump or core",
    frozen=True,
)
def bare_polar_radius(at: Sample) -> Measured | float | None:
    """0 where it is covered there."""
    return at.once(_covered).get("bare_polar_radius_m")


def _covered(at: Sample) -> dict[str, Measured | float]:
    assert isinstance(at.stage, Stage)
    return coverage(at.before, at.stage)


@metric(
    "film_thickness_m",
    "least local minimum of the distance from the free surface to the body that it covers, wedges "
    "at contact lines apart; where there is none, the liquid's thickness on the axis, over what "
    "lies lower; of a joint, over all of both sides within its lines: also to the corner at which "
    "one lies on the other",
    "reflow",
    when="a solid bump, core or barrier is covered",
    frozen=True,
)
def film(at: Sample) -> Measured | float | None:
    """How near to dry it is."""
    return film_thickness(at.before, at.stage).get("film_thickness_m")
