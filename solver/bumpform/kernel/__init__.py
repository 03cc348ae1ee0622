"""The compiled part: the weak forms, and the C that evaluates them and iterates.

`weak_forms` states the energy in UFL; `native` builds and loads the extension from FFCx's code
(`form_compiler`) and the files of C beside it; `backend` finds dolfinx, for what needs a mesh.

May import: no other room.
"""
