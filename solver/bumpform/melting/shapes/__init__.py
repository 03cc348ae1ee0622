"""The liquid at one moment of a melt: its free curve, the wall it slides on, where it touches.

`wall` and `free_curve` bound the liquid, `shape` is both; `outline` is the first shape; `body` is
what rests on a joint; `touch` what becomes of a surface that meets the solid, `union` of two that
meet each other, `leaving` of one that leaves the body above.

May import: `geometry`, `stack`, `surface.drop`, `process.reflows`.
"""
