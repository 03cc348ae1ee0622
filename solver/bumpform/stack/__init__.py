"""Solids as regions with exact boundaries, and the steps that lay them down or cut them away.

`stack` is the data, `borders` who touches whom in it, `contacts` also in a point; `layers`,
`planar`, `deposit` (by what lies `level`) and `bodies` add; `cut` and `strips` take away.

May import: `units`, `geometry`.
"""
