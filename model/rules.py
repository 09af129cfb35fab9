"""The rules in words, for people: which one is at stake when an implementation departs.

``step`` decides what is right; a rule only says it in a sentence. A report names the first
rule whose commands, whose place and whose circumstance fit.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from model import circumstances
from model.commands import (
    KINDS,
    Advance,
    Burst,
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
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
)
from model.limits import Limits
from model.state import State

Circumstance = Callable[[State, Command, int, Limits], bool]


class Rule(NamedTuple):
    """One thing that an implementation can get wrong."""

    name: str
    sentence: str
    kinds: tuple[type[Command], ...]
    where: tuple[str, ...] = ()
    """Parts of what is observed that show it; none means any."""

    when: Circumstance = circumstances.always


def rule_at_stake(
    state: State, command: Command, now: int, limits: Limits, where: str
) -> Rule | None:
    """The rule that ``command`` at ``now`` breaks if it differs in ``where``."""
    return next(
        (
            rule
            for layer in _layers(command)
            for rule in RULES
            if isinstance(layer, rule.kinds)
            and (not rule.where or any(part in where for part in rule.where))
            and rule.when(state, layer, now, limits)
        ),
        None,
    )


def _layers(command: Command) -> Iterator[Command]:
    """What surrounds a call comes first, then the call."""
    yield command
    if isinstance(command, WhileDiskFails | InTransaction | KillDuring):
        yield command.call


_STORING: Final = (Store, Burst)
_RESTORING: Final = (Restart, Reopen, Restore)
_ENDING: Final = (Complete, MarkError)
_REPLAYING: Final = (Replay, ReplayToDeadSocket)
_ROWS: Final = ("metadata", "chunks", "rows")

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "crash_is_before_or_after",
        "A method is one transaction: a crash inside it leaves the disk as before or as after.",
        KINDS,
        ("a crash",),
    ),
    Rule(
        "connection_is_the_callers",
        "The caller's connection stays as it was: isolation level, row factory, transaction.",
        KINDS,
        ("connection",),
    ),
    Rule(
        "destroyed_refuses",
        "After destroy every method but destroy raises, and changes nothing.",
        KINDS,
        when=circumstances.is_destroyed,
    ),
    Rule(
        "store_is_kept",
        "A chunk that store_chunk took is kept, even if the flush that it triggers fails.",
        (WhileDiskFails,),
        when=circumstances.disk_fails_a_store,
    ),
    Rule(
        "raise_means_nothing",
        "A method that raises has done nothing: disk and memory are as before it.",
        (WhileDiskFails,),
    ),
    Rule(
        "kill_is_before_or_after",
        "A process that is killed inside a method leaves the disk as before it or as after it;"
        " the next one restores that.",
        (KillDuring,),
    ),
    Rule(
        "one_counter",
        "All streams share one index counter: start, complete, mark_error and clear_all set it"
        " to 0, a restart to one after the last index of the restored stream.",
        KINDS,
        ("chunk_index",),
    ),
    # -- start --
    Rule(
        "start_flushes",
        "start flushes what is buffered before it begins the new stream.",
        (Start,),
        ("chunks",),
        circumstances.has_pending,
    ),
    Rule("start_returns_id", "start returns the id of the new stream.", (Start,), ("returns",)),
    Rule("start_is_live", "The stream that was started is live.", (Start,), ("is_live",)),
    Rule(
        "start_activates",
        "The stream that was started is the active one, for its request.",
        (Start,),
        ("active",),
    ),
    Rule(
        "start_inserts",
        "start adds a row: streaming, created now, not ended; others stay as they are.",
        (Start,),
        _ROWS,
    ),
    # -- store_chunk, flush_buffer --
    Rule(
        "text_is_well_formed",
        "A lone surrogate becomes U+FFFD as it enters; all other text passes unchanged.",
        (Start, Store, Burst, InsertStale, Replay, ReplayToDeadSocket),
        when=circumstances.has_surrogate,
    ),
    Rule(
        "oversized_is_skipped",
        "A chunk over 1,800,000 UTF-8 bytes is skipped without an error and takes no index.",
        (Store,),
        when=circumstances.is_too_large,
    ),
    Rule(
        "largest_is_stored",
        "A chunk of exactly 1,800,000 UTF-8 bytes is stored.",
        (Store,),
        when=circumstances.is_at_edge,
    ),
    Rule(
        "tenth_flushes",
        "The 10th buffered chunk flushes all ten, in order; not the 9th, not the 11th.",
        _STORING,
        _ROWS,
        circumstances.fills_buffer,
    ),
    Rule(
        "store_only_buffers",
        "store_chunk only buffers: until the 10th, nothing that is observed changes.",
        _STORING,
    ),
    Rule(
        "flush_writes_all",
        "A flush writes every buffered chunk, byte for byte, under the index that it was given"
        " when it was stored, with the time of the flush.",
        (Flush,),
    ),
    # -- complete, mark_error --
    Rule(
        "sweep_is_exact",
        "A sweep deletes streams that ended over 24 h ago, with their chunks; one of exactly"
        " 24 h stays. It runs in complete alone, and at most every 10 min.",
        (*_ENDING, Replay),
        _ROWS,
        circumstances.old_ended,
    ),
    Rule(
        "end_flushes",
        "complete and mark_error flush what is buffered first.",
        _ENDING,
        ("chunks",),
        circumstances.has_pending,
    ),
    Rule(
        "any_end_forgets",
        "complete and mark_error of any stream, even an unknown one, forget the active stream.",
        _ENDING,
        ("active", "is_live"),
        circumstances.ends_another,
    ),
    Rule(
        "end_forgets",
        "After complete and mark_error no stream is active, and none is live.",
        _ENDING,
        ("active", "is_live"),
    ),
    Rule(
        "complete_marks",
        "complete sets the status of that stream to completed, and when it ended: now.",
        (Complete,),
        _ROWS,
    ),
    Rule(
        "mark_error_marks",
        "mark_error sets the status of that stream to error, and when it ended: now.",
        (MarkError,),
        _ROWS,
    ),
    # -- replay_chunks --
    Rule(
        "dead_socket_changes_nothing",
        "What send raises comes through replay_chunks, and the stream stays as it was.",
        (ReplayToDeadSocket,),
        when=circumstances.has_active,
    ),
    Rule(
        "replay_needs_active",
        "With no active stream, a replay sends nothing and returns None.",
        _REPLAYING,
        when=circumstances.nothing_active,
    ),
    Rule(
        "replay_flushes",
        "A replay flushes first, so that it sends what was buffered, too.",
        _REPLAYING,
        ("frames", "chunks"),
        circumstances.has_pending,
    ),
    Rule(
        "live_replay_goes_on",
        "The replay of a live stream sends its chunks in order and then replayComplete; it"
        " returns None, and the stream stays live.",
        _REPLAYING,
        when=circumstances.is_live,
    ),
    Rule(
        "orphan_replay_ends",
        "The replay of an orphan sends its chunks in order and then done; it completes the"
        " stream and returns its id.",
        _REPLAYING,
        when=circumstances.is_orphan,
    ),
    # -- restore, and what a restart does --
    Rule(
        "stale_is_deleted",
        "A restart deletes the newest streaming stream if it began over 5 min ago, with its"
        " chunks; it looks at no other.",
        _RESTORING,
        when=circumstances.newest_is_stale,
    ),
    Rule(
        "five_minutes_is_not_stale",
        "A streaming stream of exactly 5 min is restored.",
        _RESTORING,
        when=circumstances.newest_is_almost_stale,
    ),
    Rule(
        "live_restore_keeps_live",
        "restore on an instance that already lives leaves is_live and the buffer alone.",
        (Restore,),
        ("is_live",),
    ),
    Rule(
        "restart_finds_no_reader",
        "After a restart nothing is live: what is restored is an orphan.",
        (Restart, Reopen),
        ("is_live",),
    ),
    Rule(
        "any_of_a_tie",
        "Of several streaming streams with the newest start, one is restored.",
        _RESTORING,
        when=circumstances.has_tie,
    ),
    Rule(
        "newest_is_restored",
        "A restart restores the streaming stream that began last.",
        _RESTORING,
        when=circumstances.several_stream,
    ),
    Rule(
        "restart_keeps_disk",
        "A restart restores the newest streaming stream and keeps all that was flushed.",
        _RESTORING,
        when=circumstances.something_streams,
    ),
    Rule(
        "nothing_to_restore",
        "With no streaming stream on disk, a restart restores nothing and changes nothing.",
        _RESTORING,
    ),
    # -- the rest --
    Rule("clear_keeps_live", "clear_all leaves is_live as it was.", (ClearAll,), ("is_live",)),
    Rule(
        "clear_deletes_all",
        "clear_all deletes every stream and chunk, and forgets the active stream.",
        (ClearAll,),
    ),
    Rule(
        "destroy_drops",
        "destroy drops both tables and forgets the active stream; again, it does nothing.",
        (Destroy,),
    ),
    Rule(
        "insert_stale_inserts",
        "insert_stale_stream adds a streaming row of that age, unless the id is taken.",
        (InsertStale,),
    ),
    Rule("time_changes_nothing", "Time alone changes nothing.", (Advance,)),
)
