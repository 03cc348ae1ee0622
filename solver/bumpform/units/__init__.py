"""Quantities with units in, SI floats out, and back."""
