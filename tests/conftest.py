"""Hypothesis profiles: the default is the same on every run; HYPOTHESIS_PROFILE=nightly explores."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("default", max_examples=100, derandomize=True, deadline=None)
settings.register_profile(
    "nightly", max_examples=100_000, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
