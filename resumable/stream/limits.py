"""The original's constants, and the bundle of them that a stream works with."""

from typing import Final, NamedTuple

from resumable.stream.errors import ArgumentTypeError, ArgumentValueError

CHUNK_BUFFER_SIZE: Final = 10
"""Chunks that are buffered before they are flushed together."""

CHUNK_BUFFER_MAX_SIZE: Final = 100
"""Chunks that a buffer holds at the most while the database cannot be written."""

CHUNK_MAX_BYTES: Final = 1_800_000
"""UTF-8 bytes of the largest chunk that is stored."""

STREAM_STALE_THRESHOLD_MS: Final = 5 * 60 * 1000
"""Age (ms since the start) up to which a stream is restored after a restart."""

CLEANUP_INTERVAL_MS: Final = 10 * 60 * 1000
"""Least time (ms) between two clean-ups of finished streams."""

CLEANUP_AGE_THRESHOLD_MS: Final = 24 * 60 * 60 * 1000
"""Age (ms since the end) up to which a finished stream is kept."""


class Limits(NamedTuple):
    """The limits of one stream. A service keeps the defaults; small ones make every
    boundary quick to reach in tests."""

    chunk_buffer_size: int = CHUNK_BUFFER_SIZE
    chunk_buffer_max_size: int = CHUNK_BUFFER_MAX_SIZE
    chunk_max_bytes: int = CHUNK_MAX_BYTES
    stream_stale_threshold_ms: int = STREAM_STALE_THRESHOLD_MS
    cleanup_interval_ms: int = CLEANUP_INTERVAL_MS
    cleanup_age_threshold_ms: int = CLEANUP_AGE_THRESHOLD_MS


DEFAULT_LIMITS: Final = Limits()
_LEAST: Final = Limits(1, 1, 0, 0, 0, 0)


def checked(limits: Limits) -> Limits:
    """``limits``, if a stream can keep them. Raises ArgumentTypeError, ArgumentValueError."""
    if limits is DEFAULT_LIMITS:
        return limits
    for name, value, least in zip(Limits._fields, limits, _LEAST, strict=True):
        if type(value) is not int:
            raise ArgumentTypeError(f"limits.{name} must be int, not {type(value).__name__}")
        if value < least:
            raise ArgumentValueError(f"limits.{name} must be at least {least}, not {value}")
    if limits.chunk_buffer_max_size < limits.chunk_buffer_size:
        raise ArgumentValueError(
            "limits.chunk_buffer_max_size must not be below chunk_buffer_size"
        )
    return limits
