"""Settings of every test."""

import os

from hypothesis import settings

# The same examples in every run, so that a failure is the change's and not the day's. For a
# longer hunt: HYPOTHESIS_PROFILE=hunt.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("hunt", max_examples=3000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
