"""Rows of a study, computed by workers and kept as they come.

`row` is one case run; `worker` and `workers` compute them, under a `limit` of time; `journal`
keeps them, as the columns of a `sheet` in `kept` files, where `former` finds them again; `parts`
and `code` say by whom and by which version; `survey` is what they come to.

May import: `units`, `files`, `case`, `kernel`, `result`, `runner`, `study.plan`.
"""
