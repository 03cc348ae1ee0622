"""A surface between two contact lines: rings, bridges, and the body that rests on one.

`arc` guesses, `joint` is the state, `rest` moves its lines to rest, `joint_equilibrium` solves both
lines and the height at once; `loaded_body` moves the upper body, `lateral_stiffness` is against
moves to the side; `sparing_joint` gives up a search that is too long.

May import: `units`, `kernel`, `geometry`, `surface.drop`.
"""
