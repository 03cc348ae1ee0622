"""Steps of a process: each in one file, what a case file may say of it and what it does.

A step is a model of its keys (`step`), registered by what it is to do; applied, it turns the
state before it into the state after it. A new one is a new file here, which is found by itself;
`kinds` lists them all. What a step does with a stack is imported when it is done, so that a case
is read without a solver.

May import: `units`.
"""
