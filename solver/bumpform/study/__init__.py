"""Parameter studies: a case varied along axes, as a table that an interrupted run goes on with.

`run` computes what is missing; `table` writes all rows, `read` reads them.
Rooms: `plan`, `rows` and `report`.

May import: `files`, `kernel`, `study.plan`, `study.rows`, `study.report`.
"""
