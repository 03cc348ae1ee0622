"""The documents that the routes come from, and what of their claims no condition judges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["CLAIMS", "UNJUDGED"]

#: How many claims each document has.
CLAIMS: Final[Mapping[str, int]] = {"000": 36, "002": 32, "004": 20}

_LAYERS: Final = "told: how many layers the UBM has, and of which metals"
_ADDED: Final = "told: metal between UBM and solder, which is not counted as UBM"
_ALIKE: Final = "told: whether the solders are alike, and which melts higher"

#: Claims that no condition stands for, with the reason: they change no shape, or are true either
#: way and so told, not judged.
UNJUDGED: Final[Mapping[str, Mapping[int, str]]] = {
    "000": {
        4: "that a dielectric is photoimageable changes no shape",
        5: "the wafer under the base is outside the model",
        13: "an article of claim 1: its conditions",
        14: "an article of claim 12: its conditions",
        21: "the wafer under the base is outside the model",
        28: "an article of claim 20: its conditions",
    },
    "002": {
        5: _LAYERS,
        8: _ADDED,
        14: _LAYERS,
        17: _ADDED,
        22: _LAYERS,
        25: _ADDED,
        31: _LAYERS,
        32: _ADDED,
    },
    "004": {
        2: _ALIKE,
        3: _ALIKE,
        4: _ALIKE,
        5: "told: the lead in the fused ball",
        6: "told: the lead in the fused ball",
        9: "laminated or spun: a mask has no shape of its own from that",
        10: "laminated or spun: a mask has no shape of its own from that",
        11: "told: powder or paste, by its part of metal",
        12: "told: powder or paste, by its part of metal",
        13: "a redistribution line lies off the axis",
        17: "a redistribution line lies off the axis",
        19: _ALIKE,
    },
}
