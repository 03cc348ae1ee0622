"""The numbers that a case follows from, each at its `--set` address, and how they scatter."""

from __future__ import annotations

import difflib
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from bumpform.answers.basis.scatter import Scatter
from bumpform.case.case import Case
from bumpform.case.checks.addresses import locate, step_labels
from bumpform.case.checks.metal import melting_peaks, put_down
from bumpform.case.checks.problems import raise_if
from bumpform.case.checks.quantities import marks, quantity_at, value_at
from bumpform.case.checks.tolerances import Tolerance
from bumpform.errors import CaseError, Problem
from bumpform.materials.materials import Materials
from bumpform.steps.kinds import Deposit
from bumpform.units.fields import Model, Quantity, Uses

__all__ = ["Input", "asked_inputs", "input_at", "inputs_of"]

#: m/s²: the size of a gravity that is 0.
_GRAVITY: Final = 9.81
#: Size of any other number that is 0, SI: of a load, a mass.
_SMALL: Final = 1e-3
#: Values of a solder that a case can give -> those of the library that they stand for.
_PROPERTIES: Final = {
    "solidus": "solidus",
    "liquidus": "liquidus",
    "density": "density_liquid",
    "density_solid": "density_solid",
    "surface_tension": "surface_tension",
}


@dataclass(frozen=True)
class Input:
    """A number of a case.

    Attributes
    ----------
    path : str
        As of `--set`.
    place : str
        The same by its keys; it fits whatever the case's names are.
    value : float
        SI.
    quantity : Quantity
        Its dimension, and the schema's limits.
    size : float
        What a relative step is relative to: the value, or what it is small beside.
    tolerance : Tolerance or None
        How it scatters.
    given : bool
        Whether the case states it; otherwise it is the library's value or a default.
    """

    path: str
    place: str
    value: float
    quantity: Quantity
    size: float
    tolerance: Tolerance | None = None
    given: bool = True

    @property
    def std(self) -> float | None:
        """Standard deviation in SI; None where it does not scatter."""
        return None if self.tolerance is None else Scatter.of(self.tolerance, self.value).std

    @property
    def limits(self) -> tuple[float, float]:
        """Least and largest value that the schema allows; infinite where there is none."""
        q = self.quantity
        low = [x for x in (q.above, q.least) if x is not None]
        high = [x for x in (q.below, q.most) if x is not None]
        return max(low, default=-math.inf), min(high, default=math.inf)

    def allows(self, value: float) -> bool:
        """Whether the schema allows a value."""
        q = self.quantity
        return not (
            (q.above is not None and value <= q.above)
            or (q.below is not None and value >= q.below)
            or (q.least is not None and value < q.least)
            or (q.most is not None and value > q.most)
        )


def inputs_of(case: Case) -> tuple[Input, ...]:
    """Every number that the shapes of a case may follow from, in the order of its file.

    Contact angles of the library and what it says of a solder are among them, as long as one
    number can stand for them: a surface tension that the process asks for at two temperatures is
    none, nor are solidus and liquidus where they are one. Criteria (`[conditions]`,
    `[requirements]`) are none, nor are parts of a whole (compositions), profiles of temperatures,
    and numbers that are 0 because nothing is there.
    """
    data = case.to_dict()
    scatter = {".".join(locate(data, path)): t for path, t in case.tolerances.items()}
    numbers = list(_numbers(case, data))
    thinnest = min(n.value for n in numbers if n.quantity.dimension == "length" and n.value > 0.0)
    sizes = {"length": thinnest, "acceleration": _GRAVITY}
    return tuple(
        Input(
            n.path,
            n.place,
            n.value,
            n.quantity,
            abs(n.value) or sizes.get(n.quantity.dimension, _SMALL),
            scatter.get(n.place),
            n.given,
        )
        for n in numbers
    )


def input_at(case: Case, path: str) -> Input:
    """The input at an address.

    Raises
    ------
    CaseError
        If there is none.
    """
    data = case.to_dict()
    keys = locate(data, path)
    listed = inputs_of(case)
    found = next((item for item in listed if item.place == ".".join(keys)), None)
    if found is not None:
        return found
    near = difflib.get_close_matches(path, [item.path for item in listed], n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    message = f"{_why_none(data, keys)}{hint}"
    raise CaseError([Problem(path, message)], case.name)


def asked_inputs(case: Case, paths: Sequence[str] | None) -> tuple[Input, ...]:
    """The inputs at some addresses; all without.

    Raises
    ------
    CaseError
        With every address at which there is none.
    """
    if paths is None:
        return inputs_of(case)
    found: list[Input] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found.append(input_at(case, path))
        except CaseError as error:
            problems += error.problems
    raise_if(problems, case.name)
    return tuple(found)


def _why_none(data: Mapping[str, Any], keys: Sequence[str]) -> str:
    """Why what stands at some keys is no input."""
    quantity, value = quantity_at(data, keys), value_at(data, keys)
    if keys[0] in ("conditions", "requirements", "tolerances"):
        return "is a criterion, not an input: no shape depends on it."
    if quantity is not None and value is None and keys[0] in ("materials", "wetting"):
        return (
            "the case gives none, and the library has no single number for it: give it in the case."
        )
    if quantity is not None and value is None:
        return "the case gives no value there: give it."
    if quantity is not None and value == 0.0:
        return "is 0, because nothing is there: no shape depends on it."
    if isinstance(value, Mapping | list | tuple):
        return "is not one number: an input is a number in it."
    return "is not a number, as an input is."


class _Number(NamedTuple):
    path: str
    place: str
    value: float
    quantity: Quantity
    given: bool = True


def _numbers(case: Case, data: Mapping[str, Any]) -> Iterator[_Number]:
    for section, key in (("case", "pitch"), ("environment", "gravity")):
        yield from _number(data, section, key, data[section].get(key))
    for index, (label, step) in enumerate(zip(step_labels(data["step"]), case.steps, strict=True)):
        yield from _of_model(step, label, f"step.{index}")
    for surface, angle in case.wetting.items():
        yield from _number(data, "wetting", surface, angle)
    for name, override in case.materials.items():
        yield from _of_model(override, f"materials.{name}", f"materials.{name}")
    yield from _of_library(case, data)


def _number(data: Mapping[str, Any], *keys: Any, given: bool = True) -> Iterator[_Number]:
    """The number at some keys, the last argument; nothing where there is none."""
    *names, value = keys
    quantity = quantity_at(data, names)
    if value is not None and quantity is not None:
        path = ".".join(names)
        yield _Number(path, path, value, quantity, given)


def _of_model(model: Model, label: str, place: str) -> Iterator[_Number]:
    for key, field in type(model).model_fields.items():
        value = getattr(model, key)
        if isinstance(value, Model):
            yield from _of_model(value, f"{label}.{key}", f"{place}.{key}")
        elif isinstance(value, float):
            found = [m for m in marks(field.rebuild_annotation()) if isinstance(m, Quantity)]
            none = value == 0.0 == field.default  # a pad that does not stand proud: another stack
            if len(found) == 1 and not none:
                yield _Number(f"{label}.{key}", f"{place}.{key}", value, found[0])


def _of_library(case: Case, data: Mapping[str, Any]) -> Iterator[_Number]:
    """What the library says of the case's solders, as the case could say it itself.

    Of several names of one material that which has a table of its own, or else the first.
    """
    materials = Materials(case.materials, case.wetting)
    tables = {materials.canonical(name): name for name in case.materials}

    def named(name: str) -> str:
        return tables.setdefault(materials.canonical(name), name)

    melted: dict[str, set[float]] = {}
    for _, index, amount in put_down(case.steps):
        peaks = melting_peaks(index, case.steps, materials)
        melted.setdefault(named(amount.solder), set()).update(peaks)
    deposited = {named(s.solder) for s in case.steps if isinstance(s, Deposit)}
    solders = [solder for solder, peaks in melted.items() if peaks or solder in deposited]
    surfaces = dict.fromkeys(map(named, _surfaces(case.steps)))
    for solder in solders:
        material, hot = materials.get(solder), melted[solder]
        for key, name in _PROPERTIES.items():
            prop = getattr(material, name)
            if prop is None or prop.verified == "U":  # the case's own
                continue
            values = {prop.at(peak) for peak in hot} if prop.slope else {prop.value}
            eutectic = key.endswith("us") and material.solidus == material.liquidus  # one number
            if len(values) == 1 and not eutectic:
                yield from _number(data, "materials", solder, key, values.pop(), given=False)
    for solder, surface in itertools.product(solders, surfaces):
        if solder == surface:  # where it has frozen it melts again
            continue
        try:
            angle = materials.contact_angle_property(solder, surface)
        except CaseError:  # they may never touch
            continue
        if angle.verified != "U":
            pair = f"{solder} on {surface}"
            yield from _number(data, "wetting", pair, angle.value, given=False)


def _surfaces(models: Iterable[Model]) -> Iterator[str]:
    """Materials that the steps name, each with its place in the process."""
    for model in models:
        for key, field in type(model).model_fields.items():
            value = getattr(model, key)
            if isinstance(value, Model):
                yield from _surfaces([value])
            elif isinstance(value, str) and any(isinstance(m, Uses) for m in field.metadata):
                yield value
