"""The stack meshed for stress analysis and fields."""
