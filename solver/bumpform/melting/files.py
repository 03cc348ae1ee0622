"""The files of a melt: history as JSON and CSV, fields for ParaView, pictures."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any, Final

import numpy as np

from bumpform import __version__
from bumpform.case.case import Case
from bumpform.case.file import case_sha256
from bumpform.files.whole import write_bytes, write_text
from bumpform.melting.beginning.options import VISCOSITY
from bumpform.melting.flows.field import Field
from bumpform.melting.motion.end import within_reach
from bumpform.melting.motion.melt import Melted
from bumpform.melting.motion.ringing import decay, period
from bumpform.melting.wording import scaled, shown
from bumpform.output.run_folder import result_json
from bumpform.process.reflows.bodies import in_words
from bumpform.result.run import MeltShown, slug

SCHEMA: Final = "bumpform/melt-1"
#: Middles of a triangle's sides as VTK orders them, 0–1, 1–2, 2–0, among dolfinx's nodes.
_VTK_ORDER: Final = (0, 1, 2, 5, 3, 4)
_VTK_TRIANGLE: Final = 22


def melt_result(melted: Melted) -> dict[str, Any]:
    """What ``melt_<stage>.json`` holds, plain data, SI."""
    start, options = melted.start, melted.options
    history = melted.history
    return {
        "schema": SCHEMA,
        "bumpform": __version__,
        "case": case_told(start.case),
        "stage": start.name,
        "mode": "inertial" if options.inertia else "overdamped",
        "settles_at": melted.settles_at,
        "differences": melted.end.differences,
        "why": melted.end.why,
        "stopped": melted.stopped,
        **_overdamped(melted),
        **_swings(melted),
        "slip_length_m": options.slip_length * start.drop.length,
        "viscosity_Pa_s": VISCOSITY,
        "surface_tension_N_m": start.drop.surface_tension,
        "density_kg_m3": start.drop.density,
        "volume_m3": start.drop.volume,
        "laplace_number": start.laplace,
        "events": [{"t_s": t, "what": what} for t, what in melted.events],
        "end": history[-1],
        "history": history,
    }


def _overdamped(melted: Melted) -> dict[str, Any]:
    """Where a melt with inertia ends without, as a key of its own."""
    end = melted.overdamped
    if end is None:
        return {}
    told = {"settles_at": end.settles_at, "differences": end.differences, "why": end.why}
    return {"overdamped": told}


def _swings(melted: Melted) -> dict[str, Any]:
    """How the swings of a melt with inertia were left, as a key of its own."""
    if not melted.options.inertia:
        return {}
    told = []
    for start, left in melted.left:
        found = {
            "liquid": in_words(start.melted),
            "left_at_s": start.time(left.time),
            "share_of_energy": left.share,
            "phases": left.phases,
            "period_s": scaled(left.period, start.clock),
            "decay_time_s": scaled(left.decay, start.clock),
            "misfit": left.misfit,
            "why": left.why or None,
            "free_drop_period_s": period(start.fluid) * start.clock,
            "free_drop_decay_time_s": decay(start.fluid) * start.clock,
            "within_reach": within_reach(start, left, melted.end),
        }
        told.append({k: v for k, v in found.items() if v is not None})
    return {"swings": told}


def case_told(case: Case) -> dict[str, str]:
    """What the files of a melt say of its case."""
    return {"name": case.name, "title": case.title, "sha256": case_sha256(case)}


def history_csv(melted: Melted) -> str:
    """The history as a table; what a moment has no number for stays empty."""
    rows = melted.history
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    table = csv.DictWriter(text, names, lineterminator="\n")
    table.writeheader()
    table.writerows({name: repr(float(v)) for name, v in row.items()} for row in rows)
    return text.getvalue()


def write_melt(melted: Melted, folder: str | Path, *, frames: int = 40) -> list[Path]:
    """Write ``melt_<stage>`` as .json, .csv, .png, .gif, and .pvd with .vtu.

    Where ffmpeg is there, as .mp4, too.

    Parameters
    ----------
    melted : Melted
    folder : str or Path
    frames : int
        At most so many pictures of the film; all from which something flows are moments in the
        .pvd.
    """
    from bumpform.melting.film import gif_bytes, write_mp4
    from bumpform.melting.pictures import draw_still, film_pictures, spaced_frames
    from bumpform.picture.picture import png_bytes

    base = Path(folder) / f"melt_{slug(melted.start.name)}"
    _with(base, "json").unlink(missing_ok=True)  # where it is, the others are
    for old in base.parent.glob(f"{base.name}.*.vtu"):
        old.unlink()
    written = [write_text(_with(base, "csv"), history_csv(melted))]
    written.append(write_bytes(_with(base, "png"), png_bytes(draw_still(melted))))
    pictures = film_pictures(melted, frames)
    written.append(write_bytes(_with(base, "gif"), gif_bytes(pictures)))
    video = write_mp4(pictures, _with(base, "mp4"))
    if video is None:  # an older one would be of another melt
        _with(base, "mp4").unlink(missing_ok=True)
    else:
        written.append(video)
    shown = [(f.time_s, f.field) for f in spaced_frames(melted, frames)]
    sets = []
    for number, (time, field) in enumerate(shown):
        if field is None:  # nothing flows from it
            continue
        path = base.with_name(f"{base.name}.{number:04d}.vtu")
        written.append(write_text(path, vtu_text(field)))
        sets.append(f'<DataSet timestep="{time!r}" part="0" file="{path.name}"/>')
    pvd = '<VTKFile type="Collection" version="1.0"><Collection>\n{}\n</Collection></VTKFile>\n'
    written.append(write_text(_with(base, "pvd"), pvd.format("\n".join(sets))))
    written.append(write_text(_with(base, "json"), result_json(melt_result(melted))))
    return written


def shown_of(melted: Melted, folder: str | Path) -> MeltShown:
    """What a report shows of a melt whose files have been written."""
    base = Path(folder) / f"melt_{slug(melted.start.name)}"
    return shown(melted, _with(base, "png").read_bytes(), _with(base, "gif").read_bytes())


def _with(base: Path, suffix: str) -> Path:
    return base.with_name(f"{base.name}.{suffix}")


def vtu_text(field: Field) -> str:
    """Velocity and pressure at one moment as a VTU file of quadratic triangles, m."""
    count, nodes = len(field.cells), len(field.points)
    flat = np.zeros(nodes)
    return "\n".join(
        (
            '<?xml version="1.0"?>',
            '<VTKFile type="UnstructuredGrid" version="1.0" byte_order="LittleEndian">',
            "<UnstructuredGrid>",
            f'<Piece NumberOfPoints="{nodes}" NumberOfCells="{count}">',
            "<Points>",
            _array("Points", "Float64", np.column_stack([field.points, flat]), 3),
            "</Points>",
            "<Cells>",
            _array("connectivity", "Int64", field.cells[:, _VTK_ORDER]),
            _array("offsets", "Int64", 6 * np.arange(1, count + 1)),
            _array("types", "UInt8", np.full(count, _VTK_TRIANGLE)),
            "</Cells>",
            '<PointData Vectors="velocity" Scalars="pressure">',
            _array("velocity", "Float64", np.column_stack([field.velocity, flat]), 3),
            _array("pressure", "Float64", field.pressure),
            "</PointData>",
            "</Piece>",
            "</UnstructuredGrid>",
            "</VTKFile>",
            "",
        )
    )


def _array(name: str, kind: str, values: Any, components: int = 1) -> str:
    form = "%.17g" if kind == "Float64" else "%d"
    text = " ".join(np.char.mod(form, np.ravel(values)))
    of = f' NumberOfComponents="{components}"' if components > 1 else ""
    return f'<DataArray type="{kind}" Name="{name}"{of} format="ascii">{text}</DataArray>'
