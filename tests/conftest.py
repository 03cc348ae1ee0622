"""Settings of every test, and on how many cores they run."""

import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import settings

from bumpform.errors import MachineError
from bumpform.kernel.native import library

# The same examples in every run, so that a failure is the change's and not the day's. For a
# longer hunt: HYPOTHESIS_PROFILE=hunt.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("hunt", max_examples=3000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers(config):
    """All cores for whole folders; for single files this process, where -s and debuggers work."""
    if not any(Path(argument).is_dir() for argument in config.args):
        return 0
    # a worker runs what lies side by side, so that what its tests share is computed once; one that
    # is done takes over from another
    config.option.dist = "worksteal"
    return None


def pytest_configure(config):
    """Compile the solver before there are workers, which would each do it."""
    if not hasattr(config, "workerinput"):
        with contextlib.suppress(MachineError):  # the tests tell
            library()
