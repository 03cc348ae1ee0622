"""A reflow: what melts finds its equilibrium on what stays solid, and freezes so."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from bumpform.errors import BumpformError, ConvergenceError, NoEquilibriumError, ProcessError
from bumpform.materials.materials import Materials
from bumpform.process.melt import Content, Melt, is_molten, melt
from bumpform.process.released import released
from bumpform.stack.profile import Edge, Profile, Station
from bumpform.stack.stack import Region, Stack, line
from bumpform.surface.alternatives import Alternative, judged, on_profile
from bumpform.surface.equilibrium import Equilibrium
from bumpform.surface.landscape import Landscape
from bumpform.surface.saddle import with_barriers
from bumpform.surface.stability import Stability, analyse
from bumpform.surface.topology import reach_any
from bumpform.surface.turning import turning_point


@dataclass(frozen=True)
class Refusal:
    """Why a stage has no result.

    Attributes
    ----------
    reason : str
        One machine word: "off_model", "dewets", "penetration", "enclosed", "unstable",
        "not_converged", "no_equilibrium".
    detail : str
    """

    reason: str
    detail: str


@dataclass(frozen=True, eq=False)
class Stage:
    """One reflow, as computed.

    Attributes
    ----------
    melt : Melt
    solids : Stack
        What stays solid.
    start, inner : Station, Station or None
        Where the deposit touches the solid first, on ``solids.profile``; the inner one where
        it does not cover the axis.
    equilibrium, stability
        None where refused before.
    alternatives : tuple of Alternative
    refusal : Refusal or None
    warnings : tuple of str
    searched : "near" or "all"
        Where alternatives with two contact lines have been looked for.
    released : float or None, J
        Energy of the deposit's outline less that of the equilibrium; None where there is no other.
    """

    melt: Melt
    solids: Stack
    start: Station
    inner: Station | None = None
    equilibrium: Equilibrium | None = None
    stability: Stability | None = None
    alternatives: tuple[Alternative, ...] = ()
    refusal: Refusal | None = None
    warnings: tuple[str, ...] = ()
    searched: str = "near"
    released: float | None = None


def molten_regions(
    stack: Stack, contents: dict[str, Content], temperature: float, materials: Materials
) -> tuple[str, ...]:
    """Names of the regions that are liquid at a temperature, from the bottom.

    Raises
    ------
    CaseError
        If one is between its solidus and liquidus.
    ProcessError
        If nothing melts.
    """
    solders = [r for r in stack.regions if r.kind == "solder"]
    names = tuple(
        r.name for r in solders if is_molten(r.material, contents[r.name], temperature, materials)
    )
    if not names:
        there = ", ".join(f"{r.material}" for r in solders) or "no solder"
        raise ProcessError(
            f"nothing melts at {temperature - 273.15:.6g} degC ({there} on the stack): "
            "raise the peak"
        )
    return names


def reflow(
    stack: Stack,
    contents: dict[str, Content],
    *,
    temperature: float,
    gravity: float,
    materials: Materials,
) -> Stage:
    """Equilibrium of everything that melts at a temperature.

    Parameters
    ----------
    stack : Stack
        With the deposits.
    contents : dict of region name to Content
    temperature : float, K
    gravity : float, m/s²
    materials : Materials

    Returns
    -------
    Stage
        Refused where there is no admissible equilibrium, with what was computed.

    Raises
    ------
    CaseError, ProcessError
        For an input that cannot mean anything.
    """
    names = molten_regions(stack, contents, temperature, materials)
    liquid = melt([contents[n] for n in names], temperature, materials)
    solids = stack.without(*names)
    start, inner = first_touch(stack, solids, names)
    stage = Stage(liquid, solids, start, inner)
    if solids.voids:
        return replace(
            stage,
            refusal=Refusal(
                "enclosed",
                f"{' and '.join(names)} would melt inside the solid around it, with no free "
                "surface: lower the peak, or reflow before it is covered",
            ),
        )
    profile = solids.profile
    angles = tuple(liquid.contact_angle(p.material, materials) for p in profile)
    land = Landscape(profile, angles, liquid.drop(gravity))
    try:
        found = reach_any(land, start, inner)
    except NoEquilibriumError as error:
        refusal = Refusal(error.reason, error.detail)
        return replace(stage, refusal=_fallen(land, start, inner) or refusal)
    except ConvergenceError as error:
        refusal = Refusal("not_converged", str(error))
        return replace(stage, refusal=_fallen(land, start, inner) or refusal)
    stability = analyse(found.surface)
    others = judged(on_profile(land, found))
    spent = released(land, found, stack, names, (start, inner)) if others else None
    stage = replace(
        stage,
        equilibrium=found,
        stability=stability,
        alternatives=with_barriers(land, found, others, spent),
        released=spent,
        warnings=unfilled_corners(profile, land.angles, found.station),
    )
    if not stability.upright:
        detail = f"the equilibrium is no minimum: {stability.reason()}"
        return replace(stage, refusal=Refusal("unstable", detail))
    return stage


def _fallen(land: Landscape, start: Station, inner: Station | None) -> Refusal | None:
    """That a hanging liquid is too heavy to hang, if it is: its branch ends at less gravity."""
    drop = land.drop
    if drop.bond >= 0.0:
        return None
    weightless = Landscape(land.profile, land.angles, replace(drop, gravity=0.0))
    try:
        found = reach_any(weightless, start, inner)
        end = turning_point(found, "gravity", -1.0, leaning=True)
    except BumpformError:
        return None
    if end is None or end.kind != "fold" or end.value < drop.gravity:
        return None
    hangs = (
        f"{drop.volume:.6g} m³ hang here up to a gravity of {-end.value:.9g} m/s², "
        f"not {-drop.gravity:.9g} m/s²"
    )
    detail = f"the liquid falls: {hangs}"
    if len(found.lines) > 1:
        detail = f"as a ring {hangs}: it falls, or it closes over its middle"
    return Refusal("no_equilibrium", detail)


def first_touch(
    stack: Stack, solids: Stack, molten: tuple[str, ...]
) -> tuple[Station, Station | None]:
    """Where the outline of what melts meets the solid: the ends of its free surface.

    The inner end is None where it covers the axis.
    """
    pieces = stack.profile.pieces
    exposed = [i for i, piece in enumerate(pieces) if piece.region in molten]
    if not exposed:  # enclosed: no free surface at all
        return solids.profile.end, None
    outer = solids.profile.locate(pieces[exposed[-1]].point(1.0))
    if exposed[0] == 0:
        return outer, None
    return outer, solids.profile.locate(pieces[exposed[0]].point(0.0))


def freeze(stage: Stage, name: str) -> Stack:
    """The stack with the liquid as a solid region of the shape in which it froze."""
    found = stage.equilibrium
    if found is None:
        raise BumpformError("a refused stage leaves no shape to freeze")
    profile = stage.solids.profile
    curve = found.curve
    free = Edge(curve, curve.breaks[0], curve.breaks[-1])
    loop: tuple[Edge, ...]
    if len(found.lines) == 2:  # a ring closes on itself
        loop = (*profile.between(found.lines[1].station, found.station), free)
    else:
        apex, floor = free.point(1.0), profile.point(profile.start)
        axis = Edge(line(apex, floor), 0.0, 1.0, "axis")
        loop = (*profile.between(profile.start, found.station), free, axis)
    material = "+".join(stage.melt.solders)
    region = Region.bounded(stage.solids.unique_name(name), material, loop, "solder")
    return stage.solids.with_region(region)


def unfilled_corners(
    profile: Profile, angles: tuple[float, ...], contact: Station
) -> tuple[str, ...]:
    """Re-entrant corners under the liquid that it would not fill (Concus and Finn).

    It fills a wedge of angle β between materials with angles θ1, θ2 when θ1 + θ2 < π + β.
    """
    found = []
    for number in range(contact.piece):
        inside, outside = profile.pieces[number], profile.pieces[number + 1]
        a, b = inside.tangent(1.0), outside.tangent(0.0)
        turn = math.atan2(a[0] * b[1] - a[1] * b[0], float(a @ b))  # left: re-entrant
        wedge = math.pi - turn
        if turn > 1e-6 and angles[number] + angles[number + 1] >= math.pi + wedge:
            r, z = inside.point(1.0)
            found.append(
                f"the liquid would not fill the corner of {inside.feature} and "
                f"{outside.feature} at r = {r:.6g} m, z = {z:.6g} m: the contact "
                "angles there add up to "
                f"{math.degrees(angles[number] + angles[number + 1]):.4g}°, not less than "
                f"180° + {math.degrees(wedge):.4g}°; the solved shape assumes that it is filled"
            )
    return tuple(found)
