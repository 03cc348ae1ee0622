"""The compiled part: the weak forms, and the C that evaluates them and iterates.

`weak_forms` states the energy in UFL; `native` compiles and loads the library of FFCx's code
(`form_compiler`) and the files of C beside it, `build` puts it into the installed package;
`backend` finds dolfinx, for what needs a mesh.

May import: no other room.
"""
