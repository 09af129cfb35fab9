"""The original needs Node and npm, and is installed once, into a cache folder. Without them
these tests are skipped; under CI=true that is a failure."""

import os
from collections.abc import Iterator

import pytest

from resumable.conformance.target import TargetError
from resumable.conformance.upstream.install import installed
from resumable.conformance.upstream.target import VERSION, Upstream


@pytest.fixture(scope="session")
def original() -> Iterator[Upstream]:
    """The original in the version that the specification is of."""
    require(VERSION)
    target = Upstream("upstream")
    yield target
    target.stop()


def require(version: str) -> None:
    """Install it, or leave the test."""
    try:
        installed(version)
    except TargetError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI=true, and the original is not there: {error}")
        pytest.skip(f"the original is not there: {error}")
