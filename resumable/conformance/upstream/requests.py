"""What the original does with half a surrogate pair in a request id: memory and frames keep it
as it came, and only the database replaces it."""

import json
import re
from typing import Final

from model import Limits, Outcome, Replay, ReplayToDeadSocket, Start, State, step
from model.frames import well_formed

Sends = Replay | ReplayToDeadSocket

_LONE: Final = re.compile("[\ud800-\udfff]")


def is_ill_formed(request: str) -> bool:
    """Whether ``TextEncoder`` would change it."""
    return well_formed(request) != request


def start(state: State, command: Start, now: int, limits: Limits) -> tuple[Outcome, ...]:
    """The accessor returns what ``start`` was given, until a restart reads it from disk."""
    return tuple(
        [
            Outcome(outcome.reply, remembering(outcome.state, command.request))
            for outcome in step(state, command, now, limits)
        ]
    )


def replay(state: State, command: Sends, now: int, limits: Limits) -> tuple[Outcome, ...]:
    """Each frame names the request as it was asked for."""
    return tuple(
        [
            Outcome(reply._replace(frames=as_sent(reply.frames, command.request)), after)
            for reply, after in step(state, command, now, limits)
        ]
    )


def remembering(state: State, request: str) -> State:
    """``request`` is what the accessor returns."""
    return state._replace(memory=state.memory._replace(request=request))


def as_sent(frames: tuple[str, ...], request: str) -> tuple[str, ...]:
    """The frames with the request in them as ``JSON.stringify`` writes it: what is lone is
    escaped. Inside a body a quote would be escaped, so that no other place is mistaken for
    it."""
    right, sent = _field(well_formed(request)), _field(request)
    return tuple([frame.replace(right, sent) for frame in frames])


def _field(request: str) -> str:
    text = json.dumps(request, ensure_ascii=False)
    escaped = _LONE.sub(lambda lone: f"\\u{ord(lone[0]):04x}", text)
    return f',"id":{escaped},'
