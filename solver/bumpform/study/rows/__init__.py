"""Rows of a study, computed by workers and kept as they come.

`row` is one case run; `worker` and `workers` compute them, under a `limit` of time; `journal`
keeps them, found again by `index` and `former`; `parts` and `code` say by whom and by which
version; `survey` is what they come to.

May import: `units`, `files`, `case`, `kernel`, `result`, `runner`, `study.plan`.
"""
