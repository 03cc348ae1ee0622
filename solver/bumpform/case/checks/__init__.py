"""What is wrong with a case, all of it at once, each problem at its address.

`addresses` are the paths of values that messages and `--set` use; `problems` puts pydantic's
errors into words; then the rules: `order` of steps and materials, `peaks` beside what melts,
`metal` volumes, `requirements` and `tolerances`.

May import: `units`, `materials`, `steps`.
"""
