"""The handshake: who the target is, and what it can do."""

from functools import cache
from typing import Any, Final, Literal, NamedTuple, get_args

from model import (
    ORIGINAL,
    ClearAll,
    Command,
    Complete,
    Destroy,
    Flush,
    InsertStale,
    InTransaction,
    KillDuring,
    MarkError,
    Reopen,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restore,
    WhileDiskFails,
)
from model.commands import KINDS
from resumable.conformance.codec import snake
from resumable.conformance.left_out import LeftOut
from resumable.conformance.protocol import wire
from resumable.conformance.protocol.json_types import typed

VERSION: Final = 1

Ties = Literal["first", "last", "any"]

CAN: Final[dict[str, tuple[type[Command], ...]]] = {
    "rows": (),
    "file": (),
    "reopen": (Reopen,),
    "dead_socket": (ReplayToDeadSocket,),
    "calling_socket": (ReplayWhileSending,),
    "transactions": (InTransaction,),
    "failing_disk": (WhileDiskFails,),
    "kills": (KillDuring,),
    "lone_surrogates": (),
}
"""What a target may say it can, with the kinds of command that it takes."""

MAY_LACK: Final = {
    snake(kind): kind
    for kind in (Flush, Complete, MarkError, Replay, Restore, ClearAll, Destroy, InsertStale)
}
"""Plain commands that a target may do without."""


class Hello(NamedTuple):
    """What a target says of itself."""

    name: str
    can: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    limits: frozenset[str] = frozenset()
    ties: Ties = "any"


@cache
def left_out_by(hello: Hello) -> LeftOut:
    """What a target cannot do. Kinds of which the protocol does not speak are among it."""
    kinds = {kind for word in CAN.keys() - hello.can for kind in CAN[word]}
    kinds |= {MAY_LACK[name] for name in hello.lacks}
    kinds |= set(KINDS) - wire.KINDS
    if "replay" in hello.lacks:
        kinds |= {ReplayToDeadSocket, ReplayWhileSending}
    return LeftOut(
        frozenset(kinds),
        lone_surrogates="lone_surrogates" not in hello.can,
        connections=True,
        files="file" not in hello.can,
        crash_points=True,
        rows="rows" not in hello.can,
        limits=tuple([name for name in ORIGINAL._fields if name not in hello.limits]),
        by=hello.name,
    )


def request() -> dict[str, Any]:
    """The request that asks for it."""
    return {"do": "hello", "protocol": VERSION}


def understood(reply: dict[str, Any]) -> Hello:
    """What the reply says. Raises ValueError, which says what is wrong with it."""
    version = reply.get("protocol")
    if type(version) is not int or version != VERSION:
        raise ValueError(
            f"it speaks version {version!r} of the protocol, and this program {VERSION}"
            " (resumable protocol prints it)"
        )
    ties = reply.get("ties", "any")
    if ties not in get_args(Ties):
        raise ValueError(f"'ties' must be one of {', '.join(get_args(Ties))}, not {ties!r}")
    return Hello(
        typed("name", reply.get("name"), str),
        _some("can", reply, CAN),
        _some("lacks", reply, MAY_LACK),
        _some("limits", reply, ORIGINAL._fields),
        ties,
    )


def _some(key: str, reply: dict[str, Any], known: Any) -> frozenset[str]:
    words = typed(key, reply.get(key, []), list)
    for word in words:
        if word not in known:
            raise ValueError(f"{key!r} has {word!r}, which is none of {', '.join(known)}")
    return frozenset(words)
