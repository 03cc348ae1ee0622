"""What something was built upon: frozen solder and metal cores, on the stack and on packages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bumpform.findings.findings import Findings
from bumpform.findings.lineage import Melting
from bumpform.geometry.names import is_of_package
from bumpform.process.mounts.mounted import Mounted
from bumpform.stack.borders import AIR
from bumpform.steps.kinds import Barrier, Coat, Core, Cure, Deposit, Mount, Plate, Reflow
from bumpform.steps.mount import attached_solder

__all__ = ["BuiltUpon", "built_upon", "heatings"]


class BuiltUpon(NamedTuple):
    """What something was built upon: by which step, its region, material and deposits.

    The region's name is of what a package has brought, which no step has put down; a core of metal
    has neither.
    """

    step: int
    name: str
    material: str
    deposits: frozenset[int]


def built_upon(found: Findings) -> Iterator[BuiltUpon]:
    """Frozen solder and metal cores, each once, on the stack and on packages.

    What stands on a coat that covers a body stands on that body; and so does what a body melts
    under.
    """
    yield from _on_stack(found)
    for moment in found.history:
        stage, solder = moment.state.stage, attached_solder(moment.step)
        if solder is None or not isinstance(stage, Mounted) or moment.before is None:
            continue
        regions, borders = moment.state.stack.regions, found.borders(moment.index)
        frozen = [r.name for r in regions if r.is_solder and r not in moment.before.stack.regions]
        hung = {name for name in frozen if is_of_package(name)}
        for name in sorted(hung):
            if borders.touch(name, [other for other in frozen if other not in hung]):
                yield BuiltUpon(moment.index, name, solder, frozenset())


def _on_stack(found: Findings) -> Iterator[BuiltUpon]:
    """The same on the stack."""
    seen: set[object] = set()
    shut: dict[int, set[str]] = {}
    for melting in found.lineage.meltings:
        if melting.enclosed:
            shut.setdefault(melting.index, set()).update(melting.melted)
    for moment in found.history:
        if moment.before is None:
            continue
        if moment.index in shut:  # it melts under what lies over it
            for name in sorted(shut[moment.index]):
                molten = found.lineage.bodies(moment.index - 1)[name]
                if molten.frozen and (name, molten) not in seen:
                    seen.add((name, molten))
                    material = moment.before.stack.region(name).material
                    yield BuiltUpon(moment.index - 1, "", material, molten.deposits)
        pasted = isinstance(moment.step, Mount) and moment.step.solder is not None
        if not (pasted or isinstance(moment.step, Barrier | Plate | Deposit | Core)):
            continue
        old = moment.before.stack.regions
        new = [
            r.name for r in moment.state.stack.regions if r not in old and not is_of_package(r.name)
        ]
        bodies = found.lineage.bodies(moment.index)
        under = {n for name in new for n in found.stands_on(moment.index, name)}
        under |= _covered(found, moment.index, under)
        for region in moment.state.stack.regions:
            body = bodies.get(region.name)
            frozen = body is not None and body.frozen
            if region.name in new or not (frozen or region.is_core):
                continue
            key = (region.name, body)
            if key not in seen and region.name in under:
                seen.add(key)
                deposits = body.deposits if body is not None else frozenset()
                yield BuiltUpon(moment.index, "", region.material, deposits)


def _covered(found: Findings, index: int, under: set[str]) -> set[str]:
    """Frozen solder that is wholly under layers, of those that something stands on."""
    borders, bodies = found.borders(index), found.lineage.bodies(index)
    laid = {s.layer: i for i, s in found.steps(Coat)}
    return {
        name
        for name, body in bodies.items()
        if body.frozen
        and not borders.touch(name, AIR)
        and any(laid.get(n, -1) > body.born for n in under & {*borders.touching(name)})
    }


def heatings(
    found: Findings, built: BuiltUpon
) -> Iterator[tuple[str, Reflow | Mount | Cure, float | None, Melting | None]]:
    """Later stages and cures: name, step, K from its peak up to the solidus, what melts of it."""
    solidus = found.materials.get(built.material).solidus
    for later in found.history[built.step + 1 :]:
        step = later.step
        if not isinstance(step, Reflow | Mount | Cure):
            continue
        name, peak = (
            ("cure", step.temperature) if isinstance(step, Cure) else (step.name, step.peak_K)
        )
        melting = next(
            (
                m
                for m in found.lineage.meltings
                if m.index == later.index
                and (built.deposits & m.deposits or built.name in m.melted)
            ),
            None,
        )
        yield name, step, None if solidus is None else solidus.value - peak, melting
