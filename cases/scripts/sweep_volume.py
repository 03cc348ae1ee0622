"""How deep the first dome ends on the opening's wall, by the volume of its deposit.

Without gravity it is a spherical cap that meets the wall, of radius a, at Young's angle θ: its
height is H = a tan((θ - 90°)/2), and it stands at z = (V - πH(3a² + H²)/6)/πa² on the wall.
"""

import math
import sys

import numpy as np
from matplotlib.figure import Figure

import bumpform

case = bumpform.load_case("photoimaged_opening")
a, thickness, theta = 60e-6, 30e-6, math.radians(125.0)
cap = a * math.tan((theta - math.pi / 2) / 2)
volumes = np.linspace(0.28e-12, 0.44e-12, 9)  # m³
exact = thickness - (volumes - math.pi * cap * (3 * a**2 + cap**2) / 6) / (math.pi * a**2)

depth, protrusion = np.empty((2, 9)), np.empty((2, 9))
for i, gravity in enumerate((0.0, 9.81)):
    for j, volume in enumerate(volumes.tolist()):
        varied = {"deposit.Pb95Sn5.volume": volume, "environment.gravity": gravity}
        stage = bumpform.run(case.with_values(varied)).metrics["first reflow"]
        depth[i, j], protrusion[i, j] = stage["terminus_depth_m"], stage["protrusion_m"]

print("volume, protrusion, depth on the wall, the same without gravity, its closed form; nl, um")
for row in zip(1e6 * volumes, *protrusion[1:], depth[1], depth[0], exact, strict=True):
    print("{:.2f} {:8.4f} {:10.6f} {:12.8f} {:12.8f}".format(*(1e6 * x for x in row)))
error = max(np.abs(depth[0] - exact).max(), np.abs(protrusion[0] - cap + exact).max())
print(f"largest difference from the closed form: {error / a:.1e} of the opening's radius")

if len(sys.argv) > 1:
    axes = (figure := Figure(figsize=(5.2, 3.6), dpi=150, layout="constrained")).subplots()
    axes.plot(1e12 * volumes, 1e6 * exact, label="spherical cap, no gravity")
    axes.plot(1e12 * volumes, 1e6 * depth[1], "o", label="bumpform, 9.81 m/s²")
    axes.set(xlabel="volume of the first deposit, nl", ylabel="terminus depth, µm", ylim=(0, None))
    axes.legend()
    figure.savefig(sys.argv[1])
