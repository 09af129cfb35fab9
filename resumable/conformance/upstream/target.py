"""``--target upstream``: the class as published, in lockstep like any other target."""

from pathlib import Path
from typing import Final

from model import ORIGINAL, Command, Limits, Outcome, Start, State, WhileDiskFails
from resumable.conformance.bindings import Bindings
from resumable.conformance.left_out import LeftOut
from resumable.conformance.protocol import wire
from resumable.conformance.protocol.target import CommandTarget
from resumable.conformance.target import Seen
from resumable.conformance.upstream.differences import DECLARED, original_step
from resumable.conformance.upstream.install import installed, published

VERSION: Final = "0.9.0"
"""The version that the specification is of."""

_ADAPTER: Final = Path(__file__).with_name("adapter.mjs")


class Upstream(CommandTarget):
    """``upstream``, or ``upstream@VERSION``: held against the specification, but where it is
    declared to differ. Raises TargetError if it cannot be installed.

    ``node_options`` are for Node, before the adapter.
    """

    def __init__(self, name: str, *, node_options: tuple[str, ...] = ()) -> None:
        folder = installed(version_of(name))
        super().__init__(name, ["node", *node_options, str(_ADAPTER), str(folder)])

    @property
    def left_out(self) -> LeftOut:
        never = [name for each in DECLARED for name in each.out_of_reach]
        return super().left_out._replace(out_of_reach=frozenset(never))

    @property
    def declared(self) -> dict[str, str]:
        return {each.name: each.says for each in DECLARED}

    def step(
        self, state: State, command: Command, now: int, limits: Limits, /
    ) -> tuple[Outcome, ...]:
        return original_step(state, command, now, limits)

    def attach(self, path: Path, now_ms: int) -> Seen:
        """Construct an instance on the database at ``path``, which may hold something."""
        self.close()
        self._now_ms = now_ms
        return self._open(str(path))

    def detach(self) -> None:
        """Let go of the file; whoever comes next finds all that was committed."""
        self._open(None)
        self.close()

    def perform(self, command: Command, bindings: Bindings, now_ms: int) -> Seen:
        """A ``start`` that raises may have begun its stream all the same."""
        seen = super().perform(command, bindings, now_ms)
        call = command.call if isinstance(command, WhileDiskFails) else command
        if isinstance(call, Start) and seen.refused is not None:
            bindings.bind(call.stream, self.brief(may_skip=False).active_stream_id)
        return seen

    def _open(self, path: str | None) -> Seen:
        self._told.clear()
        self._ask(wire.opening(path, ORIGINAL), self._now_ms)
        return self._take(None, None)


def is_upstream(name: str) -> bool:
    """Whether that names a target of this kind."""
    return name.partition("@")[0] == "upstream"


def version_of(name: str) -> str:
    """The version in ``upstream@VERSION``."""
    return name.partition("@")[2] or VERSION


def pinned(name: str) -> str:
    """``upstream@latest`` as the version that this is today, so that it stays the same."""
    kind, at, version = name.partition("@")
    return f"{kind}@{published(version)}" if at else name
