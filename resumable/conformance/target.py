"""What the harness asks of the system under test, behind an adapter."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, Protocol, runtime_checkable

from model import ORIGINAL, Command, Limits, Outcome, State, step
from resumable.conformance.bindings import Bindings
from resumable.conformance.setting import Setting


class Seen(NamedTuple):
    """The reply of a target to one command; ids are the target's own."""

    value: Any = None
    frames: tuple[str, ...] = ()
    refused: str | None = None
    """A ``model.outcome.Refusal``, or "other" from a target whose errors are its own."""

    disk_failed: bool = False
    error: str = ""
    """The exception as text, for people."""


class Brief(NamedTuple):
    """What is observed after every command; cheap."""

    active_stream_id: Any
    active_request_id: Any
    has_active_stream: Any
    is_live: Any
    metadata: Any
    """``get_all_stream_metadata()`` as it was returned, or the exception, or ``UNCHANGED``."""

    connection: str
    """What the command did to the caller's connection; "" if it left it alone."""


class Unchanged:
    """In place of metadata: no row was written since it was read."""


UNCHANGED: Final = Unchanged()

Row = tuple[Any, ...]


class Rows(NamedTuple):
    """The raw tables: (id, request, status, created, ended) and, in replay order, (stream,
    body, index, flushed)."""

    streams: tuple[Row, ...]
    chunks: tuple[Row, ...]
    has_tables: bool


class Detail(NamedTuple):
    """What is observed besides: with ``Brief`` it is all that can be."""

    chunks: dict[str, Any]
    """Symbolic name -> ``get_stream_chunks`` as (body, index) rows, or the exception."""

    metadata: dict[str, Any]
    """Symbolic name -> ``get_stream_metadata`` as (status, request), None, the exception."""

    rows: Rows | None
    """None where the target has no tables of the original's form."""

    midway: tuple[Rows, ...] = ()
    """What a crash between two statements of the command would have kept."""


class Raised(NamedTuple):
    """In place of a value that could not be read."""

    error: str


class Misshapen(NamedTuple):
    """In place of a value that is nothing like what was to be read."""

    returned: Any
    wanted: str


class Target(Protocol):
    """One system under test, with one database at a time.

    ``open`` begins a sequence on an empty database. A target that breaks (dies, hangs,
    cannot be constructed) raises TargetError, which is not a divergence.
    """

    @property
    def name(self) -> str: ...

    @property
    def takes_limits(self) -> bool:
        """Whether ``open`` may be given other limits than the original's, or some of them."""
        ...

    def open(self, setting: Setting, now_ms: int, limits: Limits = ORIGINAL) -> None: ...

    def perform(self, command: Command, bindings: Bindings, now_ms: int) -> Seen: ...

    def brief(self, *, may_skip: bool) -> Brief:
        """What is observed after every command. With ``may_skip`` it need not read again
        what no command can have changed since."""
        ...

    def detail(self, names: Sequence[str], bindings: Bindings) -> Detail: ...

    def close(self) -> None: ...

    def stop(self) -> None:
        """After the last sequence: let go of what was kept for a next one."""
        ...


@runtime_checkable
class Declares(Protocol):
    """A target with its own ``model.step``: it departs from the specification on purpose, in
    circumstances that are declared, and is held against that."""

    @property
    def declared(self) -> dict[str, str]:
        """What each of its differences is, by name."""
        ...

    def step(
        self, state: State, command: Command, now: int, limits: Limits, /
    ) -> tuple[Outcome, ...]: ...


def step_of(target: Target) -> Callable[[State, Command, int, Limits], tuple[Outcome, ...]]:
    """What it is held against: ``model.step``, or its own. Every sequence asks, and to look
    for a whole protocol would take as long as some commands do."""
    own: Callable[[State, Command, int, Limits], tuple[Outcome, ...]]
    own = getattr(target, "step", step)
    return own


class TargetError(Exception):
    """The target could not be run at all; the message says what to do about it."""
