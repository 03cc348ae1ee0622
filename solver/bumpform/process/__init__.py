"""A process as states in a row: what melts, where it comes to rest, how it freezes."""
