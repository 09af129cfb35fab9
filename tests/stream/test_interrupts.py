"""A progress handler interrupts a call at every single step of SQLite's virtual machine."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from resumable import StorageError
from tests.stream.bench import Bench
from tests.stream.faults import CALLS, LIVE, Call, go_on, prepare

calls = pytest.mark.parametrize("call", CALLS)


class Interrupt:
    """Interrupts the statement that is running at the ``at``-th step, once."""

    def __init__(self, at: int) -> None:
        self._steps_left = at

    @property
    def has_struck(self) -> bool:
        return self._steps_left <= 0

    def __call__(self) -> bool:
        self._steps_left -= 1
        return self._steps_left == 0


@contextmanager
def interrupted(bench: Bench, at: int) -> Iterator[Interrupt]:
    interrupt = Interrupt(at)
    bench.connection.set_progress_handler(interrupt, 1)
    yield interrupt
    bench.connection.set_progress_handler(None, 1)


def strike_until_it_succeeds(bench: Bench, call: Call) -> tuple[int, object]:
    """How many times the call failed, and what it returned at last. A failed call leaves
    everything as it was, so that one stream will do for all of them."""
    before = bench.seen()
    at = 1
    while True:
        with interrupted(bench, at):
            try:
                return at - 1, call(bench)
            except StorageError:
                pass
        assert not bench.connection.in_transaction
        assert bench.seen() == before
        at += 1


@calls
def test_a_call_that_is_interrupted_anywhere_has_done_nothing_or_all(
    bench: Bench, unharmed: Bench, call: str
) -> None:
    prepare(bench)
    failed, returned = strike_until_it_succeeds(bench, CALLS[call])
    assert failed > 10
    prepare(unharmed)
    if call == "start":  # Each try takes a new id.
        for _ in range(failed):
            unharmed.next_id()
    assert returned == CALLS[call](unharmed)
    assert bench.seen() == unharmed.seen()
    assert go_on(bench) == go_on(unharmed)


def test_a_restore_that_is_interrupted_has_adopted_nothing(bench: Bench) -> None:
    bench.stream.insert_stale_stream("foreign", "request", 0)
    failed, _ = strike_until_it_succeeds(bench, CALLS["restore"])
    assert failed > 10
    assert bench.stream.active_stream_id == "foreign"


def test_an_interrupt_within_the_callers_transaction_is_all_or_nothing(bench: Bench) -> None:
    """SQLite itself may end the caller's transaction then; but never with half a call."""
    bench.connection.execute("create table mine (x)")
    endings = set()
    for at in range(1, 1_000):
        stream_id = bench.start(chunks=3)
        bench.connection.execute("begin")
        bench.connection.execute("insert into mine values (1)")
        before = bench.seen()
        with interrupted(bench, at) as interrupt:
            raised = _raises(bench)
        if not interrupt.has_struck:
            break
        after = bench.bodies(stream_id)
        assert (after, bench.seen() == before) == (
            ([], True) if raised else (["0", "1", "2"], False)
        )
        endings.add((raised, bench.connection.in_transaction))
        bench.connection.rollback()
        bench.reopen()
    assert endings == {(True, True), (True, False), (False, True)}


def _raises(bench: Bench) -> bool:
    try:
        bench.stream.flush_buffer()
    except StorageError:
        return True
    return False


def test_a_chunk_is_kept_although_its_flush_was_interrupted(bench: Bench) -> None:
    stream_id = bench.start(chunks=9)
    with interrupted(bench, at=30):
        bench.store(stream_id, "9")
    assert bench.bodies(stream_id) == []
    bench.stream.flush_buffer()
    assert bench.bodies(stream_id) == [str(number) for number in range(10)]


def test_a_read_out_that_is_interrupted_raises(bench: Bench) -> None:
    prepare(bench)
    with interrupted(bench, at=1), pytest.raises(StorageError, match="interrupted"):
        bench.stream.get_stream_chunks(LIVE)
