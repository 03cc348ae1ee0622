"""Equilibrium shapes of molten solder through a bumping process."""

__version__ = "0.1.0"
