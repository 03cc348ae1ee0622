"""The first volume and the barrier that fit each other: a dome that ends 20 % deep, flush.

Two inputs to two targets in about ten cases. Without gravity the volume has a closed form: the
cylinder below the dome's edge and the cap over it, of height H = a tan((θ - 90°)/2).
"""

import math

import bumpform

case = bumpform.load_case("photoimaged_opening").with_values({"environment.gravity": 0.0})
first, barrier = "deposit.Pb95Sn5.volume", "barrier.Ni.thickness"
targets = {"first reflow.terminus_fraction": 0.2, "barrier.juncture_offset_m": 0.0}

found = bumpform.design(case, targets, [first, barrier])
print(f"reached: {found.reached}, in {found.runs} cases")
print(f"first volume {1e12 * found.varied[first]:.6f} nl")
print(f"nickel {1e6 * found.varied[barrier]:.6f} um")

a, depth, theta = 60e-6, 0.2 * 30e-6, math.radians(125.0)
cap = a * math.tan((theta - math.pi / 2) / 2)
exact = math.pi * a**2 * (30e-6 - depth) + math.pi * cap * (3 * a**2 + cap**2) / 6
print(f"difference from the closed form: {abs(found.varied[first] - exact) / exact:.1e}")

# bounds that leave no room: how near one comes, and which limit stops it
tight = bumpform.design(case, targets, {first: ("0.39 nl", "0.42 nl"), barrier: ("3 um", "4 um")})
print(f"within tight bounds: {tight.why}; fraction {next(iter(tight.achieved.values())):.4f}")
