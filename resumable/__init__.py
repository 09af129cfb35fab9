"""A resumable stream: keeps a streamed answer in SQLite, for clients that come back.

``ResumableStream`` is what a service uses, on what ``open_database`` returns; it needs nothing
but nanoid. The harness that holds it, or any other implementation, against the specification
is ``resumable.conformance`` (extra ``conformance``), and is not imported here.
"""

from resumable.stream.database import open_database
from resumable.stream.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    DatabaseOpenError,
    DatabaseOwnedError,
    ForkedError,
    ResumableStreamError,
    StorageError,
    StreamDestroyedError,
    StreamExistsError,
    WrongThreadError,
)
from resumable.stream.limits import (
    CHUNK_BUFFER_MAX_SIZE,
    CHUNK_BUFFER_SIZE,
    CHUNK_MAX_BYTES,
    CLEANUP_AGE_THRESHOLD_MS,
    CLEANUP_INTERVAL_MS,
    STREAM_STALE_THRESHOLD_MS,
    Limits,
)
from resumable.stream.rows import Client, StreamChunk, StreamMetadata, StreamMetadataRow
from resumable.stream.stream import ResumableStream

__all__ = [
    "CHUNK_BUFFER_MAX_SIZE",
    "CHUNK_BUFFER_SIZE",
    "CHUNK_MAX_BYTES",
    "CLEANUP_AGE_THRESHOLD_MS",
    "CLEANUP_INTERVAL_MS",
    "STREAM_STALE_THRESHOLD_MS",
    "ArgumentTypeError",
    "ArgumentValueError",
    "Client",
    "DatabaseOpenError",
    "DatabaseOwnedError",
    "ForkedError",
    "Limits",
    "ResumableStream",
    "ResumableStreamError",
    "StorageError",
    "StreamChunk",
    "StreamDestroyedError",
    "StreamExistsError",
    "StreamMetadata",
    "StreamMetadataRow",
    "WrongThreadError",
    "open_database",
]
