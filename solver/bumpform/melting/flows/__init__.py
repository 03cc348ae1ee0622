"""The flow in one shape of the liquid, by dolfinx.

`backend` loads dolfinx; `weak_forms`, `boundary` and `liquid_mesh` set the problem, `velocities`,
`system` and `flow` solve it, `field` is the solution, `moving_mesh` follows the surface.

May import: `kernel`, `geometry`, `surface.drop`, `mesh`, `melting.shapes`.
"""
