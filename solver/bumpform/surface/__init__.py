"""Free surfaces of liquid at rest.

Rooms, in this order: `drop` (one contact line), `joints` (two), `search` (which equilibrium, and
the others), `continuation` (along a parameter, to its limit).

May import: no other room.
"""
