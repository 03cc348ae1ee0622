"""What a run writes: result, meridians, log, report."""
