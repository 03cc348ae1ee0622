"""Melting in time: the free surface on a mesh of the liquid, moved by dolfinx until it rests."""
