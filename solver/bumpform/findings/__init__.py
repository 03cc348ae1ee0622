"""What is judged: the process as it was done, who is who in it, and what an answer is.

`condition` has the three answers; `lineage` follows bodies of solder; `findings` holds the run;
`built_upon` tells on what more was put; `bump_roles`, `columns`, `cores` and `masks` are who plays
which part, by what it does; `bumps` where the bumps and `finished_barrier` are.

May import: `units`, `materials`, `steps`, `case`, `geometry`, `stack`, `growth`,
`process.reflows`, `process.mounts`, `process`, `metrics`.
"""
