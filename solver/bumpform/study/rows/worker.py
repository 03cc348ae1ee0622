"""What a worker of a study does: it says whether it can solve, and computes batches of rows."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from functools import cache
from typing import Final

from distributed import get_worker

from bumpform import __version__
from bumpform.study.plan.study import Study
from bumpform.study.rows.code import code_sha256
from bumpform.study.rows.row import Computed, compute_rows

__all__ = ["ENOUGH", "compute", "fault"]

#: Time after which no further row of a batch is begun, s.
ENOUGH: Final = 2.0


@cache
def fault(version: str, code: str) -> str:
    """Why this process cannot solve rows of a study; empty where it can."""
    if version != __version__:
        return f"it has bumpform {__version__}, the study {version}: install the same"
    if code != code_sha256():
        return f"its bumpform {version} has other code or materials: install the same"
    try:
        from bumpform.kernel.native import library

        library()
    except Exception as error:  # whatever its machine lacks
        return " ".join(str(error).split())
    return ""


def compute(
    study: Study, numbers: Sequence[int], same: tuple[str, str], limit: float
) -> tuple[Computed, float, str]:
    """Rows of a batch, the seconds that they took, and the worker's address.

    It has rows of none but the same version and code, also where it has not been asked before.
    """
    started = time.perf_counter()
    address = get_worker().address
    if why := fault(*same):
        return Computed([], why), 0.0, address
    computed = compute_rows(study, numbers, limit=limit, enough=ENOUGH)
    _keep_loaded()
    return computed, time.perf_counter() - started, address


@cache
def _keep_loaded() -> None:
    """Let the garbage collector pass over what has been loaded, once and for all."""
    gc.freeze()
