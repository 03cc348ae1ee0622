"""Random cases: which numbers of which route, drawn from what, reproducibly.

Case number i of a seed depends on nothing else: route i mod 10, numbers from a generator seeded
with both. Every tenth round is wild: ranges four times as wide to either side.
"""

import math
import random
from dataclasses import dataclass

import bumpform
from bumpform.case.case import Case
from bumpform.case.checks.addresses import set_values

UM = 1e-6
#: Peaks that melt a solder, degC.
HIGH = {"Pb95Sn5": (325.0, 380.0), "Pb90Sn10": (310.0, 370.0)}
LOW = {
    "Sn63Pb37": (195.0, 240.0),
    "Sn60Pb40": (200.0, 240.0),
    "SAC305": (230.0, 260.0),
    "SAC405": (230.0, 260.0),
    "SAC105": (235.0, 260.0),
    "Sn96.5Ag3.5": (230.0, 260.0),
    "Sn99.3Cu0.7": (235.0, 265.0),
    "Sn42Bi58": (150.0, 200.0),
}


@dataclass(frozen=True)
class Drawn:
    """One random case.

    Attributes
    ----------
    number : int
    route : str
        Bundled case that it varies.
    wild : bool
    values : dict of path to SI number or text
        None takes the key away.
    """

    number: int
    route: str
    wild: bool
    values: dict[str, float | str | None]

    def case(self) -> Case:
        """The case; CaseError where the numbers do not fit together."""
        data = bumpform.load_case(self.route).to_dict()
        set_values(data, self.values.items())
        for table in (data["case"], *data["step"]):
            for key in [k for k, v in table.items() if v is None]:
                del table[key]
        return Case.from_dict(data, f"{self.route}, case {self.number}")


class Dice:
    """Draws of one case."""

    def __init__(self, seed: int, number: int) -> None:
        self.random = random.Random(f"bumpform campaign {seed} {number}")
        self.wild = number // len(ROUTES) % 10 == 9
        self.stretch = 4.0 if self.wild else 1.0

    def log(self, low: float, high: float) -> float:
        """Evenly by its logarithm."""
        low, high = low / self.stretch, high * self.stretch
        return math.exp(self.random.uniform(math.log(low), math.log(high)))

    def lin(self, low: float, high: float) -> float:
        """Evenly."""
        return self.random.uniform(low, high)

    def angle(self, low: float, high: float) -> float:
        """Contact angle or slope, degrees in, rad out; wild ones reach further."""
        if self.wild:
            low, high = max(2.0, low - 30.0), min(178.0, high + 30.0)
        return math.radians(self.lin(low, high))

    def solder(self, table: dict[str, tuple[float, float]], usual: str) -> tuple[str, float]:
        """Name of a solder, mostly the usual one, and a peak that melts it, K."""
        name = usual if self.random.random() < 0.6 else self.random.choice(sorted(table))
        return name, 273.15 + self.lin(*table[name])

    def chance(self, probability: float) -> bool:
        """Whether something happens."""
        return self.random.random() < probability

    def gravity(self) -> float:
        """Mostly on a table; also weightless, hanging, in a centrifuge; m/s²."""
        sort = self.random.random()
        if sort < 0.6:
            return 9.81
        if sort < 0.7:
            return 0.0
        if sort < 0.8:
            return -9.81
        return math.copysign(self.log(10.0, 2000.0), 1.0 if sort < 0.93 else -1.0)


def cap_height(radius: float, volume: float) -> float:
    """Height of the spherical cap of a volume on a disc: V = πH(3a² + H²)/6."""
    return 2.0 * radius * math.sinh(math.asinh(3.0 * volume / (math.pi * radius**3)) / 3)


def _common(d: Dice, values: dict, solders: tuple[str, ...], pitch: float) -> None:
    values["environment.gravity"] = d.gravity()
    if d.chance(0.7):
        values["case.pitch"] = pitch * (2.0 if d.wild else 1.0)
    else:
        values["case.pitch"] = None
    for solder in dict.fromkeys(solders):
        if d.chance(0.1):
            values[f"materials.{solder}.surface_tension"] = d.log(0.3, 0.6)


def photoimaged_opening(d: Dice, barrier: bool = True) -> dict:
    """Dome in an opening, barrier on it or none, second bump."""
    high, peak = d.solder(HIGH, "Pb95Sn5")
    low, second = d.solder(LOW, "Sn63Pb37")
    pad = d.log(20 * UM, 150 * UM)
    r = pad * (d.lin(0.7, 1.0) if d.chance(0.85) else d.lin(1.0, 1.15))
    h = r * d.log(0.15, 1.2)
    side = math.pi / 2 if d.chance(0.4) else math.radians(d.lin(55.0, 100.0))
    after = 6 if barrier else 5
    v = {
        "step.0.pad.radius": pad,
        "step.1.opening.radius": r,
        "step.1.opening.sidewall": side,
        "step.1.thickness": h,
        "step.2.solder": high,
        "step.2.volume": math.pi * r**2 * h * d.log(0.5, 2.5),
        "step.3.peak": peak,
        f"step.{after}.solder": low,
        f"step.{after}.volume": r**3 * d.log(0.3, 12.0),
        f"step.{after + 1}.peak": second,
        "wetting.Cu": d.angle(10.0, 60.0),
        "wetting.polyimide": d.angle(95.0, 160.0),
        f"wetting.{low} on {'Au' if barrier else high}": d.angle(8.0, 50.0),
    }
    if barrier:
        v["step.5.thickness"] = h * d.log(0.01, 0.3)
        v["step.5.growth"] = "conformal" if d.chance(0.85) else "planar"
    _common(d, v, (high, low), r * d.lin(3.0, 8.0))
    return v


def photoimaged_opening_no_barrier(d: Dice) -> dict:
    """The same without a barrier."""
    return photoimaged_opening(d, barrier=False)


def laminated_abraded(d: Dice) -> dict:
    """Ball, lamination, abrasion, planar barrier, second bump."""
    high, peak = d.solder(HIGH, "Pb95Sn5")
    low, second = d.solder(LOW, "Sn63Pb37")
    pad, by = d.log(20 * UM, 120 * UM), d.log(0.3 * UM, 6 * UM)
    print_radius, print_height = pad * d.lin(1.0, 1.9), pad * d.log(0.7, 2.2)
    transfer, metal = d.lin(0.6, 1.0), d.lin(0.4, 0.65)
    bump = cap_height(pad, math.pi * print_radius**2 * print_height * transfer * metal)
    film = bump * d.lin(0.6, 1.6)
    v = {
        "step.0.pad.radius": pad,
        "step.1.solder": high,
        "step.1.stencil.radius": print_radius,
        "step.1.stencil.thickness": print_height,
        "step.1.stencil.transfer": transfer,
        "step.1.stencil.metal_fraction": metal,
        "step.2.peak": peak,
        "step.4.thickness": film,
        "step.5.to": min(film, bump * d.lin(0.35, 1.0)),
        "step.6.below_top.by": by,
        "step.7.thickness": by * d.lin(0.6, 1.3),
        "step.8.solder": low,
        "step.8.volume": pad**3 * d.log(0.5, 12.0),
        "step.9.peak": second,
        "wetting.Cu": d.angle(10.0, 60.0),
        "wetting.polyimide": d.angle(95.0, 160.0),
        f"wetting.{low} on Au": d.angle(8.0, 50.0),
    }
    _common(d, v, (high, low), pad * d.lin(4.0, 9.0))
    return v


def _column(d: Dice, ubm: tuple[int, ...], usual: str) -> tuple[dict, float, float]:
    """Substrate, passivation, resist, plated layers and the column over them."""
    solder, peak = d.solder(LOW, usual)
    pad = d.log(15 * UM, 120 * UM)
    r = pad * d.lin(0.75, 1.05)
    height = r * d.log(0.6, 3.0)
    deposit = ubm[-1] + 1
    v = {
        "step.0.pad.radius": pad,
        "step.1.opening.radius": pad * d.lin(0.5, 0.95),
        "step.2.opening.radius": r,
        "step.2.thickness": height + d.lin(8 * UM, 30 * UM),
        f"step.{deposit}.solder": solder,
        f"step.{deposit}.column.radius": r,
        f"step.{deposit}.column.height": height,
        "wetting.polyimide": d.angle(95.0, 160.0),
    }
    for step in ubm:
        v[f"step.{step}.radius"] = r
        v[f"step.{step}.thickness"] = d.log(0.3 * UM, 5 * UM)
    v["step.3.thickness"] = d.lin(0.75 * UM, 3 * UM)  # levels the passivation of 0.8 um
    _common(d, v, (solder,), r * d.lin(2.5, 8.0))
    return v | {f"step.{deposit + (3 if len(ubm) == 2 else 4)}.peak": peak}, r, height


def plated_column(d: Dice) -> dict:
    """Column in polyimide, reflowed to a ball."""
    v, _, height = _column(d, (3, 4), "Sn63Pb37")
    return v | {"step.7.thickness": height * d.lin(0.1, 1.05), "wetting.Ni": d.angle(15.0, 60.0)}


def plated_column_etched(d: Dice) -> dict:
    """The same with the polyimide etched back."""
    v, _, height = _column(d, (3, 4, 5), "SAC305")
    film = height * d.lin(0.3, 1.05)
    return v | {
        "step.8.thickness": film,
        "step.9.by": film * d.lin(0.05, 0.95),
        "wetting.Au": d.angle(8.0, 50.0),
    }


def _mounted(d: Dice, v: dict, step: int, pad: float, size: float, peak: float) -> None:
    """Package, its load (mostly) or its standoff."""
    v[f"step.{step}.pad.radius"] = pad * d.log(0.7, 1.4)
    v[f"step.{step}.peak"] = peak
    v[f"step.{step}.load"] = d.log(1e-5, 3e-3) * (1.0 if d.chance(0.9) else -0.3)
    if d.chance(0.15):
        v[f"step.{step}.load"] = None
        v[f"step.{step}.standoff"] = size * d.lin(0.7, 1.5)


def core_and_cap(d: Dice) -> dict:
    """High-melt core, low-melt cap over it, mounted."""
    high, peak = d.solder(HIGH, "Pb95Sn5")
    low, second = d.solder(LOW, "Sn63Pb37")
    pad = d.log(80 * UM, 350 * UM)
    r = pad * d.lin(0.45, 0.95)
    core = r**3 * d.log(2.0, 16.0)
    v = {
        "step.0.pad.radius": pad,
        "step.1.opening.radius": r,
        "step.1.thickness": r * d.log(0.08, 0.5),
        "step.2.solder": high,
        "step.2.volume": core,
        "step.3.peak": peak,
        "step.4.solder": low,
        "step.4.volume": core * d.log(0.3, 4.0),
        "step.5.peak": second,
        "wetting.Cu": d.angle(10.0, 50.0),
        "wetting.solder resist": d.angle(100.0, 160.0),
        f"wetting.{low} on {high}": d.angle(8.0, 45.0),
    }
    _mounted(d, v, 6, pad, 1.3 * core ** (1 / 3), second + d.lin(0.0, 15.0))
    _common(d, v, (high, low), pad * d.lin(4.0, 9.0))
    return v


def core_metal_ball(d: Dice) -> dict:
    """Metal ball as the core, solder printed round it, mounted."""
    low, peak = d.solder(LOW, "Sn63Pb37")
    pad = d.log(80 * UM, 350 * UM)
    ball = pad * d.log(0.7, 2.5)
    v = {
        "step.0.pad.radius": pad,
        "step.1.diameter": ball,
        "step.2.solder": low,
        "step.2.stencil.radius": pad * d.lin(0.9, 1.6),
        "step.2.stencil.thickness": ball * d.lin(0.6, 1.6),
        "step.2.stencil.metal_fraction": d.lin(0.4, 0.65),
        "step.3.peak": peak,
        "wetting.Cu": d.angle(10.0, 50.0),
        "wetting.solder resist": d.angle(100.0, 160.0),
        "wetting.FR4": d.angle(100.0, 160.0),
    }
    _mounted(d, v, 4, pad, ball, peak + d.lin(0.0, 15.0))
    _common(d, v, (low,), pad * d.lin(4.0, 9.0))
    return v


def _masks(d: Dice, coats: tuple[int, ...], deposits: tuple[int, ...]) -> tuple[dict, float]:
    """Masks with ever wider openings, and what fills them."""
    pad = d.log(20 * UM, 150 * UM)
    r = pad * d.lin(0.8, 1.0) if d.chance(0.5) else pad
    v: dict = {"step.0.pad.radius": pad}
    for number, (coat, deposit) in enumerate(zip(coats, deposits, strict=True)):
        v[f"step.{coat}.opening.radius"] = r * (1.0 if number == 0 else d.lin(1.05, 1.7) ** number)
        v[f"step.{coat}.thickness"] = r * d.log(0.25, 1.4)
        v[f"step.{deposit}.fill.metal_fraction"] = d.lin(0.35, 0.7)
    v |= {
        "wetting.Ni": d.angle(15.0, 60.0),
        "wetting.photoresist": d.angle(95.0, 160.0),
        "wetting.SiO2": d.angle(100.0, 160.0),
    }
    return v, pad


def stacked_masks(d: Dice) -> dict:
    """Two masks, two alloys, fused, masks stripped, melted again."""
    v, pad = _masks(d, (1, 4), (2, 5))
    (one, _), (two, _) = d.solder(LOW, "Sn63Pb37"), d.solder(LOW, "Sn96.5Ag3.5")
    peak = 273.15 + d.lin(245.0, 260.0)
    v |= {"step.2.solder": one, "step.5.solder": two}
    v |= {"step.3.peak": peak, "step.6.peak": peak, "step.9.peak": peak + d.lin(0.0, 5.0)}
    _common(d, v, (one, two), pad * d.lin(4.0, 9.0))
    return v


def stacked_masks_one_reflow(d: Dice) -> dict:
    """Two masks, both filled, one reflow."""
    v, pad = _masks(d, (1, 3), (2, 4))
    solder, peak = d.solder(LOW, "SAC305")
    v |= {"step.2.solder": solder, "step.4.solder": solder, "step.5.peak": peak}
    _common(d, v, (solder,), pad * d.lin(4.0, 9.0))
    return v


def stacked_masks_three(d: Dice) -> dict:
    """Three masks, three fills."""
    v, pad = _masks(d, (1, 4, 6), (2, 5, 7))
    solder, peak = d.solder(LOW, "SAC305")
    v |= {f"step.{n}.solder": solder for n in (2, 5, 7)}
    v |= {"step.3.peak": peak, "step.8.peak": peak, "step.12.peak": peak}
    _common(d, v, (solder,), pad * d.lin(7.0, 11.0))
    return v


ROUTES = (
    photoimaged_opening,
    photoimaged_opening_no_barrier,
    laminated_abraded,
    plated_column,
    plated_column_etched,
    core_and_cap,
    core_metal_ball,
    stacked_masks,
    stacked_masks_one_reflow,
    stacked_masks_three,
)


def draw(seed: int, number: int) -> Drawn:
    """Case of a number, the same in every run of the seed."""
    route = ROUTES[number % len(ROUTES)]
    dice = Dice(seed, number)
    return Drawn(number, route.__name__, dice.wild, route(dice))
