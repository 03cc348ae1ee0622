"""Masses kept count of where amounts are of solid metal, or what freezes shrinks; frozen shapes.

Masses are followed by solder, from the case's numbers and the library's densities at 25 °C; what
a cut leaves is a share by polygons. The surface of what has frozen is looked at anew: its mean
curvature has to grow linearly with height, its edge is where the liquid's was at its solidus.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

import numpy as np
from record import Done, Moment
from sections import parts_left, volume

from bumpform.case.case import Case
from bumpform.materials.library import load_library
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.mounts.package_solder import brought
from bumpform.process.reflows.reflow import Liquid
from bumpform.steps.kinds import Deposit, Mount
from bumpform.units.amounts import Amounted

#: Relative slack of an amount by polygons; by moments, which cancel in a thin joint; of curvature.
EQUAL, CARRIED, CURVED = 1e-5, 1e-9, 1e-4

#: Its kind; its words.
type Fault = tuple[str, str]
#: Mass by solder, kg.
type Masses = Counter[str]


def _solid(solder: str) -> float:
    """Density at 25 °C as the table has it, kg/m³."""
    library = load_library()
    return library.materials[library.aliases.get(solder, solder)].density_solid.value


def _liquid(solder: str, temperature: float) -> float:
    library = load_library()
    found = library.materials[library.aliases.get(solder, solder)].density_liquid
    return found.value + found.slope * (temperature - found.reference)


def weighed(case: Case, steps: tuple[Done, ...], moments: tuple[Moment, ...]) -> Iterator[Fault]:
    """Faults of masses, and of what has frozen."""
    there: dict[str, Masses] = {}
    unweighed: dict[str, tuple[str, float]] = {}  # amounts of liquid, until they melt
    by_index = {m.index: m for m in moments}
    for step in steps:
        kind, after, before = case.steps[step.index], step.after, step.before
        if isinstance(kind, Deposit):
            region = after.stack.regions[-1]
            metal = _metal(kind, volume(region))
            if case.amounts == "solid" or kind.is_by_weight:
                there[region.name] = Counter({kind.solder: metal * _solid(kind.solder)})
            else:
                unweighed[region.name] = kind.solder, metal
        elif step.index in by_index and before is not None:
            moment = by_index[step.index]
            stage = moment.stage
            if isinstance(kind, Mount) and kind.solder is not None:
                region, own = stage.brought.stack.regions[-1], kind.solder
                put = region
                if own.attached is not None:
                    put = brought(kind, before.stack.outer, _solid(own.solder))[0].stack.regions[-1]
                metal = _metal(own, volume(put))
                if case.amounts == "solid" or own.is_by_weight:
                    there[region.name] = Counter({own.solder: metal * _solid(own.solder)})
                elif own.attached is not None:
                    density = _liquid(own.solder, own.attached)
                    there[region.name] = Counter({own.solder: metal * density})
                else:
                    unweighed[region.name] = own.solder, metal
            solid = {r.name for r in stage.solids.regions}
            if isinstance(stage, Mounted):
                solid |= {r.name for r in stage.package.stack.regions}
            for name in [n for n in unweighed if n not in solid]:
                solder, metal = unweighed.pop(name)
                density = _liquid(solder, moment.reported["peak_K"])
                there[name] = Counter({solder: metal * density})
            if stage.refusal is not None:
                continue
            went_in = _sum(there.pop(n) for n in [n for n in there if n not in solid])
            liquids = stage.liquids
            hung = getattr(stage, "hung", None)
            every = (*liquids, hung) if hung is not None else liquids
            molten = _sum(
                Counter(dict(zip(q.melt.solders, q.melt.masses, strict=True))) for q in every
            )
            if not _same(went_in, molten, EQUAL):
                yield "metal", f"{dict(went_in)} kg went in, {dict(molten)} kg are liquid"
            new = [r for r in after.stack.regions if r.kind == "solder" and r.name not in solid]
            for region, liquid in zip(new, every, strict=True):  # the package's come last
                there[region.name] = Counter(
                    dict(zip(liquid.melt.solders, liquid.melt.masses, strict=True))
                )
                yield from _frozen(case, region, liquid)
        elif before is not None and kind.do in ("etch", "strip", "abrade"):
            there = _cut(there, before.stack, after.stack)
            unweighed = {
                name: (solder, mass[solder])
                for name, mass in _cut(
                    {n: Counter({s: v}) for n, (s, v) in unweighed.items()},
                    before.stack,
                    after.stack,
                ).items()
                for solder in mass
            }


def _metal(step: Amounted, room: float) -> float:
    """Volume of metal of an amount, m³; the region of a fill or a print has its room."""
    if step.metal_volume is not None:
        return step.metal_volume
    paste = step.fill or step.stencil
    if paste.metal_weight_fraction is None:
        return room * paste.metal_fraction
    whole = paste.metal_weight_fraction / _solid(step.solder)
    flux = (1.0 - paste.metal_weight_fraction) / paste.flux_density
    return room * whole / (whole + flux)


def _sum(masses: Iterator[Masses]) -> Masses:
    library, whole = load_library(), Counter()
    for each in masses:
        for solder, mass in each.items():
            whole[library.aliases.get(solder, solder)] += mass
    return whole


def _same(one: Masses, other: Masses, slack: float) -> bool:
    return one.keys() == other.keys() and all(
        math.isclose(one[s], other[s], rel_tol=slack) for s in one
    )


def _frozen(case: Case, region, liquid: Liquid | Mounted) -> Iterator[Fault]:
    """Faults of the region that a liquid has become."""
    melt, found = liquid.melt, volume(region)
    if case.freezing != "shrinks":
        if not math.isclose(found, melt.volume, rel_tol=EQUAL):
            yield "metal", f"{melt.volume:.9g} m³ froze as {found:.9g} m³"
        return
    wanted = math.fsum(m / _solid(s) for s, m in zip(melt.solders, melt.masses, strict=True))
    if not math.isclose(found, wanted, rel_tol=EQUAL):
        yield "metal", f"{melt.mass:.9g} kg froze as {found:.9g} m³, not {wanted:.9g} m³"
    if not math.isclose(region.volume, wanted, rel_tol=CARRIED):
        off = region.volume / wanted - 1.0
        yield "metal", f"{region.name} is off its mass by {off:.1e}"
    frozen = liquid.frozen
    for line, other in zip(frozen.shape.lines, frozen.rest.lines, strict=True):
        if line.station != other.station:
            yield "surface", f"{region.name}: its {line.end} line has moved as it froze"
    off = bent(frozen.shape)
    if not off < CURVED:
        yield "surface", f"{region.name}: its curvature is off by {off:.1e} as it froze"


def bent(shape) -> float:
    """How far a surface's mean curvature is from linear in height, over its largest, relative.

    By its own gravity, not by a fit: κ = p/σ − ρ g z/σ has one free number, its mean is taken.
    """
    curve, drop = shape.curve, shape.drop
    elements = len(curve.coefficients)
    t = (np.arange(16 * elements) + 0.5) / 16
    r, z = np.asarray(curve.point(t)).T
    dr, dz = np.asarray(curve.derivative(t)).T
    ddr, ddz = np.asarray(curve.second_derivative(t)).T
    speed = np.hypot(dr, dz)
    kappa = (dr * ddz - dz * ddr) / speed**3 + dz / (r * speed)
    weight = r * speed
    head = kappa + drop.density * drop.gravity * z / drop.surface_tension
    mean = float(weight @ head / weight.sum())
    size = max(float(np.abs(kappa).max()), 1.0 / drop.length)
    return float(np.sqrt(weight @ (head - mean) ** 2 / weight.sum())) / size


def _cut(masses: dict[str, Masses], before, after) -> dict[str, Masses]:
    """Masses after a cut: by the share of the volume that is left."""
    return {
        left: Counter({s: m * share for s, m in masses[name].items()})
        for name, left, share in parts_left(masses, before, after)
    }
