"""Metrics of a joint between stack and package, and of one that stays open."""

from __future__ import annotations

import math

from bumpform.metrics.amounts import clearance, liquid_bodies
from bumpform.metrics.metric import also, metric
from bumpform.metrics.sample import Sample
from bumpform.metrics.shape import ball_diameter
from bumpform.process.mounts.mounted import Mounted
from bumpform.surface.continuation.pull_off import PullOff, pull_off
from bumpform.surface.joints.lateral_stiffness import Lateral, lateral
from bumpform.surface.joints.loaded_body import measured_stiffness
from bumpform.units.measured import Measured

#: How a note begins of a largest pull that has not been found.
NOT_TOLD = "the largest pull is not given"

also(liquid_bodies, "joint", "open joint", file=__name__)


@metric("standoff_m", "gap between the two pads", "joint", "open joint", frozen=True)
def standoff(at: Sample) -> Measured:
    """From pad to pad."""
    if at.joint.gap is None:
        return at.values["standoff_m"]
    assert at.joint.standoff is not None
    return Measured(at.joint.standoff)


def _frozen_held_by(at: Sample) -> str | None:
    joint = at.stage
    if not isinstance(joint, Mounted) or joint.gap is not None or joint.frozen is None:
        return None
    return joint.frozen.held_by


@metric(
    "held_by",
    "core (what is solid between the pads: core, bump or pillar), mask (layers round the pads lie "
    "on each other), liquid, or the fixture that prescribes it; as frozen, what holds the package "
    "as it freezes",
    "joint",
    "open joint",
    frozen=_frozen_held_by,
    words=True,
    label="held by",
)
def held_by(at: Sample) -> str:
    """What keeps the pads apart."""
    return at.joint.held_by


@metric("joint_force_N", "force of the liquid on the upper body, up positive", "joint")
def joint_force(at: Sample) -> Measured:
    """Surface tension and pressure together."""
    return at.values["joint_force_N"]


@metric(
    "open_gap_m",
    "gap of an open joint − the largest gap at which it joins",
    "open joint",
)
def open_gap(at: Sample) -> Measured | None:
    """What is missing."""
    return at.joint.gap


@metric(
    "largest_joining_gap_m",
    "the largest gap between the pads at which what is liquid on either side meets the other's "
    "liquid or metal of itself: a package that is further off when it melts stays open (head in "
    "pillow)",
    "open joint",
    when="it had not joined before",
)
def largest_joining_gap(at: Sample) -> Measured | None:
    """By the shapes apart."""
    return at.joint.reach


also(ball_diameter, "joint", "open joint", file=__name__)
also(clearance, "open joint", file=__name__)


@metric(
    "joint_stiffness_N_m",
    "−dF/dz of that force by the package's height: positive where the liquid alone would hold it",
    "joint",
    when="nothing solid holds the package",
)
def joint_stiffness(at: Sample) -> Measured | None:
    """Against lifting and pressing."""
    if at.joint.held_by not in ("liquid", "fixture"):
        return None
    stiff = measured_stiffness(at.found)
    return None if stiff is None else 2.0 * math.pi * at.found.drop.surface_tension * stiff


def _beside(at: Sample) -> Lateral:
    return lateral(at.found, at.values["standoff_m"].value)


@metric(
    "lateral_stiffness_N_m",
    "−dF/dx of the liquid's lateral force on an upper body that is shifted: positive where it "
    "brings that back, negative where it shears off, which a liquid that `stands-upright` may do: "
    "that condition is about the liquid with both pads held, this about a package that moves; 0 on "
    "a level plane on which a line slides; without what else resists, where a core, a mask or a "
    "fixture holds the package",
    "joint",
)
def lateral_stiffness(at: Sample) -> Measured:
    """Self-centring."""
    return at.once(_beside).shift


@metric(
    "tilt_stiffness_N_m_rad",
    "−dM/dα of the liquid's moment on an upper body that is tilted about the middle of its pad: "
    "positive where it turns that back, negative where it tips it; without what else resists, "
    "where a core, a mask or a fixture holds the package (the foot that it stands on)",
    "joint",
    when="it is finite",
)
def tilt_stiffness(at: Sample) -> Measured | None:
    """Levelling."""
    return at.once(_beside).tilt


def _pull(at: Sample) -> PullOff | str | None:
    """The largest pull, or why it is not told; None where the package is pressed."""
    if at.joint.load is not None and at.joint.load >= 0.0:
        return None
    return pull_off(at.found, at.joint.touch.height)


@metric(
    "largest_pull_N",
    "the pull at which the package comes off from where it is, put on slowly: where the liquid "
    "holds one pull at two standoffs, the other one may bear another, and a mount under a larger "
    "pull may come to that one, and hold",
    "joint",
    when="it is pulled or held by a fixture, and it has been found: else a note says why not",
)
def largest_pull(at: Sample) -> Measured | None:
    """What it stands on is off by what the joint is."""
    most = at.once(_pull)
    if not isinstance(most, PullOff):
        return None
    return most.pull + Measured(0.0, at.found.errors["joint_force_N"])


@metric(
    "standoff_at_largest_pull_m",
    "the standoff at which it does",
    "joint",
    when="it is pulled or held by a fixture, and it has been found: else a note says why not",
)
def standoff_at_largest_pull(at: Sample) -> Measured | None:
    """Where the states end."""
    most = at.once(_pull)
    if not isinstance(most, PullOff):
        return None
    return most.standoff + Measured(0.0, at.found.errors["standoff_m"])


def joint_notes(at: Sample) -> list[str]:
    """What is not told of a joint though one may look for it, and why."""
    if not isinstance(at.stage, Mounted) or at.stage.refusal is not None:
        return []
    if at.stage.equilibrium is None or at.stage.gap is not None or at.stage.standoff is None:
        return []
    most = at.once(_pull)
    return [f"{NOT_TOLD}: {most}"] if isinstance(most, str) else []


@metric("core_force_N", "load − the liquid's force", "joint", when="a core carries a given load")
def core_force(at: Sample) -> Measured | None:
    """What is left for the core."""
    if at.joint.load is None or at.joint.held_by != "core":
        return None
    return at.joint.load - at.values["joint_force_N"]


also(largest_joining_gap, "joint", file=__name__)
also(clearance, "joint", file=__name__)
