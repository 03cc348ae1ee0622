"""Conditions of a plated column in polyimide: 002."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

from bumpform.findings.columns import ColumnRoute, MetalLayer
from bumpform.findings.condition import (
    Answer,
    claims,
    condition,
    fails,
    holds,
    holds_if,
    judged,
    not_judged,
)
from bumpform.findings.findings import MAINLY, Findings, axis_span
from bumpform.findings.lineage import Melting
from bumpform.stack.borders import AIR
from bumpform.stack.cut import is_part
from bumpform.steps.kinds import Cure
from bumpform.units.measured import Measured

#: UBM: 1 to 10 µm in all.
UBM_WINDOW: Final = (1e-6, 10e-6)
#: What bump-height inspection repeats to, m: a difference below it is not "measurable".
MEASURABLE: Final = 1e-6
#: A ball is near-spherical when its widest radius is that of the sphere through its contact
#: line and its top, within this fraction.
NEAR_SPHERICAL: Final = (0.95, 1.05)
#: Metals of the pad, and of the UBM from the pad up.
PAD_METALS: Final = ("Al", "Cu")
UBM_STACK: Final = ("Cr", "Cu", "Au")
#: Cure of the resist: temperatures in K, times in s.
CURE_TEMPERATURES: Final = (573.15, 673.15)
CURE_TIMES: Final = (5400.0, 9000.0)


#: Of a column that has been abraded or stripped away.
GONE: Final = "nothing of the column is left before the reflow"


@condition(
    "pad-metal",
    "The pad is aluminium, an aluminium alloy or copper.",
    plated_column=claims("002", 2, 11, 23, 28),
)
def pad_metal(found: Findings) -> Answer:
    """Al, an alloy of at least half Al by mass, or Cu."""
    material = found.state(0).stack.region("pad").material
    name = found.materials.canonical(material)
    if name in PAD_METALS:
        return holds()
    share = found.share_of(material, frozenset({"Al"}))
    if share is None:
        return not_judged(f"the composition of {material} is not in the library")
    return holds_if(share >= MAINLY, f"it is {material}")


def _ubm(column: ColumnRoute) -> tuple[MetalLayer, ...] | Answer:
    """Layers of UBM, or why they are not known."""
    if absent := column.no_column():
        return absent
    if absent := column.roles_in_order():
        return absent
    layers = column.of_role("ubm")
    if not layers:
        return not_judged("there is no layer of UBM: no metal is laid between pad and solder")
    return layers


def _taken(column: ColumnRoute, layers: tuple[MetalLayer, ...]) -> tuple[MetalLayer, ...]:
    """Layers that a claim names: nickel, or chrome, copper and gold each on the one before."""
    found, materials = column.found, column.found.materials
    nickel = [(found.share_of(x.material, frozenset({"Ni"})) or 0.0) >= MAINLY for x in layers]
    for is_nickel, run in groupby(zip(nickel, layers, strict=True), key=lambda pair: pair[0]):
        if is_nickel:  # what lies on itself is one layer
            return tuple(layer for _, layer in run)
    names = tuple(materials.canonical(layer.material) for layer in layers)
    for start in range(len(names) - len(UBM_STACK) + 1):
        if names[start : start + len(UBM_STACK)] == UBM_STACK:
            return layers[start : start + len(UBM_STACK)]
    return ()


@condition(
    "ubm-metals",
    "The UBM is nickel, or chrome, copper and gold in this order.",
    plated_column=claims("002", 3, 4, 12, 13, 24, 29, 30),
)
def ubm_metals(found: Findings) -> Answer:
    """A layer of nickel, or Cr, Cu and Au from the pad up; added metal is not looked at."""
    layers = _ubm(found.column)
    if isinstance(layers, Answer):
        return layers
    taken = _taken(found.column, layers)
    words = "/".join(layer.material for layer in layers)
    if taken:
        return holds(about="/".join(layer.material for layer in taken))
    return fails(f"it is {words}")


@condition(
    "ubm-thickness",
    "The UBM is 1 µm to 10 µm thick.",
    plated_column=claims("002", 3, 4, 12, 13, 24, 29, 30),
)
def ubm_thickness(found: Findings) -> Answer:
    """The nickel's thickness, of adjacent layers in all, or that of Cr, Cu and Au in all."""
    layers = _ubm(found.column)
    if isinstance(layers, Answer):
        return layers
    taken = _taken(found.column, layers)
    if not taken:
        return not_judged("no thickness is claimed for this UBM")
    total = sum(found.column.thickness(layer) for layer in taken)
    about = "/".join(layer.material for layer in taken)
    return judged(Measured(total, 1e-13 * total), *UBM_WINDOW, scale=total, about=about)


@condition(
    "ubm-ends-at-solder",
    "Seed and UBM end where the solder that masked them ends, and the passivation shows beside "
    "them.",
    plated_column=claims("002", 10, 19, 27),
)
def ubm_ends_at_solder(found: Findings) -> Answer:
    """No layer reaches further out than what stood on it as plated; before the polyimide."""
    column = found.column
    if absent := column.no_column() or column.roles_in_order():
        return absent
    if not any(layer.role != "additional" for layer in column.layers):
        return not_judged("there is no seed and no UBM between pad and solder")
    if absent := column.no_polyimide():
        return absent
    assert column.polyimide is not None
    index = column.polyimide - 1
    melts = [m.index for m in found.lineage.meltings if m.deposits & column.deposits]
    if melts and melts[0] < column.polyimide:
        return not_judged("the column melted before seed and UBM were etched")
    stack = found.state(index).stack
    masked = [layer for layer in column.layers if layer.role != "additional"]
    # as plated, whatever has been taken off since
    mask = [(layer.name, layer.index) for layer in column.of_role("additional")]
    mask += [(n, d) for d in column.deposits for n in found.lineage.named(d, frozenset({d}))]
    widest = max(_reach(found, name, at) for name, at in mask)
    for layer in masked:
        parts = (r.name for r in stack.regions if is_part(r, layer.name))
        reach = max((_reach(found, n, index) for n in parts), default=0.0)
        if reach > widest * (1.0 + 1e-9):
            return fails(
                f"{layer.name} reaches {1e6 * (reach - widest):.4g} µm further than the solder",
                value=reach - widest,
                limits=(None, 0.0),
            )
    if column.passivation is None:
        return not_judged("there is no passivation")
    outermost = max(
        (
            float(p[0])
            for b in found.borders(index).between(column.passivation_layers, AIR)
            for p in (b.edge.point(0.0), b.edge.point(1.0))
        ),
        default=0.0,
    )
    shows = outermost >= stack.outer * (1.0 - 1e-9)
    return holds_if(shows, "the passivation does not show beside them")


def _reach(found: Findings, name: str, index: int) -> float:
    """Largest radius of a region after a step, m."""
    return found.state(index).stack.region(name).widest


@condition(
    "polyimide-on-passivation",
    "The polyimide lies on the passivation, around the solder.",
    plated_column=claims("002", 1, 10, 19, 27),
)
def polyimide_on_passivation(found: Findings) -> Answer:
    """It touches the passivation, and the column or the metal under it."""
    column = found.column
    if absent := column.no_polyimide():
        return absent
    if column.passivation is None:
        return not_judged("there is no passivation")
    index = column.before_melting()
    borders = found.borders(index)
    if not borders.touch(column.polyimide_layers, column.passivation_layers):
        return fails("it does not lie on the passivation")
    inside = [layer.name for layer in column.layers]
    inside += found.lineage.named(index, column.deposits)
    return holds_if(borders.touch(column.polyimide_layers, inside), "it does not reach the solder")


@condition(
    "solder-higher-than-polyimide",
    "The solder is higher than the polyimide is thick by a measurable amount.",
    plated_column=claims("002", 1, 10, 27),
)
def solder_higher_than_polyimide(found: Findings) -> Answer:
    """The column's height on the axis exceeds the polyimide's thickness by 1 µm."""
    column = found.column
    if absent := column.no_polyimide():
        return absent
    if column.melted_before_polyimide:
        return not_judged(
            "the column melted before the polyimide was coated: the solder was no column any more"
        )
    index = column.before_melting()
    stack = found.state(index).stack
    spans = [axis_span(stack.region(n)) for n in found.lineage.named(index, column.deposits)]
    height = sum(span[1] - span[0] for span in spans if span is not None)
    over = Measured(height - column.polyimide_thickness(index), 1e-13 * height)
    return judged(over, MEASURABLE, scale=height)


@condition(
    "column-protrudes",
    "The solder protrudes above the polyimide before the reflow.",
    plated_column=claims("002", 1, 6, 10, 19, 27),
)
def column_protrudes(found: Findings) -> Answer:
    """By 1 µm at least, just before it melts, after any etch."""
    column = found.column
    if absent := column.no_polyimide():
        return absent
    if column.column_melting is None and column.melted_before_polyimide:
        return not_judged("the column melted before the polyimide was coated")
    if not found.lineage.named(column.before_melting(), column.deposits):
        return not_judged(GONE)
    out = column.protrusion(column.before_melting())
    if out is None:
        return fails("the polyimide covers the solder")
    melting = column.column_melting
    stage = melting.stage_name if melting is not None and melting.solved else ""
    return judged(
        Measured(out, 1e-13 * abs(out)),
        MEASURABLE,
        scale=abs(out),
        metric="column_protrusion_m",
        stage=stage,
    )


@condition(
    "etch-raises-protrusion",
    "Etching the polyimide raises the protrusion by a measurable amount.",
    plated_column=claims("002", 6, 15, 26),
)
def etch_raises_protrusion(found: Findings) -> Answer:
    """By 1 µm at least, to above zero."""
    column = found.column
    if absent := column.no_polyimide():
        return absent
    if not column.etches:
        return not_judged("the polyimide is not etched")
    index = column.etches[0]
    if index > column.before_melting() or (
        column.column_melting is None and column.melted_before_polyimide
    ):
        return not_judged("the polyimide is etched after the reflow")
    if not found.lineage.named(column.before_melting(), column.deposits):
        return not_judged(GONE)
    before, after = column.protrusion(index - 1), column.protrusion(column.before_melting())
    if after is None:
        return fails("the polyimide still covers the solder")
    if before is None:
        before = column.solder_top(index - 1) - column.polyimide_top(index - 1)
    gain = Measured(after - before, 1e-13 * abs(after))
    if after <= 0.0:
        return fails("the solder stays below the polyimide's top", value=gain.value)
    return judged(gain, MEASURABLE, scale=abs(after), metric="etch_gain_m")


@condition(
    "ball-above-polyimide",
    "The reflowed bump stands above the polyimide's plane.",
    plated_column=claims("002", 1, 7, 10, 16, 19, 27),
)
def ball_above_polyimide(found: Findings) -> Answer:
    """Its top is higher than the polyimide's."""
    column = found.column
    if absent := column.no_ball():
        return absent
    return _above(column) or fails("the polyimide covers the bump")


def _above(column: ColumnRoute) -> Answer | None:
    melting = column.ball_melting
    assert melting is not None
    assert melting.stage.shape is not None
    cavity = column.cavity(column.ball_index())
    if cavity is None:
        return None
    cut = column.cut_top()
    if cut is not None:
        return judged(cut - cavity.z_top, 0.0, strict=True, scale=cavity.thickness)
    top = melting.stage.shape.measured["top_z_m"] - cavity.z_top
    return judged(
        top,
        0.0,
        strict=True,
        scale=cavity.thickness,
        metric=melting.metric("height_above_dielectric_m"),
        stage=melting.stage_name,
    )


@condition(
    "ball-spherical",
    "The reflowed bump is a near-spherical ball.",
    plated_column=claims("002", 7, 16),
)
def ball_spherical(found: Findings) -> Answer:
    """Wider than its contact line, and as wide as the sphere through line and apex, to 5 %."""
    column = found.column
    if absent := column.no_ball():
        return absent
    height = _above(column)
    if height is None or height.verdict == "fails":
        return not_judged("the bump does not stand above the polyimide's plane")
    if column.cut_top() is not None:
        return not_judged("the bump is cut before the polyimide is coated: it is no ball any more")
    assert column.ball_melting is not None
    return spherical(found, column.ball_melting)


def spherical(found: Findings, melting: Melting) -> Answer:
    """Whether what a solved liquid froze to is near-spherical."""
    assert melting.stage.shape is not None
    metric, stage = melting.metric("sphericity"), melting.stage_name
    told: dict[str, Any] = {"stage": stage, "metric": metric, "unit": ""}
    if "apex_z_m" not in melting.stage.shape.values:
        return fails("open on the axis", **told)
    shape = found.measured(stage, metric)
    if shape is None:
        return fails("it is nowhere wider than its contact line", **told)
    return judged(shape, *NEAR_SPHERICAL, scale=1.0, **told)


@condition(
    "ball-ends-at-edge",
    "The ball ends at the polyimide's edge, or has spread from it over the polyimide.",
    plated_column=claims("002", 7, 16),
)
def ball_ends_at_edge(found: Findings) -> Answer:
    """Its line lies on the polyimide's top, at its inner edge or outside of it."""
    column = found.column
    if absent := column.no_ball():
        return absent
    melting = column.ball_melting
    assert melting is not None
    assert melting.stage.shape is not None
    if column.column_melting is None:
        return not_judged("the polyimide was coated after the reflow")
    cavity = column.cavity(melting.index - 1)
    if cavity is None:
        return not_judged("the polyimide has no opening round the bump")
    values = melting.stage.shape.measured
    off = values["outer.z_m"] - cavity.z_top
    stage, metric = melting.stage_name, melting.metric("spread_m")
    if abs(off.value) > off.error + 1e-9 * cavity.thickness:
        where = melting.stage.shape.lines[0].feature
        return fails(f"it ends on {where}", metric=metric, stage=stage)
    spread = values["outer.r_m"] - cavity.rim_r
    return judged(spread, 0.0, scale=cavity.rim_r, metric=metric, stage=stage)


@condition(
    "cure-window",
    "The resist is cured at 300 °C to 400 °C for 1.5 h to 2.5 h.",
    plated_column=claims("002", 21),
)
def cure_window(found: Findings) -> Answer:
    """Of the hottest cure between the resist and the solder."""
    column = found.column
    if absent := column.no_column():
        return absent
    if column.resist is None:
        return column.no_resist()
    assert column.deposit is not None
    cures = [s for i, s in found.steps(Cure) if column.resist < i < column.deposit]
    if not cures:
        return not_judged("the case has no cure of the resist")
    cure = max(cures, key=lambda s: s.temperature)  # drying before it is no cure
    low, high = CURE_TEMPERATURES
    if not low <= cure.temperature <= high:
        return fails(f"it is cured at {cure.temperature - 273.15:.10g} °C")
    if cure.time is None:
        return holds("judged on the temperature alone: the case gives no time")
    short, long = CURE_TIMES
    return holds_if(short <= cure.time <= long, f"it is cured for {cure.time / 3600.0:.12g} h")
