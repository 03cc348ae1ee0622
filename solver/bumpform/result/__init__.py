"""A run in memory: typed, in numbers, in words.

`run` is what a run leaves, with `common_steps` that two runs share; `contract` has the types of
`result.json`, `record` makes them; `readable` writes a number as a person reads it, `states` what
a state's stability means.

May import: `units`, `steps`, `case`, `geometry`, `stack`, `surface.drop`, `surface.search`,
`process.reflows`, `process.mounts`, `process`, `metrics`, `findings`.
"""
