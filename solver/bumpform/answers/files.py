"""Files of answers: JSON and a picture, each there as a whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from bumpform.files.folder import refuse_study
from bumpform.files.whole import write_bytes, write_text
from bumpform.output.run_folder import result_json
from bumpform.picture.picture import png_bytes, svg_bytes

__all__ = ["write_answer"]


def write_answer(
    folder: str | Path, name: str, data: Mapping[str, Any], figure: Figure | None = None
) -> list[Path]:
    """Write ``NAME.json``, and the picture as PNG and SVG; without one, none is left there.

    Raises
    ------
    CaseError
        If a study has the folder.
    """
    folder = Path(folder)
    refuse_study(folder)
    written = []
    if figure is not None:
        written.append(write_bytes(folder / f"{name}.png", png_bytes(figure)))
        written.append(write_bytes(folder / f"{name}.svg", svg_bytes(figure)))
    else:  # of the answer that was here before
        for ending in ("png", "svg"):
            (folder / f"{name}.{ending}").unlink(missing_ok=True)
    written.append(write_text(folder / f"{name}.json", result_json(data)))
    return written
