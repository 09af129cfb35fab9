"""The graph of what was explored: how a stream lives, with how often each way was taken."""

from typing import Final

from model import Limits, State
from model.classes import life_of

Edge = tuple[str, str, str]
"""From a class of states, by a kind of command, to a class of states."""

STALE: Final = "a stale row on disk"


def node_of(state: State, now_ms: int, limits: Limits) -> str:
    """The node of a state: its life, and whether a stale row waits on disk."""
    disk, memory = state
    life = life_of(memory, limits)
    for row in disk.streams:
        if row.ended_at is None and now_ms - row.created_at > limits.stale_age_ms:
            return f"{life}; {STALE}"
    return life
