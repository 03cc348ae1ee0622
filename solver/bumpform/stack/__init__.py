"""Exact geometry: curves, profiles, regions, and the steps that build on them."""
