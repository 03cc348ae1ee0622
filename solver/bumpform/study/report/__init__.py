"""The report of a study: one HTML page that contains everything it shows.

`window` and `ends` are where every condition holds, `effects` what moves what, `worst` the rows
nearest to a limit; `pictures` draws, `page` writes.

May import: `files`, `case.checks`, `case`, `verdict`, `picture`, `output`, `answers.basis`,
`answers.methods`, `study.plan`, `study.rows`.
"""
