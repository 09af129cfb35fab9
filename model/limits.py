"""The numbers of the specification, stated here and nowhere else in ``model``."""

from typing import NamedTuple


class Limits(NamedTuple):
    """How many chunks, UTF-8 bytes and milliseconds; the defaults are the original's.

    Exploration passes smaller ones, so that every boundary is a few commands away.
    """

    flush_chunks: int = 10
    """A buffer that reaches this many chunks is flushed."""

    buffer_chunks_max: int = 100
    """A buffer that cannot be flushed refuses chunks from here on."""

    chunk_bytes_max: int = 1_800_000
    """A chunk of exactly this size is stored; one byte more and it is skipped."""

    stale_age_ms: int = 300_000
    """A streaming row of exactly this age is restored; a millisecond older is deleted."""

    sweep_interval_ms: int = 600_000
    """A sweep runs once the last one is exactly this long ago."""

    sweep_age_ms: int = 86_400_000
    """A stream that ended exactly this long ago is kept; a millisecond longer is swept."""


ORIGINAL = Limits()
