"""The conditions, route by route: statement, claims, and the function that answers.

`general` and `joints` hold of every case, `shared` of several routes; the others are of the route
or the part that they are named after.

May import: `units`, `steps`, `geometry`, `stack`, `surface.drop`, `process.reflows`,
`process.mounts`, `process`, `metrics`, `findings`.
"""
