"""A case run as every caller runs it, with the state before and after each stage kept aside."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from sides import moments

import bumpform
from bumpform import runner
from bumpform.case.case import Case
from bumpform.errors import CaseError
from bumpform.materials.materials import Materials
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.melt import Melt
from bumpform.process.reflows.reflow import Stage
from bumpform.process.state import State
from bumpform.stack.stack import Region
from bumpform.steps.kinds import Deposit

#: Relative slack of masses and volumes.
EQUAL = 1e-11


@dataclass(frozen=True)
class Moment:
    """One stage: its step, what stood before it and after it, and its part of the result."""

    index: int
    before: State
    stage: Stage | Mounted
    after: State
    reported: dict

    @property
    def stood(self) -> tuple[Region, ...]:
        """What stood there before; what a package has brought with it, far above."""
        stack = self.before.stack
        if not isinstance(self.stage, Mounted) or self.before.placed is not None:
            return stack.regions
        return (*stack.regions, *self.stage.brought.at(100.0 * stack.outer).regions)

    @property
    def solid(self) -> set[str]:
        """Names of what stays solid, or keeps its shape."""
        solids = {r.name for r in self.stage.solids.regions}
        if isinstance(self.stage, Mounted):
            solids |= {r.name for r in self.stage.package.stack.regions}
        return solids

    @property
    def liquids(self) -> tuple[Any, ...]:
        """Bodies of liquid."""
        stage = self.stage
        if isinstance(stage, Mounted) and stage.gap is not None:
            return (*stage.liquids, *([stage.hung] if stage.hung is not None else []))
        return (stage, *stage.bodies) if stage.melted else ()


@dataclass(frozen=True)
class Recorded:
    """A run and its stages."""

    done: bumpform.Run
    moments: tuple[Moment, ...]


@dataclass(frozen=True)
class Done:
    """One step, with what stood there before it (None before the first) and after it."""

    index: int
    before: State | None
    after: State


def follow(case: Case) -> tuple[bumpform.Run | CaseError, tuple[Done, ...]]:
    """Run a case; the runner's own calls of ``apply_step`` are listened to, not replaced.

    Returns
    -------
    Run, or the CaseError that ended it
    tuple of Done
        Of every step that could be done.
    """
    kept: list[Done] = []
    plain = runner.apply_step

    def listening(state, step, case, materials):
        after = plain(state, step, case, materials)
        kept.append(Done(len(kept), state, after))
        return after

    runner.apply_step = listening
    try:
        return bumpform.run(case), tuple(kept)
    except CaseError as error:
        return error, tuple(kept)
    finally:
        runner.apply_step = plain


def run_recorded(case: Case) -> Recorded:
    """Run a case and keep its stages; a CaseError is raised."""
    done, steps = follow(case)
    if isinstance(done, CaseError):
        raise done
    return Recorded(done, moments_of(done, steps))


def moments_of(done: bumpform.Run, steps: tuple[Done, ...]) -> tuple[Moment, ...]:
    """The stages among some steps."""
    reported = {stage["step"]: stage for stage in done.result["stages"]}
    return tuple(
        Moment(s.index, s.before, s.after.stage, s.after, reported[s.index])
        for s in steps
        if s.after.stage is not None
    )


def young(case: Case, melt: Melt):
    """Function of a surface's material: Young's angle as the case's [wetting] says, rad."""
    library = Materials(case.materials)

    def one(solder: str, surface: str) -> float:
        for key in (f"{solder} on {surface}", surface):
            if key in case.wetting:
                return case.wetting[key]
        return library.contact_angle(solder, surface)

    def mixed(surface: str) -> float:
        angles = [one(solder, surface) for solder in melt.solders]
        if len(angles) == 1:
            return angles[0]
        share = np.array(melt.volumes) / sum(melt.volumes)
        return math.acos(float(share @ np.cos(angles)))

    return mixed


def region_volume(region) -> float:
    """Volume of a region from its boundary, by this benchmark's quadrature, m³."""
    return 2.0 * math.pi * math.fsum(float(moments(edge, 1.0)[0]) for edge in region.loop)


def amounts(case: Case, recorded: Recorded) -> list[str]:
    """What is wrong with volumes and masses: each solder that went in is in a liquid, or was cut.

    Fresh solder weighs its volume, from the numbers of the case, times the density at the peak
    that first melts it; frozen solder what it weighed, less the share that was cut away.
    """
    wrong: list[str] = []
    library = Materials(case.materials)
    weighed: dict[str, tuple[float, float]] = {}  # region: mass, volume when it froze
    deposits = [(i, s) for i, s in enumerate(case.steps) if isinstance(s, Deposit)]
    for moment in recorded.moments:
        stage, stack = moment.stage, moment.before.stack
        solid = {region.name for region in stage.solids.regions}
        molten = [region for region in stack.regions if region.name not in solid]
        fresh = [r for r in molten if r.name not in weighed]
        expected = 0.0
        for region in molten:
            if region.name in weighed:
                mass, volume = weighed[region.name]
                expected += mass * region_volume(region) / volume
        steps = [s for i, s in deposits if i < moment.index][-len(fresh) :] if fresh else []
        for region, step in zip(fresh, steps, strict=True):
            metal = _metal(region, step)
            expected += metal * library.liquid(step.solder, moment.reported["peak_K"]).density
        liquid = moment.reported["liquid"]
        if not math.isclose(liquid["mass_kg"], expected, rel_tol=EQUAL):
            wrong.append(f"mass {liquid['mass_kg']:.12g} kg, went in {expected:.12g}")
        if stage.refusal is not None or stage.equilibrium is None:
            continue
        frozen = _frozen(moment, solid)
        volume = region_volume(frozen)
        if not math.isclose(volume, liquid["volume_m3"], rel_tol=EQUAL):
            wrong.append(f"frozen volume {volume:.12g} m³, liquid {liquid['volume_m3']:.12g}")
        weighed = {name: w for name, w in weighed.items() if name in solid}
        weighed[frozen.name] = (liquid["mass_kg"], volume)
    return wrong


def _frozen(moment: Moment, solid: set[str]):
    """The region that the liquid has become."""
    return next(
        r for r in moment.after.stack.regions
        if r.kind == "solder" and r.name not in solid
    )  # fmt: skip


def _metal(region, step: Deposit) -> float:
    """Metal in a deposit, m³, from the case's numbers (a fill, a print: from its room)."""
    if step.volume is not None:
        return step.volume
    if step.ball is not None:
        return math.pi / 6.0 * step.ball.diameter**3
    if step.column is not None:
        return math.pi * step.column.radius**2 * step.column.height
    return region_volume(region) * (step.fill or step.stencil).metal_fraction
