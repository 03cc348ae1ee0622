"""What answers are made of: the inputs of a case, and runs at other values of them.

`inputs` are a case's numbers at their addresses, `scatter` how each varies; `probe` runs the case
elsewhere; `wording` tells numbers and changes.

May import: `units`, `materials`, `steps`, `case.checks`, `case`, `findings`, `result`, `runner`.
"""
