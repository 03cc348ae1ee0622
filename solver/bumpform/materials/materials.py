"""The materials of a case: the library with the case's own values in front."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, NamedTuple

from bumpform.errors import CaseError, Problem
from bumpform.materials.library import load_library
from bumpform.materials.material import (
    Liquid,
    Mark,
    Material,
    MaterialKind,
    MeltingBounds,
    Property,
    describe,
)
from bumpform.materials.overrides import MaterialOverride
from bumpform.units.units import format_quantity

__all__ = [
    "TRACE",
    "Liquid",
    "Material",
    "Materials",
    "Property",
    "Unverified",
    "assumed_angles",
    "split_wetting_key",
]

#: Mass fraction of an element below which it moves no eutectic of a mixture.
TRACE: Final = 1e-3


class Unverified(NamedTuple):
    """A value that a result rests on and that nobody checked against its source."""

    material: str
    property: str
    value: str
    source: str

    def __str__(self) -> str:
        return f"{self.material}: {self.property} {self.value} ({self.source})"


def assumed_angles(values: Iterable[Unverified]) -> Iterator[str]:
    """Notes of the contact angles that nobody has measured, or only of another solder."""
    angles = [value for value in values if value.property == "contact_angle"]
    for source, words in (
        (
            "assumed",
            "assumed by the library, as [wetting] gives none and no measured value was found",
        ),
        ("any solder", "the library's for any solder, as [wetting] gives none"),
    ):
        pairs = [f"{v.material} {v.value}" for v in angles if v.source.startswith(source)]
        if pairs:
            what = "a contact angle is" if len(pairs) == 1 else "contact angles are"
            yield f"{what} {words}: {', '.join(pairs)}"


def split_wetting_key(key: str) -> tuple[str | None, str]:
    """Return (solder or None, surface) of a key of `[wetting]`.

    Examples
    --------
    >>> split_wetting_key("Sn63Pb37 on Au"), split_wetting_key("solder resist")
    (('Sn63Pb37', 'Au'), (None, 'solder resist'))
    """
    solder, on, surface = key.partition(" on ")
    return (solder.strip(), surface.strip()) if on else (None, key.strip())


class Materials:
    """Library, a case's `[materials.X]` and its `[wetting]`, asked by name.

    Parameters
    ----------
    overrides : mapping of name to MaterialOverride
    wetting : mapping of "SURFACE" or "SOLDER on SURFACE" to rad
        Young contact angles, through the liquid.

    Examples
    --------
    >>> Materials().liquid("Sn63Pb37", 493.15)
    Liquid(surface_tension=0.48, density=8098.94)
    """

    def __init__(
        self,
        overrides: Mapping[str, MaterialOverride] | None = None,
        wetting: Mapping[str, float] | None = None,
    ) -> None:
        self._library = load_library()
        self._own: dict[str, Material] = {}
        for name, override in (overrides or {}).items():
            canonical = self.canonical(name)
            kind: MaterialKind | Literal[""] = "solder" if self.parts(canonical) else ""
            base = self._library.materials.get(canonical) or Material(canonical, kind)
            self._own[canonical] = override.applied_to(base)
        self._wetting = {
            self._pair(*split_wetting_key(key)): Property(angle, "the case", "U")
            for key, angle in (wetting or {}).items()
        }

    def __eq__(self, other: object) -> bool:
        """Whether they say the same of everything."""
        if not isinstance(other, Materials):
            return NotImplemented
        return self._own == other._own and self._wetting == other._wetting

    def __hash__(self) -> int:
        """By what is said of, not by what is."""
        return hash((frozenset(self._own), frozenset(self._wetting)))

    def canonical(self, name: str) -> str:
        """Name under which the library keeps an alias; any other name as it is.

        A fused solder's parts in alphabetical order: "A+B" and "B+A" are one.
        """
        if "+" in name:
            return "+".join(sorted(self._library.aliases.get(p, p) for p in name.split("+")))
        return self._library.aliases.get(name, name)

    def parts(self, name: str) -> tuple[str, ...]:
        """The solders from which one named "A+B" has fused; empty for any other material."""
        parts = tuple(name.split("+"))
        if len(parts) == 1:
            return ()
        solders = [p for p in parts if p in self and self.get(p).is_solder]
        return parts if len(solders) == len(parts) else ()

    def melting_known(self, name: str) -> bool:
        """Whether solidus and liquidus are known: not of a fused solder, unless given."""
        material = self.get(name)
        known = material.solidus is not None and material.liquidus is not None
        return known or not self.parts(name)

    def melting_bounds(self, name: str) -> MeltingBounds | None:
        """Where a fused solder is solid or molten whatever its proportions, if that is known.

        Solid below the lowest eutectic of its elements, molten above the liquidus of the part that
        melts last. Not where the case has changed what one of the parts is made of, or where it
        melts.
        """
        found: list[Material] = []
        for part in self.parts(self.canonical(name)):
            ours, listed = self.get(part), self._library.materials.get(part)
            if listed is None or any(
                getattr(ours, what) != getattr(listed, what)
                for what in ("composition", "solidus", "liquidus")
            ):
                return None
            found.append(listed)
        elements = {e for part in found for e, share in part.composition if share >= TRACE}
        lowest = self._library.systems.get("+".join(sorted(elements)))
        solidi = [part.solidus for part in found if part.solidus is not None]
        liquidi = [part.liquidus for part in found if part.liquidus is not None]
        if lowest is None or not liquidi:
            return None
        last = max(liquidi, key=lambda liquidus: liquidus.value)
        sure: Mark = "R" if last.verified == "R" else "C"
        return MeltingBounds(
            min([lowest, *solidi], key=lambda solidus: solidus.value),
            Property(last.value, "liquidus of the part that melts last", sure),
        )

    def names(self) -> list[str]:
        """Every material, the case's new ones last."""
        return list(dict.fromkeys([*self._library.materials, *self._own]))

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        key = self.canonical(name)
        return key in self._own or key in self._library.materials or bool(self.parts(name))

    def get(self, name: str) -> Material:
        """Return a material by its name or an alias.

        Raises
        ------
        CaseError
            If there is none, with the nearest names.
        """
        key = self.canonical(name)
        found = self._own.get(key) or self._library.materials.get(key)
        if found is None and self.parts(name):
            found = Material(key, "solder")
        if found is None:
            raise CaseError([Problem(f"materials.{name}", self.unknown(name))])
        return found

    def is_metal(self, name: str) -> bool:
        """Whether a name is that of a metal that does not melt."""
        key = self.canonical(name)
        found = self._own.get(key) or self._library.materials.get(key)
        return found is not None and found.is_metal

    def unknown(self, name: str) -> str:
        """Message for a name that is no material: the nearest ones, and how to add it."""
        known = [*self.names(), *self._library.aliases]
        by_fold = {other.casefold(): other for other in known}
        near = difflib.get_close_matches(name.casefold(), by_fold, n=8)
        near = sorted(near, key=lambda other: _likeness(other, name.casefold()))[:-3:-1]
        hint = " or ".join(f'"{by_fold[other]}"' for other in near)
        ask = f"Did you mean {hint}? " if hint else ""
        return f'unknown material. {ask}A new one needs a table [materials."{name}"].'

    def state(
        self, solder: str, temperature: float, others: Iterable[str] = ()
    ) -> Literal["solid", "molten"]:
        """Whether a material is solid or molten at a temperature in K.

        Only a solder melts: every other material is solid. What else is there is for the advice.

        Raises
        ------
        CaseError
            From the solidus to the liquidus, both included.
        """
        material = self.get(solder)
        if not material.is_solder:
            return "solid"
        solidus, liquidus = self._value(material, "solidus"), self._value(material, "liquidus")
        if temperature < solidus:
            return "solid"
        if temperature > liquidus:
            return "molten"
        wrong = self.half_molten(solder, temperature, others)
        raise CaseError([Problem(f"materials.{solder}", wrong)])

    def half_molten(self, solder: str, temperature: float, others: Iterable[str] = ()) -> str:
        """What is wrong with a peak in K from a solder's solidus to its liquidus; "" with another.

        And what would be right: a peak that melts it, and one that leaves it solid and melts one
        of the other solders.
        """
        material = self.get(solder)
        solidus, liquidus = material.solidus, material.liquidus
        if not material.is_solder or solidus is None or liquidus is None:
            return ""
        if not solidus.value <= temperature <= liquidus.value:
            return ""
        low, high = (format_quantity(end.value, "temperature") for end in (solidus, liquidus))
        text = (
            f"{solder} is neither solid nor molten at {format_quantity(temperature, 'temperature')}"
            f": its solidus is {low}, its liquidus {high}. Choose a peak above {high} to melt it."
        )
        for name in dict.fromkeys(others):
            melts = self.get(name).liquidus if name in self else None
            if melts is not None and melts.value < solidus.value:
                above = format_quantity(melts.value, "temperature")
                return f"{text} Between {above} and {low} it stays solid while {name} melts."
        return text

    def liquid(self, solder: str, temperature: float) -> Liquid:
        """Surface tension and density of a melt at a temperature in K.

        Raises
        ------
        CaseError
            If one is not known.
        """
        material = self.get(solder)
        return Liquid(
            self._value(material, "surface_tension", temperature),
            self._value(material, "density_liquid", temperature),
        )

    def solid_density(self, solder: str) -> float:
        """Density of a solid solder at 25 °C, kg/m³.

        Raises
        ------
        CaseError
            If it is not known.
        """
        return self._value(self.get(solder), "density_solid", why="for its mass as a solid")

    def contact_angle(self, solder: str, surface: str) -> float:
        """Young's angle in rad, through the liquid, of a solder on a surface.

        Looked up in this order: the case's "SOLDER on SURFACE", the case's "SURFACE", the
        library's "SOLDER on SURFACE", the library's "SURFACE".

        Raises
        ------
        CaseError
            If no entry fits.
        """
        return self.contact_angle_property(solder, surface).value

    def own_contact_angle(self, solder: str, surface: str) -> float | None:
        """Young's angle in rad that is given for this very pair, if one is."""
        pair = self._pair(solder, surface)
        found = self._wetting.get(pair) or self._library.contact_angles.get(pair)
        return None if found is None else found.value

    def contact_angle_property(self, solder: str, surface: str) -> Property:
        """Return the same with source and mark."""
        found = self._angle(solder, surface)
        if found is not None:
            return found
        specific, general = self._pair(solder, surface), self._pair(None, surface)
        raise CaseError(
            [
                Problem(
                    f'wetting."{general}"',
                    f'no contact angle is known for {solder} on {surface}. Write "{specific}" or '
                    f'"{general}" under [wetting], for example "{specific}" = "140 deg".',
                )
            ]
        )

    def _angle(self, solder: str, surface: str) -> Property | None:
        specific, general = self._pair(solder, surface), self._pair(None, surface)
        for table in (self._wetting, self._library.contact_angles):
            for key in (specific, general):
                if key in table:
                    return table[key]
        return None

    def unverified(
        self,
        names: Iterable[str],
        pairs: Iterable[tuple[str, str]] = (),
        *,
        solids: bool = False,
    ) -> tuple[Unverified, ...]:
        """Every value marked R of the named materials and of (solder, surface) contact angles.

        A solid's density is left out unless shapes depend on it (``solids``); so is an angle that
        is not known: nothing needed it.
        """
        found: dict[Unverified, None] = {}
        for name in names:
            material = self.get(name)
            for key, prop in material.properties():
                if prop.verified == "R" and (solids or key != "density_solid"):
                    found[Unverified(material.name, key, describe(key, prop), prop.source)] = None
        for solder, surface in pairs:
            angle = self._angle(solder, surface)
            if angle is not None and angle.verified == "R":
                pair, text = self._pair(solder, surface), describe("contact_angle", angle)
                found[Unverified(pair, "contact_angle", text, angle.source)] = None
        return tuple(found)

    def _pair(self, solder: str | None, surface: str) -> str:
        surface = self.canonical(surface)
        return f"{self.canonical(solder)} on {surface}" if solder else surface

    def _value(
        self, material: Material, name: str, temperature: float = 0.0, why: str = "to melt it"
    ) -> float:
        prop: Property | None = getattr(material, name)
        if prop is None:
            key = "density" if name == "density_liquid" else name
            raise CaseError(
                [Problem(f"materials.{material.name}.{key}", f"is needed {why}: give it.")]
            )
        return prop.at(temperature)


def _likeness(one: str, other: str) -> tuple[float, float]:
    """How much two words have in common; of equals, those with the same letters before others."""
    match = difflib.SequenceMatcher(None, one, other)
    return match.ratio(), match.quick_ratio()
