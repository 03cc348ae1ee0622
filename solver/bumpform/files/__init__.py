"""What everything that writes needs: files whole or not at all, folders of one run only.

`whole` writes a file aside and renames it; `folder` says whose a folder is.

May import: no other room.
"""
