"""Quantities: exact values, one clear message for every mistake, pint agrees with the table."""

import math
import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bumpform.errors import QuantityError
from bumpform.units.table import DIMENSIONS, UNITS
from bumpform.units.units import (
    exact_quantity,
    format_length,
    format_place,
    format_quantity,
    parse_quantity,
)


@pytest.mark.parametrize(
    ("text", "dimension", "expected"),
    [
        ("25 um", "length", 25e-6),
        ("25um", "length", 25e-6),
        ("25 µm", "length", 25e-6),
        ("25 μm", "length", 25e-6),
        ("1e6 um^3", "volume", 1e-12),
        ("1e6 um3", "volume", 1e-12),
        ("1e6 µm³", "volume", 1e-12),
        ("0.4 nl", "volume", 4e-13),
        ("90 deg", "angle", math.pi / 2),
        ("90°", "angle", math.pi / 2),
        ("350 degC", "temperature", 623.15),
        ("350 °C", "temperature", 623.15),
        ("-40 degC", "temperature", 233.15),
        ("62 %", "fraction", 0.62),
        ("0.62", "fraction", 0.62),
        ("8.4 g/cm^3", "density", 8400.0),
        ("8.4 g / cm**3", "density", 8400.0),
        ("480 mN/m", "surface_tension", 0.48),
        ("\N{MINUS SIGN}9.81 m/s^2", "acceleration", -9.81),
        ("2 min", "time", 120.0),
        ("1 mil", "length", 25.4e-6),
        (30e-6, "length", 30e-6),
        (1, "length", 1.0),
    ],
)
def test_quantity_is_the_nearest_float(text, dimension, expected):
    """Exactly, not approximately: a case file must mean the same number on every path."""
    assert parse_quantity(text, dimension) == expected


@pytest.mark.parametrize(
    ("text", "dimension", "expected"),
    [
        ("3 arcmin", "angle", math.radians(0.05)),
        ("662 degF", "temperature", 623.15),
        ("1 inch", "length", 0.0254),
        ("2 mils", "length", 50.8e-6),
        ("10 mil^3", "volume", 10 * 25.4e-6**3),
        ("10 mil**3", "volume", 10 * 25.4e-6**3),
        ("10 mil3", "volume", 10 * 25.4e-6**3),
        ("15 Å", "length", 1.5e-9),
        ("480 dyn/cm", "surface_tension", 0.48),
        ("1 kg/(m s^2)", "pressure", 1.0),
        ("5 minutes", "time", 300.0),
    ],
)
def test_units_beyond_the_table_come_from_pint(text, dimension, expected):
    assert parse_quantity(text, dimension) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("value", "dimension", "message"),
    [
        ("30", "length", 'a unit is missing. Write for example "30 um".'),
        ("4e-4", "length", 'a unit is missing. Write for example "4e-4 m".'),
        ("0.4", "length", 'a unit is missing. Write for example "0.4 mm".'),
        ("400", "length", 'a unit is missing. Write for example "400 um".'),
        ("0.002", "mass", 'a unit is missing. Write for example "0.002 mg".'),
        ("1e-5", "mass", 'a unit is missing. Write for example "1e-5 kg".'),
        ("-25", "angle", 'a unit is missing. Write for example "-25 deg".'),
        ("0", "length", 'a unit is missing. Write for example "0 um".'),
        ("1e99999999999999999999", "length", "a unit is missing."),
        ("30 kg", "length", '"kg" is a unit of mass, but a length is needed.'),
        ("5 m", "time", '"m" is a unit of length, but a time is needed.'),
        ("350 C", "temperature", 'Write for example "350 degC".'),
        ("245 F", "temperature", '"F" is no unit of a temperature. Write for example "245 degF".'),
        ("3 H", "length", '"H" is no unit of a length. Write for example'),
        ("30 µ", "length", 'unknown unit "µ". Did you mean "um"?'),
        ("518.15", "temperature", 'Write for example "518.15 degC", or "518.15 K".'),
        ("30 umm", "length", 'unknown unit "umm". Did you mean "um"?'),
        ("wide", "length", "is not a number with a unit."),
        ("", "length", "is not a number with a unit."),
        ("1,5 mm", "length", 'decimals follow a point: write "1.5 mm".'),
        ("nan um", "length", "must be a finite number."),
        ("-inf", "length", "must be a finite number."),
        ("1e999 m", "length", "must be a finite number."),
        ("1e99999999999999999999 m", "length", "must be a finite number."),
        (math.nan, "length", "must be a finite number."),
        (10**400, "length", "must be a finite number."),
        (True, "length", "a length is needed"),
        ([1, 2], "angle", "an angle is needed"),
        (None, "length", "a length is needed"),
        ("2 ppm", "angle", "an angle is needed"),
        ("3 deg", "fraction", "a fraction is needed"),
        ("3 10^10^10", "length", "unknown unit"),
        ("3 m^999999999", "length", "unknown unit"),
        ("3 (", "length", "unknown unit"),
        ("3 __import__('os')", "length", "unknown unit"),
    ],
)
def test_a_wrong_quantity_says_what_to_write(value, dimension, message):
    with pytest.raises(QuantityError) as caught:
        parse_quantity(value, dimension)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in UNITS if name not in ("", "mil")])
def test_the_table_is_pints(name):
    """Factor and offset of every unit equal pint's exactly; "mil" is an angle there."""
    pint = pytest.importorskip("pint")
    registry = pint.UnitRegistry(non_int_type=Decimal, cache_folder=":auto:")
    unit = UNITS[name]
    si = DIMENSIONS[unit.dimension].si
    for number in (Decimal("0.4"), Decimal(25), Decimal("137.5")):
        theirs = registry.Quantity(number, name).to(registry.Unit(si)).magnitude
        ours = parse_quantity(f"{number} {name}", unit.dimension)
        assert abs(ours - float(theirs)) <= math.ulp(ours)


def test_ordinary_units_do_not_import_pint():
    """pint costs half a second, which the command's start-up cannot spare."""
    code = (
        "import sys; from bumpform.units.units import parse_quantity as p;"
        "p('25 um', 'length'), p('350 degC', 'temperature'), p('62 %', 'fraction');"
        "sys.exit('pint' in sys.modules)"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], check=False, env={"PYTHONPATH": ":".join(sys.path)}
        ).returncode
        == 0
    )


@pytest.mark.slow
def test_pint_works_where_its_cache_cannot_be_written():
    """A container's user may have no home."""
    code = "from bumpform.units.units import parse_quantity as p; print(p('1 inch', 'length'))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ":".join(sys.path), "HOME": "/proc/no", "XDG_CACHE_HOME": "/proc/no"},
    )
    assert (run.stdout, run.stderr) == ("0.0254\n", "")


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(sorted(DIMENSIONS)))
def test_exact_text_reads_back_as_the_same_float(value, dimension):
    """A resolved case file must load to an equal case, whatever the number."""
    assert parse_quantity(exact_quantity(value, dimension), dimension) == value


@pytest.mark.slow
@given(st.text(max_size=30), st.sampled_from(sorted(DIMENSIONS)))
def test_any_text_is_a_finite_number_or_a_message(text, dimension):
    try:
        value = parse_quantity(text, dimension)
    except QuantityError as error:
        assert str(error)
    else:
        assert math.isfinite(value)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_example_of_a_message_is_right(dimension):
    """Messages suggest it, so it must be read; and every unit for output must be known."""
    assert parse_quantity(DIMENSIONS[dimension].example, dimension) > 0
    assert all(UNITS[unit].dimension == dimension for _, unit in DIMENSIONS[dimension].readable)


@pytest.mark.parametrize(
    ("value", "dimension", "text"),
    [
        (25e-6, "length", "25 µm"),
        (5e-8, "length", "0.05 µm"),
        (4e-13, "volume", "0.4 nl"),
        (623.15, "temperature", "350 °C"),
        (math.pi / 3, "angle", "60°"),
        (8400.0, "density", "8400 kg/m³"),
        (10672.5323, "density", "10673 kg/m³"),
        (0.0, "length", "0 µm"),
        (-2.5e-5, "length", "-25 µm"),
        (math.inf, "length", "inf"),
    ],
)
def test_readers_get_the_units_of_the_field(value, dimension, text):
    assert format_quantity(value, dimension) == text


@pytest.mark.parametrize("dimension", sorted(set(DIMENSIONS) - {"fraction", "temperature"}))
@pytest.mark.parametrize("value", [1.0, 1.5e-2, 1.5e-4, 1.5e-7, 1.5e-10])
def test_what_is_printed_may_be_written_in_a_case(value, dimension):
    text = format_quantity(value, dimension, 12)
    assert parse_quantity(text, dimension) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.48753e-05, "24.8753 µm"), (8e-05, "80 µm"), (1.5e-3, "1.5 mm"), (5e-9, "5 nm")],
)
def test_lengths_in_sentences_are_in_the_units_of_case_files(value, text):
    assert format_length(value) == text
    assert format_length(-value) == f"-{text}"


def test_rounding_s_rest_of_a_length_is_none():
    """1e-19 m is what a sum of lengths of 1e-3 m leaves of nothing."""
    assert format_place(1e-19, -1e-21) == "r = 0 µm, z = 0 µm"
