"""The stages drawn to scale, with dimensions and the verdict; maps of the energy.

`section` and `scene` are what is drawn, `dimensions` and `marks` what is marked, `words` and
`text` what is written; `layout` places it, `raster` draws its
pixels, `picture` makes the files; `energy_map` beside.

May import: `materials`, `files`, `geometry`, `stack`, `metrics`, `result`.
"""
