"""What keeps one distance from a surface: grown films, plated metal, conformal coats, etching.

`visibility` and `crossing` bound the free space, `distance` measures in it, `wavefront` and
`film` make the front of a layer; `barrier`, `plated`, `plated_through`, `conformal` and `etched`
are the steps.

May import: `units`, `kernel`, `geometry`, `stack`.
"""
