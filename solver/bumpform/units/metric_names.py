"""Names of all metrics, as they stand in the result; definitions in the README's table."""

from __future__ import annotations

from typing import Final

__all__ = [
    "BARRIER_METRICS",
    "FROZEN",
    "FROZEN_METRICS",
    "METRIC_NAMES",
    "SHAPE_METRICS",
    "STAGE_METRICS",
    "WORDS",
]

STAGE_METRICS: Final = (
    "protrusion_m",
    "height_above_dielectric_m",
    "terminus_depth_m",
    "terminus_fraction",
    "plane_depth_m",
    "plane_fraction",
    "juncture_miss_m",
    "covers_barrier",
    "coverage",
    "bare_polar_radius_m",
    "ball_height_m",
    "height_above_contact_line_m",
    "ball_diameter_m",
    "contact_radius_m",
    "clearance_m",
    "sphericity",
    "column_protrusion_m",
    "solder_height_m",
    "polyimide_thickness_m",
    "etch_gain_m",
    "spread_m",
    "rests_on",
    "fused_bodies",
    "liquid_bodies",
    "solid_margin_K",
    "film_thickness_m",
    "mass_balance",
    "standoff_m",
    "held_by",
    "joint_force_N",
    "core_force_N",
    "largest_joining_gap_m",
    "open_gap_m",
    "joint_stiffness_N_m",
    "lateral_stiffness_N_m",
    "tilt_stiffness_N_m_rad",
    "largest_pull_N",
    "standoff_at_largest_pull_m",
)
BARRIER_METRICS: Final = (
    "thickness_m",
    "juncture.r_m",
    "juncture.z_m",
    "barrier_fit_m",
    "juncture_offset_m",
    "edge_to_rim_m",
    "flush_thickness_m",
)

#: Metrics that a frozen shape has too, and what stands before their names there.
SHAPE_METRICS: Final = (
    "protrusion_m",
    "height_above_dielectric_m",
    "terminus_depth_m",
    "terminus_fraction",
    "juncture_miss_m",
    "covers_barrier",
    "coverage",
    "bare_polar_radius_m",
    "ball_height_m",
    "height_above_contact_line_m",
    "ball_diameter_m",
    "contact_radius_m",
    "clearance_m",
    "sphericity",
    "spread_m",
    "film_thickness_m",
    "mass_balance",
    "standoff_m",
    "held_by",
)
FROZEN: Final = "frozen_"
FROZEN_METRICS: Final = tuple(FROZEN + name for name in SHAPE_METRICS)

#: Metrics that are words, or yes and no.
WORDS: Final = (
    "covers_barrier",
    "rests_on",
    "held_by",
    "frozen_covers_barrier",
    "frozen_held_by",
)

#: All of them, as a requirement may name them.
METRIC_NAMES: Final = (*STAGE_METRICS, *FROZEN_METRICS, *BARRIER_METRICS)
