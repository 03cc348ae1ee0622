"""JSON schema of a study file, made from the models that read it."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from bumpform.case.schema import DIALECT, Quietly
from bumpform.study.plan.axis import Range
from bumpform.study.plan.file import StudyFile
from bumpform.study.plan.together import Samples

__all__ = ["study_schema"]


def study_schema() -> dict[str, Any]:
    """JSON schema of a study file.

    The paths in `set` and `axes` are those of the study's case, so no schema can list them:
    `bumpform study` tells the wrong ones.
    """
    schema = StudyFile.model_json_schema(schema_generator=Quietly)
    axis = TypeAdapter(Range | list[str | float | bool]).json_schema(schema_generator=Quietly)
    samples = TypeAdapter(Samples).json_schema(schema_generator=Quietly)
    schema["$defs"] |= axis.pop("$defs")
    schema["$defs"]["StudyHeader"]["required"].remove(
        "name"
    )  # that of the file where none is given
    schema["properties"]["axes"]["additionalProperties"] = axis
    schema["properties"]["axes"]["properties"] = {"tolerances": samples}
    return {"$schema": DIALECT, **schema, "title": "bumpform study"}
