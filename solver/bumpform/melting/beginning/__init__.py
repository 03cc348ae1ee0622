"""What a stage melts, and its first shapes, before anything moves.

`options` are what may be asked of mesh and steps; `start` is one liquid as it begins, `joining` one
that solid has sunk into, `sinking` how far a package does; `liquids` are those of a stage, each by
itself, and `scene` all of it, with a package on them.

May import: `materials`, `steps`, `case`, `geometry`, `stack`, `surface.drop`,
`process.reflows`, `process.mounts`, `process`, `result`, `melting.shapes`, `melting.flows`.
"""
