"""Departures to judge by: something was seen after a program, and something else permitted."""

import json
from collections.abc import Callable
from typing import Any, Final

from model import Command, Flush, frames
from model.departure import Departure
from tests.model.lives import NOW_MS, SMALL, life_of

Predicate = Callable[[Departure], bool]

Claims = dict[str, Departure]
"""What is so, in words -> where it is."""

Table = dict[Predicate, tuple[Claims, Claims]]
"""Where each holds, and what only comes close."""

READ: Final = "get_stream_chunks()"
RENUMBERED: Final = "chunk_index in get_stream_chunks()"
ON_DISK: Final = "rows of chunks"
LISTED: Final = "get_all_stream_metadata()"

A: Final = ("a", 0)
B: Final = ("b", 1)
RAW_A: Final = ("s1", *A, NOW_MS)
RAW_B: Final = ("s1", *B, NOW_MS)
LATE_A: Final = ("s1", *A, NOW_MS + 1)

FRAME_A: Final = frames.chunk("a", "r")
FRAME_B: Final = frames.chunk("b", "r")
END: Final = frames.live_end("r")
DONE: Final = frames.done("r")


def departure(
    where: str, seen: Any, permitted: Any, *commands: Command, **more: Any
) -> Departure:
    """The last command departs, a flush if there is none; those before it do not."""
    *setup, last = commands or (Flush(),)
    life = life_of(*setup, limits=SMALL)
    return Departure(life.state, last, life.now, SMALL, where, seen, permitted, **more)


def refused(*commands: Command, permitted: str | None = None) -> Departure:
    return departure("raises", "Error: no", permitted, *commands)


def read(seen: Any, permitted: Any, *commands: Command) -> Departure:
    return departure(READ, seen, permitted, *commands)


def on_disk(seen: Any, permitted: Any, *commands: Command) -> Departure:
    return departure(ON_DISK, seen, permitted, *commands)


def listed(seen: Any, permitted: Any, *commands: Command) -> Departure:
    return departure(LISTED, seen, permitted, *commands)


def sent(seen: Any, permitted: Any, *commands: Command, **more: Any) -> Departure:
    return departure("frames", seen, permitted, *commands, **more)


def frame(**fields: Any) -> str:
    """The chunk ``a``, but for these fields."""
    return json.dumps(json.loads(FRAME_A) | fields, separators=(",", ":"))


def row(request: str, status: str = "streaming", id: str = "s1", at: Any = NOW_MS) -> Any:
    """As a stream is listed."""
    return (id, status, request, at)
