"""Random processes: any steps in any order on a random substrate, reproducibly.

Process i of a seed depends on nothing else. Most are drawn so that each step finds what it needs
and so come to several melts; every fifth takes its steps and its sizes wherever they fall.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from draws import UM, Dice
from words import say

from bumpform.case.case import Case
from bumpform.materials.library import load_library

#: Least and most steps of a process, the substrate among them.
SHORTEST, LONGEST = 3, 17
HIGH = ("Pb95Sn5", "Pb90Sn10")
LOW = ("Sn63Pb37", "Sn60Pb40", "SAC305", "SAC405", "SAC105", "Sn96.5Ag3.5", "Sn99.3Cu0.7",
       "Sn42Bi58")  # fmt: skip
METALS = ("Cu", "Ni", "Au", "Co", "Pd", "Ti", "Al")
FILMS = ("polyimide", "solder resist", "BCB", "photoresist", "epoxy", "SiO2")
BASES = ("SiO2", "FR4", "polyimide", "Si")
#: A material that only the case knows, without an angle of its own.
STRANGE = "lacquer"

type Table = dict[str, Any]


@dataclass(frozen=True)
class Drawn:
    """One random process.

    Attributes
    ----------
    number : int
    wild : bool
        Whether its steps and sizes fell anywhere.
    data : dict
        Sections of a case file, SI.
    """

    number: int
    wild: bool
    data: Table

    def case(self) -> Case:
        """The case; CaseError where its steps cannot follow each other."""
        return Case.from_dict(self.data, f"process {self.number}")


class _Dice(Dice):
    def __init__(self, seed: int, number: int) -> None:
        super().__init__(seed, number)
        self.random.seed(f"bumpform process {seed} {number}")
        self.wild = number % 5 == 4
        self.stretch = 1.0

    def size(self, of: float, low: float, high: float) -> float:
        """A size relative to another; now and then a silly one."""
        silly = self.log(0.03, 30.0) if self.chance(0.12 if self.wild else 0.01) else 1.0
        return of * self.log(low, high) * silly

    def one(self, choices: Any) -> Any:
        """One of some, evenly."""
        return self.random.choice(list(choices))


def draw(seed: int, number: int) -> Drawn:
    """Process of a number, the same in every run of the seed."""
    dice = _Dice(seed, number)
    draft = _Draft(dice)
    draft.build(max(dice.random.randint(SHORTEST, LONGEST) for _ in range(2)))
    _on_the_package(draft, random.Random(f"bumpform process {seed} {number}: package"))
    _attached(draft, random.Random(f"bumpform process {seed} {number}: attached"))
    said = random.Random(f"bumpform process {seed} {number}: words")
    return Drawn(number, dice.wild, say(draft.data(), said))


def _on_the_package(draft: _Draft, dice: random.Random) -> None:
    """Solder and pillars on a package, lifted packages, reflows under one, orientations."""
    for number, step in enumerate(draft.steps):
        if step["do"] in ("reflow", "mount") and dice.random() < 0.04:
            step["orientation"] = dice.choice(["up", "down"])
        if step["do"] != "mount":
            continue
        pad = step["pad"]["radius"]
        if dice.random() < 0.12:
            step["pillar"] = {"radius": pad * dice.uniform(0.3, 1.1), "material": "Cu",
                              "height": pad * dice.uniform(0.1, 0.8)}  # fmt: skip
        if dice.random() < 0.4:
            size = pad * dice.uniform(0.2, 1.2)
            ways: list[Table] = [
                {"volume": size**3},
                {"ball": {"diameter": 2.0 * size}},
                {"column": {"radius": pad * dice.uniform(0.3, 1.1), "height": size}},
                {"stencil": {"radius": pad * dice.uniform(0.5, 1.3), "thickness": 0.5 * size,
                             "metal_fraction": 0.5}},
            ]  # fmt: skip
            ways += [{"fill": {"layer": "resist", "metal_fraction": 0.5}}] * ("resist" in step)
            step["solder"] = {"solder": dice.choice(draft.solders), **dice.choice(ways)}
        if "standoff" in step and dice.random() < 0.4:
            step["lifted"] = True
        if number == len(draft.steps) - 1 and dice.random() < 0.3:
            again = {"do": "reflow", "name": f"again {number}", "peak": step["peak"]}
            if dice.random() < 0.3:
                again["peak"] = step["peak"] + dice.choice([-60.0, 90.0])
            if dice.random() < 0.3:
                again["orientation"] = dice.choice(["up", "down"])
            draft.steps.append(again)


def _attached(draft: _Draft, dice: random.Random) -> None:
    """Solder on a package that a reflow of it alone has melted before."""
    for step in draft.steps:
        if step["do"] == "mount" and "solder" in step and dice.random() < 0.3:
            step["solder"]["attached"] = dice.choice([step["peak"], 653.15])


@dataclass
class _Draft:
    """A process while it is drawn: its steps, and what the next one could build on."""

    dice: _Dice
    steps: list[Table] = field(default_factory=list)
    openings: dict[str, float | None] = field(default_factory=dict)
    thick: dict[str, float] = field(default_factory=dict)
    fresh: list[str] = field(default_factory=list)
    frozen: list[str] = field(default_factory=list)
    mounted: bool = False

    def __post_init__(self) -> None:
        dice = self.dice
        self.pad = dice.log(20 * UM, 600 * UM)
        self.width = self.pad  # of where solder is put
        kinds = [dice.one(HIGH) if dice.chance(0.55) else dice.one(LOW)]
        kinds += [dice.one(LOW) if dice.chance(0.9) else dice.one(HIGH) for _ in range(2)]
        self.solders = kinds
        self.strange = dice.chance(0.04)

    def build(self, count: int) -> None:
        """Draw steps until there are so many, and melt what has been put on last."""
        dice = self.dice
        self.steps.append(self._substrate())
        while len(self.steps) < count and (not self.mounted or dice.chance(0.15)):
            odds = _ANY if dice.wild else self._odds()
            kind = dice.random.choices(list(odds), list(odds.values()))[0]
            if dice.wild and self._lacks(kind) and dice.chance(0.95):
                continue
            self.steps.append({"do": kind, **_KINDS[kind](self)})
        if self.fresh and not self.mounted and not dice.wild and len(self.steps) < LONGEST:
            self.steps.append({"do": "reflow", **self._reflow()})

    def _odds(self) -> dict[str, float]:
        """How likely each kind comes next, by what is there."""
        layers = 1.0 if self.openings else 0.02
        if self.fresh:
            odds = {"reflow": 10.0, "mount": 1.2, "deposit": 1.2, "coat": 1.2, "clean": 0.3,
                    "strip": layers, "etch": 0.5 * layers, "abrade": 0.3, "core": 0.2,
                    "plate": 0.2, "barrier": 0.15}  # fmt: skip
        elif self.frozen:
            odds = {"deposit": 5.0, "barrier": 3.0, "clean": 1.5, "coat": 1.5, "abrade": 1.5,
                    "strip": layers, "etch": layers, "mount": 1.0, "reflow": 1.0,
                    "plate": 0.4, "core": 0.3}  # fmt: skip
        else:
            odds = {"deposit": 5.0, "coat": 5.0, "plate": 2.0, "core": 0.8, "strip": 0.1 * layers,
                    "etch": 0.4 * layers, "abrade": 0.2, "clean": 0.2, "reflow": 0.02,
                    "barrier": 0.02, "mount": 0.02}  # fmt: skip
        return odds

    def _lacks(self, kind: str) -> bool:
        """Whether the case's own rules want something first."""
        solder = bool(self.fresh or self.frozen)
        return (
            (kind in ("etch", "strip") and not self.openings)
            or (kind in ("reflow", "mount") and not solder)
            or (kind == "barrier" and not self.frozen)
            or (kind == "mount" and len(self.steps) < LONGEST // 2)
        )

    def _substrate(self) -> Table:
        dice = self.dice
        thick = dice.log(1 * UM, 40 * UM)
        pad = {"radius": self.pad, "thickness": thick, "material": dice.one(METALS[:3])}
        if dice.chance(0.3):
            pad["proud"] = thick * dice.lin(0.1, 1.0)
        return {"do": "substrate", "pad": pad, "base": {"material": dice.one(BASES)}}

    def _coat(self) -> Table:
        dice = self.dice
        name = f"layer {len(self.steps)}"
        if dice.wild and self.openings and dice.chance(0.1):
            name = dice.one(self.openings)
        thick = dice.size(self.pad, 0.05, 1.3)
        film = STRANGE if self.strange and dice.chance(0.5) else dice.one(FILMS)
        step: Table = {"layer": name, "material": film, "thickness": thick}
        opened = dice.chance(0.3 if self.frozen or self.fresh else 0.85)
        self.openings[name], self.thick[name] = None, thick
        if opened:
            radius = dice.size(self.width, 0.65, 1.3)
            step["opening"] = {"radius": radius}
            if dice.chance(0.4):
                step["opening"]["sidewall"] = math.radians(dice.lin(55.0, 120.0))
            self.openings[name] = self.width = radius
        return step

    def _plate(self) -> Table:
        dice = self.dice
        radius = self.width if dice.chance(0.3) else dice.size(self.width, 0.6, 1.3)
        thick = dice.log(0.3 * UM, 8 * UM) if dice.chance(0.6) else dice.size(self.pad, 0.1, 1.0)
        step: Table = {"material": dice.one(METALS), "radius": radius, "thickness": thick}
        if dice.chance(0.5):
            step["layer"] = f"layer {len(self.steps)}"
        name = step.get("layer", step["material"])
        self.openings[name], self.thick[name] = None, thick
        return step

    def _core(self) -> Table:
        material = self.dice.one(("Cu", "Ni", "glass", "Pb95Sn5"))
        return {"material": material, "diameter": self.dice.size(self.pad, 0.5, 2.5)}

    def _deposit(self) -> Table:
        dice, width = self.dice, self.width
        number = min(len(self.frozen) + len(self.fresh), 2)
        solder = self.solders[number] if dice.chance(0.8) else dice.one(self.solders)
        step: Table = {"solder": solder}
        opened = [name for name, radius in self.openings.items() if radius]
        ways = {"volume": 4.0, "column": 1.5, "stencil": 2.0, "ball": 1.5,
                "fill": 2.0 if opened else 0.2 * dice.wild}  # fmt: skip
        way = dice.random.choices(list(ways), list(ways.values()))[0]
        if way == "volume":
            step["volume"] = dice.size(width**3, 0.2, 12.0)
        elif way == "column":
            step["column"] = {"radius": self._outline(), "height": dice.size(width, 0.3, 2.5)}
        elif way == "stencil":
            step["stencil"] = {"radius": self._outline(), "thickness": dice.size(width, 0.3, 2.5)}
            for share in ("transfer", "metal_fraction"):
                if dice.chance(0.6):
                    step["stencil"][share] = dice.lin(0.4, 1.0)
        elif way == "ball":
            step["ball"] = {"diameter": dice.size(width, 0.8, 2.6)}
        else:
            step["fill"] = {"layer": dice.one(opened or ["layer 1"])}
            if dice.chance(0.7):
                step["fill"]["metal_fraction"] = dice.lin(0.35, 1.0)
        self.fresh.append(solder)
        return step

    def _outline(self) -> float:
        return self.width if self.dice.chance(0.3) else self.dice.size(self.width, 0.5, 1.5)

    def _peak(self) -> float:
        """Mostly one that melts what is fresh; or part of it, or all, or anything, K."""
        dice, library = self.dice, load_library().materials
        fresh = [library[s].liquidus.value for s in self.fresh]
        there = [library[s].liquidus.value for s in (*self.fresh, *self.frozen)]
        sort = dice.random.random()
        if sort < 0.08 or not there:
            return dice.lin(380.0, 680.0)
        above = min(there) if sort < 0.16 else max(there) if sort < 0.26 else max(fresh or there)
        return above + dice.lin(3.0, 40.0)

    def _reflow(self) -> Table:
        step: Table = {"name": f"reflow {len(self.steps)}", "peak": self._peak()}
        if self.dice.chance(0.06):
            step["profile"] = [[0.0, 298.15], [60.0, step.pop("peak")]]
        self._freeze()
        return step

    def _freeze(self) -> None:
        self.frozen += self.fresh
        self.fresh = []

    def _clean(self) -> Table:
        return {}

    def _barrier(self) -> Table:
        dice = self.dice
        step: Table = {"material": dice.one(("Ni", "Co", "Pd", "Cu")),
                       "thickness": dice.size(self.width, 0.005, 0.25)}  # fmt: skip
        if dice.chance(0.4):
            step["growth"] = dice.one(("planar", "conformal"))
        if dice.chance(0.5):
            step["finish"] = {"material": dice.one(("Au", "Pd")),
                              "thickness": dice.log(0.03 * UM, 1 * UM)}  # fmt: skip
        return step

    def _layer(self) -> str:
        if self.openings and not (self.dice.wild and self.dice.chance(0.1)):
            return str(self.dice.one(self.openings))
        return "layer 1"

    def _etch(self) -> Table:
        name = self._layer()
        return {"layer": name, "by": self.thick.get(name, self.pad) * self.dice.lin(0.05, 1.05)}

    def _strip(self) -> Table:
        name = self._layer()
        self.openings.pop(name, None)
        return {"layer": name}

    def _abrade(self) -> Table:
        name = self._layer()
        if name in self.openings and self.dice.chance(0.4):
            by = self.thick[name] * self.dice.log(0.01, 0.8)
            return {"below_top": {"layer": name, "by": by}}
        to = self.thick.get(name, self.pad) * self.dice.lin(0.3, 1.2)
        return {"to": to if self.dice.chance(0.6) else self.dice.size(self.pad, 0.05, 1.5)}

    def _mount(self) -> Table:
        dice = self.dice
        pad = {"radius": dice.size(self.pad, 0.6, 1.6), "material": dice.one(METALS[:3])}
        step: Table = {"pad": pad, "base": {"material": dice.one(BASES)}, "peak": self._peak()}
        if dice.chance(0.2):
            opening = {"radius": pad["radius"] * dice.lin(0.6, 1.2)}
            step["resist"] = {"material": "solder resist", "opening": opening,
                              "thickness": dice.log(5 * UM, 40 * UM)}  # fmt: skip
        if dice.chance(0.75):
            step["load"] = dice.log(1e-5, 5e-3) * (1.0 if dice.chance(0.85) else -0.3)
        else:
            step["standoff"] = dice.size(self.pad, 0.2, 2.0)
        if self.mounted:
            step["name"] = f"mount {len(self.steps)}"
        self._freeze()
        self.mounted = True
        return step

    def data(self) -> Table:
        """The sections of the case's file."""
        dice = self.dice
        head: Table = {"name": "process"}
        if dice.chance(0.4):
            head["pitch"] = 2.0 * self.pad * dice.lin(1.1, 5.0)
        materials: Table = {STRANGE: {"kind": "dielectric"}} if self.strange else {}
        for solder in dict.fromkeys(self.solders):
            if dice.chance(0.06):
                materials[solder] = {"surface_tension": dice.log(0.3, 0.6)}
        pair = sorted(dict.fromkeys(self.solders))[:2]
        if len(pair) == 2 and dice.chance(0.15):
            low = dice.lin(400.0, 600.0)
            materials["+".join(pair)] = {"solidus": low, "liquidus": low + dice.lin(0.0, 20.0)}
        return {
            "case": head,
            "environment": {"gravity": dice.gravity()},
            "wetting": self._wetting(),
            "materials": materials,
            "step": self.steps,
        }

    def _wetting(self) -> dict[str, float]:
        """Angles of all that is there; of every tenth a few, of some the wrong way round."""
        dice = self.dice
        share = 1.0 if dice.chance(0.9) else dice.lin(0.0, 1.0)
        odd = dice.chance(0.25 if dice.wild else 0.06)
        angles: dict[str, float] = {}
        library = load_library().materials
        for name in dict.fromkeys(_materials(self.steps)):
            wets = name in library and library[name].kind in ("metal", "solder")
            wets = wets and name not in ("Ti", "Al")
            low, high = (8.0, 60.0) if wets else (95.0, 165.0)
            if odd and dice.chance(0.4):
                low, high = 5.0, 175.0
            if dice.chance(share) and not (name == STRANGE and dice.chance(0.5)):
                angles[name] = math.radians(dice.lin(low, high))
        return angles


_KINDS: dict[str, Callable[[_Draft], Table]] = {
    kind: getattr(_Draft, f"_{kind}")
    for kind in ("coat", "plate", "core", "deposit", "reflow", "clean", "barrier", "etch",
                 "strip", "abrade", "mount")
}  # fmt: skip
#: How likely each kind is where anything may come next.
_ANY = dict.fromkeys(_KINDS, 1.0) | {"deposit": 2.5, "reflow": 2.5}


def _materials(value: Any) -> list[str]:
    """Every material and solder that some steps name, in their order."""
    if isinstance(value, list):
        return [name for item in value for name in _materials(item)]
    if not isinstance(value, dict):
        return []
    own = [
        text
        for key, text in value.items()
        if key in ("material", "solder") and isinstance(text, str)
    ]
    return own + [name for item in value.values() for name in _materials(item)]
