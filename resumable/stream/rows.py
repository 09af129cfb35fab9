"""What the read-outs return: the original's keys."""

from typing import Literal, Protocol, TypedDict

Status = Literal["streaming", "completed", "error"]


class StreamChunk(TypedDict):
    """One flushed chunk; see ``ResumableStream.get_stream_chunks``."""

    body: str
    chunk_index: int


class StreamMetadata(TypedDict):
    """One stream, asked for by its id; see ``ResumableStream.get_stream_metadata``."""

    status: Status
    request_id: str


class StreamMetadataRow(TypedDict):
    """One stream of all; see ``ResumableStream.get_all_stream_metadata``."""

    id: str
    status: Status
    request_id: str
    created_at: int


class Client(Protocol):
    """A client's end of the wire: anything with ``send``."""

    def send(self, frame: str, /) -> object: ...
