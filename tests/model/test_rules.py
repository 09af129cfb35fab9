"""Each rule is named where it is at stake, and the more telling rule comes first."""

import pytest

from model import (
    Advance,
    ClearAll,
    Command,
    Complete,
    Destroy,
    Flush,
    InsertStale,
    InTransaction,
    KillDuring,
    MarkError,
    Replay,
    ReplayToDeadSocket,
    Restart,
    Restore,
    Start,
    Store,
    WhileDiskFails,
)
from model.rules import RULES, rule_at_stake
from tests.model.lives import SMALL, life_of, started

STALE = InsertStale("stale", "r", 51)
ORPHAN = (*started(3), Restart())
TWO = (*started(), Advance(1), Start("s2", "r"))

AT_STAKE: dict[str, tuple[tuple[Command, ...], str]] = {
    "crash_is_before_or_after": ((*started(2), Complete("s1")), "a crash inside the command"),
    "connection_is_the_callers": ((*started(2), InTransaction(Flush())), "connection"),
    "destroyed_refuses": ((Destroy(), Flush()), "raises"),
    "store_is_kept": ((*started(2), WhileDiskFails(Store("s1", "x"), 0)), "rows of chunks"),
    "raise_means_nothing": ((*started(2), WhileDiskFails(Flush(), 0)), "rows of chunks"),
    "kill_is_before_or_after": ((KillDuring(Start("s1", "r"), 1),), "rows of metadata"),
    "one_counter": ((*started(2), Flush()), "chunk_index"),
    "start_flushes": ((*started(2), Start("s2", "r")), "rows of chunks"),
    "start_returns_id": ((Start("s1", "r"),), "returns"),
    "start_is_live": ((Start("s1", "r"),), "is_live"),
    "start_activates": ((Start("s1", "r"),), "active_stream_id"),
    "start_inserts": ((Start("s1", "r"),), "rows of metadata"),
    "text_is_well_formed": ((Store("s1", "\ud800"),), "rows of chunks"),
    "oversized_is_skipped": ((Store("s1", "too large"),), "raises"),
    "largest_is_stored": ((Store("s1", "exactly8"),), "rows of chunks"),
    "tenth_flushes": ((*started(2), Store("s1", "x")), "rows of chunks"),
    "store_only_buffers": ((*started(), Store("s1", "x")), "rows of chunks"),
    "flush_writes_all": ((*started(2), Flush()), "rows of chunks"),
    "sweep_is_exact": (
        (*started(), Complete("s1"), Advance(1_000), Complete("nobody")),
        "rows of metadata",
    ),
    "end_flushes": ((*started(2), MarkError("s1")), "rows of chunks"),
    "any_end_forgets": ((*started(), Complete("nobody")), "active_stream_id"),
    "end_forgets": ((*started(), Complete("s1")), "is_live"),
    "complete_marks": ((*started(), Complete("s1")), "rows of metadata"),
    "mark_error_marks": ((*started(), MarkError("s1")), "rows of metadata"),
    "dead_socket_changes_nothing": ((*started(), ReplayToDeadSocket("r", 0)), "raises"),
    "replay_needs_active": ((Replay("r"),), "frames"),
    "replay_flushes": ((*started(2), Replay("r")), "frames"),
    "live_replay_goes_on": ((*started(3), Replay("r")), "frames"),
    "orphan_replay_ends": ((*ORPHAN, Replay("r")), "returns"),
    "stale_is_deleted": ((STALE, Restart()), "rows of metadata"),
    "five_minutes_is_not_stale": ((*started(), Advance(50), Restart()), "rows of metadata"),
    "live_restore_keeps_live": ((*started(), Restore()), "is_live"),
    "restart_finds_no_reader": ((*started(), Restart()), "is_live"),
    "any_of_a_tie": ((*started(), Start("s2", "r"), Restart()), "active_stream_id"),
    "newest_is_restored": ((*TWO, Restart()), "active_stream_id"),
    "restart_keeps_disk": ((*started(), Restart()), "rows of metadata"),
    "nothing_to_restore": ((Restart(),), "active_stream_id"),
    "clear_keeps_live": ((*started(), ClearAll()), "is_live"),
    "clear_deletes_all": ((*started(), ClearAll()), "rows of metadata"),
    "destroy_drops": ((Destroy(),), "the tables exist"),
    "insert_stale_inserts": ((InsertStale("s1", "r", 1),), "rows of metadata"),
    "time_changes_nothing": ((Advance(1),), "rows of metadata"),
}


def named(*commands: Command, where: str) -> str | None:
    """The rule at stake when the last command differs in ``where``."""
    *setup, last = commands
    life = life_of(*setup, limits=SMALL)
    rule = rule_at_stake(life.state, last, life.now, SMALL, where)
    return None if rule is None else rule.name


def test_every_rule_has_an_example() -> None:
    assert [rule.name for rule in RULES] == list(AT_STAKE)


@pytest.mark.parametrize(
    ("name", "commands", "where"),
    [(name, *example) for name, example in AT_STAKE.items()],
    ids=AT_STAKE,
)
def test_the_rule_at_stake_is_named(
    name: str, commands: tuple[Command, ...], where: str
) -> None:
    assert named(*commands, where=where) == name


def test_a_transaction_of_the_caller_is_seen_through() -> None:
    within = InTransaction(Start("s2", "r"))
    assert named(*started(), within, where="returns") == "start_returns_id"


@pytest.mark.parametrize(
    ("fault", "rule"),
    [(WhileDiskFails, "raise_means_nothing"), (KillDuring, "kill_is_before_or_after")],
)
def test_a_fault_is_at_stake_before_the_call_that_it_strikes(
    fault: type[WhileDiskFails] | type[KillDuring], rule: str
) -> None:
    assert named(*started(), fault(Start("s2", "r"), 0), where="returns") == rule


def test_where_no_rule_fits_none_is_named() -> None:
    assert named(Start("s1", "r"), where="frames") is None


def test_every_rule_is_a_sentence_under_a_name_of_its_own() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert len({rule.sentence for rule in RULES}) == len(RULES)
    assert all(rule.sentence.endswith(".") for rule in RULES)
