"""What is told, not judged: options of the claims that are true either way, and of every joint."""

from __future__ import annotations

from collections.abc import Iterator

from bumpform.findings.findings import Findings
from bumpform.findings.wetting import unheld, unheld_as_attached
from bumpform.steps.kinds import Deposit, Mount
from bumpform.units.units import format_quantity
from bumpform.verdict.conditions import looks_like

__all__ = ["notes_on"]

#: Mass fraction of an element up to which two solders are identical, and below which a ball is
#: free of lead (the limit of RoHS).
ALIKE = FREE = 1e-3


def notes_on(found: Findings) -> list[str]:
    """Sentences about a run that no verdict depends on."""
    return [*_unheld(found), *_of_the_route(found)]


def _unheld(found: Findings) -> Iterator[str]:
    """Liquids that no metal holds where they came to rest; of each place the first stage."""
    for moment in found.history:
        if isinstance(moment.step, Mount):
            yield from (f"{moment.step.name}: {w}" for w in unheld_as_attached(found, moment))
    told: set[tuple[str, str]] = set()
    for melting in found.lineage.meltings:
        for words in unheld(found, melting):
            if (melting.name, words) not in told:
                told.add((melting.name, words))
                yield f"{melting.stage_name}: {melting.name} {words}"


def _of_the_route(found: Findings) -> list[str]:
    route = found.case.route
    if route is None:
        like = looks_like(found.case)
        if like is None:
            return []
        return [
            f'the steps are like those of {like}: its claims are judged only with [case] route = "'
            f'{like}"'
        ]
    if route == "plated_column":
        return list(_layers(found))
    if route == "stacked_masks":
        return [*_solders(found), *_lead(found), *_fills(found)]
    return []


def _layers(found: Findings) -> Iterator[str]:
    column = found.column
    layers = column.of_role("ubm")
    if layers and column.roles_in_order() is None:
        listed = ", ".join(_layer(found, i) for i in range(len(column.layers))
                           if column.layers[i].role == "ubm")  # fmt: skip
        words = "has one layer" if len(layers) == 1 else f"has {len(layers)} layers"
        metals = {found.materials.canonical(layer.material) for layer in layers}
        apart = ""
        if len(layers) > 1:
            apart = " (of different metals: " + ("yes)" if len(metals) == len(layers) else "no)")
        yield f"the UBM {words}: {listed}{apart}"
    for number, layer in enumerate(column.layers):
        if layer.role == "additional":
            yield f"{_layer(found, number)} is plated between UBM and solder; it is not UBM"


def _layer(found: Findings, number: int) -> str:
    layer = found.column.layers[number]
    return f"{layer.material} {format_quantity(found.column.thickness(layer), 'length', 4)}"


def _solders(found: Findings) -> Iterator[str]:
    masks = found.masks.masks
    if len(masks) < 2:
        return
    one, other = (found.composition(m.deposits) for m in masks[:2])
    apart = max((abs(one.get(e, 0.0) - other.get(e, 0.0)) for e in {*one, *other}), default=0.0)
    names = ["+".join(found.solders(m.deposits)) for m in masks[:2]]
    if apart <= ALIKE:
        yield f"the solders are identical: {names[0]}"
        return
    heights = [found.materials.get(name).liquidus for name in names]
    words = f"the solders differ: {names[0]} and {names[1]}"
    if heights[0] is not None and heights[1] is not None:
        gap = heights[0].value - heights[1].value
        side = "above" if gap > 0.0 else "below"
        how = f"the first melts {abs(gap):.4g} K {side} the second"
        if abs(gap) < 1e-6:
            how = f"both melt at {format_quantity(heights[0].value, 'temperature')}"
        words += f"; {how} (liquidus)"
    yield words


def _lead(found: Findings) -> Iterator[str]:
    route = found.masks
    ball = route.fused
    if ball is None and any(m.solved for m in route.fusing):
        yield "the lead of a fused ball is not told: the solders do not fuse"
    if ball is None or not ball.solved:
        return
    lead = ball.stage.melt.composition.get("Pb", 0.0)
    yield (
        f"the fused ball contains lead ({100.0 * lead:.4g} % by mass)"
        if lead >= FREE
        else "the fused ball is free of lead (below 0.1 % by mass)"
    )


def _fills(found: Findings) -> Iterator[str]:
    for number, mask in enumerate(found.masks.masks, 1):
        for index in sorted(mask.deposits):
            step = found.history[index].step
            assert isinstance(step, Deposit)
            part = step.fill or step.stencil
            if part is not None and part.metal_fraction < 1.0:
                share = 100.0 * part.metal_fraction
                yield f"opening {number} was filled with {share:.4g} % metal by volume"
