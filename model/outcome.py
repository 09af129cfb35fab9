"""What one command may lead to: a reply to the caller and a next state."""

from typing import Literal, NamedTuple

from model.state import State

Refusal = Literal["closed", "duplicate", "socket", "disk"]
"""Why a call raised: the instance was destroyed, the id is taken, ``send`` raised (and that
very exception came through), or the database could not be written."""


class Reply(NamedTuple):
    """All that the caller observes of one command."""

    value: str | None = None
    """The stream that ``start`` began, or the orphan that a replay finished."""

    frames: tuple[str, ...] = ()
    refused: Refusal | None = None
    disk_failed: bool = False
    """True if the disk was asked to write, and failed."""


class Outcome(NamedTuple):
    """One reply with the state that goes with it."""

    reply: Reply
    state: State


DONE = Reply()


def refused(reason: Refusal, state: State, frames: tuple[str, ...] = ()) -> Outcome:
    """The call raised, and left ``state``."""
    return Outcome(Reply(None, frames, reason, reason == "disk"), state)
