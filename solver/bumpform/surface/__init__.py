"""The free surface: forms, Newton, contact lines, equilibria and their stability."""
