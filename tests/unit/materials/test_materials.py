"""The library carries source and mark on every value; a case's values go in front of it."""

import itertools
import math
import pickle
import re

import pytest
from scipy.optimize import brentq

from bumpform.case.case import Case
from bumpform.case.file import load_case
from bumpform.errors import CaseError
from bumpform.materials.library import load_library, read_library
from bumpform.materials.material import MARKS
from bumpform.materials.materials import Materials, split_wetting_key
from bumpform.materials.overrides import MaterialOverride
from bumpform.units.units import parse_quantity

CELSIUS = 273.15
LIBRARY = load_library()
SOLDERS = [m for m in LIBRARY.materials.values() if m.kind == "solder"]

#: Melts of elements that are no solders of the library: kg/m³ at a temperature in K, slope.
ELEMENTS = {
    "Ag": (9294.0, 1234.93, -0.877),
    "Cu": (7997.0, 1357.77, -0.819),
    "Sb": (6467.0, 899.0, -0.608),
    "Au": (17310.0, 1337.33, -1.34),
    "Ni": (7861.0, 1728.0, -0.988),
    "Ge": (5600.0, 1211.0, -0.49),
}


@pytest.mark.parametrize("material", LIBRARY.materials.values(), ids=lambda m: m.name)
def test_every_value_has_a_source_and_a_mark(material):
    for name, prop in material.properties():
        assert prop.source, name
        assert prop.verified in MARKS
    assert re.fullmatch("#[0-9a-f]{6}", material.color)


def test_colors_are_distinct():
    colors = [material.color for material in LIBRARY.materials.values()]
    assert sorted(set(colors)) == sorted(colors)


@pytest.mark.parametrize("solder", SOLDERS, ids=lambda m: m.name)
def test_every_solder_can_be_melted(solder):
    assert solder.missing_for_melting() == ()
    assert math.fsum(part for _, part in solder.composition) == pytest.approx(1, abs=1e-12)
    assert solder.solidus.value <= solder.liquidus.value
    liquid = Materials().liquid(solder.name, solder.liquidus.value + 40)
    gold = dict(solder.composition).get("Au", 0.0)  # twice as heavy as lead, and it holds harder
    assert 0.3 < liquid.surface_tension < (0.7 if gold else 0.6)
    assert 6500 < liquid.density < (14000 if gold else 11000)
    assert 0.9 < liquid.density / solder.density_solid.value < 1.03  # only bismuth's expand


@pytest.mark.parametrize(
    "solder", [m for m in SOLDERS if "mixing" in m.density_liquid.source], ids=lambda m: m.name
)
@pytest.mark.parametrize("hotter", [0.0, 60.0])
def test_a_density_by_mixing_is_that_of_its_elements(solder, hotter):
    """1/density is the sum of mass fraction/density: to half of the last digit that is given."""
    temperature = solder.density_liquid.reference + hotter
    volume = 0.0
    for element, part in solder.composition:
        if element in ELEMENTS:
            value, at, slope = ELEMENTS[element]
            density = value + slope * (temperature - at)
        else:
            density = Materials().liquid(element, temperature).density
        volume += part / density
    assert solder.density_liquid.at(temperature) == pytest.approx(1 / volume, abs=5.5)


def test_surface_tension_of_tin_with_bismuth_is_butlers():
    """Each element's potential is the same in the surface as in the bulk of an ideal solution."""
    temperature, avogadro, gas = 205 + CELSIUS, 6.02214e23, 8.314
    moles = {"Sn": 0.80 / 0.11871, "Bi": 0.20 / 0.20898}
    molar = {"Sn": 0.11871, "Bi": 0.20898}

    def crowded(tension):
        total = 0.0
        for element, amount in moles.items():
            own = Materials().liquid(element, temperature)
            area = 1.091 * avogadro ** (1 / 3) * (molar[element] / own.density) ** (2 / 3)
            rise = (tension - own.surface_tension) * area / (gas * temperature)
            total += amount / sum(moles.values()) * math.exp(rise)
        return total - 1.0

    tension = Materials().get("Sn80Bi20").surface_tension
    assert tension.value == pytest.approx(brentq(crowded, 0.3, 0.6), abs=6e-4)  # of 3 digits


@pytest.mark.parametrize(
    ("alias", "share"),
    [
        ("SnAg1.8", {"Sn": 0.982, "Ag": 0.018}),
        ("SnAg2.5", {"Sn": 0.975, "Ag": 0.025}),
        ("SAC0307", {"Sn": 0.99, "Ag": 0.003, "Cu": 0.007}),
        ("Sn62", {"Sn": 0.62, "Pb": 0.36, "Ag": 0.02}),
        ("Sn5Sb", {"Sn": 0.95, "Sb": 0.05}),
        ("Sn57Bi42Ag1", {"Sn": 0.42, "Bi": 0.57, "Ag": 0.01}),  # 57 is bismuth's share
        ("Sn9Zn", {"Sn": 0.91, "Zn": 0.09}),
        ("Sn57Bi1Ag", {"Sn": 0.42, "Bi": 0.57, "Ag": 0.01}),
    ],
)
def test_names_of_the_trade_mean_these_compositions(alias, share):
    assert dict(Materials().get(alias).composition) == share


@pytest.mark.parametrize(
    "pair", list(itertools.combinations([solder.name for solder in SOLDERS], 2)), ids="+".join
)
def test_bounds_of_a_mixture_lie_about_its_parts(pair):
    """Solid only where both parts are; molten where the part that melts last is."""
    parts = [LIBRARY.materials[part] for part in pair]
    bounds = Materials().melting_bounds("+".join(pair))
    assert Materials().melting_bounds("+".join(pair[::-1])) == bounds
    elements = {e for p in parts for e, _ in p.composition}
    if elements & {"Au", "In", "Sb", "Zn"} or elements == {"Bi", "Pb"}:
        assert bounds is None  # their compounds and eutectics are not in the library
        return
    assert bounds is not None
    assert bounds.solid_below.value <= min(part.solidus.value for part in parts)
    assert bounds.molten_above.value == max(part.liquidus.value for part in parts)


@pytest.mark.parametrize(
    ("name", "solid_below", "molten_above"),
    [
        ("SAC105+SAC305", 215, 227),  # SAC105 begins to melt below the eutectic as tabulated
        ("SAC305+SN100C", 217, 227),  # traces of nickel and germanium
        ("SAC305+Sn60Pb40", 176, 220),
        ("Sn62Pb36Ag2+Sn63Pb37", 178, 183),
        ("SAC305+Sn98.2Ag1.8", 217, 226.3),
        ("SAC305+Sn42Bi57Ag1", 136, 220),
        ("SAC305+Sn42Bi58+Sn96.5Ag3.5", 136, 221),
    ],
)
def test_repairs_that_are_common_melt_between_known_bounds(name, solid_below, molten_above):
    bounds = Materials().melting_bounds(name)
    assert bounds.solid_below.value == pytest.approx(273.15 + solid_below)
    assert bounds.molten_above.value == pytest.approx(273.15 + molten_above)


def test_more_silver_melts_tin_sooner_down_to_the_eutectic():
    """Linear between tin and its eutectic with silver, within 0.1 K."""
    tin, eutectic = (LIBRARY.materials[n].liquidus.value for n in ("Sn", "Sn96.5Ag3.5"))
    for name, silver in (("Sn98.2Ag1.8", 1.8), ("Sn97.5Ag2.5", 2.5)):
        solder = LIBRARY.materials[name]
        line = tin + (eutectic - tin) * silver / 3.5
        assert solder.liquidus.value == pytest.approx(line, abs=0.1)
        assert solder.solidus.value == pytest.approx(eutectic, abs=1e-9)


def test_every_surface_of_the_library_has_a_contact_angle():
    materials = Materials()
    for name in LIBRARY.materials:
        assert 0 < materials.contact_angle("SAC305", name) < math.pi


def test_an_angle_of_no_one_solder_says_so_in_its_source():
    general = {k: v for k, v in LIBRARY.contact_angles.items() if " on " not in k}
    for surface, angle in general.items():
        assert angle.source.startswith(("any solder", "assumed")), surface


def test_every_contact_angle_of_the_library_is_of_materials_of_it():
    names = {name for pair in LIBRARY.contact_angles for name in split_wetting_key(pair) if name}
    assert names <= set(LIBRARY.materials)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "metall"}, ": kind is one of solder, metal, dielectric"),
        ({"colour": "#123456"}, ": there is no colour, but name, kind"),
        ({"density_solid": {"value": "10 g", "source": "s", "verified": "R"}}, "a unit of mass"),
        ({"density_solid": {"value": 1.0, "source": "t", "verified": "R"}}, r'has no "t"'),
        ({"density_solid": {"value": 1.0, "source": "s"}}, "density_solid: verified is missing"),
        ({"density_solid": {"value": 1.0, "slop": 2.0}}, "density_solid: there is no slop, but"),
    ],
)
def test_an_entry_that_cannot_be_read_is_named(changes, message):
    entry = {"kind": "metal", "color": "#5d6f81"} | changes
    data = {"sources": {"s": "x"}, "material": {"Mo": entry}, "contact_angle": {}, "system": {}}
    with pytest.raises(ValueError, match=f"materials.toml: material.Mo.*{message}"):
        read_library(data)


def test_aliases_name_one_material_each():
    assert not set(LIBRARY.aliases) & set(LIBRARY.materials)
    names = [alias for m in LIBRARY.materials.values() for alias in m.aliases]
    assert len(names) == len(set(names))
    assert Materials().get("copper").name == "Cu"


@pytest.mark.parametrize(
    ("name", "celsius", "density"),
    [
        ("Pb", 327.45, 11441 - 1.2795 * 600.6),  # OECD/NEA line at the melting point
        ("Sn", 231.93, 6979.0),
        ("Sn63Pb37", 183.0, 8150.0),
        ("Sn63Pb37", 220.0, 8150.0 - 1.38 * 37),
        ("Sn42Bi58", 138.0, 8510.0),
        ("Pb95Sn5", 350.0, 10410.0 - 1.23 * 38),
    ],
)
def test_liquid_density_follows_its_line(name, celsius, density):
    liquid = Materials().liquid(name, celsius + CELSIUS)
    assert liquid.density == pytest.approx(density, rel=2e-6)


@pytest.mark.parametrize(
    ("name", "millimetres"), [("Sn63Pb37", 2.45), ("SAC305", 2.80), ("Sn42Bi58", 2.19)]
)
def test_capillary_length_is_the_known_one(name, millimetres):
    """Surface tension and density together, against the lengths in the material notes."""
    material = Materials().get(name)
    liquid = Materials().liquid(name, material.liquidus.value + 1)
    length = math.sqrt(liquid.surface_tension / (liquid.density * 9.81))
    assert length * 1e3 == pytest.approx(millimetres, rel=0.015)


def test_a_solder_is_solid_below_its_solidus_and_molten_above_its_liquidus():
    materials = Materials()
    assert materials.state("Pb95Sn5", 220 + CELSIUS) == "solid"
    assert materials.state("Pb95Sn5", 350 + CELSIUS) == "molten"
    assert materials.state("Cu", 2000.0) == "solid"  # only solders melt


@pytest.mark.parametrize("celsius", [308.0, 310.0, 312.0])
def test_between_solidus_and_liquidus_both_are_named(celsius):
    with pytest.raises(CaseError, match=r"308 °C.*312 °C"):
        Materials().state("Pb95Sn5", parse_quantity(f"{celsius} degC", "temperature"))


@pytest.mark.parametrize(
    ("wetting", "expected"),
    [
        ({"Sn63Pb37 on Cu": 0.1, "Cu": 0.2}, 0.1),
        ({"Cu": 0.2}, 0.2),  # the case's general angle is before the library's specific one
        ({"copper": 0.2}, 0.2),
        ({"Sn37Pb on copper": 0.1}, 0.1),
        ({"SAC305 on Cu": 0.3}, math.radians(17)),
        ({}, math.radians(17)),
    ],
)
def test_contact_angles_are_looked_up_from_specific_to_general(wetting, expected):
    assert Materials(wetting=wetting).contact_angle("Sn63Pb37", "Cu") == pytest.approx(expected)


def test_the_librarys_general_angle_is_the_last_resort():
    assert Materials().contact_angle("Pb95Sn5", "Cu") == pytest.approx(math.radians(25))


def test_an_unknown_contact_angle_says_what_to_write():
    own = {"W": MaterialOverride(kind="metal")}
    with pytest.raises(CaseError, match='Write "Sn on W" or "W" under \\[wetting\\]'):
        Materials(own).contact_angle("Sn", "W")


def test_an_unknown_material_is_met_with_the_nearest():
    with pytest.raises(CaseError, match='Did you mean "polyimide"'):
        Materials().get("Polymide")
    assert "polymide" not in Materials()
    assert 3 not in Materials()


def test_a_cases_value_replaces_value_and_slope():
    own = {"Pb95Sn5": MaterialOverride(surface_tension="0.48 N/m", density="10300 kg/m^3")}
    for temperature in (600.0, 700.0):
        assert Materials(own).liquid("Pb95Sn5", temperature) == (0.48, 10300.0)
    changed = Materials(own).get("Pb95Sn5")
    assert changed.surface_tension.verified == "U"
    assert changed.solidus == LIBRARY.materials["Pb95Sn5"].solidus


def test_density_of_a_solid_is_that_of_the_solid():
    own = {"Cu": MaterialOverride(density=8900.0)}
    assert Materials(own).get("Cu").density_solid.value == 8900.0
    assert Materials(own).get("Cu").density_liquid is None


def test_unverified_values_are_listed_once_and_only_they():
    found = Materials().unverified(["Sn63Pb37", "Pb95Sn5", "Pb95Sn5"], [("Sn63Pb37", "Au")])
    assert [(u.material, u.property) for u in found] == [
        ("Pb95Sn5", "solidus"),
        ("Pb95Sn5", "liquidus"),
        ("Pb95Sn5", "surface_tension"),
        ("Sn63Pb37 on Au", "contact_angle"),
    ]
    own = {"Pb95Sn5": MaterialOverride(surface_tension=0.48, solidus=580.0, liquidus=585.0)}
    assert Materials(own, {"Au": 0.3}).unverified(["Pb95Sn5"], [("Pb95Sn5", "Au")]) == ()


def test_materials_can_be_sent_to_a_worker():
    own = {"Cu": MaterialOverride(density=8900.0)}
    copy = pickle.loads(pickle.dumps(Materials(own, {"Cu": 0.2})))
    assert copy.contact_angle("Sn", "Cu") == 0.2


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"composition": {"Sn": 0.5, "Pb": 0.4}}, "adds up to 0.9"),
        ({"composition": {"tin": 1.0}}, "is not a chemical symbol"),
        (
            {"composition": {"tin": 1.0, "lead": 0.1}},
            '"tin" and "lead" are no chem.* It adds up to 1.1',
        ),
        ({"color": "red"}, "#rrggbb"),
    ],
)
def test_an_override_must_make_sense(values, message):
    with pytest.raises(ValueError, match=message):
        MaterialOverride(**values)


def test_wetting_keys_are_split_at_on():
    assert split_wetting_key("Sn63Pb37 on solder resist") == ("Sn63Pb37", "solder resist")
    assert split_wetting_key("silicon") == (None, "silicon")


def test_a_kind_that_nothing_knows_is_told_with_those_that_there_are():
    values = load_case("photoimaged_opening").to_dict()
    values["materials"] = {"Ni": {"kind": "metall"}}
    with pytest.raises(CaseError) as caught:
        Case.from_dict(values)
    [problem] = caught.value.problems
    assert problem.path == "materials.Ni.kind"
    assert '"metal"' in problem.message and '"solder"' in problem.message
