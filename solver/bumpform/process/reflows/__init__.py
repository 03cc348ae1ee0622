"""A reflow: what melts, where it comes to rest, what it freezes to.

`melt` and `bodies` say what is molten and one liquid; `reflow` solves every liquid;
`coalescence`, `gas`, `falling` and `released_energy` are checks on the way; `freezing` and
`shrinking` make it solid.

May import: `units`, `materials`, `geometry`, `stack`, `surface.drop`, `surface.search`,
`surface.continuation`.
"""
