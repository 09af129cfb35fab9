"""When two states are the same: the key of a state.

Two states with the same key are taken for one, and only the first is gone on from. The key
holds everything that target and specification can tell apart:

- every state of the specification that what was observed permits;
- every row of every table of the target's database, in the order of their rowids, and its
  ``user_version``: a comparison has shown the rows to be permitted, but a target may depend
  on an order that the specification does not have;
- all that the target's instance holds, and what those objects hold, to any depth (its
  *memory*): a counter that will make the third replay wrong keeps the states before apart.

What is renamed away, and why nothing can tell the difference:

- *Ids of streams* become numbers in the order of their first appearance. Commands choose
  streams by what they are (see ``alphabet``), ids are random, and Python and SQLite only
  compare them for equality. Requests and bodies likewise: they are opaque text. Their sizes
  and odd contents matter while they are taken in, which every path does anew.
- *Times* become distances from now. Every rule speaks of the difference of two times, so
  that a history moved by a day is the same history. Nothing is rounded or cut off: ages
  beyond every threshold stay apart, although the specification does not mind, because a
  target might. Zero, which stands for "never", is no time.
- *Ids of chunk rows* are left out. They are random, and nothing asks for them.

What a target hides elsewhere (in a global, in a thread) is not in the key. That is why some
states are gone on from twice, by two histories that were taken for one: ``search`` compares.
"""

import marshal
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

from model import Disk, State
from resumable.conformance.explore.holdings import Content
from resumable.conformance.explore.renaming import Renaming, Tree
from resumable.conformance.target import Row

SAME: Final = (
    "States are the same if the specification's state, all rows and the target's memory are,"
    " but for ids of streams and chunks, requests and bodies (which are opaque), and the time"
    " of day (what counts is how long ago)."
)
"""The rule in one sentence, for certificates."""

KEY_BYTES: Final = 16
"""So many that two different states share a key once in 10^24 explorations."""


def key_of(
    states: tuple[State, ...],
    gone: str | None,
    content: Content,
    known: Mapping[str, Any] | None,
    renaming: Renaming,
) -> bytes:
    """The key of where target and specification are. ``known`` is the target's memory, and
    None if nobody can look into it; ``gone`` a stream that commands may still name."""
    parts = (
        [_state(state, renaming) for state in states],
        renaming.streams[gone],
        _rows(content, states[0].disk, renaming),
        renaming.anything(content.rest),
        None if known is None else [*known, *map(renaming.anything, known.values())],
    )
    return blake2b(marshal.dumps(parts, 2), digest_size=KEY_BYTES).digest()


def _state(state: State, renaming: Renaming) -> Tree:
    (streams, chunks, has_tables), memory = state
    active, request, is_live, next_position, buffer, swept_at, is_destroyed = memory
    number, body = renaming.streams, renaming.bodies
    return (
        _stream_rows(streams, renaming),
        _chunk_rows(chunks, renaming),
        has_tables,
        number[active],
        renaming.requests[request],
        is_live,
        next_position,
        [(number[stream], body[text], position) for stream, text, position in buffer],
        swept_at and renaming.now_ms - swept_at,
        is_destroyed,
    )


# Zero ("never") and None are no times, and stay as they are.


def _stream_rows(rows: Sequence[Row], renaming: Renaming) -> Tree:
    number, request, now = renaming.streams, renaming.requests, renaming.now_ms
    return [
        (number[stream], request[of], status, start and now - start, end and now - end)
        for stream, of, status, start, end in rows
    ]


def _chunk_rows(rows: Sequence[Row], renaming: Renaming) -> Tree:
    number, body, now = renaming.streams, renaming.bodies, renaming.now_ms
    return [
        (number[stream], body[text], position, flushed_at and now - flushed_at)
        for stream, text, position, flushed_at in rows
    ]


def _rows(content: Content, disk: Disk, renaming: Renaming) -> Tree:
    """The target's rows; None if they are those of the specification, in the same order."""
    names = renaming.names
    streams = [(names.get(row[1], row[1]), *row[2:]) for row in content.streams]
    chunks = [(names.get(row[2], row[2]), *row[3:]) for row in content.chunks]
    if streams == list(disk.streams) and chunks == list(disk.chunks):
        return None
    return _stream_rows(streams, renaming), _chunk_rows(chunks, renaming)
