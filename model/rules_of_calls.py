"""Rules of single calls, in the order of a stream's life."""

from typing import Final

from model import circumstances, evidence
from model.commands import (
    KINDS,
    Advance,
    Burst,
    ClearAll,
    Complete,
    Destroy,
    Flush,
    InsertStale,
    MarkError,
    Reopen,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    Store,
)
from model.departure import Departure
from model.rule import Rule

_STORING: Final = (Store, Burst)
_RESTORING: Final = (Restart, Reopen, Restore)
_ENDING: Final = (Complete, MarkError)
_REPLAYING: Final = (Replay, ReplayToDeadSocket)
_ROWS: Final = ("metadata", "chunks", "rows")


def _fills_buffer_in_vain(it: Departure) -> bool:
    return circumstances.fills_buffer(it) and evidence.nothing_arrived(it)


def _flushes(it: Departure) -> bool:
    """There is something to flush, or what there was is flushed again."""
    is_due = circumstances.has_pending(it) or circumstances.fills_buffer(it)
    return is_due or isinstance(it.command, Flush) or evidence.chunks_appear(it)


def _serves_another(it: Departure) -> bool:
    return circumstances.asks_for_another(it) or evidence.is_sent_under_another_id(it)


OF_CALLS: Final[tuple[Rule, ...]] = (
    # -- start --
    Rule(
        "start_flushes",
        "start flushes what is buffered before it begins the new stream.",
        (Start,),
        ("chunks",),
        evidence.nothing_arrived,
    ),
    Rule(
        "any_request_starts",
        "start takes any request, an empty one and one that was there before; each time it"
        " begins a new stream, and returns its id.",
        (Start,),
        ("returns", "raises"),
    ),
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
        ("metadata",),
    ),
    # -- store_chunk, flush_buffer --
    Rule(
        "tenth_flushes",
        "The 10th buffered chunk flushes all ten, in order; not the 9th, not the 11th.",
        _STORING,
        _ROWS,
        _fills_buffer_in_vain,
    ),
    Rule(
        "store_only_buffers",
        "store_chunk only buffers: until the 10th, nothing that is observed changes.",
        _STORING,
        when=circumstances.fills_no_buffer,
    ),
    Rule(
        "end_flushes",
        "complete and mark_error flush what is buffered first.",
        _ENDING,
        ("chunks",),
        evidence.nothing_arrived,
    ),
    Rule(
        "replay_flushes",
        "A replay flushes first, so that it sends what was buffered, too.",
        _REPLAYING,
        ("frames", "chunks"),
        evidence.leaves_chunks_unflushed,
    ),
    Rule(
        "flush_writes_all",
        "A flush writes every chunk that was stored since the last, whatever stream it names,"
        " byte for byte, with the time of the flush; and the buffer is empty.",
        (Flush, Start, *_STORING, *_ENDING, *_REPLAYING),
        ("chunks",),
        _flushes,
    ),
    Rule(
        "nothing_is_refused",
        "A call raises only after destroy, for an id that is taken, or if disk or socket fail.",
        tuple(kind for kind in KINDS if kind is not Destroy),
        when=evidence.raises_unasked,
    ),
    # -- complete, mark_error --
    Rule(
        "any_end_forgets",
        "complete and mark_error of any stream, even an unknown one, forget the active stream.",
        _ENDING,
        ("active_stream_id",),
        circumstances.ends_another,
    ),
    Rule(
        "end_forgets",
        "After complete and mark_error no stream is active, and none is live.",
        _ENDING,
        ("active", "is_live"),
    ),
    Rule(
        "last_end_stands",
        "A stream that has ended may end again: the last time and status stand.",
        _ENDING,
        _ROWS,
        circumstances.ends_again,
    ),
    Rule(
        "complete_marks",
        "complete sets the status of that stream alone to completed, and when it ended: now.",
        (Complete,),
        _ROWS,
    ),
    Rule(
        "mark_error_marks",
        "mark_error sets the status of that stream alone to error, and when it ended: now.",
        (MarkError,),
        _ROWS,
    ),
    # -- replay_chunks --
    Rule(
        "replay_needs_active",
        "With no active stream, a replay sends nothing, changes nothing and returns None.",
        _REPLAYING,
        when=circumstances.nothing_active,
    ),
    Rule(
        "any_request_is_served",
        "A replay sends the active stream whatever request is asked for, under the id asked"
        " for.",
        _REPLAYING,
        ("frames",),
        _serves_another,
    ),
    Rule(
        "replay_sends_chunks",
        "A replay sends every chunk of the active stream, in order, and of no other stream.",
        _REPLAYING,
        ("frames",),
        evidence.sends_other_chunks,
    ),
    Rule(
        "live_replay_goes_on",
        "The replay of a live stream ends with one replayComplete and returns None, and the"
        " stream stays live.",
        _REPLAYING,
        when=circumstances.is_live,
    ),
    Rule(
        "orphan_replay_ends",
        "The replay of an orphan ends with one done; it completes that stream and returns its"
        " id.",
        _REPLAYING,
    ),
    # -- a call from inside send --
    Rule(
        "replay_sends_what_was_there",
        "A replay sends the chunks that were there when it began, whatever is stored, cleared"
        " or destroyed from inside send.",
        (ReplayWhileSending,),
        ("frames",),
        evidence.sends_other_chunks,
    ),
    Rule(
        "orphan_ends_after_done",
        "An orphan is completed after its done was sent, which forgets whatever was started"
        " from inside that send.",
        (ReplayWhileSending,),
        when=circumstances.calls_when_orphan_is_done,
    ),
    Rule(
        "ended_inside_send_is_done",
        "A replay whose stream is no longer active once the chunks are sent ends with done and"
        " returns None; what is active by then stays so.",
        (ReplayWhileSending,),
        when=circumstances.calls_for_another_active,
    ),
    Rule(
        "call_inside_send_counts",
        "A call from inside send does what it does at any other time.",
        (ReplayWhileSending,),
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
        "future_is_not_stale",
        "A stream that began in the future, since the clock was set back, is never stale.",
        _RESTORING,
        when=circumstances.newest_lies_ahead,
    ),
    Rule(
        "restart_finds_no_reader",
        "After a restart nothing is live: what is restored is an orphan.",
        _RESTORING,
        ("is_live",),
    ),
    Rule(
        "any_of_a_tie",
        "Of several streaming streams with the newest start, one is restored; the others stay.",
        _RESTORING,
        when=circumstances.has_tie,
    ),
    Rule(
        "newest_is_restored",
        "A restart restores the streaming stream that began last, and leaves the others.",
        _RESTORING,
        when=circumstances.several_stream,
    ),
    Rule(
        "restored_is_active",
        "What is restored is the active stream, for its request.",
        _RESTORING,
        ("active",),
        circumstances.something_streams,
    ),
    Rule(
        "restart_keeps_disk",
        "A restart keeps all that was flushed.",
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
        "clear_all deletes every stream and chunk, keeps the tables, and forgets the active"
        " stream.",
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
