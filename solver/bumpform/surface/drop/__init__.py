"""One free surface in equilibrium: its elements, contact line, Newton's method, error, stability.

`reference_element` and `newton` solve for the meridian; `contact_line` and `contact` are where it
ends and what Gibbs' condition allows; `line_force` is the capillary force on the line of a `drop`
over all the solid, from the coarse surfaces of `sampling`; `equilibrium` is the result with its
errors; `stability` its second variation; `penetration`, `corner` and `path` say where it enters
solid, does not fill, and how it came.

May import: `units`, `kernel`, `geometry`.
"""
