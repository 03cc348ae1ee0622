"""Equilibria along a parameter, and the limit points where they end.

`branch` follows states through folds; `limit_points` over volume, load and gravity; `pull_off`
and `rupture` over the height of a joint; `floating_height` is where the liquid carries a load.

May import: `units`, `geometry`, `surface.drop`, `surface.joints`.
"""
