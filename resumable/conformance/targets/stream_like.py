"""What an implementation in Python has to offer, to be held against the specification."""

import inspect
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import resumable
from model import Limits
from resumable.conformance.socket import SocketDiedError


class StreamLike(Protocol):
    """What an implementation has to offer: the methods of ``resumable.ResumableStream``."""

    @property
    def active_stream_id(self) -> str | None: ...
    @property
    def active_request_id(self) -> str | None: ...
    @property
    def is_live(self) -> bool: ...
    def has_active_stream(self) -> bool: ...
    def start(self, request_id: str, /) -> str: ...
    def store_chunk(self, stream_id: str, body: str, /) -> None: ...
    def flush_buffer(self) -> None: ...
    def complete(self, stream_id: str, /) -> None: ...
    def mark_error(self, stream_id: str, /) -> None: ...
    def replay_chunks(self, connection: Any, request_id: str, /) -> str | None: ...
    def restore(self) -> None: ...
    def clear_all(self) -> None: ...
    def destroy(self) -> None: ...
    def get_stream_chunks(self, stream_id: str, /) -> Sequence[Any]: ...
    def get_stream_metadata(self, stream_id: str, /) -> Any: ...
    def get_all_stream_metadata(self) -> Sequence[Any]: ...
    def insert_stale_stream(self, stream_id: str, request_id: str, age_ms: int, /) -> None: ...


_METHODS: Final = tuple([name for name in vars(StreamLike) if not name.startswith("_")])


def missing_methods(instance: object) -> list[str]:
    """What an implementation has to offer, and this one has not."""
    return [name for name in _METHODS if not _has(instance, name)]


def _has(instance: object, name: str) -> bool:
    try:
        getattr(instance, name)
    except AttributeError:
        return False
    except Exception:  # noqa: BLE001 - what it raises is looked at when it is asked for
        return True
    return True


Factory = Callable[..., StreamLike]
"""Called with an open connection; and with ``limits``, if it ``takes_limits``."""

Classify = Callable[[Exception], str]
SetClock = Callable[[int], None]


def any_exception(error: Exception) -> str:
    """How a stranger's errors are told apart: only the dead socket's own has to be let
    through; every other is a refusal."""
    return "socket" if isinstance(error, SocketDiedError) else "other"


def folder_of(factory: Factory) -> str:
    """Where the module that made it lies; "" if that is no file."""
    file = getattr(sys.modules.get(getattr(factory, "__module__", "")), "__file__", None)
    return f"{Path(file).parent}{os.sep}" if file else ""


def takes_limits(factory: Factory) -> bool:
    """Whether it has a parameter ``limits``, for a ``resumable.Limits``."""
    try:
        return "limits" in inspect.signature(factory).parameters
    except (TypeError, ValueError):  # something built in, whose parameters nobody knows
        return False


def limits_of(limits: Limits) -> resumable.Limits:
    """The specification's limits as an implementation is given them."""
    return resumable.Limits(
        chunk_buffer_size=limits.flush_chunks,
        chunk_buffer_max_size=limits.buffer_chunks_max,
        chunk_max_bytes=limits.chunk_bytes_max,
        stream_stale_threshold_ms=limits.stale_age_ms,
        cleanup_interval_ms=limits.sweep_interval_ms,
        cleanup_age_threshold_ms=limits.sweep_age_ms,
    )
