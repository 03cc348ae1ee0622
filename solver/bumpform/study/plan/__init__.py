"""A study as data: a case and the axes along which it is varied.

`axis` and `together` are what varies; `columns` and `kept_values` what a row keeps; `study` is
all of it, `file` reads it, `schema` is for editors.

May import: `units`, `materials`, `steps`, `case.checks`, `case`, `process.reflows`,
`process.mounts`, `metrics`, `findings`, `verdict`, `result`, `answers.basis`.
"""
