"""From a melt to dolfinx: what a moment's flow turns into heat, as a researcher would ask for it.

``field.functions()`` are functions on dolfinx's own mesh of quadratic triangles, in metres.
"""

import math

import bumpform

case = bumpform.load_case("plated_column")
melted = bumpform.melt(case)  # its only stage; stage="second reflow" takes another one
print(f"ends at: {melted.settles_at}, {len(melted.frames) - 1} steps")
first, last = melted.history[0], melted.history[-1]
print(f"apex from {1e6 * first['apex_z_m']:.2f} to {1e6 * last['apex_z_m']:.2f} um")
print(f"energy lost {1e9 * (first['energy_J'] - last['energy_J']):.4f} nJ")

from dolfinx import fem  # noqa: E402  (after bumpform: the wheel of dolfinx brings its libraries)
from ufl import SpatialCoordinate, dx, grad, inner, sym  # noqa: E402

viscosity = 2e-3  # Pa s
for frame in (melted.frames[5], melted.frames[15], melted.frames[-1]):
    velocity, pressure = frame.field.functions()
    r = SpatialCoordinate(velocity.function_space.mesh)[0]
    strain = sym(grad(velocity))
    heat = 2 * viscosity * (inner(strain, strain) + (velocity[0] / r) ** 2)
    inside = fem.assemble_scalar(fem.form(2 * math.pi * heat * r * dx))
    volume = fem.assemble_scalar(fem.form(2 * math.pi * r * dx(velocity.function_space.mesh)))
    mean = fem.assemble_scalar(fem.form(2 * math.pi * pressure * r * dx)) / volume
    print(f"t = {1e6 * frame.time_s:.3f} us: {inside:.2e} W of heat, mean pressure {mean:.0f} Pa")
print(f"volume of the mesh off by {abs(volume / melted.start.drop.volume - 1.0):.1e}")
rest = melted.start.stage.equilibrium.values["pressure_Pa"]  # at z = 0, where P = p
print(f"pressure at rest off by {abs(mean / rest - 1.0):.1e} from the equilibrium's")
