"""How what has melted moves, until it rests.

`line_motion` moves contact lines, `mean_force` is that of a step, `overdamped` and `inertial` (by
`inertial_step`s, while `ringing` in its `modes`) march one liquid, `coalescence` all of a stage,
which may merge, `spent` is what that turns into heat; `end` compares with the equilibrium; `melt`
is all of it.

May import: `units`, `geometry`, `surface.drop`, `process.reflows`, `process.mounts`, `process`,
`result`, `melting.shapes`, `melting.flows`, `melting.beginning`.
"""
