"""`bumpform schema`: JSON schemas of the files that bumpform reads and writes."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

__all__ = ["schema"]


class FileKind(StrEnum):
    """What a schema is for."""

    CASE = "case"
    STUDY = "study"
    RESULT = "result"


def schema(
    kind: Annotated[
        FileKind, typer.Argument(help="case and study: input files; result: result.json.")
    ] = FileKind.CASE,
) -> None:
    """Print the JSON schema of a case file, a study file or a result, for editors and programs."""
    from bumpform.case.schema import case_schema
    from bumpform.result.contract import result_schema
    from bumpform.study.plan.schema import study_schema

    make = {
        FileKind.CASE: case_schema,
        FileKind.STUDY: study_schema,
        FileKind.RESULT: result_schema,
    }
    typer.echo(json.dumps(make[kind](), indent=1, ensure_ascii=False))
