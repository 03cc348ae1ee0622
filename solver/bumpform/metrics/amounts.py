"""Metrics of amounts: how many liquids, what has fused, whether masses are kept; proportions."""

from __future__ import annotations

import math

from bumpform.materials.library import load_library
from bumpform.metrics.metric import metric
from bumpform.metrics.sample import Sample
from bumpform.metrics.shape import ball_diameter
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.reflow import Liquid, Stage
from bumpform.process.state import State
from bumpform.units.measured import Measured

#: Round-off of a mass, relative.
WEIGHING = 1e-14


@metric("liquid_bodies", "number of separate bodies of liquid", "reflow", counts=True)
def liquid_bodies(at: Sample) -> int:
    """With what hangs on a package."""
    if isinstance(at.stage, Mounted) and at.stage.gap is None:
        return 1 + len(at.stage.bodies)
    return len(at.liquids)


@metric(
    "fused_bodies",
    "regions that melted together to the first liquid",
    "reflow",
    when="there is more than one",
    counts=True,
)
def fused_bodies(at: Sample) -> int | None:
    """Of one there is nothing to fuse."""
    count = len(at.stage.melted)
    return count if count > 1 else None


def _frozen_balance(at: Sample) -> Measured:
    """Mass of the solid that has been solved for over that of the liquid, less 1."""
    liquids: list[Stage | Mounted | Liquid] = [at.stage, *at.stage.bodies]
    if isinstance(at.stage, Mounted) and at.stage.hung is not None:
        liquids.append(at.stage.hung)
    balances = []
    for liquid in liquids:
        frozen = liquid.frozen
        assert frozen is not None
        solved = frozen.volume * (1.0 + frozen.shape.surface.volume_error)
        balances.append(Measured(frozen.density * solved / liquid.melt.mass - 1.0, WEIGHING))
    return max(balances, key=lambda balance: abs(balance.value))


@metric(
    "mass_balance",
    "mass of the liquid / mass that went in − 1, of the liquid that is furthest off; as frozen, "
    "mass of the solid that was solved for / the liquid's − 1",
    "reflow",
    when="the case gives no density of a mixture",
    frozen=_frozen_balance,
)
def mass_balance(at: Sample) -> Measured | None:
    """A check, not a property."""
    if any("+" in name for name in at.case.materials):  # a mixture with a density of its own
        return None
    assert isinstance(at.stage, Stage)
    balances = [_balance(at.before, liquid) for liquid in at.stage.liquids]
    return max(balances, key=lambda balance: abs(balance.value))


def _balance(state: State, liquid: Liquid) -> Measured:
    """Mass of a liquid over that of the regions that have melted to it, less 1."""
    melt = liquid.melt
    aliases = load_library().aliases
    density = {
        aliases.get(s, s): m / v
        for s, m, v in zip(melt.solders, melt.masses, melt.volumes, strict=True)
    }
    weighed = [  # a deposit is weighed when it first melts
        mass or state.contents[name].volume * density[aliases.get(solder, solder)]
        for name in liquid.melted
        for solder, mass in state.contents[name].alloys
    ]
    return Measured(melt.mass / math.fsum(weighed), len(weighed) * WEIGHING) - 1.0


@metric(
    "sphericity",
    "largest radius / radius of the sphere through contact line and top",
    "reflow",
    when="the bump is closed and wider than its foot",
    frozen=True,
)
def sphericity(at: Sample) -> Measured | None:
    """1 of a ball without gravity."""
    values = at.values
    top, widest, foot = values["top_z_m"], values["max_radius_m"], values["outer.r_m"]
    rise = top - values["outer.z_m"]
    if "apex_z_m" in values and rise.value > 0.0 and widest.value > foot.value * (1.0 + 1e-9):
        return widest / (0.5 * (foot * foot + rise * rise) / rise)
    return None


@metric(
    "clearance_m",
    "pitch − `ball_diameter_m`: between free surfaces; `neighbours-clear` counts pads, metal and "
    "solder in coats, too",
    "reflow",
    when="the case has a pitch",
    frozen=True,
)
def clearance(at: Sample) -> Measured | None:
    """To the next bump, which is alike."""
    if at.case.pitch is None:
        return None
    diameter: Measured = ball_diameter.measure(at)
    return at.case.pitch - diameter
