"""Quantities that cannot be: refused, with the unit that may have been meant."""

from __future__ import annotations

import typing

import pytest

from bumpform.errors import QuantityError
from bumpform.units import fields

WRONG = {
    "a flux of grams in kilograms": (
        fields.FluxDensity,
        "1.05 kg/m^3",
        'must be at least 300 kg/m³. Is "1.05 g/cm^3" meant?',
    ),
    "a metal for a flux": (fields.FluxDensity, "8400 kg/m^3", "must be at most 5000 kg/m³."),
    "a metal of grams, bare": (
        fields.Density,
        8.4,
        'must be at least 50 kg/m³ (a bare number is in kg/m^3). Is "8.4 g/cm^3" meant?',
    ),
    "kilograms in grams": (
        fields.Density,
        "8400 g/cm^3",
        'must be at most 30000 kg/m³. Is "8400 kg/m^3" meant?',
    ),
    "newtons in millinewtons": (
        fields.SurfaceTension,
        "0.48 mN/m",
        'must be at least 5 mN/m. Is "0.48 N/m" meant?',
    ),
    "millinewtons in newtons": (
        fields.SurfaceTension,
        480,
        'must be at most 5 N/m (a bare number is in N/m). Is "480 mN/m" meant?',
    ),
    "degrees Celsius, bare": (
        fields.Temperature,
        245,
        'must be at least -20 degC (a bare number is in K). Is "245 degC" meant?',
    ),
    "degrees Celsius as kelvin": (
        fields.Temperature,
        "183 K",
        'must be at least -20 degC. Is "183 degC" meant?',
    ),
    "millimetres, bare": (
        fields.Length,
        0.8,
        'must be at most 50 mm (a bare number is in m). Is "0.8 mm" or "0.8 um" meant?',
    ),
    "micrometres, bare": (
        fields.Length,
        30,
        'must be at most 50 mm (a bare number is in m). Is "30 mm" or "30 um" meant?',
    ),
    "micrometres as millimetres": (
        fields.Length,
        "60 mm",
        'must be at most 50 mm. Is "60 um" meant?',
    ),
    "nanolitres, bare": (
        fields.Volume,
        0.4,
        'must be at most 10 ml (a bare number is in m^3). Is "0.4 ul" or "0.4 nl" meant?',
    ),
    "a mass in kilograms": (fields.Mass, "3 kg", 'must be at most 1 kg. Is "3 g" or "3 mg" meant?'),
    "a load, bare": (
        fields.Force,
        200,
        'must be at most 100 N (a bare number is in N). Is "200 mN" or "200 uN" meant?',
    ),
    "degrees, bare": (
        fields.Angle,
        25,
        'must be below 180° (a bare number is in rad). Is "25 deg" meant?',
    ),
    "per cent, bare": (fields.Fraction, 50, 'must be at most 1. Is "50 %" meant?'),
    "no length": (fields.Length, "-3 um", "must be above 0."),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_cannot_be_names_the_unit_that_can(kind):
    field, given, sentence = WRONG[kind]
    (quantity,) = typing.get_args(field)[1:]
    with pytest.raises(QuantityError) as caught:
        quantity.read(given)
    said = str(caught.value).replace("\N{MINUS SIGN}", "-").replace("20 °C", "20 degC")
    assert said == sentence.replace("10 ml", "10000 µl")


@pytest.mark.parametrize(
    ("field", "given"),
    [
        (fields.FluxDensity, "0.78 g/cm^3"),  # an alcohol
        (fields.FluxDensity, "1.6 g/cm^3"),
        (fields.Density, "534 kg/m^3"),  # lithium
        (fields.Density, "22.6 g/cm^3"),  # osmium
        (fields.SurfaceTension, "18 mN/m"),  # a fluorinated solvent
        (fields.SurfaceTension, "2.7 N/m"),  # rhenium
        (fields.Temperature, "-19 degC"),  # gallium, indium, tin, supercooled
        (fields.Temperature, "3422 degC"),  # tungsten
        (fields.Length, "1 nm"),
        (fields.Length, "10 mm"),
        (fields.Mass, "0 g"),
        (fields.Force, "-1 N"),
    ],
)
def test_what_can_be_is_taken(field, given):
    (quantity,) = typing.get_args(field)[1:]
    assert isinstance(quantity.read(given), float)
