"""Hypothesis, for all tests: the same examples each time where ``CI=true``, others at home."""

import os

from hypothesis import settings

from resumable.conformance.machine import register_profiles

register_profiles()
settings.load_profile("ci" if os.environ.get("CI") == "true" else "dev")
