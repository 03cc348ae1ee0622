"""What a run writes: result, meridians, log, report.

`meridian` has the interfaces as points; `run_log` and `report` tell a run to people; `run_folder`
writes all of it.

May import: `units`, `materials`, `files`, `steps`, `case`, `geometry`, `stack`, `result`, `mesh`,
`picture`.
"""
