"""Metrics: what a shape means for the package, each a number with a bound of its error.

A metric is one function, entered by `metric` with its name, its definition, where it has a
meaning and what it is of; everything that lists metrics reads the registry. Read `metric`,
`sample`, then the files by what they measure: `shape`, `amounts`, `opening`, `barrier`, `joint`,
`process`. A new one goes into one of them or into a file beside them, which is found by itself.

May import: `units`, `materials`, `steps`, `case`, `kernel`, `geometry`, `stack`, `surface.drop`,
`surface.joints`, `surface.continuation`, `process.reflows`, `process.mounts`, `process`.
"""
