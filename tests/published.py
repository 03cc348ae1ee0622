"""Surface Evolver's published solder joints, as cases of ours: their numbers, and no more of them.

From the datafiles of K. A. Brakke's examples (kenbrakke.com/evolver, downloads), in cgs there:

- ball grid array, bga-3, bga-5 and bga-30: σ = 480, ρ = 9 (bga-30: 8.9), g = 980, both pads of
  radius 0.1, gap 0.12, volume 1.3 times that of the cylinder between them; bga-5 lets the upper
  pad, which weighs 200 dyn, find its height;
- ceramic ball grid array, cbga1 and cbga2: σ = 430, ρ = 8.6, g = 980, a solid ball of radius 0.04
  stands on a pad of radius 0.04; 1e-4 of solder between them is pinned on the pad's rim and meets
  the ball at 90°; "for high enough contact angles, the bulge is unstable to bulging to one side".
"""

from __future__ import annotations

import math

from bumpform.case.case import Case
from bumpform.case.file import load_case

GRAVITY = 9.8

BGA_TENSION, BGA_RADIUS, BGA_GAP = 0.48, 1e-3, 1.2e-3
BGA_VOLUME = 1.3 * math.pi * BGA_RADIUS**2 * BGA_GAP
BGA_WEIGHT = 2e-3
PAD_ANGLE = math.radians(10)

CBGA_TENSION, CBGA_DENSITY = 0.43, 8600.0
CBGA_PAD, CBGA_BALL, CBGA_VOLUME = 0.4e-3, 0.4e-3, 1e-10
CBGA_PAD_ANGLE = math.radians(20)


def bga(density: float = 9000.0, **mount: float) -> Case:
    """The ball grid array's joint, mounted at a standoff or under a load."""
    pad = {"radius": BGA_RADIUS, "material": "Cu"}
    return Case.from_dict(
        {
            "case": {"name": "bga"},
            "environment": {"gravity": GRAVITY},
            "wetting": {"Cu": PAD_ANGLE, "FR4": math.radians(170)},
            "materials": {"Sn63Pb37": {"surface_tension": BGA_TENSION, "density": density}},
            "step": [
                {"do": "substrate", "pad": pad | {"thickness": 5e-5}, "base": {"material": "FR4"}},
                {"do": "deposit", "solder": "Sn63Pb37", "volume": BGA_VOLUME},
                {"do": "reflow", "name": "bump", "peak": "220 degC"},
                {
                    "do": "mount",
                    "name": "mounting",
                    "pad": pad,
                    "base": {"material": "FR4"},
                    "peak": "220 degC",
                    **mount,
                },
            ],
        }
    )


def cbga(degrees: float, *sets: str) -> Case:
    """The ceramic ball grid array's joint, from a bundled case by --set; ``degrees`` on the ball.

    The pad is of another material than the ball, so that its rim holds the line at every angle.
    """
    printed = CBGA_VOLUME / (math.pi * 0.5e-3**2 * 0.8e-3)
    return load_case(
        "core_metal_ball",
        sets=[
            f"substrate.pad.radius={CBGA_PAD}",
            "substrate.pad.material=Ni",
            f"core.diameter={2 * CBGA_BALL}",
            "deposit.Sn63Pb37.stencil.radius=0.5 mm",
            "deposit.Sn63Pb37.stencil.thickness=0.8 mm",
            f"deposit.Sn63Pb37.stencil.metal_fraction={printed!r}",
            f"wetting.Cu={degrees} deg",
            f"wetting.Ni={CBGA_PAD_ANGLE!r}",
            "wetting.FR4=179 deg",
            f"materials.Sn63Pb37.surface_tension={CBGA_TENSION}",
            f"materials.Sn63Pb37.density={CBGA_DENSITY}",
            f"environment.gravity={GRAVITY}",
            *sets,
        ],
    )
