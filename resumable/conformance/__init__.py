"""The harness: holds any implementation of a resumable stream against the specification."""

from resumable.conformance.testing import assert_conforms

__all__ = ["assert_conforms"]
