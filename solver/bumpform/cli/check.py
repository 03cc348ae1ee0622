"""`bumpform check`: a case read, and its process gone through, with no surface solved."""

from __future__ import annotations

import typer

from bumpform.case.case import Case
from bumpform.case.checks.addresses import step_labels
from bumpform.case.checks.metal import melting_peaks
from bumpform.cli.terminal.failures import tell_failure
from bumpform.cli.terminal.options import CaseArgument, SetOption
from bumpform.cli.terminal.printing import print_table, say
from bumpform.errors import CaseError, ProcessError
from bumpform.materials.material import describe
from bumpform.materials.materials import Materials
from bumpform.steps.kinds import Deposit, Mount, Reflow, Step
from bumpform.units.amounts import Amounted
from bumpform.units.fields import Model, Quantity, Uses
from bumpform.units.units import format_quantity

__all__ = ["check"]


def check(
    case: CaseArgument,
    sets: SetOption = None,
) -> None:
    """Go through a case's process without solving a surface; tell all that is wrong with it.

    At once what keys, names and values show, and the order of steps; once these are right, geometry
    and what melts. What only a solved surface can show is told by `run`. Prints the steps,
    materials and derived amounts.
    """
    from bumpform.case.file import load_case

    try:
        loaded = load_case(case, sets or [])
        materials = Materials(loaded.materials, loaded.wetting)
        _print_steps(loaded)
        _print_materials(loaded, materials)
        _print_deposits(loaded, materials)
        for note in loaded.notes:
            say(f"note: {note}")

        from bumpform.process.dry import dry_problems

        problems = dry_problems(loaded)
    except Exception as error:
        raise typer.Exit(tell_failure(error, case)) from None
    if problems:
        raise typer.Exit(tell_failure(CaseError(problems), case))
    say(f"{case}: no problem found")


def _print_steps(case: Case) -> None:
    labels = step_labels([step.model_dump() for step in case.steps])
    rows = [
        (str(index), label, "; ".join(_values(step)))
        for index, (label, step) in enumerate(zip(labels, case.steps, strict=True))
    ]
    title = f"{case.name}: {case.title}" if case.title else case.name
    print_table(title, ("step", "address", "values"), rows)


def _values(model: Model, prefix: str = "") -> list[str]:
    """Values of a step for a reader: ``opening.radius 60 um``."""
    texts = []
    for key, field in type(model).model_fields.items():
        value = getattr(model, key)
        if key == "do" or value is None:
            continue
        if key == "metal_fraction" and getattr(model, "metal_weight_fraction", None) is not None:
            continue  # it follows from that by weight
        marks = [mark for mark in field.metadata if isinstance(mark, Quantity)]
        if isinstance(value, Model):
            texts += _values(value, f"{prefix}{key}.")
        elif isinstance(value, tuple):
            points = (
                f"{format_quantity(time, 'time')} {format_quantity(temperature, 'temperature')}"
                for time, temperature in value
            )
            texts.append(f"{prefix}{key} {', '.join(points)}")
        elif isinstance(value, float):
            dimension = marks[0].dimension if marks else _dimension(type(model), key)
            texts.append(f"{prefix}{key} {format_quantity(value, dimension)}")
        else:
            texts.append(f"{prefix}{key} {value}")
    return texts


def _dimension(model: type[Model], key: str) -> str:
    from bumpform.case.toml import dimensions_of

    return dimensions_of(model, key)[0]


def _names(case: Case, kind: str | None) -> list[str]:
    """Materials that the steps use: solders, or (None) surfaces."""
    return list(dict.fromkeys(name for step in case.steps for name in _used(step, kind)))


def _used(model: Step | Model, kind: str | None) -> list[str]:
    names = []
    for key, field in type(model).model_fields.items():
        value = getattr(model, key)
        if isinstance(value, Model):
            names += _used(value, kind)
        elif isinstance(value, str) and any(
            isinstance(mark, Uses) and mark.kind == kind for mark in field.metadata
        ):
            names.append(value)
    return names


def _print_materials(case: Case, materials: Materials) -> None:
    solders, surfaces = _names(case, "solder"), _names(case, None)
    rows: list[tuple[str, ...]] = []
    for name in [*solders, *surfaces]:
        for key, prop in materials.get(name).properties():
            value = describe(key, prop)
            rows.append((name, key.replace("_", " "), value, prop.verified, prop.source))
    pairs = []
    for solder in solders:
        for surface in (*surfaces, *_solid_over(solder, solders, materials)):
            try:
                angle = materials.contact_angle_property(solder, surface)
            except CaseError:  # they may never touch: the run says so if they do
                rows.append((solder, f"on {surface}", "not known", "", "give it in [wetting]"))
                continue
            pairs.append((solder, surface))
            value = describe("contact_angle", angle)
            rows.append((solder, f"on {surface}", value, angle.verified, angle.source))
    headers = ("material", "property", "value", "mark", "source")
    print_table(f"{case.name}: materials", headers, rows)
    for unverified in materials.unverified(solders, pairs, solids=case.weighs_solids):
        say(f"unverified: {unverified}")


def _solid_over(solder: str, solders: list[str], materials: Materials) -> list[str]:
    """Other solders of a case, that stay solid where one melts."""
    melts = materials.get(solder).liquidus
    found = []
    for other in solders:
        solidus = materials.get(other).solidus
        if melts is not None and solidus is not None and solidus.value > melts.value:
            found.append(other)
    return found


def _print_deposits(case: Case, materials: Materials) -> None:
    from bumpform.process.stages import metal_density

    labels = step_labels([step.model_dump() for step in case.steps])
    rows = []
    fills = _fill_volumes(case, materials)
    for index, (label, step) in enumerate(zip(labels, case.steps, strict=True)):
        amount = _amount(step)
        if amount is not None:
            density = metal_density(amount, case, materials)
            volume = amount.metal_volume or fills.get(index)
            peak = next(iter(melting_peaks(index, case.steps, materials)), None)
            rows.append(
                (
                    label if isinstance(step, Deposit) else f"{label}.solder",
                    f"{amount.way} by weight" if amount.is_by_weight else amount.way,
                    format_quantity(volume, "volume") if volume else "of what is left open",
                    *_mass(amount.solder, volume, density, peak, materials),
                )
            )
    if rows:
        headers = ("deposit", "given as", "volume of metal", "mass", "density")
        print_table(f"{case.name}: amounts", headers, rows)


def _fill_volumes(case: Case, materials: Materials) -> dict[int, float]:
    """Metal volume in m³ of the fills and prints that need no solved shape, by step."""
    if not any(_by_stack(_amount(step)) for step in case.steps):
        return {}
    from bumpform.process.apply import apply_step
    from bumpform.process.mounts.package_solder import brought
    from bumpform.process.stages import metal_density
    from bumpform.process.state import State
    from bumpform.stack.deposit import deposit_amount

    found: dict[int, float] = {}
    state: State | None = None
    solved = False
    for index, step in enumerate(case.steps):
        solved = solved or isinstance(step, Reflow | Mount)
        try:
            density = metal_density(_amount(step), case, materials)
            if state is not None and isinstance(step, Mount) and _by_stack(step.solder):
                found[index] = brought(step, state.stack.outer, density)[0].metal
            if solved:
                continue
            if state is not None and isinstance(step, Deposit) and _by_stack(step):
                found[index] = deposit_amount(state.stack, step, density).metal
            state = apply_step(state, step, case, materials)
        except (CaseError, ProcessError):  # told with all other problems
            break
    return found


def _amount(step: Step) -> Amounted | None:
    """The solder that a step puts down: of its own, or with a package."""
    if isinstance(step, Mount):
        return step.solder
    return step if isinstance(step, Deposit) else None


def _by_stack(amount: Amounted | None) -> bool:
    """Whether an amount depends on what it is put on."""
    return amount is not None and amount.metal_volume is None


def _mass(
    solder: str,
    volume: float | None,
    density: float | None,
    peak: float | None,
    materials: Materials,
) -> tuple[str, str]:
    """Mass of a volume of metal, and whose density it is taken by."""
    if volume is None:
        return "", ""
    if density is not None:
        return format_quantity(volume * density, "mass"), "solid at 25 °C"
    if peak is None:
        return "", "it never melts"
    mass = volume * materials.liquid(solder, peak).density
    return format_quantity(mass, "mass"), f"molten at {format_quantity(peak, 'temperature')}"
