"""The stack meshed for stress analysis and fields.

`recipe` is how fine; `graph` the section as points and segments; `nodes`, `clearance`,
`triangles` and `curved` make the elements; `mesh` does all of it, `stack_mesh` is the result;
`files`, `abaqus` and `dolfinx_mesh` hand it on.

May import: `units`, `files`, `case`, `kernel`, `geometry`, `stack`, `result`.
"""
