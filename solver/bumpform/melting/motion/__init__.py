"""How what has melted moves, until it rests.

`scene` and `start` are what a stage melts; `overdamped` and `inertial` march one liquid, `way`
all of a stage; `end` compares with the equilibrium; `melt` is all of it.

May import: `materials`, `steps`, `case`, `geometry`, `stack`, `surface.drop`, `process.reflows`,
`process.mounts`, `process`, `result`, `melting.shapes`, `melting.flows`.
"""
