"""Whether a core goes on carrying a package as the liquid's properties change with temperature."""

from __future__ import annotations

from bumpform.errors import ConvergenceError
from bumpform.process.mounts.mounted import Mounted, Setting
from bumpform.process.mounts.only_joint import admits_joint
from bumpform.process.reflows.melt import Melt
from bumpform.quick import replace
from bumpform.surface.drop.contact import Solid
from bumpform.surface.drop.equilibrium import FIRST_ELEMENTS, Equilibrium, measure_body
from bumpform.surface.drop.stability import analyse
from bumpform.surface.joints.joint import Held, Joint
from bumpform.surface.joints.joint_equilibrium import settle

#: Part of the forces on a package with which a core carries it clearly.
CLEARLY = 0.05


def _wetted(solid: Solid, liquid: Melt, setting: Setting) -> Solid:
    """A solid as a liquid wets it in a setting: the same one, where that makes no difference."""
    angles = tuple(
        liquid.contact_angle(piece.material, setting.materials) for piece in solid.profile
    )
    return solid if angles == solid.angles else replace(solid, angles=angles)


def stays_on_core(stage: Mounted, setting: Setting) -> bool:
    """Whether a core that carries a package carries it clearly in another setting, too.

    The joint is solved for with the properties that the liquid has there, its lines from where
    they are; it must be one that a mount accepts, and press the package off the core by less than
    the load. Nearer to a balance of the two, only a mount tells what holds it.

    Parameters
    ----------
    stage : Mounted
    setting : Setting
        The same mount at another temperature.
    """
    found, bodies = stage.equilibrium, setting.bodies
    if stage.held_by != "core" or found is None or stage.load is None or stage.gap is not None:
        return False
    if stage.bodies or bodies.free != (stage.melted,) or bodies.shut_in != stage.enclosed:
        return False  # not the same liquid, or not alone
    if setting.hung:  # the package's own solder melts there
        return False
    liquid, surface = setting.made(stage.melted), found.surface
    drop = liquid.drop(setting.gravity)
    first, last = (_wetted(line.solid, liquid, setting) for line in found.lines)
    scale = found.drop.length / drop.length
    assert surface.end is not None
    end = replace(surface.end, lift=surface.end.lift * scale)
    x = surface.nodes_on(FIRST_ELEMENTS) * scale
    near = replace(surface, x=x, end=end, bond=drop.bond)
    stations = found.lines[0].station, found.lines[1].station
    held = Held(stations, (found.lines[0].state, found.lines[1].state), near)
    try:
        surface, lines = settle(Joint(drop, (first, last)), held, None)
    except ConvergenceError:
        return False
    if not all(line.holds(surface) for line in lines) or not analyse(surface, (0,)).upright:
        return False
    there = Equilibrium(drop, lines, surface, measure_body(surface, lines, drop), {})
    pull, load = there.values["joint_force_N"], stage.load
    clearly = CLEARLY * (abs(load) + abs(pull))
    return load - pull > clearly and admits_joint(stage, "core")(there)
