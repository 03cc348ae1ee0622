"""What commands share: options, tables and progress, failures and their exit codes.

`options`, `printing`, `failures`, `long_work`.

May import: `case`, `melting`, `result`.
"""
