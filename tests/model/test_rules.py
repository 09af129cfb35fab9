"""Each rule is named where it is at stake, and the more telling rule comes first."""

from typing import Any

import pytest

from model import (
    Advance,
    Burst,
    Command,
    Complete,
    CutPowerDuring,
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
    WhileFaulty,
    frames,
)
from model.rules import RULES
from tests.model.at_stake import (
    AT_STAKE,
    C0,
    LONG_AGO,
    MORE,
    S1_ROW,
    SWEPT_LATELY,
    Example,
    named,
)
from tests.model.departures import END, LISTED, READ
from tests.model.lives import NOW_MS, started


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
    half = Example((*started(2), call), READ, [("c0", 0)], [("c0", 0), ("c1", 1)])
    assert named(half) == "flush_writes_all"


@pytest.mark.parametrize(
    ("commands", "seen", "permitted", "rule"),
    [
        ((*started(3), Store("s1", "x")), [], [("c0", 0)], "store_only_buffers"),
        ((Flush(),), [("c0", 0)], [], "flush_writes_all"),
        ((*started(3), Flush()), [], [("c0", 0)], "flush_writes_all"),
    ],
)
def test_chunks_tell_what_should_have_flushed(
    commands: tuple[Command, ...], seen: Any, permitted: Any, rule: str
) -> None:
    assert named(Example(commands, READ, seen, permitted)) == rule


@pytest.mark.parametrize(
    "unharmed", [WhileDiskFails(Start("s2", "r"), 9), WhileFaulty(Start("s2", "r"), "full", 9)]
)
def test_a_disk_that_did_not_fail_is_seen_through(unharmed: Command) -> None:
    lucky = Example((*started(), unharmed), "is_live", False, True)
    assert named(lucky) == "start_is_live"
    assert named(lucky, disk_failed=True) == "raise_means_nothing"


@pytest.mark.parametrize(
    ("crash", "rule"),
    [
        (KillDuring(Start("s2", "r"), 0), "kill_is_before_or_after"),
        (
            CutPowerDuring(Start("s2", "r"), 0, "none"),
            "power_loss_takes_no_more_than_the_table_says",
        ),
    ],
)
def test_a_crash_is_at_stake_before_the_call_that_it_strikes(crash: Command, rule: str) -> None:
    assert named(Example((*started(), crash), "is_live", False, True)) == rule


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
    assert named(Example(restored, READ, [], [("a", 0)])) == "restore_leaves_memory"


@pytest.mark.parametrize(
    ("where", "seen", "permitted", "rule"),
    [
        ("active_stream_id", "s2", "s1", "restored_is_active"),
        ("raises", "no", None, "nothing_is_refused"),
    ],
)
def test_a_restore_on_a_living_instance_may_do_wrong_what_any_restore_does(
    where: str, seen: Any, permitted: Any, rule: str
) -> None:
    assert named(Example((*started(), Restore()), where, seen, permitted)) == rule


@pytest.mark.parametrize("call", [Store("s1", "a"), Burst("s1", "a", 2)])
def test_a_chunk_of_an_unknown_stream_is_refused_alone_or_in_a_burst(call: Command) -> None:
    assert named(Example((call,), "raises", "no", None)) == "any_stream_is_stored"


def test_what_is_destroyed_may_be_destroyed_again_and_time_goes_by() -> None:
    again = Example((Destroy(), Destroy()), "the tables exist", True, False)
    assert named(again) == "destroy_drops"
    later = Example((Destroy(), Advance(1)), "the tables exist", True, False)
    assert named(later) == "time_changes_nothing"


@pytest.mark.parametrize(
    "replay", [Replay("r"), ReplayToDeadSocket("r", 9), ReplayWhileSending("r", Flush(), 0)]
)
def test_a_replay_of_an_orphan_sweeps_as_it_completes_it(replay: Command) -> None:
    orphan = (*LONG_AGO, Start("s2", "r"), Restart())
    swept = Example((*orphan, replay), LISTED, (), (S1_ROW,))
    assert named(swept, others=("frames",)) == "sweep_is_exact"


@pytest.mark.parametrize("setup", [LONG_AGO, SWEPT_LATELY])
def test_a_sweep_shows_in_rows_and_chunks_alone(setup: tuple[Command, ...]) -> None:
    assert named(Example((*setup, Complete("s2")), "is_live", True, False)) == "end_forgets"


def test_a_replay_that_leaves_chunks_pending_shows_it_in_chunks_and_frames_alone() -> None:
    returned = Example((*started(1), Replay("r")), "returns", "s1", None)
    assert named(returned, others=("returns", "rows of chunks")) == "live_replay_goes_on"


def test_a_late_chunk_of_an_ended_stream_is_of_a_stream_that_is_not_active() -> None:
    late = (*started(), Complete("s1"), Store("s1", "a"), Flush())
    assert named(Example(late, READ, [], [("a", 0)])) == "any_stream_is_stored"


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
        LISTED,
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
@pytest.mark.parametrize("where", ["frames", READ, LISTED, "rows of chunks", "raises"])
def test_whatever_a_target_returns_some_rule_is_named(where: str, value: Any) -> None:
    """A socket takes any frames, but they come one by one."""
    seen = tuple(value) if where == "frames" and isinstance(value, tuple | list) else value
    if where == "frames" and not isinstance(seen, tuple):
        seen = (value,)
    permitted = {"frames": (C0, END), READ: [("c0", 0)], LISTED: (S1_ROW,)}.get(where)
    assert named(Example((*started(1), Replay("r")), where, seen, permitted)) is not None


def test_every_rule_is_a_sentence_under_a_name_of_its_own() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert len({rule.sentence for rule in RULES}) == len(RULES)
    assert all(rule.sentence.endswith(".") for rule in RULES)
