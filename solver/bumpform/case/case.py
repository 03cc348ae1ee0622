"""A case: one process with its materials, as plain frozen data in SI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Literal, Self, get_args

from pydantic import ModelWrapValidatorHandler, ValidationError, model_validator

from bumpform.brief import brief
from bumpform.case.checks.addresses import SECTION_OF, SECTIONS, put, set_values
from bumpform.case.checks.metal import is_weighed, sizes_note, weighing_problems
from bumpform.case.checks.order import material_problems, order_problems, unused_wetting
from bumpform.case.checks.peaks import melting_problems
from bumpform.case.checks.problems import explain, home_of, raise_if, spell, unknown_key
from bumpform.case.checks.requirements import Requirement, read_requirements
from bumpform.case.checks.tolerances import Tolerance, read_tolerances
from bumpform.errors import CaseError, Problem, QuantityError
from bumpform.materials.materials import Materials
from bumpform.materials.overrides import MaterialOverride
from bumpform.steps.kinds import AnyStep, Coat, Deposit, Mount, Reflow, Substrate
from bumpform.units.fields import (
    Acceleration,
    Angle,
    Fraction,
    Frozen,
    FrozenDict,
    Length,
    Model,
    Name,
    Quantity,
)
from bumpform.units.units import format_quantity

__all__ = ["Case"]

#: Most steps of a process: the longest bundled one has 13.
MOST_STEPS: Final = 100
#: How a pitch is read.
_PITCH: Final[Quantity] = get_args(Length)[1]
#: Routes whose claims can be judged.
type Route = Literal[
    "photoimaged_opening", "laminated_abraded", "plated_column", "core_and_cap", "stacked_masks"
]


class Case(Model):
    """A bumping process.

    Hashable and picklable. However it is made, `CaseError` lists everything that is wrong.

    Attributes
    ----------
    name : str
        Names the output folder.
    title : str
    pitch : float or None, m
        Distance of bump axes.
    gravity : float, m/s²
        Positive pulls towards −z; negative for a hanging bump.
    wetting : mapping of "SURFACE" or "SOLDER on SURFACE" to rad
        Young contact angles, through the liquid.
    materials : mapping of name to MaterialOverride
    steps : tuple of step models
    tolerance : float
        How far "generally equal" and "flush" may be off, relative.
    mesh_recipe : str
    route : str or None
        Whose claims are judged; without one only the general conditions are.
    remelts : bool
        Whether any stage may melt what an earlier one froze and something was built upon.
    requirements : mapping of "STAGE.METRIC" to Requirement
        The user's own limits.
    tolerances : mapping of path to Tolerance
        How inputs scatter; a run does not depend on them.
    amounts : "liquid", "solid" or None
        Whether sizes and volumes of solder are of the liquid, or of metal at 25 °C; not said:
        liquid.
    freezing : "none", "shrinks" or None
        Whether what freezes takes the volume of the solid; not said: none.
    """

    name: Name
    title: str = ""
    pitch: Length | None = None
    gravity: Acceleration = 9.81
    wetting: Frozen[Angle] = FrozenDict()
    materials: Frozen[MaterialOverride] = FrozenDict()
    steps: tuple[AnyStep, ...]
    tolerance: Fraction = 0.25
    mesh_recipe: str = "default"
    route: Route | None = None
    remelts: bool = False
    requirements: Frozen[Requirement] = FrozenDict()
    tolerances: Frozen[Tolerance] = FrozenDict()
    amounts: Literal["liquid", "solid"] | None = None
    freezing: Literal["none", "shrinks"] | None = None

    __repr__ = brief

    @model_validator(mode="wrap")
    @classmethod
    def _all_problems(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(data, Mapping):
            return handler(data)
        steps = _plain_steps(data.get("steps", ()))
        if len(steps) > MOST_STEPS:  # a limit on the work: every rule looks at every step
            message = f"there are {len(steps)} steps; {MOST_STEPS} are the limit."
            raise CaseError([Problem("step", message)])
        case, sound, problems = None, None, list[Problem]()
        if "requirements" in data:
            grown = any(isinstance(s, Mapping) and s.get("do") == "barrier" for s in steps)
            names = [*_stage_names(steps), *(["barrier"] if grown else [])]
            kept, problems = read_requirements(data["requirements"], names)
            data = {**data, "requirements": kept}
        if data.get("tolerances"):
            kept, found = read_tolerances(data["tolerances"], _sections(data, steps))
            problems += found
            data = {**data, "tolerances": kept}
        try:
            case = handler({**data, "steps": steps})
        except ValidationError as error:
            problems += explain(error, steps)
            overrides = _valid_overrides(data.get("materials"))
            wetting = data["wetting"] if isinstance(data.get("wetting"), Mapping) else {}
            with suppress(ValidationError):  # where only values of materials are wrong
                sound = handler({**data, "steps": steps, "materials": overrides})
        else:
            overrides, wetting, sound = dict(case.materials), case.wetting, case
        wrong = {problem.path for problem in problems}  # what is wrong is not missing
        materials = Materials(overrides)
        if sound is not None:
            problems += melting_problems(sound.steps, materials)
            needed = weighing_problems(sound.steps, sound.amounts, sound.freezing, materials)
            problems += [problem for problem in needed if problem.path not in wrong]
        problems += order_problems(steps, materials)
        problems += material_problems(steps, overrides, wetting, wrong)
        raise_if(problems)
        assert case is not None
        return case

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], source: str = "") -> Case:
        """Case from the sections of a case file.

        Raises
        ------
        CaseError
            With every problem of the whole file.
        """
        flat, problems = _flatten(data)
        case = None
        try:
            case = cls.model_validate(flat)
        except CaseError as error:
            problems += error.problems
        raise_if(problems, source)
        assert case is not None
        return case

    def to_dict(self) -> dict[str, Any]:
        """Sections of a case file, every quantity a number in SI, defaults written out."""
        data: dict[str, Any] = {
            section: {
                key: getattr(self, field)
                for key, field in keys.items()
                if field and getattr(self, field) is not None
            }
            for section, keys in SECTIONS.items()
        }
        data["wetting"] = dict(self.wetting)
        data["materials"] = {
            name: override.model_dump(exclude_none=True)
            for name, override in self.materials.items()
        }
        data["requirements"] = {
            name: limits.model_dump(exclude_none=True) for name, limits in self.requirements.items()
        }
        if self.tolerances:
            data["tolerances"] = {
                path: tolerance.model_dump(exclude_none=True)
                for path, tolerance in self.tolerances.items()
            }
        data["step"] = [step.model_dump(exclude_none=True) for step in self.steps]
        return data

    def with_values(self, values: Mapping[str, object]) -> Case:
        """Case with other values at some paths; `bumpform.case.checks.addresses` spells them.

        Raises
        ------
        CaseError
            If a path fits nothing or several steps, or the new case is wrong.

        Examples
        --------
        >>> from bumpform.case.file import load_case
        >>> case = load_case("photoimaged_opening")
        >>> case.with_values({"coat.dielectric.thickness": "25 um"}).steps[1].thickness
        2.5e-05
        """
        data = self.to_dict()
        raise_if(set_values(data, values.items()), self.name)
        return Case.from_dict(data, self.name)

    def resized(self, values: Iterable[tuple[Sequence[str], object]]) -> Case | None:
        """Case with other sizes, amounts, angles or loads in its steps, or another pitch.

        No rule that joins several values looks at these, but at temperatures and names; so only
        the steps that have them are read again.

        Parameters
        ----------
        values : iterable of (sequence of str, value)
            Keys down to a value that the case has, as ``addresses.locate`` finds them.

        Returns
        -------
        Case or None
            None where a step is wrong with them: ``from_dict`` tells how.
        """
        data: dict[str, Any] = {"case": {"pitch": self.pitch}, "step": {}}
        for keys, value in values:
            if keys[0] == "step" and keys[1] not in data["step"]:
                step = self.steps[int(keys[1])]
                data["step"][keys[1]] = step.model_dump(exclude_none=True)
            put(data, keys, ".".join(keys), value)
        steps: list[Any] = list(self.steps)
        try:
            for number, step_data in data["step"].items():
                steps[int(number)] = type(steps[int(number)]).model_validate(step_data)
            pitch = data["case"]["pitch"]
            if pitch is not self.pitch:
                pitch = _PITCH.read(pitch)
        except (ValidationError, QuantityError):
            return None
        return self.model_copy(update={"steps": tuple(steps), "pitch": pitch})

    @property
    def notes(self) -> tuple[str, ...]:
        """What is allowed but may not be meant."""
        notes = []
        pad = next(step.pad for step in self.steps if isinstance(step, Substrate))
        # a later coat's opening shows the coat below it
        for step in [step for step in self.steps if isinstance(step, Coat)][:1]:
            if step.opening and step.opening.radius > pad.radius:
                told = _wider(step.opening.radius, pad.radius, "the pad")
                notes.append(f"the opening of {step.layer} {told}: the base shows in it")
        for mount in [step for step in self.steps if isinstance(step, Mount)]:
            resist, pillar, land = mount.resist, mount.pillar, mount.pad.radius
            if resist is not None and resist.opening.radius > land:
                told = _wider(resist.opening.radius, land, "its pad")
                notes.append(f"the opening of the package's resist {told}: its base shows in it")
            if pillar is not None and pillar.radius > land:
                told = _wider(pillar.radius, land, "its pad")
                notes.append(f"the package's pillar {told}: it stands on its base, too")
        if self.pitch is not None and self.pitch <= 2 * pad.radius:
            notes.append("the pitch is not more than the pad's diameter: neighbouring pads touch")
        last = [step for step in self.steps if isinstance(step, Deposit | Reflow | Mount)]
        if last and isinstance(last[-1], Deposit):
            notes.append(f"the last deposit ({last[-1].solder}) is never reflowed")
        materials = Materials(self.materials)
        notes += unused_wetting(self.steps, self.wetting, materials)
        if self.amounts is None and (note := sizes_note(self.steps, materials)):
            notes.append(note)
        return tuple(notes)

    @property
    def weighs_solids(self) -> bool:
        """Whether shapes depend on densities of solid solder."""
        said = self.amounts == "solid" or self.freezing == "shrinks"
        return said or is_weighed(self.steps)


def _wider(one: float, other: float, name: str) -> str:
    """That one radius is more than another, m, in words: as many digits as tell them apart."""
    told = ([format_quantity(r, "length", digits) for r in (one, other)] for digits in range(4, 18))
    wide, narrow = next(both for both in told if both[0] != both[1])
    return f"({wide}) is wider than {name} ({narrow})"


def _plain_steps(steps: Any) -> Any:
    """Return the steps as dicts, reflows without a name named by their count."""
    if not isinstance(steps, Sequence) or isinstance(steps, str):
        return steps if steps else []
    plain = [
        step.model_dump(exclude_none=True) if isinstance(step, Model) else step for step in steps
    ]
    reflows = [step for step in plain if isinstance(step, Mapping) and step.get("do") == "reflow"]
    names = {
        id(step): "reflow" if len(reflows) == 1 else f"reflow {count}"
        for count, step in enumerate(reflows, 1)
    }
    return [
        {**step, "name": names[id(step)]} if id(step) in names and "name" not in step else step
        for step in plain
    ]


def _sections(data: Mapping[str, Any], steps: Any) -> dict[str, Any]:
    """Sections of a file, but for the limits and tolerances, out of the fields of Case."""
    sections: dict[str, Any] = {
        section: {key: data[field] for key, field in keys.items() if field in data}
        for section, keys in SECTIONS.items()
    }
    for section in ("wetting", "materials"):
        sections[section] = data.get(section, {})
    sections["environment"].setdefault("gravity", Case.model_fields["gravity"].default)
    return {**sections, "step": steps}


def _stage_names(steps: Any) -> list[str]:
    """Names of the stages as the steps give them, or as they are called where they do not."""
    names = []
    for step in steps if isinstance(steps, list) else ():
        if isinstance(step, Mapping) and step.get("do") in ("reflow", "mount"):
            names.append(str(step.get("name", Mount.model_fields["name"].default)))
    return names


def _valid_overrides(tables: object) -> dict[str, MaterialOverride]:
    """What is right of the overrides, so that the rest can be checked beside wrong values."""
    valid = {}
    for name, table in tables.items() if isinstance(tables, Mapping) else ():
        right = dict(table) if isinstance(table, Mapping) else {}
        try:
            MaterialOverride.model_validate(right)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                right.pop(str(detail["loc"][0]), None)
        valid[str(name)] = MaterialOverride.model_validate(right)
    return valid


def _flatten(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Fields of Case out of the sections of a file, and what is wrong with the sections."""
    flat: dict[str, Any] = {field: data[key] for key, field in SECTION_OF.items() if key in data}
    problems: list[Problem] = []
    sections = {**SECTIONS, **{key: {} for key in SECTION_OF}}
    for section, table in data.items():
        if section not in sections:
            problems.append(unknown_key("", section, sections, home_of(section)))
        elif section == "step" and not isinstance(table, list | tuple):
            problems.append(Problem("step", "steps are written as [[step]], with two brackets."))
            flat["steps"] = []
        elif section in SECTIONS and not isinstance(table, Mapping):
            problems.append(Problem(section, f"a table [{section}] is needed.", spell(table)))
        elif section in SECTIONS:
            for key, value in table.items():
                if key not in SECTIONS[section]:
                    problems.append(unknown_key(section, key, SECTIONS[section], home_of(key)))
                elif SECTIONS[section][key]:
                    flat[SECTIONS[section][key]] = value
    environment = data.get("environment")
    if isinstance(environment, Mapping) and "orientation" in environment:
        _orient(flat, environment["orientation"], problems)
    return flat, problems


def _orient(flat: dict[str, Any], orientation: object, problems: list[Problem]) -> None:
    if orientation not in ("up", "down"):
        problems.append(
            Problem("environment.orientation", 'must be "up" or "down".', spell(orientation))
        )
    elif orientation == "down":
        gravity = flat.get("gravity", 9.81)
        if isinstance(gravity, str):
            text = gravity.strip().replace("\N{MINUS SIGN}", "-")
            flat["gravity"] = text[1:] if text.startswith("-") else f"-{text.removeprefix('+')}"
        elif isinstance(gravity, int | float) and not isinstance(gravity, bool):
            flat["gravity"] = -gravity
