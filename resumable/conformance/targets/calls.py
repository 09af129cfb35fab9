"""The calls of an instance's own methods, each as a reply."""

import os
from collections.abc import Callable
from traceback import walk_tb
from typing import Any, Final

from model import (
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
    Destroy,
    Flush,
    InsertStale,
    MarkError,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restore,
    Start,
    Store,
)
from resumable.conformance.bindings import Bindings
from resumable.conformance.socket import CallingSocket, RecordingSocket
from resumable.conformance.target import Seen
from resumable.conformance.targets.stream_like import Classify, StreamLike

Perform = Callable[[Any, Bindings], Seen]
"""Sends a command of one kind."""


class Calls:
    """Calls the methods of ``instance``, which lives only as long as its process would."""

    def __init__(self, classify: Classify, folder: str) -> None:
        """``folder`` is where the target's own files are; "" if nobody asks for a line."""
        self.instance: StreamLike = NOBODY
        self._folder: Final = folder
        self._classify: Final = classify
        self._raised = Exception()
        """What the last call that was refused raised."""

        self.methods: Final[dict[type[Command], Perform]] = {
            Store: self._store,
            Burst: self._burst,
            Start: self._start,
            Flush: lambda _command, _bindings: self.call(self.instance.flush_buffer),
            Complete: self._complete,
            MarkError: self._mark_error,
            Replay: self._replay,
            ReplayToDeadSocket: self._replay_to_dead_socket,
            ReplayWhileSending: self._replay_while_sending,
            Restore: lambda _command, _bindings: self.call(self.instance.restore),
            Destroy: lambda _command, _bindings: self.call(self.instance.destroy),
            ClearAll: lambda _command, _bindings: self.call(self.instance.clear_all),
            InsertStale: self._insert_stale,
            Advance: lambda _command, _bindings: DONE,
        }
        """One small method for each kind of command that is nothing but a call. Whoever adds
        another kind adds it to what may be called from inside ``send``, too."""

    def forget(self) -> None:
        """Nobody is there. What was raised knows what it was raised in, and goes, too."""
        self.instance, self._raised = NOBODY, Exception()

    def refusal(self, error: Exception, frames: tuple[str, ...] = ()) -> Seen:
        """The reply of a call that raised ``error`` after it had sent ``frames``."""
        self._raised = error
        text = f"{type(error).__name__}: {error}{self._place_of(error)}"
        return Seen(None, frames, self._classify(error), False, text)

    def _place_of(self, error: Exception) -> str:
        """The last line of the target's own files that it came through."""
        place = ""
        if self._folder:
            for frame, line in walk_tb(error.__traceback__):
                code = frame.f_code
                if code.co_filename.startswith(self._folder):
                    file = os.path.basename(code.co_filename)  # noqa: PTH119 - quicker by far
                    place = f" ({file}, line {line}, in {code.co_name})"
        return place

    def call(self, method: Callable[..., object], *arguments: object) -> Seen:
        try:
            method(*arguments)
        except Exception as error:  # noqa: BLE001 - whatever it raises is its reply
            return self.refusal(error)
        return DONE

    def _store(self, command: Store, bindings: Bindings) -> Seen:
        stream = bindings.ids.get(command.stream, command.stream)
        return self.call(self.instance.store_chunk, stream, command.body)

    def _burst(self, command: Burst, bindings: Bindings) -> Seen:
        stream = bindings.ids.get(command.stream, command.stream)
        for body in command.bodies:
            seen = self.call(self.instance.store_chunk, stream, body)
            if seen.refused:
                return seen
        return DONE

    def _start(self, command: Start, _bindings: Bindings) -> Seen:
        try:
            return Seen(self.instance.start(command.request))
        except Exception as error:  # noqa: BLE001 - whatever it raises is its reply
            return self.refusal(error)

    def _complete(self, command: Complete, bindings: Bindings) -> Seen:
        stream = bindings.ids.get(command.stream, command.stream)
        return self.call(self.instance.complete, stream)

    def _mark_error(self, command: MarkError, bindings: Bindings) -> Seen:
        stream = bindings.ids.get(command.stream, command.stream)
        return self.call(self.instance.mark_error, stream)

    def _insert_stale(self, command: InsertStale, bindings: Bindings) -> Seen:
        stream = bindings.ids.get(command.stream, command.stream)
        return self.call(
            self.instance.insert_stale_stream, stream, command.request, command.age_ms
        )

    def _replay(self, command: Replay, _bindings: Bindings) -> Seen:
        return self._replay_to(RecordingSocket(), command.request)

    def _replay_to_dead_socket(self, command: ReplayToDeadSocket, _bindings: Bindings) -> Seen:
        return self._replay_to(RecordingSocket(command.frames_taken), command.request)

    def _replay_while_sending(self, command: ReplayWhileSending, bindings: Bindings) -> Seen:
        def call(socket: RecordingSocket) -> None:
            if isinstance(command.call, Replay):
                # One wire, but another object: who keeps it sends to the wrong one later.
                inner = RecordingSocket(frames=socket.frames)
                seen = self._replay_to(inner, command.call.request)
                inner.close()
            else:
                seen = self.methods[type(command.call)](command.call, bindings)
            if seen.refused is not None:
                raise self._raised

        return self._replay_to(CallingSocket(command.at_frame, call), command.request)

    def _replay_to(self, socket: RecordingSocket, request: str) -> Seen:
        try:
            value = self.instance.replay_chunks(socket, request)
        except Exception as error:  # noqa: BLE001 - whatever it raises is its reply
            return self.refusal(error, tuple(socket.frames))
        return Seen(value, tuple(socket.frames))


DONE: Final = Seen()


class _Nobody:
    """In place of an instance that is gone. One that lived on could keep statements open, and
    with them the connection, although that was closed."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no {name}: there is no instance, since none could be made")


NOBODY: Final[Any] = _Nobody()
