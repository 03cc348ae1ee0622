"""The folder that a run leaves: result, meridians, the case as run, a log; picture and report.

Every file is there as a whole or not at all, and the same run gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bumpform.case.toml import case_to_toml
from bumpform.errors import CaseError, MachineError, MeshError, Problem
from bumpform.files.folder import claimed, sums
from bumpform.files.whole import write_text
from bumpform.output.meridian import meridian_csv
from bumpform.output.run_log import log_lines
from bumpform.result.contract import RESULT, SCHEMA, Result, plain
from bumpform.result.run import Run

__all__ = ["read_result", "write_into", "write_run"]


def write_run(run: Run, folder: str | Path, *, plot: bool = True, mesh: bool = False) -> list[Path]:
    """Write everything about a run; its folder then holds this run alone.

    What another run left there is removed, see `bumpform.files.folder`.

    Parameters
    ----------
    run : Run
    folder : path
        Made where it is missing.
    plot, mesh : bool
        Whether ``stages.png``, ``stages.svg`` and ``report.html`` are drawn too, and the stack
        of every moment is meshed.

    Returns
    -------
    list of Path
        The files; ``result.json`` is written last, so where it is, the others are.

    Raises
    ------
    CaseError
        If the folder is being written by another run, or is a study's.
    MeshError, MachineError
        If a stack could not be meshed, after all else is written.
    """
    folder = Path(folder)
    with claimed(folder, run.record.case.sha256):
        written, failed = write_into(run, folder, plot=plot, mesh=mesh)
    if failed is not None:
        raise failed
    return written


def write_into(
    run: Run, folder: Path, *, plot: bool, mesh: bool, others: Sequence[Path] = ()
) -> tuple[list[Path], MeshError | MachineError | None]:
    """The same in a folder that is claimed, with other files of the run that are there already.

    Returns
    -------
    list of Path
        The files, the others among them.
    MeshError, MachineError or None
        What kept a stack from being meshed: it is to be raised when the folder is let go.
    """
    failed: MeshError | MachineError | None = None
    written = [*others, *_write(run, folder, plot)]
    if mesh:
        try:
            from bumpform.mesh.files import write_meshes

            written += write_meshes(run, folder)
        except MeshError as error:  # a stack that cannot be meshed loses nothing else
            written += error.written
            failed = error
        except MachineError as error:
            failed = error
    result = replace(run.record, files=sums(written))
    written.append(write_text(folder / "result.json", result_json(result)))
    return written, failed


def _write(run: Run, folder: Path, plot: bool) -> list[Path]:
    """Write everything but the meshes and the result."""
    written = [write_text(folder / "case.toml", case_to_toml(run.case))]
    for shot in run.snapshots:
        if shot.moment != "as deposited":
            path = folder / f"meridian_{shot.slug}.csv"
            written.append(write_text(path, meridian_csv(shot)))
    written.append(write_text(folder / "log.txt", "\n".join(log_lines(run)) + "\n"))
    if plot:  # matplotlib takes a second to import: only where it is needed
        from bumpform.output.report import write_report
        from bumpform.picture.picture import write_stages

        png, svg = write_stages(run, folder)
        written += [png, svg, write_report(run, folder, svg=svg.read_bytes())]
    for explored in run.landscapes:
        from bumpform.picture.energy_map import write_landscape

        written += write_landscape(explored, folder)
    return written


def read_result(folder: str | Path) -> Result:
    """Result of a run from its folder (or from the file itself), as ``Run.record`` has it.

    Raises
    ------
    FileNotFoundError
        If no run has finished there.
    CaseError
        If the file is no result of this version's schema.
    """
    path = Path(folder)
    path = path / "result.json" if path.is_dir() else path
    try:
        return RESULT.validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        message = f"is no {SCHEMA}: {'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise CaseError([Problem(str(path), message)], str(path)) from error


def result_json(result: Any) -> str:
    """Strict JSON: shortest digits that read back as the same float, null for what is no number.

    Keys keep the order of the contract; those of a mapping by name (elements, error estimates)
    are sorted.
    """
    return json.dumps(plain(result), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
