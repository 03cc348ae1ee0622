"""Bumps with a package on them, as people mount them, for tests."""

from __future__ import annotations

from bumpform.case.case import Case
from bumpform.units.units import parse_quantity

UM = 1e-6

#: A ball in the air and a column in it hang on pads of copper; FR4 repels nearly all.
REPELLED = {"Cu": "5 deg", "FR4": "175 deg"}


def mounted(amount, mount, *, pad, name="joint", reflow=True, gravity=9.81, **case):
    """A pad with solder on it, melted before or not, and a package.

    ``amount`` is the deposit's, ``mount`` what the mount has beside its base; a ``mask`` is
    (thickness, opening).
    """
    mask = case.pop("mask", None)
    base = case.pop("base", "FR4")
    steps = [
        {
            "do": "substrate",
            "pad": {"radius": pad, "thickness": 35 * UM, "material": "Cu"},
            "base": {"material": base},
        }
    ]
    if mask is not None:
        thickness, opening = mask
        coat = {"do": "coat", "layer": "mask", "material": "solder resist"}
        steps.append(coat | {"thickness": thickness, "opening": {"radius": opening}})
    peak = case.pop("peak", "215 degC")
    steps.append({"do": "deposit", "solder": "Sn63Pb37", **amount})
    if reflow:
        steps.append({"do": "reflow", "name": "bump", "peak": peak})
    steps.append({"do": "mount", "name": name, "base": {"material": "FR4"}, "peak": peak, **mount})
    return Case.from_dict(
        {"case": {"name": "joint"}, "environment": {"gravity": gravity}, "step": steps, **case}
    )


def drawn_column(standoff):
    """Copper pads of 0.5 mm, 450 nl between them."""
    return mounted(
        {"volume": "450 nl"},
        {"pad": {"radius": "0.5 mm", "material": "Cu"}, "standoff": standoff},
        pad="0.5 mm",
        gravity=9.8,
        peak="200 degC",
        wetting=REPELLED,
        materials={"Sn63Pb37": {"surface_tension": "0.46 N/m", "density": "8000 kg/m^3"}},
    )


def hanging(**held):
    """220 nl between pads of 0.3 mm, upside down."""
    return mounted(
        {"volume": "220 nl"},
        {"pad": {"radius": "0.3 mm", "material": "Ni"}, **held},
        pad="0.3 mm",
        gravity=-9.81,
    )


def wide_upper_pad(load):
    """0.67 nl between a pad of 76 µm and one of 112 µm: thin, wide, and it leaves the lower one."""
    return mounted(
        {"volume": "0.67 nl"},
        {"pad": {"radius": "112 um", "material": "Cu"}, "load": load},
        pad="76 um",
        base="SiO2",
        peak="220 degC",
        wetting={"Cu": "53 deg", "SiO2": "121 deg", "FR4": "107 deg"},
        materials={"Sn63Pb37": {"surface_tension": "0.43 N/m", "density": "8700 kg/m^3"}},
    )


def force_told(ran):
    """The force that a refusal ends with, N."""
    return parse_quantity(" ".join(ran.refused.detail.split()[-2:]), "force")
