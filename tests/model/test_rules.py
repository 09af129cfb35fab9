"""Each rule is named where it is at stake, and the more telling rule comes first."""

from typing import Any, Final, NamedTuple

import pytest

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
    Reopen,
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
from model.rules import RULES, rule_at_stake
from tests.model.lives import NOW_MS, SMALL, life_of, started

CHUNKS: Final = "get_stream_chunks()"
ALL: Final = "get_all_stream_metadata()"
S1_ROW: Final = ("s1", "streaming", "r", NOW_MS)
LARGE: Final = Store("s1", "more than 8")
C0: Final = frames.chunk("c0", "r")
END: Final = frames.live_end("r")


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
    "store_is_kept": Example((WhileDiskFails(Burst("s1", "b", 3), 0), Flush()), CHUNKS),
    "raise_means_nothing": Example((*started(2), FAILING, Flush()), CHUNKS),
    "kill_is_before_or_after": Example((KillDuring(Start("s1", "r"), 1),), ALL),
    "power_loss_takes_no_more_than_the_table_says": Example(
        (*started(), CutPower("none")), ALL
    ),
    "dead_socket_changes_nothing": Example((*started(), ReplayToDeadSocket("r", 0)), "raises"),
    "oversized_is_skipped": Example((LARGE, Flush()), CHUNKS, [("more tha", 0)], []),
    "largest_is_stored": Example((Store("s1", "exactly8"), Flush()), CHUNKS),
    "restored_goes_on": Example((*ORPHAN, Store("s1", "a"), Flush()), "chunk_index"),
    "one_counter": Example((*started(2), Flush()), "chunk_index"),
    "chunks_are_in_order": Example(
        (*started(2), Flush()), CHUNKS, [("c1", 1), ("c0", 0)], [("c0", 0), ("c1", 1)]
    ),
    "text_is_well_formed": Example(
        (Store("s1", "\ud800"), Flush()), CHUNKS, [("?", 0)], [("\ufffd", 0)]
    ),
    "text_passes_unchanged": Example(
        (Store("s1", "é"), Flush()), CHUNKS, [("e", 0)], [("é", 0)]
    ),
    "index_may_repeat": Example(
        (Store("s1", "a"), Complete("s1"), Store("s1", "b"), Flush()), "raises", "no", None
    ),
    "read_outs_tell_the_disk": Example((*started(2), Flush()), "get_stream_metadata()", None),
    "active_is_told": Example((Start("s1", "r"),), "has_active_stream", False, True),
    "restore_leaves_memory": Example((*started(2), Restore()), "is_live", False, True),
    "clear_empties_buffer": Example(
        (*started(2), ClearAll(), Flush()), CHUNKS, [("c0", 0)], []
    ),
    "any_stream_is_stored": Example((Store("s1", "a"),), "raises", "no", None),
    "only_complete_sweeps": Example((*LONG_AGO, Start("s2", "r")), ALL, (), (S1_ROW,)),
    "sweep_is_due": Example((*SWEPT_LATELY, Complete("s2")), ALL, (), (S1_ROW,)),
    "sweep_is_exact": Example((*LONG_AGO, Complete("s2")), ALL, (), (S1_ROW,)),
    "times_are_now": Example((Start("s1", "r"),), ALL, ((*S1_ROW[:3], 1),), (S1_ROW,)),
    "start_flushes": Example((*started(1), Start("s2", "r")), CHUNKS, [], [("c0", 0)]),
    "any_request_starts": Example((Start("s1", ""),), "raises", "no", None),
    "start_is_live": Example((Start("s1", "r"),), "is_live", False, True),
    "start_activates": Example((Start("s1", "r1"),), "active_request_id", None, "r1"),
    "start_inserts": Example((Start("s1", "r"),), ALL, (), (S1_ROW,)),
    "tenth_flushes": Example((*started(2), Store("s1", "x")), CHUNKS, [], [("c0", 0)]),
    "store_only_buffers": Example((*started(), Store("s1", "x")), CHUNKS, [("x", 0)], []),
    "end_flushes": Example((*started(1), MarkError("s1")), CHUNKS, [], [("c0", 0)]),
    "replay_flushes": Example((*started(1), Replay("r")), "frames", (END,), (C0, END)),
    "flush_writes_all": Example(
        (*started(2), Flush()), CHUNKS, [("c0", 0)], [("c0", 0), ("c1", 1)]
    ),
    "nothing_is_refused": Example((Complete("s1"),), "raises", "no", None),
    "any_end_forgets": Example(
        (*started(), Complete("nobody")), "active_stream_id", "s1", None
    ),
    "end_forgets": Example((*started(), Complete("s1")), "is_live", True, False),
    "last_end_stands": Example((*started(), Complete("s1"), MarkError("s1")), ALL, (S1_ROW,)),
    "complete_marks": Example((*started(), Complete("s1")), ALL, (S1_ROW,), (S1_ROW,)),
    "mark_error_marks": Example((*started(), MarkError("s1")), ALL, (S1_ROW,), (S1_ROW,)),
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
        (*started(1), ReplayWhileSending("r", Store("s1", "x"), 0)), CHUNKS
    ),
    "stale_is_deleted": Example((InsertStale("s1", "r", 51), Restart()), ALL, (S1_ROW,), ()),
    "five_minutes_is_not_stale": Example((EDGE_OF_AGE, Restart()), ALL, (), (S1_ROW,)),
    "future_is_not_stale": Example((InsertStale("s1", "r", -1), Restart()), ALL, (), (S1_ROW,)),
    "restart_finds_no_reader": Example((*started(), Restart()), "is_live", True, False),
    "any_of_a_tie": Example((*started(), Start("s2", "r"), Restart()), "active_stream_id"),
    "newest_is_restored": Example((*started(), InsertStale("s2", "r", 1), Restart()), ALL),
    "restored_is_active": Example((*started(), Restart()), "active_stream_id", None, "s1"),
    "restart_keeps_disk": Example((*started(), Restart()), ALL),
    "nothing_to_restore": Example((Restart(),), "active_stream_id", "s1", None),
    "clear_keeps_live": Example((*started(), ClearAll()), "is_live", False, True),
    "clear_deletes_all": Example((*started(), ClearAll()), ALL, (S1_ROW,), ()),
    "destroy_drops": Example((Destroy(),), "the tables exist", True, False),
    "insert_stale_inserts": Example((InsertStale("s1", "r", 1),), ALL, (), (S1_ROW,)),
    "time_changes_nothing": Example((Advance(1),), ALL),
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


def test_every_rule_has_an_example() -> None:
    assert [rule.name for rule in RULES] == list(AT_STAKE)


@pytest.mark.parametrize(("name", "example"), AT_STAKE.items(), ids=AT_STAKE)
def test_the_rule_at_stake_is_named(name: str, example: Example) -> None:
    assert named(example, **MORE.get(name, {})) == name


def test_a_transaction_of_the_caller_is_seen_through() -> None:
    within = Example((*started(), InTransaction(Start("s2", "r"))), "is_live", False, True)
    assert named(within) == "start_is_live"


def test_nobody_reads_an_instance_that_was_opened_anew() -> None:
    opened = Example((*started(), Reopen()), "is_live", True, False)
    assert named(opened) == "restart_finds_no_reader"


@pytest.mark.parametrize(
    "call", [Start("s2", "r"), Store("s1", "x"), Complete("s1"), MarkError("s1"), Replay("r")]
)
def test_whatever_flushes_writes_all_that_was_pending(call: Command) -> None:
    half = Example((*started(2), call), CHUNKS, [("c0", 0)], [("c0", 0), ("c1", 1)])
    assert named(half) == "flush_writes_all"


@pytest.mark.parametrize(
    ("commands", "seen", "permitted", "rule"),
    [
        ((*started(3), Store("s1", "x")), [], [("c0", 0)], "store_only_buffers"),
        ((Flush(),), [("c0", 0)], [], "flush_writes_all"),
    ],
)
def test_chunks_tell_what_should_have_flushed(
    commands: tuple[Command, ...], seen: Any, permitted: Any, rule: str
) -> None:
    assert named(Example(commands, CHUNKS, seen, permitted)) == rule


def test_a_disk_that_did_not_fail_is_seen_through() -> None:
    lucky = Example((*started(), WhileDiskFails(Start("s2", "r"), 9)), "is_live", False, True)
    assert named(lucky) == "start_is_live"
    assert named(lucky, disk_failed=True) == "raise_means_nothing"


def test_a_kill_is_at_stake_before_the_call_that_it_strikes() -> None:
    killed = Example((*started(), KillDuring(Start("s2", "r"), 0)), "is_live", False, True)
    assert named(killed) == "kill_is_before_or_after"


def test_an_unusual_connection_is_at_stake_whatever_differs() -> None:
    start = Example((Start("s1", "r"),), "is_live", False, True)
    assert named(start, is_set_up_oddly=True) == "any_connection_works"


def test_frames_in_another_order_may_be_those_of_wrong_indexes() -> None:
    c1 = frames.chunk("c1", "r")
    sent = Example((*started(3), Replay("r")), "frames", (c1, C0, END), (C0, c1, END))
    assert named(sent) == "chunks_are_in_order"
    assert named(sent, others=("frames", "rows of chunks")) == "one_counter"


def test_a_damage_is_put_down_to_the_restore_before_it() -> None:
    restored = (Store("s1", "a"), Restore(), Flush())
    assert named(Example(restored, CHUNKS, [], [("a", 0)])) == "restore_leaves_memory"


def test_a_late_chunk_of_an_ended_stream_is_of_a_stream_that_is_not_active() -> None:
    late = (*started(), Complete("s1"), Store("s1", "a"), Flush())
    assert named(Example(late, CHUNKS, [], [("a", 0)])) == "any_stream_is_stored"


def test_a_dead_socket_that_was_sent_other_frames_is_not_to_blame() -> None:
    dead = Example((*started(3), ReplayToDeadSocket("r", 1)), "raises", None, "socket")
    assert named(dead) == "dead_socket_changes_nothing"
    assert named(dead, others=("raises", "frames")) == "live_replay_goes_on"


def test_text_is_at_stake_where_it_is_refused_and_where_it_is_sent() -> None:
    refused = Example((Start("s1", "\ud800"),), "raises", "no", None)
    assert named(refused) == "text_is_well_formed"
    elsewhere = Example((Start("s1", "\ud800"),), "is_live", False, True)
    assert named(elsewhere) == "start_is_live"
    inserted = Example(
        (InsertStale("s1", "\x00", 0),),
        ALL,
        (("s1", "streaming", "", NOW_MS),),
        (("s1", "streaming", "\x00", NOW_MS),),
    )
    assert named(inserted) == "text_passes_unchanged"
    sent = (*started(3), Replay("r"))
    other = Example(sent, "frames", (frames.chunk("c9", "r"), END), (C0, END))
    assert named(other) == "text_passes_unchanged"
    raw = frames.live_end("R").replace("R", "\\ud800")
    unmended = Example(
        (*started(), Replay("\ud800")), "frames", (raw,), (frames.live_end("\ufffd"),)
    )
    assert named(unmended) == "text_is_well_formed"


def test_where_no_rule_fits_none_is_named() -> None:
    assert named(Example((Start("s1", "r"),), "frames")) is None


@pytest.mark.parametrize(
    "value", [None, 7, "text", [None], [b"a"], (("s1", []), ({}, 0)), ((),)]
)
@pytest.mark.parametrize("where", ["frames", CHUNKS, ALL, "rows of chunks", "raises"])
def test_whatever_a_target_returns_some_rule_is_named(where: str, value: Any) -> None:
    """A socket takes any frames, but they come one by one."""
    seen = tuple(value) if where == "frames" and isinstance(value, tuple | list) else value
    if where == "frames" and not isinstance(seen, tuple):
        seen = (value,)
    permitted = {"frames": (C0, END), CHUNKS: [("c0", 0)], ALL: (S1_ROW,)}.get(where)
    assert named(Example((*started(1), Replay("r")), where, seen, permitted)) is not None


def test_every_rule_is_a_sentence_under_a_name_of_its_own() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert len({rule.sentence for rule in RULES}) == len(RULES)
    assert all(rule.sentence.endswith(".") for rule in RULES)
