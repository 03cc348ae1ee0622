"""Case files with something wrong in them, at random but reproducibly."""

from __future__ import annotations

import random
import re

#: Values that no key wants, or few do, as TOML spells them.
NASTY = (
    "1e308", "-1e308", "nan", "inf", "-inf", "-0.0", "0", "-1", '""', '" "', '"1e400 um"',
    '"1e-400 um"', '"um"', '"25"', '"25 kg"', '"25 parsec"', '"-5 um"', '"0 um"', '"1 m"',
    '"nan um"', '"180 deg"', '"-273.15 degC"', "[]", "{}", "[[]]", "[1, 2, 3]", "true",
    "{ a = { b = 1 } }",
    "1979-05-27", "07:32:00", '"\\u0000"', f'"{"x" * 5000}"', "9" * 4500, f'"{"9" * 4500} um"',
    "0x" + "f" * 400, '"25 um"', '"Cu"', '"Sn63Pb37"', '"dielectric"', '[["0 s", "25 degC"]]',
)  # fmt: skip
_QUANTITY = re.compile(r'"(-?[0-9.]+) (um|nl|deg|degC|m/s\^2|mN|mm)"')


def scaled(draw: random.Random, text: str) -> str:
    """One to three of its quantities made larger or smaller, some by many orders."""
    for _ in range(draw.choice((1, 1, 2, 3))):
        found = draw.choice(list(_QUANTITY.finditer(text)))
        number, unit = float(found[1]), found[2]
        if unit in ("deg", "degC"):
            number *= draw.uniform(0.02, 1.9)
        else:
            reach = 7.0 if draw.random() < 0.4 else 1.5
            number *= 10.0 ** draw.uniform(-reach, reach) * draw.choice((1, 1, 1, 1, 1, 1, -1))
        text = text.replace(found[0], f'"{number!r} {unit}"', 1)
    return text


def reordered(draw: random.Random, text: str) -> str:
    """A step dropped, doubled or moved."""
    head, *steps = text.split("[[step]]")
    step = steps.pop(draw.randrange(len(steps)))
    for _ in range(draw.randrange(3)):
        steps.insert(draw.randrange(len(steps) + 1), step)
    return "[[step]]".join([head, *steps])


def broken(draw: random.Random, text: str) -> bytes:
    """Lines dropped, doubled, swapped; bytes flipped; keys misspelt; values replaced."""
    lines = text.encode().split(b"\n")
    for _ in range(draw.choice((1, 1, 2, 3))):
        i, j = draw.randrange(len(lines)), draw.randrange(len(lines))
        kind = draw.choice(("drop", "double", "swap", "flip", "misspell", "value", "value"))
        key, equals, _ = lines[i].partition(b"=")
        if kind == "drop" and len(lines) > 1:
            del lines[i]
        elif kind == "double":
            lines.insert(j, lines[i])
        elif kind == "swap":
            lines[i], lines[j] = lines[j], lines[i]
        elif kind == "flip" and lines[i]:
            flipped = bytearray(lines[i])
            flipped[draw.randrange(len(flipped))] = draw.randrange(256)
            lines[i] = bytes(flipped)
        elif kind == "misspell" and equals:
            lines[i] = lines[i].replace(key, key[1:2] + key[:1] + key[2:], 1)
        elif kind == "value" and equals:
            lines[i] = key + b"= " + draw.choice(NASTY).encode()
    return b"\n".join(lines)
