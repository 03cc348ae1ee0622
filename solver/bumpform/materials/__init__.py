"""The material library, with the source of every value and how sure it is."""
