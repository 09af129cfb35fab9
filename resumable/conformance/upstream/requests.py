"""What the original does with half a surrogate pair in a request id: memory and frames keep it
as it came, and only the database replaces it."""

import json
import re
from collections.abc import Iterator
from typing import Final

from model import (
    Command,
    Outcome,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Start,
    State,
)
from model.frames import well_formed

_SENDS: Final = (Replay, ReplayToDeadSocket, ReplayWhileSending)
_LONE: Final = re.compile("[\ud800-\udfff]")


def asks_oddly(command: Command) -> bool:
    """Whether there is a request in it that ``TextEncoder`` would change."""
    return any(well_formed(each.request) != each.request for each in _asking(command))


def as_it_came(outcome: Outcome, command: Command) -> Outcome:
    """Each frame names the request as it was asked for, and the accessor returns what
    ``start`` was given."""
    reply, state = outcome
    for each in _asking(command):
        if not isinstance(each, Start):
            reply = reply._replace(frames=as_sent(reply.frames, each.request))
        elif state.memory.active == each.stream:
            state = remembering(state, each.request)
    return Outcome(reply, state)


def remembering(state: State, request: str) -> State:
    """``request`` is what the accessor returns."""
    return state._replace(memory=state.memory._replace(request=request))


def as_sent(frames: tuple[str, ...], request: str) -> tuple[str, ...]:
    """The frames with the request in them as ``JSON.stringify`` writes it: what is lone is
    escaped. Inside a body a quote would be escaped, so that no other place is mistaken for
    it."""
    right, sent = _field(well_formed(request)), _field(request)
    return tuple([frame.replace(right, sent) for frame in frames])


def _asking(
    command: Command,
) -> Iterator[Start | Replay | ReplayToDeadSocket | ReplayWhileSending]:
    """What in it has a request; the call from inside ``send``, too."""
    if isinstance(command, (Start, *_SENDS)):
        yield command
    if isinstance(command, ReplayWhileSending):
        yield from _asking(command.call)


def _field(request: str) -> str:
    text = json.dumps(request, ensure_ascii=False)
    escaped = _LONE.sub(lambda lone: f"\\u{ord(lone[0]):04x}", text)
    return f',"id":{escaped},'
