"""Numbers: quantities with units in, SI floats out, and back; errors that follow arithmetic.

`table` and `units` turn text into SI floats; `fields` and `amounts` are the types that a case is
made of; `measured` is a number with a bound of its error; `naming` says what the ending of a
result's name means.

May import: no other room.
"""
