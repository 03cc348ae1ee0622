"""Cases that people have, and the route by whose claims each is judged here."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent.parent / "people"

ROUTES = {
    "barrier_proud_of_flush_plane": "laminated_abraded",
    "barrier_on_proud_plane_after_etch": "laminated_abraded",
    "core_carries_resist_edge": "core_and_cap",
    "core_mounted_without_cap_reflow": "core_and_cap",
    "low_temperature_paste_on_ball": "core_and_cap",
    "copper_under_solder": "plated_column",
    "mounted_plated_column": "plated_column",
    "plated_column_as_claimed": "plated_column",
    "plated_column_by_fill": "plated_column",
    "enclosed_first_solder": "photoimaged_opening",
    "enclosed_second_reflow": "photoimaged_opening",
    "extra_reflow_before_barrier": "photoimaged_opening",
    "first_bump_melts_again": "photoimaged_opening",
    "first_paste_in_two_prints": "photoimaged_opening",
    "small_ball_on_large_dome": "photoimaged_opening",
    "nothing_fuses": "stacked_masks",
    "redistribution_no_angle": "stacked_masks",
    "second_mask_by_stencil": "stacked_masks",
    "barrier_on_frozen_flank": "stacked_masks",
}


def people():
    """Their files, by name."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}
