"""The examples in docstrings give what they show."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import bumpform

PACKAGE = Path(bumpform.__file__).parent
WITH_EXAMPLES = sorted(
    ".".join(("bumpform", *path.relative_to(PACKAGE).with_suffix("").parts))
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text("utf-8")
)


def test_there_are_some():
    assert len(WITH_EXAMPLES) > 10


@pytest.mark.slow
@pytest.mark.dolfinx
@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_give_what_they_show(name):
    done = doctest.testmod(import_module(name.removesuffix(".__init__")))
    assert done.attempted
    assert not done.failed
