"""Parts of a study, each computed by a command of its own: the tasks of a job array."""

from __future__ import annotations

from pathlib import Path

from bumpform.study.rows.journal import Journal

__all__ = ["part_folder", "take_parts"]


def part_folder(folder: Path, part: tuple[int, int]) -> Path:
    """Folder of the k-th of n parts, inside of the study's."""
    return folder / f"part_{part[0]}_of_{part[1]}"


def take_parts(journal: Journal) -> None:
    """Take the rows of all parts over that lie in a study's folder.

    Raises
    ------
    CaseError
        If a part is being computed, or its rows are of another study or other code.
    """
    for path in sorted(journal.folder.glob("part_*_of_*/rows.jsonl")):
        with Journal(journal.study, path.parent) as part:
            journal.take(part)
