"""What a shape means: metrics, and the conditions of each route, judged."""
