"""The stages drawn to scale, with dimensions and the verdict."""
