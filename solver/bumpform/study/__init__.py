"""Parameter studies: a case varied along axes, rows computed by workers and kept as they come."""
