"""What the original does with half a surrogate pair in a request id: memory and frames keep it
as it came, and only the database replaces it."""

import json
import re
from collections.abc import Iterator
from typing import Final, cast

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

Sends = Replay | ReplayToDeadSocket | ReplayWhileSending

_SENDS: Final = (Replay, ReplayToDeadSocket, ReplayWhileSending)
_LONE: Final = re.compile("[\ud800-\udfff]")


def asks_oddly(command: Command) -> bool:
    """Whether there is a request in it that ``TextEncoder`` would change."""
    return any(well_formed(each.request) != each.request for each in _asking(command))


def as_it_came(outcome: Outcome, command: Command, own_frames: int) -> Outcome:
    """Each frame names the request as it was asked for, and the accessor returns what
    ``start`` was given. ``own_frames`` a replay would send without a call from inside."""
    reply, state = outcome
    if isinstance(command, _SENDS):
        reply = reply._replace(frames=_sent_by(command, reply.frames, own_frames))
    for each in _asking(command):
        if isinstance(each, Start) and state.memory.active == each.stream:
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


def _sent_by(command: Sends, frames: tuple[str, ...], own_frames: int) -> tuple[str, ...]:
    """Those of a replay from inside ``send`` lie between the frames of the one around it."""
    besides = len(frames) - own_frames
    if not isinstance(command, ReplayWhileSending) or besides <= 0:
        return as_sent(frames, command.request)
    first = command.at_frame + 1
    last = first + besides
    return (
        *as_sent(frames[:first], command.request),
        *_sent_by(cast(Sends, command.call), frames[first:last], besides),
        *as_sent(frames[last:], command.request),
    )


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
