"""Answers about a case: its derivatives, its margins, its yield, cases that meet targets.

`summary` says them in lines; `tornado`, `ruler` and `shares` draw them; `files` writes.
Rooms: `basis` and `methods`.

May import: `files`, `case`, `result`, `picture`, `output`, `answers.basis`, `answers.methods`.
"""
