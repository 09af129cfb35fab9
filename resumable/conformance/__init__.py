"""The harness: holds any implementation of a resumable stream against the specification."""
