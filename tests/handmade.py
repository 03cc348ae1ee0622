"""A run made by hand, without a solver: the photoimaged route with spherical caps.

A dome of Pb95Sn5 ends on the opening's wall 3.4 um below its top at 125°, nickel and gold grow
on it, and a ball of Sn63Pb37 of radius 75 um sits on the juncture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bumpform.geometry.curve import PolynomialCurve
from bumpform.geometry.edge import Edge
from bumpform.geometry.profile import Profile, Station
from bumpform.growth.barrier import Juncture, Layer, distance_to_surface, grow
from bumpform.result.contract import RESULT, Result
from bumpform.result.run import Run, Snapshot
from bumpform.stack.layers import coat, substrate
from bumpform.stack.stack import Region, Stack, line

UM = 1e-6
NODES = tuple(float(x) for x in 0.5 - 0.5 * np.cos(np.pi * np.arange(7) / 6))

CASE = """\
[case]
name = "photoimaged_opening"
title = "High-lead dome, nickel barrier, eutectic cap"
pitch = "250 um"

[wetting]
"Cu" = "25 deg"
"polyimide" = "125 deg"
"Sn63Pb37 on Au" = "20 deg"

[[step]]
do = "substrate"
pad = { radius = "60 um", thickness = "5 um", material = "Cu" }
base = { material = "SiO2" }

[[step]]
do = "coat"
layer = "dielectric"
material = "polyimide"
thickness = "30 um"
opening = { radius = "60 um" }

[[step]]
do = "deposit"
solder = "Pb95Sn5"
volume = "0.41 nl"

[[step]]
do = "reflow"
name = "first reflow"
peak = "350 degC"

[[step]]
do = "barrier"
material = "Ni"
thickness = "3 um"
finish = { material = "Au", thickness = "0.05 um" }

[[step]]
do = "deposit"
solder = "Sn63Pb37"
volume = "1.4 nl"

[[step]]
do = "reflow"
name = "second reflow"
peak = "225 degC"
"""


def cap(contact: tuple[float, float], apex: float, elements: int = 8) -> PolynomialCurve:
    """Spherical cap from the contact line up to the apex on the axis."""
    r, height = contact[0], apex - contact[1]
    radius = (r * r + height * height) / (2.0 * height)
    first = math.atan2(contact[1] - (apex - radius), r)
    t = np.concatenate([[0.0], *(e + np.array(NODES[1:]) for e in range(elements))]) / elements
    angle = first + (math.pi / 2 - first) * t
    points = np.stack([radius * np.cos(angle), apex - radius + radius * np.sin(angle)], axis=-1)
    points[-1, 0] = 0.0
    return PolynomialCurve.from_nodes(points, NODES)


def body(name: str, material: str, wetted: tuple[Edge, ...], top: tuple[Edge, ...]) -> Region:
    """Solder between the profile that it wets and a chain from its outer end to the axis."""
    apex, foot = top[-1].point(1.0), wetted[0].point(0.0)
    axis = Edge(line(apex, foot), 0.0, 1.0, "axis")
    return Region.bounded(name, material, (*wetted, *top, axis), "solder")


def _box(foot: tuple[float, float], top: float) -> tuple[Edge, ...]:
    """Outline of a print above the profile: up, and in to the axis."""
    corner = (foot[0], top)
    return tuple(
        Edge(line(a, b), 0.0, 1.0, "print") for a, b in ((foot, corner), (corner, (0.0, top)))
    )


def _wetted(profile: Profile, place: Station) -> tuple[Edge, ...]:
    return profile.between(profile.start, place)


def _at(profile: Profile, r: float, z: float) -> Station:
    """The place of the profile nearest to a point that lies on it."""
    places = [*profile.crossings(0, r), *profile.crossings(1, z)]
    places += [Station(i, 1.0) for i in range(len(profile))]
    return min(places, key=lambda s: float(np.abs(profile.point(s) - (r, z)).max()))


def make_stacks(depth: float = 3.4 * UM) -> dict[str, Any]:
    """Stacks, meridians and the numbers that the result needs."""
    bare = substrate(
        pad_radius=60 * UM,
        pad_thickness=5 * UM,
        pad_material="Cu",
        base_material="SiO2",
        outer=125 * UM,
    )
    coated = coat(
        bare, layer="dielectric", material="polyimide", thickness=30 * UM, opening_radius=60 * UM
    )
    profile = coated.profile
    printed = coated.with_region(
        body(
            "Pb95Sn5",
            "Pb95Sn5",
            _wetted(profile, _at(profile, 66 * UM, 30 * UM)),
            _box((66 * UM, 30 * UM), 44 * UM),
        )
    )
    contact = (60 * UM, 30 * UM - depth)
    radius = 60 * UM / math.sin(math.radians(35))
    apex = contact[1] + radius * (1 - math.cos(math.radians(35)))
    dome_curve = cap(contact, apex)
    dome_edge = Edge(dome_curve, 0.0, dome_curve.breaks[-1], "Pb95Sn5")
    dome = body("Pb95Sn5", "Pb95Sn5", _wetted(profile, _at(profile, *contact)), (dome_edge,))
    reflowed = coated.with_region(dome)
    layers = (Layer("barrier", "Ni", 3 * UM), Layer("finish", "Au", 0.05 * UM))
    built, (juncture,) = grow(reflowed, layers)
    on_top = built.profile
    end = _at(on_top, juncture.r_m, juncture.z_m)
    second_print = built.with_region(
        body(
            "Sn63Pb37",
            "Sn63Pb37",
            _wetted(on_top, _at(on_top, 80 * UM, 30 * UM)),
            _box((80 * UM, 30 * UM), 96 * UM),
        )
    )
    ball_apex = juncture.z_m + 75 * UM + math.sqrt((75 * UM) ** 2 - juncture.r_m**2)
    ball_curve = cap((juncture.r_m, juncture.z_m), ball_apex, 12)
    ball = body(
        "Sn63Pb37",
        "Sn63Pb37",
        _wetted(on_top, end),
        (Edge(ball_curve, 0.0, ball_curve.breaks[-1], "Sn63Pb37"),),
    )
    inwards = -on_top.pieces[end.piece].tangent(1.0)
    ahead = ball_curve.derivative(0.0)
    turn = math.atan2(inwards[1], inwards[0]) - math.atan2(ahead[1], ahead[0])
    return {
        "printed": printed,
        "reflowed": reflowed,
        "dome_curve": dome_curve,
        "dome_edge": dome_edge,
        "apex": apex,
        "contact": contact,
        "second_print": second_print,
        "second": built.with_region(ball),
        "ball": ball,
        "dome": dome,
        "ball_curve": ball_curve,
        "ball_apex": ball_apex,
        "juncture": juncture,
        "angle_deg": math.degrees(turn),
    }


#: Stability of every equilibrium here.
STEADY = {
    "lowest_eigenvalues": {"0": 2.31e3, "1": 8.4e2, "2": 4.7e3},
    "neutral_modes": [],
    "stability_margin": 8.4e2,
    "weakest_mode": 1,
    "leans": None,
}


def _stage(step: int, name: str, peak: float, solder: Region, surface: dict[str, Any]) -> Any:
    composition = {"Pb95Sn5": {"Pb": 0.95, "Sn": 0.05}, "Sn63Pb37": {"Sn": 0.63, "Pb": 0.37}}
    volume = solder.volume
    return {
        "step": step,
        "name": name,
        "kind": "reflow",
        "peak_K": peak,
        "molten": [solder.material],
        "composition": composition[solder.material],
        "liquid": {
            "volume_m3": volume,
            "mass_kg": volume * 9.0e3,
            "surface_tension_N_m": 0.46,
            "density_kg_m3": 9.0e3,
        },
        "surface": surface,
        "equilibrium": {
            "iterations": 4,
            "residual": 3.1e-14,
            "volume_error": 2.2e-16,
            "elements": 8,
            "error_estimate": {
                "apex_z_m": 4.1e-17,
                "max_radius_m": 2.6e-17,
                "pressure_Pa": 3.7e-9,
                "outer.r_m": 0.0,
                "outer.z_m": 5.2e-17,
            },
            "stable": True,
            **STEADY,
            "name": "cap on juncture (pinned)",
            "path": [],
            "searched": "near",
            "alternatives": [],
        },
    }


def _surface(
    apex: float, radius: float, radius_z: float, pressure: float, contact_line: dict[str, Any]
) -> dict[str, Any]:
    return {
        "apex_z_m": apex,
        "top_z_m": apex,
        "max_radius_m": radius,
        "max_radius_z_m": radius_z,
        "area_m2": 1.24e-8,
        "pressure_Pa": pressure,
        "energy_J": 5.6e-9,
        "contact_lines": [contact_line],
    }


def _condition(statement: str, holds: bool, value: Any, limits: Any, metric: str) -> Any:
    return {
        "id": statement.split()[1],
        "route": "photoimaged_opening",
        "source": "000 claim 1",
        "sources": ["000 claim 1"],
        "statement": statement,
        "verdict": "holds" if holds else "fails",
        "holds": holds,
        "reason": "",
        "unit": "m",
        "stage": None,
        "value": value,
        "error": 0.0,
        "limits": limits,
        "strict": False,
        "metric": metric,
    }


def make_result(made: dict[str, Any]) -> dict[str, Any]:
    """A result with every key of the contract."""
    juncture: Juncture = made["juncture"]
    top, d, t = 30 * UM, 30 * UM - made["contact"][1], 3.05 * UM
    miss = -0.12 * UM
    first = _stage(
        3,
        "first reflow",
        623.15,
        made["dome"],
        _surface(
            made["apex"],
            60 * UM,
            made["contact"][1],
            8796.1,
            {
                "end": "outer",
                "r_m": made["contact"][0],
                "z_m": made["contact"][1],
                "on": "polyimide",
                "feature": "dielectric wall",
                "state": "free",
                "angle_deg": 125.0,
                "admissible_deg": [125.0, 125.0],
            },
        ),
    )
    rim = {"r_m": 60e-6, "z_m": 30e-6}
    end = {"r_m": made["contact"][0], "z_m": made["contact"][1]}
    on_rim = {
        "end": "outer",
        **rim,
        "on": "polyimide",
        "feature": "dielectric top edge",
        "state": "pinned",
        "angle_deg": 140.0,
        "admissible_deg": [125.0, 215.0],
    }
    steps = (("touches", rim, rim), ("recedes", rim, end), ("rests", end, end))
    first["equilibrium"] |= {
        "name": "cap on dielectric wall (free)",
        "searched": "near",
        "path": [
            {
                "line": "outer",
                "event": event,
                "from": start,
                "to": stop,
                "feature": "dielectric wall",
                "why": f"so it {event}",
            }
            for event, start, stop in steps
        ],
        "alternatives": [
            {
                "name": "cap on dielectric top edge (pinned)",
                "contact": on_rim,
                "contact_lines": [on_rim],
                "energy_J": 5.61e-9,
                "energy_above_reached_J": 1.2e-10,
                "stable": False,
                **STEADY,
            }
        ],
    }
    second = _stage(
        6,
        "second reflow",
        498.15,
        made["ball"],
        _surface(
            made["ball_apex"],
            75 * UM,
            made["ball_apex"] - 75 * UM,
            12266.7,
            {
                "end": "outer",
                "r_m": juncture.r_m,
                "z_m": juncture.z_m,
                "on": "Au",
                "feature": "juncture",
                "state": "pinned",
                "angle_deg": made["angle_deg"],
                "admissible_deg": [20.0, 138.5],
            },
        ),
    )
    metrics = {
        "first reflow": {
            "protrusion_m": made["apex"] - top,
            "terminus_depth_m": d,
            "terminus_fraction": d / top,
            "clearance_m": 250 * UM - 120 * UM,
        },
        "barrier": {
            "barrier_fit_m": t - d,
            "flush_thickness_m": distance_to_surface(
                np.array([60 * UM, top]), (made["dome_edge"],)
            ),
            "juncture": {"r_m": juncture.r_m, "z_m": juncture.z_m},
            "juncture_offset_m": juncture.z_m - top,
            "edge_to_rim_m": math.dist(juncture, (60 * UM, top)),
        },
        "second reflow": {
            "protrusion_m": made["ball_apex"] - top,
            "ball_height_m": made["ball_apex"] - top,
            "ball_diameter_m": 150 * UM,
            "clearance_m": 100 * UM,
            "juncture_miss_m": miss,
            "covers_barrier": False,
        },
    }
    conditions = [
        _condition(
            "the dome protrudes above the dielectric's top",
            True,
            made["apex"] - top,
            [0.0, None],
            "protrusion_m",
        ),
        _condition(
            "the dome terminates on the wall, 0.01 % to 50 % of the thickness below the top",
            True,
            d / top,
            [1e-4, 0.5],
            "terminus_fraction",
        ),
        _condition(
            "the barrier's thickness is generally equal to d",
            True,
            t - d,
            [-0.25 * d, 0.25 * d],
            "barrier_fit_m",
        ),
        _condition(
            "the barrier's top meets the wall flush with the dielectric's top",
            True,
            juncture.z_m - top,
            [-0.25 * d, 0.25 * d],
            "juncture_offset_m",
        ),
        _condition(
            "the second bump covers the barrier", False, miss, [0.0, None], "juncture_miss_m"
        ),
    ]
    return {
        "schema": "bumpform/result-1",
        "bumpform": "0.1.0",
        "case": {"name": "photoimaged_opening", "title": "", "sha256": "0" * 64},
        "stages": [first, second],
        "metrics_error": {},
        "metrics": metrics,
        "conditions": conditions,
    }


@dataclass(frozen=True, eq=False)
class Handmade(Run):
    """A run whose numbers are given: no stage of it has been solved."""

    record: Result | None = None


def read(result: dict[str, Any]) -> Result:
    """A result as its file would be read."""
    return RESULT.validate_python(result)


def make_run(case: Any = None, depth: float = 3.4 * UM) -> Run:
    """The whole run: four snapshots, two stages, five conditions of which one fails."""
    made = make_stacks(depth)
    snapshots = (
        Snapshot("first reflow", "as deposited", made["printed"]),
        Snapshot("first reflow", "reflowed", made["reflowed"], (made["dome_curve"],)),
        Snapshot("second reflow", "as deposited", made["second_print"]),
        Snapshot("second reflow", "reflowed", made["second"], (made["ball_curve"],)),
    )
    notes = ("Pb95Sn5: surface_tension 0.46 N/m (commonly quoted) is not verified",)
    return Handmade(case, (), (), None, snapshots, notes, record=read(make_result(made)))


def refuse_second(run: Run) -> Run:
    """The same run, its second stage refused: no shape, no metrics of it."""
    result = dict(run.result)
    first, second = (dict(stage) for stage in run.result["stages"])
    del second["surface"], second["equilibrium"]
    second["refused"] = {
        "reason": "no_equilibrium",
        "detail": "a ball of 1.4 nl on a contact line of 60 µm has no admissible equilibrium: "
        "its angle at the juncture leaves [20°, 138.5°] before the volume is reached",
    }
    metrics = {k: v for k, v in run.result["metrics"].items() if k != "second reflow"}
    result |= {
        "stages": [first, second],
        "metrics_error": {},
        "metrics": metrics,
        "conditions": run.result["conditions"][:4],
    }
    return Handmade(run.case, (), (), None, run.snapshots[:3], run.notes, record=read(result))


def stack_of(run: Run, number: int) -> Stack:
    """Stack of a snapshot."""
    return run.snapshots[number].stack
