"""JSON schema of a case file, for editors and programs: made from the models that read it."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from bumpform.case.case import Case
from bumpform.case.checks.addresses import SECTION_OF, SECTIONS
from bumpform.steps.kinds import STEP_KINDS

__all__ = ["DIALECT", "Quietly", "case_schema"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Quietly(GenerateJsonSchema):
    """Leaves out the defaults that JSON cannot spell (empty frozen mappings) without a warning."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012


def case_schema() -> dict[str, Any]:
    """JSON schema of a case file as TOML, JSON or YAML hold it.

    What one key allows is in it; what several steps must agree upon (order, names of layers,
    melting ranges) is told by `bumpform check`.
    """
    flat = Case.model_json_schema(schema_generator=Quietly)
    fields, models = flat["properties"], flat["$defs"]
    sections: dict[str, Any] = {
        section: {
            "type": "object",
            "additionalProperties": False,
            "properties": {key: fields[field] for key, field in keys.items() if field},
        }
        for section, keys in SECTIONS.items()
    }
    sections["environment"]["properties"]["orientation"] = {
        "enum": ["up", "down"],
        "description": '"down": the bump hangs, and gravity changes its sign',
    }
    sections |= {key: fields[field] for key, field in SECTION_OF.items()}
    limit = {"anyOf": [{"type": "string"}, {"type": "number"}]}
    for model in ("Requirement", "Tolerance"):
        limits = models[model]["properties"]
        limits |= {key: limit for key in limits}
    for step in {kind.__name__ for kind in STEP_KINDS.values()}:
        # the kind is always told; a reflow's name is made where none is given
        needed = {"do", *models[step].get("required", ())} - {"name"}
        models[step]["required"] = sorted(needed)
    return {
        "$schema": DIALECT,
        "title": "bumpform case",
        "type": "object",
        "additionalProperties": False,
        "properties": sections,
        "required": ["step"],
        "$defs": models,
    }
