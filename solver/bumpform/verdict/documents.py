"""The documents that the routes come from: what says each of their claims, and what judges it.

The conditions themselves know their claims (`bumpform.findings.condition`); here is what a case
file says of a claim, in which bundled case, and why no condition judges those that have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["DOCUMENTS", "Claim"]


@dataclass(frozen=True)
class Claim:
    """What of a case file stands for one claim or passage of a document.

    Attributes
    ----------
    case : str
        Bundled case in which it is written; empty where it cannot be.
    said : str
        Steps and keys that say it, in a line; one that is listed twice is there twice.
    why : str
        Why no condition judges it; empty where one does.
    told : str
        Words of the note that tells it instead.
    """

    case: str
    said: str
    why: str = ""
    told: str = ""


_PHOTO: Final = "photoimaged_opening"
_LAMINATED: Final = "laminated_abraded"
_COLUMN: Final = "plated_column_as_claimed"
_ADDED: Final = "plated_column_added_copper"
_CORE: Final = "core_and_cap"
_METAL: Final = "core_metal_ball"
_MASKS: Final = "stacked_masks_as_claimed"
_ONE: Final = "stacked_masks_one_reflow"
_THREE: Final = "stacked_masks_three"

_TWO_BUMPS: Final = "coat.opening deposit reflow barrier deposit reflow"
_ABRADED: Final = "deposit reflow coat abrade barrier deposit reflow"
_PLATED: Final = "coat.opening coat.role deposit coat reflow"
_ETCHED: Final = f"{_PLATED} coat.role coat.opening deposit.fill strip etch.mask etch.mask"
_STACKED: Final = "coat.opening deposit.fill reflow coat.opening deposit.fill reflow strip strip"
_AT_ONCE: Final = "coat.opening deposit.fill coat.opening deposit.fill reflow strip strip"

_WAFER: Final = "the wafer under the base is outside the model"
_ASIDE: Final = "a redistribution line lies off the axis"
_LAYERS: Final = Claim(
    _ADDED,
    "coat.role coat.role coat.role",
    "reported: how many layers the UBM has, and of which metals",
    "the UBM has 3 layers: Cr",
)
_BETWEEN: Final = Claim(
    _ADDED,
    "plate.role",
    "reported: metal between UBM and solder, which is not counted as UBM",
    "is plated between UBM and solder; it is not UBM",
)
_ALIKE: Final = "reported: whether the solders are alike, and which melts higher"
_PAD: Final = Claim(_COLUMN, "substrate.pad.material")
_NICKEL: Final = Claim(_COLUMN, "coat.role coat.material coat.thickness")
_CHROME: Final = Claim(_ADDED, "coat.role coat.role coat.role coat.thickness")
_ETCH_BACK: Final = Claim(_ADDED, "coat etch.by reflow")
_BALL: Final = Claim(_COLUMN, "flux reflow.atmosphere")
_SPUTTER: Final = Claim(_COLUMN, "note coat.role")

#: Claims of each document by their numbers, passages of an abstract and figures by their names.
DOCUMENTS: Final[Mapping[str, Mapping[str, Claim]]] = {
    "000": {
        "1": Claim(_PHOTO, _TWO_BUMPS),
        "2": Claim(_PHOTO, "deposit.solder deposit.solder"),
        "3": Claim(_PHOTO, "deposit.solder reflow.peak deposit.solder reflow.peak"),
        "4": Claim(_PHOTO, "coat.material", "that a dielectric is photoimageable changes no shape"),
        "5": Claim("", "substrate.base.material", _WAFER),
        "6": Claim(_PHOTO, "deposit reflow"),
        "7": Claim(_PHOTO, "deposit reflow"),
        "8": Claim(_PHOTO, "barrier.thickness"),
        "9": Claim(_PHOTO, "barrier"),
        "10": Claim(_PHOTO, "barrier deposit reflow"),
        "11": Claim(_PHOTO, "deposit.solder deposit.solder barrier.material"),
        "12": Claim(_PHOTO, "barrier.finish"),
        "13": Claim(_PHOTO, _TWO_BUMPS, "an article of claim 1: its conditions"),
        "14": Claim(_PHOTO, "barrier.finish", "an article of claim 12: its conditions"),
        "15": Claim(_PHOTO, _TWO_BUMPS),
        "16": Claim(_PHOTO, "deposit reflow"),
        "17": Claim(_PHOTO, "barrier.thickness deposit.solder deposit.solder"),
        "18": Claim(_PHOTO, "barrier deposit reflow"),
        "19": Claim(_PHOTO, "deposit.solder deposit.solder barrier.material barrier.finish"),
        "20": Claim(_LAMINATED, _ABRADED),
        "21": Claim("", "substrate.base.material", _WAFER),
        "22": Claim(_LAMINATED, "abrade"),
        "23": Claim(_LAMINATED, "abrade"),
        "24": Claim(_LAMINATED, "abrade.below_top"),
        "25": Claim(_LAMINATED, "barrier.growth"),
        "26": Claim(_LAMINATED, "barrier.thickness"),
        "27": Claim(_LAMINATED, "deposit.solder deposit.solder barrier.material barrier.finish"),
        "28": Claim(_LAMINATED, _ABRADED, "an article of claim 20: its conditions"),
        "29": Claim(_LAMINATED, _ABRADED),
        "30": Claim(_LAMINATED, "abrade.below_top"),
        "31": Claim(_LAMINATED, "barrier.thickness deposit.solder deposit.solder"),
        "32": Claim(_LAMINATED, "barrier deposit reflow"),
        "33": Claim(_LAMINATED, "barrier.thickness barrier.growth"),
        "34": Claim(_LAMINATED, "deposit.solder deposit.solder barrier.material barrier.finish"),
        "35": Claim(_PHOTO, "coat.thickness deposit"),
        "36": Claim(_LAMINATED, "abrade.below_top"),
    },
    "001": {
        "figure 6": Claim("photoimaged_opening_no_barrier", "deposit reflow deposit reflow"),
        "figures 11 to 15": Claim(
            _PHOTO,
            "deposit reflow clean barrier deposit reflow clean",
            "the steps of document 000, claim 1: its conditions; a clean changes no shape",
        ),
    },
    "002": {
        "1": Claim(_COLUMN, _PLATED),
        "2": _PAD,
        "3": _NICKEL,
        "4": _CHROME,
        "5": _LAYERS,
        "6": _ETCH_BACK,
        "7": _BALL,
        "8": _BETWEEN,
        "9": _SPUTTER,
        "10": Claim(_COLUMN, _ETCHED),
        "11": _PAD,
        "12": _NICKEL,
        "13": _CHROME,
        "14": _LAYERS,
        "15": _ETCH_BACK,
        "16": _BALL,
        "17": _BETWEEN,
        "18": _SPUTTER,
        "19": Claim(_COLUMN, f"note {_ETCHED} flux"),
        "20": Claim(_COLUMN, "cure.layer"),
        "21": Claim(_COLUMN, "cure.temperature cure.time"),
        "22": _LAYERS,
        "23": _PAD,
        "24": _CHROME,
        "25": _BETWEEN,
        "26": _ETCH_BACK,
        "27": Claim(_COLUMN, _ETCHED),
        "28": _PAD,
        "29": _NICKEL,
        "30": _CHROME,
        "31": _LAYERS,
        "32": _BETWEEN,
    },
    "003": {
        "abstract": Claim(_CORE, "coat.opening deposit reflow deposit reflow mount.load"),
        "(a)": Claim(_CORE, "coat.opening"),
        "(b)": Claim(_CORE, "deposit.volume", "an amount of solder"),
        "(c)": Claim(_CORE, "reflow"),
        "(d)": Claim(_CORE, "deposit.volume deposit.volume", "an amount of solder"),
        "(e)": Claim(_CORE, "deposit reflow"),
        "(f)": Claim(_METAL, "core deposit reflow mount"),
    },
    "004": {
        "1": Claim(_MASKS, f"plate.role {_STACKED}"),
        "2": Claim(_ONE, "deposit.solder deposit.solder", _ALIKE, "the solders are identical"),
        "3": Claim(_MASKS, "deposit.solder deposit.solder", _ALIKE, "the solders differ"),
        "4": Claim(_MASKS, "deposit.solder deposit.solder", _ALIKE, "melts 38 K above the second"),
        "5": Claim(
            _MASKS,
            "deposit.solder",
            "reported: the lead in the fused ball",
            "ball contains lead",
        ),
        "6": Claim(
            _ONE,
            "deposit.solder",
            "reported: the lead in the fused ball",
            "is free of lead",
        ),
        "7": Claim(_THREE, "coat.material"),
        "8": Claim(_MASKS, "coat.material"),
        "9": Claim(_MASKS, "note", "that a mask is laminated changes no shape", "is laminated"),
        "10": Claim(_MASKS, "note", "that a mask is spun changes no shape", "is spun"),
        "11": Claim(
            _MASKS,
            "deposit.fill.metal_fraction",
            "reported: powder or paste, by its part of metal",
            "opening 1 was filled with 55 % metal",
        ),
        "12": Claim(
            _MASKS,
            "deposit.fill.metal_fraction deposit.fill.metal_fraction",
            "reported: powder or paste, by its part of metal",
            "opening 2 was filled with 50 % metal",
        ),
        "13": Claim("", "note", _ASIDE),
        "14": Claim(_MASKS, "plate.role"),
        "15": Claim(_ONE, _AT_ONCE),
        "16": Claim(_MASKS, "deposit.fill reflow coat.opening deposit.fill reflow"),
        "17": Claim("", "note", _ASIDE),
        "18": Claim(_MASKS, "plate.role"),
        "19": Claim(_MASKS, "deposit.solder deposit.solder", _ALIKE, "the solders differ"),
        "20": Claim(_THREE, "coat.opening coat.opening coat.opening deposit deposit deposit"),
    },
}
