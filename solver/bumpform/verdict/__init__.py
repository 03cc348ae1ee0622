"""What a shape means in sentences: every condition judged, and what is told beside.

`conditions` judges a run; `requirements` are the user's own; `notes` are told, not judged;
`documents` and `listing` make the pages.
Room: `routes`, the conditions themselves.

May import: `units`, `steps`, `case`, `metrics`, `findings`, `verdict.routes`.
"""
