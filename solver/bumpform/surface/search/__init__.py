"""Which equilibrium history selects, and which others there are.

`descent` follows the line downhill (depinning, spreading, touching), `rests` has the equilibria
where it can rest, `again` follows it from where it froze; `cap_or_ring` and `hollow` settle the
topology; `pairs`, `chart` and `energy_map` are the energy over the lines' places, `alternatives`
the other equilibria, `films` thin ones at any height, `energy_barrier` what parts them.

May import: `units`, `geometry`, `surface.drop`, `surface.joints`.
"""
