"""A second opinion on where a melt ends: a gradient flow of the meridian alone.

The free curve is a polyline that moves along its normals against the slope of its energy, the
volume constant and its contact lines with a friction of their own: no mesh of the liquid, no flow
in it, nothing of what bumpform solves with. It takes from a run what stays solid, the deposit's
outline and the liquid's numbers alone. Its end is an equilibrium to the second order in the
polyline's segments; its way is one way down in energy, not the melt's.
"""
