"""The process of a bump as text, step by step: what check tells of it, or what a run says."""

from __future__ import annotations

import tomllib

from bumpform.case.case import Case
from bumpform.process.dry import dry_problems

#: A pad in its base; "ceramic" is a dielectric of which no angle is known.
HEAD = """
[case]
name = "dry"
pitch = "400 um"
[wetting]
"Cu" = "25 deg"
"SiO2" = "140 deg"
"polyimide" = "125 deg"
[materials.ceramic]
kind = "dielectric"
[[step]]
do = "substrate"
pad = { radius = "60 um", thickness = "5 um", material = "Cu" }
base = { material = "SiO2" }
"""
COAT = """
[[step]]
do = "coat"
layer = "dielectric"
material = "polyimide"
thickness = "30 um"
opening = { radius = "60 um" }
"""
DEPOSIT = """
[[step]]
do = "deposit"
solder = "Pb95Sn5"
volume = "0.4 nl"
"""
REFLOW = """
[[step]]
do = "reflow"
name = "first"
peak = "350 degC"
"""
SECOND = """
[[step]]
do = "deposit"
solder = "Sn63Pb37"
volume = "0.4 nl"
[[step]]
do = "reflow"
name = "second"
peak = "220 degC"
"""
BUMP = HEAD + COAT + DEPOSIT + REFLOW
CORE = """
[[step]]
do = "core"
material = "Cu"
diameter = "80 um"
[[step]]
do = "deposit"
solder = "Sn63Pb37"
volume = "1 nl"
"""


def land(*, pad, high, proud=None):
    """A land of copper on FR4, flush or proud; radius and thicknesses in µm."""
    stands = "" if proud is None else f', proud = "{proud} um"'
    return f"""
[[step]]
do = "substrate"
pad = {{ radius = "{pad} um", thickness = "{high} um", material = "Cu"{stands} }}
base = {{ material = "FR4" }}
"""


def masked_land(*, pad, high, mask, opening, proud=None, layer="mask"):
    """The same under a mask of solder resist; radii and thicknesses in µm."""
    return (
        land(pad=pad, high=high, proud=proud)
        + f"""[[step]]
do = "coat"
layer = "{layer}"
material = "solder resist"
thickness = "{mask} um"
opening = {{ radius = "{opening} um" }}
"""
    )


def case_of(text):
    return Case.from_dict(tomllib.loads(text))


def told(text):
    """Paths and messages of a case's dry problems."""
    return [(p.path, p.message) for p in dry_problems(case_of(text))]


def step(text):
    return f"\n[[step]]\n{text}\n"


def mount(**more):
    values = {"pad": '{ radius = "60 um", material = "Cu" }', "load": '"0 N"'} | more
    lines = [f"{key} = {value}" for key, value in values.items() if value]
    return step(
        'do = "mount"\nbase = { material = "SiO2" }\npeak = "220 degC"\n' + "\n".join(lines)
    )


#: A step that no bump of these has room for.
LATER = step('do = "plate"\nmaterial = "Ni"\nradius = "300 um"\nthickness = "2 um"')
