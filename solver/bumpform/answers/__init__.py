"""Answers about a case: its derivatives, its margins, its yield, and cases that meet targets."""
