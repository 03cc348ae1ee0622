"""What makes the ball of a plated column higher, by how much, and what may not change.

Without gravity a ball on the rim of a disc of radius a is a spherical cap of height H over it:
V = πH(3a² + H²)/6, so that dH/dV = 2/π(a² + H²): the derivative by the column's height is πa² that.
"""

import bumpform

case = bumpform.load_case("plated_column").with_values({"environment.gravity": 0.0})
inputs = ["deposit.Sn63Pb37.column.height", "coat.polyimide.thickness", "case.pitch"]

found = bumpform.sensitivity(case, paths=inputs)
height = found.metrics["reflow.height_above_dielectric_m"]
print(f"the ball stands {1e6 * height.value:.4f} um above the polyimide; by each input, um per um")
for path, slope in height.by.items():
    print(f"  {path:32} {slope.value:9.6f} +- {slope.error:.0e}")

a, above = 40e-6, height.value
exact = 2.0 * a**2 / (a**2 + above**2)
slope = height.by["deposit.Sn63Pb37.column.height"]
print(f"difference from the closed form: {abs(slope.value - exact) / exact:.1e}")

print("how far each may go, um, and what breaks there")
for margin in bumpform.margins(case, paths=inputs).inputs:
    for limit in filter(None, (margin.low, margin.high)):
        print(f"  {margin.input.path:32} {1e6 * limit.value:10.4f} {limit.breaks}")
