"""For each rule a departure at which it is the one to be named."""

from typing import Any, Final, NamedTuple

from model import (
    Advance,
    Burst,
    ClearAll,
    Command,
    Complete,
    CutPower,
    Destroy,
    Flush,
    InsertStale,
    InTransaction,
    KillDuring,
    MarkError,
    Replay,
    ReplayToDeadSocket,
    ReplayWhileSending,
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
    frames,
)
from model.departure import Departure
from model.rules import rule_at_stake
from tests.model.departures import END, LISTED, READ
from tests.model.lives import NOW_MS, SMALL, life_of, started

S1_ROW: Final = ("s1", "streaming", "r", NOW_MS)
LARGE: Final = Store("s1", "more than 8")
C0: Final = frames.chunk("c0", "r")


class Example(NamedTuple):
    """The last of ``commands`` differs in ``where``."""

    commands: tuple[Command, ...]
    where: str
    seen: Any = ()
    permitted: Any = ()


ORPHAN: Final = (*started(3), Restart())
FAILING: Final = WhileDiskFails(Flush(), 0)
EDGE_OF_AGE: Final = InsertStale("s2", "r", 50)
SWEPT_LATELY: Final = (
    *(*started(), Complete("s1"), Advance(950)),
    *(Complete("s2"), Advance(50)),
)
LONG_AGO: Final = (*started(), Complete("s1"), Advance(1_000))

AT_STAKE: Final[dict[str, Example]] = {
    "crash_is_before_or_after": Example((*started(2), Complete("s1")), "a crash inside it"),
    "connection_is_the_callers": Example((*started(2), Flush()), "connection"),
    "any_connection_works": Example((InTransaction(Start("s1", "r")),), "raises", "no", None),
    "frame_is_exact": Example((*started(), Replay("r")), "frames", (END + " ",), (END,)),
    "destroyed_comes_back": Example((Destroy(), Restart()), "active_stream_id", "s1", None),
    "destroyed_refuses": Example((Destroy(), Flush()), "raises", None, "closed"),
    "buffer_takes_a_hundred": Example(
        (WhileDiskFails(Burst("s1", "b", 5), 0),), "raises", "no"
    ),
    "store_is_kept": Example((WhileDiskFails(Burst("s1", "b", 3), 0), Flush()), READ),
    "raise_means_nothing": Example((*started(2), FAILING, Flush()), READ),
    "kill_is_before_or_after": Example((KillDuring(Start("s1", "r"), 1),), LISTED),
    "power_loss_takes_no_more_than_the_table_says": Example(
        (*started(), CutPower("none")), LISTED
    ),
    "dead_socket_changes_nothing": Example((*started(), ReplayToDeadSocket("r", 0)), "raises"),
    "oversized_is_skipped": Example((LARGE, Flush()), READ, [("more tha", 0)], []),
    "largest_is_stored": Example((Store("s1", "exactly8"), Flush()), READ),
    "restored_goes_on": Example((*ORPHAN, Store("s1", "a"), Flush()), "chunk_index"),
    "one_counter": Example((*started(2), Flush()), "chunk_index"),
    "chunks_are_in_order": Example(
        (*started(2), Flush()), READ, [("c1", 1), ("c0", 0)], [("c0", 0), ("c1", 1)]
    ),
    "text_is_well_formed": Example(
        (Store("s1", "\ud800"), Flush()), READ, [("?", 0)], [("\ufffd", 0)]
    ),
    "text_passes_unchanged": Example((Store("s1", "é"), Flush()), READ, [("e", 0)], [("é", 0)]),
    "index_may_repeat": Example(
        (Store("s1", "a"), Complete("s1"), Store("s1", "b"), Flush()), "raises", "no", None
    ),
    "read_outs_tell_the_disk": Example((*started(2), Flush()), "get_stream_metadata()", None),
    "active_is_told": Example((Start("s1", "r"),), "has_active_stream", False, True),
    "restore_leaves_memory": Example((*started(2), Restore()), "is_live", False, True),
    "clear_empties_buffer": Example((*started(2), ClearAll(), Flush()), READ, [("c0", 0)], []),
    "any_stream_is_stored": Example((Store("s1", "a"),), "raises", "no", None),
    "only_complete_sweeps": Example((*LONG_AGO, Start("s2", "r")), LISTED, (), (S1_ROW,)),
    "sweep_is_due": Example((*SWEPT_LATELY, Complete("s2")), LISTED, (), (S1_ROW,)),
    "sweep_is_exact": Example((*LONG_AGO, Complete("s2")), LISTED, (), (S1_ROW,)),
    "times_are_now": Example((Start("s1", "r"),), LISTED, ((*S1_ROW[:3], 1),), (S1_ROW,)),
    "start_flushes": Example((*started(1), Start("s2", "r")), READ, [], [("c0", 0)]),
    "any_request_starts": Example((Start("s1", ""),), "raises", "no", None),
    "start_is_live": Example((Start("s1", "r"),), "is_live", False, True),
    "start_activates": Example((Start("s1", "r1"),), "active_request_id", None, "r1"),
    "start_inserts": Example((Start("s1", "r"),), LISTED, (), (S1_ROW,)),
    "tenth_flushes": Example((*started(2), Store("s1", "x")), READ, [], [("c0", 0)]),
    "store_only_buffers": Example((*started(), Store("s1", "x")), READ, [("x", 0)], []),
    "end_flushes": Example((*started(1), MarkError("s1")), READ, [], [("c0", 0)]),
    "replay_flushes": Example((*started(1), Replay("r")), "frames", (END,), (C0, END)),
    "flush_writes_all": Example(
        (*started(2), Flush()), READ, [("c0", 0)], [("c0", 0), ("c1", 1)]
    ),
    "nothing_is_refused": Example((Complete("s1"),), "raises", "no", None),
    "any_end_forgets": Example(
        (*started(), Complete("nobody")), "active_stream_id", "s1", None
    ),
    "end_forgets": Example((*started(), Complete("s1")), "is_live", True, False),
    "last_end_stands": Example(
        (*started(), Complete("s1"), MarkError("s1")), LISTED, (S1_ROW,)
    ),
    "complete_marks": Example((*started(), Complete("s1")), LISTED, (S1_ROW,), (S1_ROW,)),
    "mark_error_marks": Example((*started(), MarkError("s1")), LISTED, (S1_ROW,), (S1_ROW,)),
    "replay_needs_active": Example((Replay("r"),), "frames", (END,), ()),
    "any_request_is_served": Example((*started(), Replay("q")), "frames", (), (END,)),
    "replay_sends_chunks": Example((*started(3), Replay("r")), "frames", (END,), (C0, END)),
    "live_replay_goes_on": Example((*started(3), Replay("r")), "returns", "s1", None),
    "orphan_replay_ends": Example((*ORPHAN, Replay("r")), "returns", None, "s1"),
    "replay_sends_what_was_there": Example(
        (*started(1), ReplayWhileSending("r", ClearAll(), 0)), "frames", (END,), (C0, END)
    ),
    "orphan_ends_after_done": Example(
        (*ORPHAN, ReplayWhileSending("r", Start("s2", "r"), 3)), "active_stream_id", "s2", None
    ),
    "ended_inside_send_is_done": Example(
        (*ORPHAN, ReplayWhileSending("r", Complete("s1"), 0)), "returns", "s1", None
    ),
    "call_inside_send_counts": Example(
        (*started(1), ReplayWhileSending("r", Store("s1", "x"), 0)), READ
    ),
    "stale_is_deleted": Example((InsertStale("s1", "r", 51), Restart()), LISTED, (S1_ROW,), ()),
    "five_minutes_is_not_stale": Example((EDGE_OF_AGE, Restart()), LISTED, (), (S1_ROW,)),
    "future_is_not_stale": Example(
        (InsertStale("s1", "r", -1), Restart()), LISTED, (), (S1_ROW,)
    ),
    "restart_finds_no_reader": Example((*started(), Restart()), "is_live", True, False),
    "any_of_a_tie": Example((*started(), Start("s2", "r"), Restart()), "active_stream_id"),
    "newest_is_restored": Example((*started(), InsertStale("s2", "r", 1), Restart()), LISTED),
    "restored_is_active": Example((*started(), Restart()), "active_stream_id", None, "s1"),
    "restart_keeps_disk": Example((*started(), Restart()), LISTED),
    "nothing_to_restore": Example((Restart(),), "active_stream_id", "s1", None),
    "clear_keeps_live": Example((*started(), ClearAll()), "is_live", False, True),
    "clear_deletes_all": Example((*started(), ClearAll()), LISTED, (S1_ROW,), ()),
    "destroy_drops": Example((Destroy(),), "the tables exist", True, False),
    "insert_stale_inserts": Example((InsertStale("s1", "r", 1),), LISTED, (), (S1_ROW,)),
    "time_changes_nothing": Example((Advance(1),), LISTED),
}

MORE: Final[dict[str, dict[str, Any]]] = {
    "replay_flushes": {"others": ("frames", "rows of chunks")},
    "read_outs_tell_the_disk": {"rows_agree": True},
    "buffer_takes_a_hundred": {"disk_failed": True},
}


def named(example: Example, **more: Any) -> str | None:
    """The rule at stake in the example."""
    commands, where, seen, permitted = example
    *setup, last = commands
    healthy = [command for command in setup if not isinstance(command, WhileDiskFails)]
    life = life_of(*healthy, limits=SMALL)
    departure = Departure(
        life.state, last, life.now, SMALL, where, seen, permitted, earlier=tuple(setup)
    )
    rule = rule_at_stake(departure._replace(**more))
    return None if rule is None else rule.name
