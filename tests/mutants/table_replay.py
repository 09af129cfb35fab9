"""Programs that reveal the mutants of replaying, of the wire and of text."""

from typing import Final

from model import Burst, Replay, Start, Store
from tests.mutants.table import (
    BACKWARDS,
    C1,
    CLEAR,
    CX,
    FLUSH,
    OVER_A_DAY,
    REPLAY,
    RESTART,
    S1,
    S2,
    A,
    B,
    Table,
    X,
    Y,
    program,
    while_sending,
)

REPLAYING: Final[Table] = {
    "replay_does_not_flush": program(S1, A, REPLAY),
    "replays_only_the_same_request": program(S1, Replay("r2")),
    "replays_under_its_own_request": program(S1, Replay("r2")),
    "replays_under_the_stream_id": program(S1, REPLAY),
    "replays_every_stream": program(S1, X, REPLAY),
    "replays_a_hundred_chunks": program(S1, Burst("s1", "b", 101), REPLAY),
    "replay_skips_a_chunk_after_each_page": program(
        S1, Store("s1", "a" * 300_000), Burst("s1", "b", 100), REPLAY
    ),
    "replay_skips_empty_chunks": program(S1, Store("s1", ""), REPLAY),
    "nobody_gets_done": program(REPLAY),
    "replays_backwards": program(S1, A, B, REPLAY),
    "replays_in_the_order_of_text": program(S1, Burst("s1", "b", 11), REPLAY),
    "replays_in_no_order": program(X, Y, FLUSH, setting=BACKWARDS),
    "replays_as_written": program(X, Y, CX, Store("x", "c"), FLUSH),
    "replays_equal_indexes_backwards": program(X, CX, Y, FLUSH),
    "live_replay_has_no_end": program(S1, REPLAY),
    "live_replay_is_done": program(S1, REPLAY),
    "live_replay_completes": program(S1, REPLAY),
    "live_replay_returns_the_id": program(S1, REPLAY),
    "orphan_replay_has_no_end": program(S1, RESTART, REPLAY),
    "orphan_replay_is_not_done": program(S1, RESTART, REPLAY),
    "orphan_is_never_finished": program(S1, RESTART, REPLAY),
    "orphan_is_not_returned": program(S1, RESTART, REPLAY),
    "orphan_is_marked_as_error": program(S1, RESTART, REPLAY),
    "orphan_is_completed_without_sweep": program(S1, C1, OVER_A_DAY, S2, RESTART, REPLAY),
    "orphan_is_deleted": program(S1, A, FLUSH, RESTART, REPLAY),
    "orphan_becomes_live": program(S1, RESTART, REPLAY),
}

REENTERING: Final[Table] = {
    "replay_reads_as_it_sends": program(S1, A, B, while_sending(CLEAR)),
    "replay_stops_when_its_stream_ends": program(S1, A, B, while_sending(C1)),
    "replay_knows_its_end_beforehand": program(S1, A, while_sending(C1)),
    "replay_of_what_ended_has_no_end": program(S1, A, while_sending(C1)),
    "replay_returns_what_ended": program(S1, A, while_sending(C1)),
    "orphan_is_left_for_a_new_stream": program(S1, RESTART, while_sending(S2)),
    "replay_locks_itself": program(S1, while_sending(FLUSH)),
}

WIRE: Final[Table] = {
    "frame_has_spaces": program(S1, REPLAY),
    "frame_is_ascii": program(S1, Replay("é")),
    "frame_sorts_its_keys": program(S1, REPLAY),
    "frame_does_not_say_replay": program(S1, REPLAY),
    "frame_names_the_type_differently": program(S1, REPLAY),
    "end_has_no_id": program(S1, REPLAY),
    "end_has_no_body": program(S1, REPLAY),
    "every_frame_has_replay_complete": program(S1, A, REPLAY),
    "body_is_parsed": program(S1, Store("s1", "{}"), REPLAY),
    "line_separators_are_escaped": program(S1, Replay("\u2028")),
    "slashes_are_escaped": program(S1, Replay("/")),
    "markup_is_escaped": program(S1, Replay("<")),
    "del_is_escaped": program(S1, Replay("\x7f")),
    "escapes_are_in_upper_case": program(S1, Replay("\x1f")),
    "frame_ends_with_a_newline": program(S1, REPLAY),
    "frame_comes_twice": program(S1, REPLAY),
}

_HALF: Final = "\ud83d"
_EDGE: Final = 1_800_000
_TOO_LARGE: Final = Store("x", "a" * (_EDGE + 1))
_TOO_LARGE_IN_BYTES: Final = Store("x", "é" * (_EDGE // 2 + 1))

TEXT: Final[Table] = {
    "lone_surrogate_is_a_question_mark": program(Store("x", _HALF), FLUSH),
    "lone_surrogate_is_dropped": program(Store("x", _HALF), FLUSH),
    "lone_surrogate_is_refused": program(Store("x", _HALF)),
    "lone_surrogate_is_escaped": program(Store("x", _HALF), FLUSH),
    "lone_surrogate_in_a_request_is_refused": program(Start("s1", _HALF)),
    "request_is_told_as_it_came": program(Start("s1", _HALF)),
    "nul_ends_the_text": program(Store("x", "a\x00b"), FLUSH),
    "nul_is_dropped": program(Store("x", "a\x00b"), FLUSH),
    "line_separator_is_a_newline": program(Store("x", "a\u2028b"), FLUSH),
    "json_is_written_anew": program(Store("x", '{"a":1}'), FLUSH),
    "accents_are_taken_apart": program(Store("x", "é"), FLUSH),
    "accents_are_put_together": program(Store("x", "e\u0301"), FLUSH),
    "blanks_are_stripped": program(Store("x", " "), FLUSH),
    "an_array_is_split": program(Store("x", "[]"), FLUSH),
    "newlines_are_universal": program(Store("x", "a\r\n"), FLUSH),
    "byte_order_mark_is_dropped": program(Store("x", "\ufeff"), FLUSH),
    "numbers_lose_their_zeros": program(Store("x", "007"), FLUSH),
    "event_field_is_taken_off": program(Store("x", "data: "), FLUSH),
    "long_text_is_cut": program(Store("x", "a" * 65_537), FLUSH),
    "the_end_is_no_chunk": program(Store("x", "[DONE]"), FLUSH),
    "no_id_is_no_stream": program(Store("", "a"), FLUSH),
    "request_is_in_lower_case": program(Start("s1", "R")),
    "size_limit_exclusive": program(Store("x", "a" * _EDGE), FLUSH),
    "size_limit_one_more": program(_TOO_LARGE, FLUSH),
    "size_counts_characters": program(_TOO_LARGE_IN_BYTES, FLUSH),
    "size_counts_code_units": program(_TOO_LARGE_IN_BYTES, FLUSH),
    "oversized_raises": program(_TOO_LARGE),
    "oversized_takes_an_index": program(_TOO_LARGE, X, FLUSH),
    "oversized_is_cut": program(_TOO_LARGE, FLUSH),
    "oversized_flushes": program(X, _TOO_LARGE),
}
