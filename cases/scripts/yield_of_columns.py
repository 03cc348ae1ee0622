"""How many of a million plated columns keep their distance, as the lithography scatters.

The pitch scatters normally and nothing else does, so the share that fails has a closed form. It is
rare, and is found by subset simulation in less than a thousand cases rather than a million.
"""

from statistics import NormalDist

import bumpform

case = bumpform.load_case("plated_column").with_values(
    {"tolerances.case.pitch.std": "1 um", "requirements.reflow.clearance_m.min": "109.5 um"}
)
found = bumpform.yield_of(case, samples=128, rare=200)
clearance = bumpform.run(case).metrics["reflow"]["clearance_m"]
exact = NormalDist().cdf((109.5e-6 - clearance) / 1e-6)

low, high = found.good.interval
print(f"good, by {found.samples} samples: {found.good.share:.4f} ({low:.4f} ... {high:.4f})")
print(f"Cpk: {found.cpk['reflow.clearance_m']:.3f}")
low, high = (1e6 * end for end in found.rare.interval)
print(
    f"failing: {1e6 * found.rare.share:.0f} ppm ({low:.0f} ... {high:.0f}), {found.rare.runs} cases"
)
print(f"closed form: {1e6 * exact:.0f} ppm")
