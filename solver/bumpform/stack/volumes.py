"""Where solder lies that something stands in: a volume, or a print."""

from __future__ import annotations

from bumpform.geometry.names import is_coating
from bumpform.stack.stack import Region, Stack
from bumpform.units.amounts import Amounted
from bumpform.units.units import format_length

__all__ = ["print_note", "volume_note"]

#: How far past a stencil's edge it is looked whether what stands there is wider, relative.
PAST = 1e-6


def volume_note(step: Amounted, before: Stack, after: Stack) -> str | None:
    """Where a volume, or a column round a post, lies that something stands in.

    Round it, over it and round it, or on its top while metal at its foot stays bare; None where
    nothing stands in it.

    Parameters
    ----------
    step : Amounted
    before, after : Stack
        Without it, and with it as the last region.
    """
    if step.volume is None and step.column is None:
        return None
    placed, body = after.regions[-1], before.region(before.profile.pieces[0].region)
    covers = any(edge.feature == "axis" for edge in placed.loop)
    stands = body.is_core or (body.is_metal and not is_coating(body.name))
    if covers and (not stands or step.volume is None):
        return None
    others = [region.name for region in before.regions]
    laid = after.borders.between(placed.name, others)
    ends = [(point, border) for border in laid for point in border.edge.ends]
    (outer, z), border = max(ends, key=lambda end: (end[0][0], -end[0][1]))
    if covers and z >= before.profile.point(before.profile.start)[1]:
        return _on_top(step.solder, body, before)
    [foot] = [side for side in border.sides if side != placed.name]
    out = format_length(outer)
    if covers:
        if foot == body.name:
            return None
        return (
            f"{step.solder}: its volume covers the {body.name} and lies round it, out to r = {out} "
            f"on the {foot}"
        )
    inner = min(point[0] for point, _ in ends)
    sides = [(p[1], side) for p, b in ends for side in b.sides if side not in (placed.name, foot)]
    _, name = max(sides, default=(z, body.name))  # what reaches up highest stands in it
    if after.borders.touch(placed.name, body.name):  # what stands in it, whatever it stands on
        name = body.name
    return (
        f"{step.solder}: its volume lies round the {name}, from r = {format_length(inner)} to {out}"
        ", and leaves the top bare: a ball, or a column no wider than the top, would lie on it"
    )


def _on_top(solder: str, body: Region, before: Stack) -> str | None:
    """That it lies on top of what stands there, where metal beside its foot would take it, too."""
    beside = (before.region(piece.region) for piece in before.profile)
    if not any(region.is_metallic and region is not body for region in beside):
        return None
    return (
        f"{solder}: its volume lies on top of the {body.name}, and round its foot there is none: "
        "a column wider and lower than it would lie round it"
    )


def print_note(step: Amounted, before: Stack) -> str | None:
    """That a print lies on a ball, or a bump with a belly, wider than the aperture; else None."""
    if step.stencil is None:
        return None
    profile, radius = before.profile, step.stencil.radius
    past = profile.crossings(0, radius * (1.0 + PAST))
    if len(past) < 3:  # nothing overhangs there: out, back in under the belly, and out again
        return None
    top = max(past, key=lambda station: profile.point(station)[1])
    body = before.region(profile.pieces[top.piece].region)
    if body.is_dielectric:
        return None
    return (
        f"{step.solder}: the stencil's aperture ends on the {body.name} at z = "
        f"{format_length(float(profile.point(top)[1]))}, which is wider (r = "
        f"{format_length(body.widest)}): it is printed on top of it, not round it"
    )
