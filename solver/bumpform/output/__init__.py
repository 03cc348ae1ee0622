"""What a run writes: result, meridians, log, report.

`run_log` and `report` tell it to people; `run_folder` writes all of it.

May import: `units`, `materials`, `files`, `steps`, `case`, `geometry`, `stack`, `result`, `mesh`,
`picture`.
"""
