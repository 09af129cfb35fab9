"""Which histories lead to the same state, and which must not be taken for the same."""

import itertools
import marshal
import sqlite3
from collections import deque
from collections.abc import Sequence

import pytest

from model import Advance, ClearAll, Command, Complete, Flush, Restart, Start, Store
from resumable.conformance.explore.holdings import Holdings
from resumable.conformance.explore.memory import knowledge
from resumable.conformance.explore.places import begun_by_now
from resumable.conformance.explore.renaming import Renaming
from resumable.conformance.explore.sameness import key_of
from resumable.conformance.explore.scope import SMALL_LIMITS, gone
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.targets.builtin import sqlite

S1, S2 = Start("s1", "request-s1"), Start("s2", "request-s2")


def key(*commands: Command) -> bytes:
    """The key of where these commands lead."""
    target = sqlite()
    lockstep = Lockstep(target, limits=SMALL_LIMITS)
    begun: tuple[str, ...] = ()
    for command in commands:
        lockstep.do(command)
        begun = begun_by_now(begun, lockstep.states[0])
    holdings = Holdings(target.connection)
    found = key_of(
        lockstep.states,
        gone(begun, lockstep.states[0]),
        holdings.read(target.connection),
        knowledge(target.instance),
        Renaming(lockstep.bindings.names, lockstep.now_ms),
    )
    holdings.close()
    target.close()
    return found


SAME: dict[str, tuple[Sequence[Command], Sequence[Command]]] = {
    "the same commands": ([S1, Store("s1", "a")], [S1, Store("s1", "a")]),
    "another hour of the day": ([Advance(3_600_000), S1, Advance(1)], [S1, Advance(1)]),
    "other names of streams": ([S1], [Start("other", "request-s1")]),
    "other requests": ([S1], [Start("s1", "other")]),
    "other bodies": (
        [S1, Store("s1", "a"), Store("s1", "b")],
        [S1, Store("s1", "x"), Store("s1", "y")],
    ),
    "a flush of nothing": ([S1, Flush()], [S1]),
}


@pytest.mark.parametrize("name", SAME)
def test_these_histories_lead_to_one_state(name: str) -> None:
    one, other = SAME[name]
    assert key(*one) == key(*other)


DIFFERENT: dict[str, tuple[Sequence[Command], Sequence[Command]]] = {
    "a millisecond between": ([S1, Advance(1)], [S1]),
    "ages far beyond every threshold": ([S1, Advance(1_000)], [S1, Advance(1_001)]),
    "live or orphaned": ([S1, Restart()], [S1]),
    "pending or flushed": ([S1, Store("s1", "a"), Flush()], [S1, Store("s1", "a")]),
    "flushed earlier": (
        [S1, Store("s1", "a"), Flush(), Advance(1)],
        [S1, Store("s1", "a"), Advance(1), Flush()],
    ),
    "the same body twice": (
        [S1, Store("s1", "a"), Store("s1", "a")],
        [S1, Store("s1", "a"), Store("s1", "b")],
    ),
    "an empty body": ([S1, Store("s1", "")], [S1, Store("s1", "a")]),
    "the same request twice": ([S1, Start("s2", "request-s1")], [S1, S2]),
    "whose chunk it is": (
        [S1, S2, Store("s1", "a"), Store("s2", "b")],
        [S1, S2, Store("s2", "a"), Store("s1", "b")],
    ),
    "a sweep that has been": ([Complete("unknown")], []),
    "a stream that is gone": ([S1, ClearAll(), Complete("s1")], [Complete("unknown")]),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_these_histories_lead_to_different_states(name: str) -> None:
    one, other = DIFFERENT[name]
    assert key(*one) != key(*other)


def test_an_order_of_rows_that_only_the_target_has_keeps_states_apart() -> None:
    names: dict[str, str] = {}
    keys = set()
    for order in ("asc", "desc"):
        target = sqlite()
        lockstep = Lockstep(target, limits=SMALL_LIMITS)
        for command in (S1, S2):
            lockstep.do(command)
        names.update(lockstep.bindings.names)
        _reorder(target.connection, order)
        holdings = Holdings(target.connection)
        content = holdings.read(target.connection)
        renaming = Renaming(names, lockstep.now_ms)
        keys.add(key_of(lockstep.states, None, content, knowledge(target.instance), renaming))
        holdings.close()
        target.close()
    assert len(keys) == 2


def _reorder(connection: sqlite3.Connection, order: str) -> None:
    """The same rows again, under other rowids."""
    table = "cf_ai_chat_stream_metadata"
    rows = connection.execute(f"select * from {table} order by id {order}").fetchall()
    connection.execute(f"delete from {table}")
    connection.executemany(f"insert into {table} values (?, ?, ?, ?, ?)", rows)
    connection.commit()


class Owner:
    def __init__(self, *, shared: bool) -> None:
        first: list[int] = []
        self.lists = [first, first if shared else []]


def tree(value: object) -> bytes:
    """What of ``value`` goes into a key."""
    return marshal.dumps(Renaming({}, 10**12).anything(value), 2)


TOLD_APART: dict[str, tuple[object, object]] = {
    "one list in two places": (Owner(shared=True), Owner(shared=False)),
    "the order of a dict": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "the order of a list": ([1, 2], [2, 1]),
    "the order of a deque": (deque([1, 2]), deque([2, 1])),
    "how far a counter is": (itertools.count(1), itertools.count(2)),
    "how far an iterator is": (iter([1, 2]), iter([1, 2][1:])),
    "a number or a truth": ((1,), (True,)),
    "short text": ("armed", "idle"),
    "nothing or zero": (None, 0),
    "fractions": (1.5, 1.25),
    "bytes or text": (b"a", "a"),
}


@pytest.mark.parametrize("name", TOLD_APART)
def test_what_a_memory_holds_is_told_apart(name: str) -> None:
    one, other = TOLD_APART[name]
    assert tree(one) != tree(other)


ALIKE: dict[str, tuple[object, object]] = {
    "the order of a set": ({0, 8}, {8, 0}),
    "made-up ids": (["6KC31W3ZtzLAhuFwZUqz7"] * 2, ["7zqUZwFuhALztZ3W13CK6"] * 2),
    "equal objects": (Owner(shared=True), Owner(shared=True)),
}


@pytest.mark.parametrize("name", ALIKE)
def test_what_only_looks_different_is_the_same(name: str) -> None:
    one, other = ALIKE[name]
    assert repr(one) != repr(other)
    assert tree(one) == tree(other)


def test_a_memory_that_moved_in_time_is_the_same() -> None:
    now_ms = 1_767_225_600_000
    trees = [
        Renaming({}, now_ms + later_ms).anything(
            {"ms": now_ms + later_ms - 5, "s": (now_ms + later_ms) / 1000, "count": 3}
        )
        for later_ms in (0, 77_000)
    ]
    assert trees[0] == trees[1]
