"""``python -m bumpform``: the command, where its script is not on the path."""

from bumpform.cli import main

main()
