"""Case files: the schema of a process, read with every problem told at once."""
