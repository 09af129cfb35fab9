"""Programs that reveal the mutants of restoring, sweeping and clearing."""

from typing import Final

from model import Advance
from tests.mutants.table import (
    C1,
    CLEAR,
    CX,
    DAY,
    DAY_MS,
    DESTROY,
    E1,
    EX,
    FLUSH,
    OVER_A_DAY,
    RESTART,
    RESTORE,
    S1,
    S2,
    STALE_MS,
    TICK,
    A,
    Table,
    X,
    inserted,
    program,
)

_STALE: Final = inserted("s1", STALE_MS + 1)
_FRESH: Final = inserted("s1", 0)

RESTORING: Final[Table] = {
    "stale_age_inclusive": program(inserted("s1", STALE_MS), RESTORE),
    "stale_age_one_more": program(_STALE, RESTORE),
    "nothing_is_stale": program(_STALE, RESTORE),
    "deletes_every_stale_stream": program(_STALE, inserted("s2", STALE_MS + 2), RESTORE),
    "stale_chunks_are_kept": program(_STALE, A, FLUSH, RESTORE),
    "stale_row_is_kept": program(_STALE, RESTORE),
    "stale_is_only_ignored": program(_STALE, RESTORE),
    "stale_is_marked_as_error": program(_STALE, RESTORE),
    "age_counts_from_the_last_chunk": program(_STALE, A, FLUSH, RESTORE),
    "age_is_absolute": program(inserted("s1", -STALE_MS - 1), RESTORE),
    "restores_the_oldest": program(inserted("s1", 1), inserted("s2", 0), RESTORE),
    "restores_what_sqlite_finds_first": program(inserted("s1", 1), inserted("s2", 0), RESTORE),
    "stale_deletes_all_chunks": program(_STALE, X, FLUSH, RESTORE),
    "stale_deletes_all_rows": program(_STALE, inserted("s2", STALE_MS + 2), RESTORE),
    "restores_the_last_inserted": program(_FRESH, inserted("s2", 1), RESTORE),
    "a_tie_is_nobodys": program(_FRESH, inserted("s2", 0), RESTORE),
    "restores_any_status": program(S1, C1, RESTORE),
    "restores_errors": program(S1, E1, RESTORE),
    "restored_has_no_request": program(_FRESH, RESTORE),
    "restored_is_live": program(_FRESH, RESTORE),
    "restore_ends_the_live": program(S1, RESTORE),
    "restore_flushes": program(X, RESTORE),
    "restore_empties_the_buffer": program(X, RESTORE, FLUSH),
    "restore_forgets_what_it_does_not_find": program(S1, Advance(STALE_MS + 1), RESTORE),
    "new_instance_finds_nothing": program(S1, RESTART),
    "restore_ends_the_others": program(_FRESH, inserted("s2", 1), RESTORE),
}

_INTERVAL_MS: Final = 600_000
_BACK_OVER_A_DAY: Final = Advance(-DAY_MS - 1)

SWEEPING: Final[Table] = {
    "sweep_interval_exclusive": program(S1, C1, DAY, CX, Advance(_INTERVAL_MS), CX),
    "sweep_interval_one_less": program(S1, C1, DAY, CX, Advance(_INTERVAL_MS - 1), CX),
    "sweeps_at_every_completion": program(S1, C1, DAY, CX, TICK, CX),
    "never_sweeps": program(S1, C1, OVER_A_DAY, CX),
    "first_completion_does_not_sweep": program(S1, C1, OVER_A_DAY, RESTART, CX),
    "sweeps_when_constructed": program(S1, C1, OVER_A_DAY, RESTART),
    "start_sweeps": program(S1, C1, OVER_A_DAY, S2),
    "mark_error_sweeps": program(S1, C1, OVER_A_DAY, EX),
    "sweep_interval_is_absolute": program(CX, _BACK_OVER_A_DAY, S1, C1, OVER_A_DAY, CX),
    "an_empty_sweep_does_not_count": program(S1, C1, DAY, CX, TICK, CX),
    "clear_forgets_the_sweep": program(CX, CLEAR, _BACK_OVER_A_DAY, S1, C1, OVER_A_DAY, CX),
    "sweep_age_inclusive": program(S1, C1, DAY, CX),
    "sweep_age_one_more": program(S1, C1, OVER_A_DAY, CX),
    "errors_are_never_swept": program(S1, E1, OVER_A_DAY, CX),
    "completed_are_never_swept": program(S1, C1, OVER_A_DAY, CX),
    "sweep_keeps_chunks": program(S1, A, C1, OVER_A_DAY, CX),
    "sweep_keeps_rows": program(S1, C1, OVER_A_DAY, CX),
    "sweep_age_counts_from_the_start": program(inserted("s1", 1), C1, DAY, CX),
    "sweeps_what_still_streams": program(inserted("s1", DAY_MS + 1), CX),
    "sweep_deletes_all_chunks": program(X, CX),
    "sweeps_old_chunks": program(X, FLUSH, OVER_A_DAY, CX),
    "sweeps_chunks_of_no_stream": program(X, CX),
    "sweeps_before_the_end": program(S1, C1, OVER_A_DAY, C1),
}

CLEARING: Final[Table] = {
    "clear_keeps_the_buffer": program(X, CLEAR, FLUSH),
    "clear_keeps_the_active": program(S1, CLEAR),
    "clear_keeps_the_request": program(S1, CLEAR),
    "clear_ends_the_live": program(S1, CLEAR),
    "clear_keeps_chunks": program(X, FLUSH, CLEAR),
    "clear_keeps_streams": program(S1, CLEAR),
    "clears_only_what_ended": program(S1, CLEAR),
    "clear_drops_the_tables": program(CLEAR),
    "destroy_keeps_the_tables": program(DESTROY),
    "destroy_keeps_the_chunks": program(DESTROY),
    "destroy_keeps_the_active": program(S1, DESTROY),
    "destroyed_stores_chunks": program(DESTROY, X),
    "destroyed_flushes": program(DESTROY, FLUSH),
    "destroyed_reads_nothing": program(X, DESTROY),
    "destroyed_comes_back": program(DESTROY),
    "second_destroy_raises": program(DESTROY, DESTROY),
    "inserted_has_no_age": program(inserted("s1", 1)),
    "inserted_lies_ahead": program(inserted("s1", 1)),
    "inserted_is_active": program(_FRESH),
    "inserted_replaces": program(_FRESH, _FRESH),
    "inserted_is_ignored": program(_FRESH, _FRESH),
}
