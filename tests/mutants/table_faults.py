"""Programs that reveal the mutants of transactions and of the caller's surroundings."""

from typing import Final

from model import Advance, Burst, InTransaction, WhileDiskFails
from resumable.conformance.setting import Setting
from tests.mutants.table import (
    C1,
    CLEAR,
    CX,
    DEAD,
    E1,
    FLUSH,
    ON_FILE,
    OVER_A_DAY,
    REPLAY,
    RESTART,
    RESTORE,
    S1,
    S2,
    TEN,
    TICK,
    TWO,
    A,
    Table,
    X,
    inserted,
    program,
    while_disk_fails_at,
)

_TEN_WAIT: Final = while_disk_fails_at(0, TEN)
_A_HUNDRED_WAIT: Final = while_disk_fails_at(0, Burst("x", "b", 100))
_A_HUNDRED_AND_ONE: Final = while_disk_fails_at(0, Burst("x", "b", 101))

TRANSACTIONS: Final[Table] = {
    "flush_commits_each_chunk": program(TWO, FLUSH, setting=ON_FILE),
    "start_is_two_transactions": program(X, S1, setting=ON_FILE),
    "complete_is_two_transactions": program(S1, A, C1, setting=ON_FILE),
    "mark_error_is_two_transactions": program(S1, A, E1, setting=ON_FILE),
    "sweep_is_another_transaction": program(S1, C1, OVER_A_DAY, S2, while_disk_fails_at(0, CX)),
    "clear_is_two_transactions": program(X, S1, while_disk_fails_at(1, CLEAR)),
    "failure_is_committed": program(X, while_disk_fails_at(1, S1)),
    "failure_stays_in_the_callers_transaction": program(
        X, InTransaction(WhileDiskFails(S1, 1))
    ),
    "flush_loses_the_rest": program(TWO, while_disk_fails_at(1, FLUSH)),
    "flush_empties_the_buffer_first": program(X, while_disk_fails_at(0, FLUSH), FLUSH),
    "completes_after_a_failure_without_chunks": program(X, while_disk_fails_at(0, CX), FLUSH),
    "start_is_active_without_a_row": program(while_disk_fails_at(0, S1)),
    "end_forgets_before_the_commit": program(S1, while_disk_fails_at(0, C1)),
    "clear_empties_the_buffer_first": program(S1, X, while_disk_fails_at(0, CLEAR), FLUSH),
    "sweep_counts_before_the_commit": program(
        S1, C1, OVER_A_DAY, while_disk_fails_at(0, CX), CX
    ),
    "flush_failure_is_swallowed": program(X, while_disk_fails_at(0, FLUSH)),
    "sweep_failure_is_swallowed": program(S1, C1, OVER_A_DAY, while_disk_fails_at(0, CX)),
    "end_failure_is_swallowed": program(X, while_disk_fails_at(0, CX)),
    "orphan_is_returned_though_completing_failed": program(
        S1, RESTART, while_disk_fails_at(0, REPLAY)
    ),
    "store_raises_when_its_flush_fails": program(_TEN_WAIT),
    "chunk_is_lost_when_its_flush_fails": program(_TEN_WAIT, FLUSH),
    "buffer_is_lost_when_its_flush_fails": program(_TEN_WAIT, FLUSH),
    "flushes_only_at_exactly_ten": program(_TEN_WAIT, X),
    "refuses_the_hundredth": program(_A_HUNDRED_WAIT),
    "keeps_a_hundred_and_one": program(_A_HUNDRED_AND_ONE),
    "a_full_buffer_drops_the_oldest": program(_A_HUNDRED_AND_ONE),
    "a_full_buffer_drops_the_newest": program(_A_HUNDRED_AND_ONE),
    "a_refused_chunk_takes_an_index": program(_A_HUNDRED_AND_ONE, X, FLUSH),
}

_ROWS_ARE_DICTS: Final = Setting(rows="dict")

SURROUNDINGS: Final[Table] = {
    "dead_socket_ends_the_stream": program(S1, DEAD),
    "dead_socket_finishes_the_orphan": program(S1, RESTART, DEAD),
    "dead_socket_orphans_the_stream": program(S1, DEAD),
    "dead_socket_is_wrapped": program(S1, DEAD),
    "dead_socket_is_ignored": program(S1, DEAD),
    "dead_socket_ends_the_replay_in_silence": program(S1, DEAD),
    "lost_connection_ends_the_replay_in_silence": program(S1, DEAD),
    "an_answer_ends_the_replay": program(S1, A, REPLAY),
    "last_frame_may_fail": program(S1, DEAD),
    "sets_the_row_factory": program(RESTORE),
    "reads_through_the_row_factory": program(S1, setting=_ROWS_ARE_DICTS),
    "sets_the_isolation_level": program(S1),
    "commits_the_callers_transaction": program(InTransaction(S1)),
    "cannot_join_a_transaction": program(InTransaction(S1)),
    "rolls_back_the_callers_transaction": program(
        inserted("s1", 0), InTransaction(inserted("s1", 0))
    ),
    "start_leaves_a_transaction_open": program(S1),
    "times_are_in_seconds": program(S1),
    "clock_never_goes_back": program(Advance(-1), S1),
    "clock_stands_still": program(TICK, S1),
}
