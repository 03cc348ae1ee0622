"""Sphinx: `sphinx-build -W docs runs/docs` from the project's root. Pages are MyST Markdown."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from pages import write_pages

import bumpform

project = "bumpform"
author = copyright = "bumpform developers"
version = release = bumpform.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
myst_enable_extensions = ["colon_fence", "dollarmath", "deflist"]
myst_heading_anchors = 3
exclude_patterns: list[str] = []
html_theme = "furo"
html_title = f"bumpform {version}"
html_static_path = ["static"]
html_css_files = ["narrow.css"]
html_copy_source = False

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # numpydoc sections say the types, with their units
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
suppress_warnings = ["ref.python"]  # types of parameters are words: "path" is no reference

write_pages(Path(__file__).parent / "generated")
