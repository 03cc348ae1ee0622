"""The process: each step turns the state before it into the state after it.

`state` is what stands between two steps; `apply` does them, `changes` and `stages` (of those that
melt) are what several do; `dry` goes through without solving, with `stand_in` solids; `explore`
finds all equilibria of a stage; `moment` is one step as it was done.
Rooms: `reflows` and `mounts`.

May import: `units`, `materials`, `steps`, `case`, `geometry`, `stack`, `growth`, `surface.drop`,
`surface.joints`, `surface.search`, `process.reflows`, `process.mounts`.
"""
