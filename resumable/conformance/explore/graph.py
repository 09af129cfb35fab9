"""The graph of what was explored: how a stream lives, with how often each way was taken."""

from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

from model import Command, Limits, State
from model.classes import IDLE, LIVES, life_of
from resumable.conformance.codec import snake

Edge = tuple[str, type[Command], str]
"""From a node, by a kind of command, to a node."""

IDLE_STALE: Final = "idle, stale row on disk"

NODES: Final = (*LIVES, IDLE_STALE)


class Way(NamedTuple):
    """Everything that led from one node to another: how often, by the kind of command."""

    start: str
    end: str
    times: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.times.values())

    @property
    def commands(self) -> list[str]:
        """``restart 1,234``, the most frequent first."""
        frequent = sorted(self.times.items(), key=lambda item: (-item[1], item[0]))
        return [f"{kind} {times:,}" for kind, times in frequent]


def node_of(state: State, now_ms: int, limits: Limits) -> str:
    """The node of a state: its life; an idle one may have a stale row to come back to."""
    disk, memory = state
    life = life_of(memory, limits)
    if life is IDLE:
        for row in disk.streams:
            if row.ended_at is None and now_ms - row.created_at > limits.stale_age_ms:
                return IDLE_STALE
    return life


def ways(edges: Mapping[Edge, int]) -> list[Way]:
    """The edges, those between the same nodes together."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for (start, kind, end), times in edges.items():
        found.setdefault((start, end), Counter())[snake(kind)] += times
    order = {node: number for number, node in enumerate(NODES)}
    pairs = sorted(found, key=lambda pair: (order[pair[0]], order[pair[1]]))
    return [Way(start, end, found[start, end]) for start, end in pairs]


def dot(edges: Mapping[Edge, int]) -> str:
    """The graph for Graphviz."""
    lines = ["digraph stream {", '  node [shape=box, style=rounded, fontname="sans-serif"];']
    for way in ways(edges):
        label = "\\n".join(way.commands)
        lines.append(f'  "{way.start}" -> "{way.end}" [label="{label}"];')
    return "\n".join([*lines, "}", ""])
