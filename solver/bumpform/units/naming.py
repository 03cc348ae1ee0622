"""Names of numbers end in their unit (``protrusion_m``, ``peak_K``): what that ending means."""

from __future__ import annotations

from typing import Final

__all__ = ["split_unit"]

#: Endings of names and the dimension each stands for; longest first.
_ENDINGS: Final = (
    ("_kg_m3", "density"),
    ("_N_m_rad", "tilt_stiffness"),
    ("_N_m", "surface_tension"),
    ("_m3", "volume"),
    ("_m2", "area"),
    ("_deg", "degrees"),
    ("_Pa", "pressure"),
    ("_kg", "mass"),
    ("_dK", "temperature difference"),
    ("_K", "temperature"),
    ("_m", "length"),
    ("_J", "energy"),
    ("_N", "force"),
    ("_s", "time"),
)


def split_unit(name: str) -> tuple[str, str]:
    """Name without its unit, and the dimension that the unit stands for ("" without one).

    Examples
    --------
    >>> split_unit("ball_height_m"), split_unit("outer.r_m"), split_unit("coverage")
    (('ball_height', 'length'), ('outer.r', 'length'), ('coverage', ''))
    >>> split_unit("solid_margin_K")  # a margin is a difference
    ('solid_margin', 'temperature difference')
    """
    if name.endswith("_margin_K"):
        return name.removesuffix("_K"), "temperature difference"
    for ending, dimension in _ENDINGS:
        if name.endswith(ending):
            return name.removesuffix(ending), dimension
    return name, ""
