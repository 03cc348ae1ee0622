"""A second verdict on a run: polygons of its stacks, and nothing of the product's verdict."""
