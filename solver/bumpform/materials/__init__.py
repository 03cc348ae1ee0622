"""The material library, with the source of every value and how sure it is.

`material` is one material and its properties at a temperature; `library` reads `materials.toml`;
`overrides` is what a case may say about one; `materials` is all of a case's.

May import: `units`.
"""
