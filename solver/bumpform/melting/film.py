"""A melt that moves: its pictures as a GIF, and as an MP4 where ffmpeg's wheel is there."""

from __future__ import annotations

import importlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from bumpform.errors import MachineError
from bumpform.files.whole import written_aside
from bumpform.melting.pictures import Pixels

#: Pauses between pictures and at the end, ms.
PAUSE: Final = 80
LAST: Final = 1500
#: Colours of a GIF.
COLORS: Final = 64
#: For ffmpeg: the same bytes from the same pictures, and a film that plays before it is all there.
_OPTIONS: Final = ("-threads", "1", "-fflags", "+bitexact", "-flags:v", "+bitexact")
_FORMAT: Final = ("-movflags", "+faststart", "-f", "mp4")


def gif_bytes(pictures: Sequence[Pixels]) -> bytes:
    """A film of pictures as a GIF."""
    images = [Image.fromarray(picture).quantize(COLORS) for picture in pictures]
    pauses = [PAUSE] * (len(images) - 1) + [LAST]
    buffer = io.BytesIO()
    images[0].save(buffer, "GIF", save_all=True, append_images=images[1:], duration=pauses, loop=0)
    return buffer.getvalue()


def ffmpeg() -> Any:
    """The package that brings ffmpeg, the extra ``bumpform[video]``; None where it is not there."""
    try:
        return importlib.import_module("imageio_ffmpeg")
    except ImportError:
        return None


def write_mp4(pictures: Sequence[Pixels], path: Path) -> Path | None:
    """Write a film of pictures as an MP4, if ffmpeg is there; None where it is not.

    Raises
    ------
    MachineError
        If ffmpeg does not do it.
    """
    package = ffmpeg()
    if package is None:
        return None
    high, wide = (side + side % 2 for side in pictures[0].shape[:2])  # halved for the colours
    last = 1 + LAST // PAUSE
    with written_aside(path) as aside:
        try:
            sink = package.write_frames(
                str(aside),
                (wide, high),
                fps=1000.0 / PAUSE,
                codec="libx264",
                macro_block_size=2,
                output_params=[*_OPTIONS, *_FORMAT],
            )
            sink.send(None)
            for picture in (*pictures, *[pictures[-1]] * (last - 1)):
                room = ((0, high - picture.shape[0]), (0, wide - picture.shape[1]), (0, 0))
                sink.send(np.pad(picture, room, constant_values=255).tobytes())
            sink.close()
        except (OSError, RuntimeError) as error:
            raise MachineError(
                f"ffmpeg has not made {path.name}: {' '.join(str(error).split())[-300:]} "
                "Install imageio-ffmpeg anew, or remove it: the GIF needs none."
            ) from error
    return path
