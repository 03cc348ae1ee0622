"""Exact plane geometry: curves (r, z), and the chain of them that a liquid can touch.

`curve` has the curves, `edge` a part of one, `profile` the chain of them; `roots`, `interpolation`
and `chebyshev` are the numerical means; `first_touch` is where a body that comes down meets
another, `touching` where a corner does, `leaning` whether a wall would; `names` is what the name of
a piece's region tells.

May import: `kernel`.
"""
