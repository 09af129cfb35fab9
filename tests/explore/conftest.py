"""For every test of the exploration."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _no_log() -> Iterator[None]:
    """Thousands of chunks are skipped with a warning; pytest would keep every one."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
