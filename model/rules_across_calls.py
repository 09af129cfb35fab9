"""Rules that hold across calls: of crashes and faults, of the caller's surroundings, of text,
of indexes, of what is swept. Their mistakes show in whatever call comes next."""

from typing import Final

from model import circumstances, evidence
from model.commands import (
    KINDS,
    REBIRTHS,
    Advance,
    Burst,
    ClearAll,
    Complete,
    CutPower,
    CutPowerDuring,
    Destroy,
    KillDuring,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restore,
    Start,
    Store,
)
from model.departure import Departure
from model.rule import Rule

_COMPLETING: Final = (Complete, Replay, ReplayToDeadSocket, ReplayWhileSending)
_REFUSED: Final = tuple(kind for kind in KINDS if kind not in (Destroy, Advance))
"""What is done to a destroyed instance; of a new one speaks the rule before."""


def _a_dead_socket_matters(it: Departure) -> bool:
    """Not if other frames were sent to it: then it may have died later, or not at all."""
    return circumstances.socket_died(it) and "frames" not in it.others


def _restore_takes_too_much(it: Departure) -> bool:
    """A ``restore`` now, or an earlier one whose damage shows in the chunks."""
    if isinstance(it.command, Restore):
        return circumstances.lives_on(it) and (
            it.where == "is_live" or "chunk" in it.where or it.seen is None
        )
    return circumstances.restored_while_living(it) and evidence.chunks_are_missing(it)


def _clear_left_chunks(it: Departure) -> bool:
    return circumstances.was_cleared(it) and evidence.chunks_appear(it)


def _sweeps_at_another_time(it: Departure) -> bool:
    if not circumstances.old_ended(it):
        return False
    is_first = circumstances.sweeps_for_the_first_time(it) and circumstances.was_restored(it)
    return circumstances.sweep_is_close(it) or (is_first and isinstance(it.command, Complete))


def _sweeps_wrongly(it: Departure) -> bool:
    return circumstances.old_ended(it) or (
        isinstance(it.command, Complete) and evidence.loses_what_is_stored(it)
    )


def _mends_text_wrongly(it: Departure) -> bool:
    return circumstances.has_surrogate(it) and evidence.refuses_text(it)


def _goes_on_wrongly(it: Departure) -> bool:
    return circumstances.was_restored(it) and evidence.indexes_are_wrong(it)


def _refuses_an_index(it: Departure) -> bool:
    departs = evidence.raises_unasked(it) or evidence.chunks_are_missing(it)
    return departs and evidence.indexes_repeat(it)


def _carries_another_time(it: Departure) -> bool:
    is_start = isinstance(it.command, Start) and "metadata" in it.where
    has_time = is_start or it.where == "rows of chunks"
    return has_time and evidence.differs_in_time_alone(it)


def _refuses_a_stream(it: Departure) -> bool:
    if isinstance(it.command, Store | Burst):
        return evidence.loses_chunks_of_another(it) or evidence.raises_unasked(it)
    return evidence.loses_chunks_of_another(it) or evidence.files_chunks_elsewhere(it)


ACROSS_CALLS: Final[tuple[Rule, ...]] = (
    # -- Crashes, faults, surroundings --
    Rule(
        "crash_is_before_or_after",
        "A method is one transaction: a crash inside it leaves the disk as before or as after.",
        KINDS,
        ("a crash",),
    ),
    Rule(
        "connection_is_the_callers",
        "The connection is the caller's: any isolation level, row factory or open transaction"
        " works, and stays as it is.",
        KINDS,
        ("connection",),
    ),
    Rule(
        "any_connection_works",
        "A call does the same with any isolation level and row factory, and inside a"
        " transaction that the caller has open.",
        KINDS,
        when=circumstances.is_set_up_oddly,
    ),
    Rule(
        "frame_is_exact",
        "A frame is byte for byte what JSON.stringify gives: the fields and their order, no"
        " spaces, no escapes that JSON does not need.",
        KINDS,
        ("frames",),
        evidence.is_written_differently,
    ),
    Rule(
        "destroyed_comes_back",
        "After destroy a new instance on the same database begins with empty tables.",
        REBIRTHS,
        when=circumstances.is_destroyed,
    ),
    Rule(
        "destroyed_refuses",
        "After destroy every method but destroy raises, and changes nothing.",
        _REFUSED,
        when=circumstances.is_destroyed,
    ),
    Rule(
        "buffer_takes_a_hundred",
        "While the disk fails, 100 chunks wait. The next store flushes them first; if that"
        " fails, too, it is refused, and leaves no trace.",
        KINDS,
        when=circumstances.exceeds_buffer,
    ),
    Rule(
        "store_is_kept",
        "A chunk that store_chunk took is kept, even if the flush that it triggers fails; the"
        " next call that flushes tries again.",
        KINDS,
        when=circumstances.disk_failed_a_store,
    ),
    Rule(
        "raise_means_nothing",
        "A method that raises has done nothing: disk and memory are as before it.",
        KINDS,
        when=circumstances.disk_failed,
    ),
    Rule(
        "kill_is_before_or_after",
        "A process that is killed inside a method leaves the disk as before it or as after it;"
        " the next one restores that.",
        (KillDuring,),
    ),
    Rule(
        "power_loss_takes_no_more_than_the_table_says",
        "A machine that loses its power finds what was acknowledged, and of a call that was"
        " under way all or nothing; settings that sync less may lose the last commits, but"
        " never one in between.",
        (CutPower, CutPowerDuring),
    ),
    # -- Sockets, text, order and indexes --
    Rule(
        "dead_socket_changes_nothing",
        "What send raises comes through replay_chunks, and the stream stays as it was.",
        KINDS,
        when=_a_dead_socket_matters,
    ),
    Rule(
        "oversized_is_skipped",
        "A chunk over 1,800,000 UTF-8 bytes is skipped without an error, and takes no index.",
        KINDS,
        when=circumstances.stores_too_large,
    ),
    Rule(
        "largest_is_stored",
        "A chunk of exactly 1,800,000 UTF-8 bytes is stored.",
        KINDS,
        when=circumstances.stores_the_largest,
    ),
    Rule(
        "restored_goes_on",
        "A restored stream goes on with the index after its highest one; without chunks, at 0.",
        KINDS,
        when=_goes_on_wrongly,
    ),
    Rule(
        "one_counter",
        "All streams share one index counter, which every stored chunk moves on by one; start,"
        " complete, mark_error and clear_all set it to 0.",
        KINDS,
        when=evidence.indexes_are_wrong,
    ),
    Rule(
        "chunks_are_in_order",
        "Chunks are read and sent by their index; those of one index, as they were written.",
        KINDS,
        when=evidence.is_shuffled,
    ),
    Rule(
        "text_is_well_formed",
        "A lone surrogate becomes U+FFFD as it enters, in a body and in a request.",
        KINDS,
        when=_mends_text_wrongly,
    ),
    Rule(
        "text_passes_unchanged",
        "Text passes unchanged, whatever it is: empty, JSON, NUL, U+2028, any language.",
        KINDS,
        when=evidence.changes_text,
    ),
    Rule(
        "index_may_repeat",
        "Several chunks of a stream may have the same index, and all are kept.",
        KINDS,
        when=_refuses_an_index,
    ),
    # -- What a call leaves to later ones --
    Rule(
        "read_outs_tell_the_disk",
        "A read-out tells what is on disk, no more and no less, and changes nothing.",
        tuple(kind for kind in KINDS if kind not in (ClearAll, Destroy)),
        when=evidence.is_not_what_the_disk_has,
    ),
    Rule(
        "active_is_told",
        "has_active_stream tells whether there is an active_stream_id.",
        KINDS,
        ("has_active_stream",),
    ),
    Rule(
        "restore_leaves_memory",
        "restore on an instance that already lives leaves is_live and the buffer alone, and"
        " what is active, too, if it finds nothing to restore.",
        KINDS,
        when=_restore_takes_too_much,
    ),
    Rule(
        "clear_empties_buffer",
        "clear_all empties the buffer, too: nothing of it is written later.",
        KINDS,
        when=_clear_left_chunks,
    ),
    Rule(
        "any_stream_is_stored",
        "store_chunk keeps a chunk of any stream, active, ended or unknown, under its id.",
        KINDS,
        when=_refuses_a_stream,
    ),
    Rule(
        "only_complete_sweeps",
        "What ended long ago is swept in complete alone, which may be that of an orphan.",
        tuple(kind for kind in KINDS if kind not in _COMPLETING),
        when=evidence.loses_old_rows,
    ),
    Rule(
        "sweep_is_due",
        "The first complete of an instance sweeps, and then one from exactly 10 min after the"
        " last sweep on.",
        _COMPLETING,
        ("metadata", "chunks"),
        _sweeps_at_another_time,
    ),
    Rule(
        "sweep_is_exact",
        "A sweep deletes streams that ended over 24 h ago, with their chunks, and nothing else:"
        " one of exactly 24 h stays.",
        _COMPLETING,
        ("metadata", "chunks"),
        _sweeps_wrongly,
    ),
    Rule(
        "times_are_now",
        "A stream carries the time of its start, and a chunk that of its flush, in whole ms,"
        " even if the clock went back.",
        KINDS,
        when=_carries_another_time,
    ),
)
