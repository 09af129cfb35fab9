"""Bugs that users of the original met, as far as the class alone can show them.

Each is a variant of our class. Some of them are the original's behaviour to this day, so that
they conform: those are surprises, which are found once they are forbidden.
"""

from typing import Final, NamedTuple

from resumable import ResumableStream
from resumable.conformance.mutants.catalogue import MUTANTS, Factory
from resumable.conformance.mutants.kit import OtherSql, changed
from resumable.stream import schema


class ResumesTheFirstOfATie(OtherSql):
    """Resumes the older of two streams that began in one millisecond."""

    edits = changed(schema.NEWEST_STREAMING, "rowid desc", "rowid")


class KnownBug(NamedTuple):
    """What users saw, and what has it."""

    saw: str
    since: str
    """The release in which it was met; "all" for what no release has mended."""

    mutant: str = ""
    """The mutant that has it; "" if it conforms."""

    forbid: str = ""
    """The surprise that it is, if it conforms."""

    variant: Factory = ResumableStream
    """What shows the surprise; mostly our class as it is."""

    @property
    def factory(self) -> Factory:
        """What constructs a class that has it."""
        return MUTANTS[self.mutant].factory if self.mutant else self.variant


KNOWN: Final = (
    KnownBug("rows come back after everything was cleared", "0.1.0", "clear_keeps_the_buffer"),
    KnownBug("failed streams are never deleted", "0.1.0", "errors_are_never_swept"),
    KnownBug("a large tool output ends the answer", "0.1.0", "oversized_raises"),
    KnownBug("a chunk that was left out takes an index", "0.1.0", "oversized_takes_an_index"),
    KnownBug("a blank page until the next chunk", "0.1.6", "live_replay_has_no_end"),
    KnownBug("a spinner that never ends", "0.1.6", "orphan_replay_has_no_end"),
    KnownBug("the same spinner after each restart", "0.1.6", "orphan_is_never_finished"),
    KnownBug("two turns are mixed", "0.2.0", forbid="chunks_out_of_order"),
    KnownBug("a turn has holes where another was", "0.2.0", forbid="gap_in_a_stream"),
    KnownBug("another turn's end ends this one", "0.2.0", forbid="active_forgotten"),
    KnownBug("a long answer is gone after a restart", "0.4.0", forbid="long_answer_deleted"),
    KnownBug("a lost connection ends the answer", "0.6.1", "dead_socket_ends_the_stream"),
    KnownBug("a lost connection orphans it", "0.6.1", "dead_socket_orphans_the_stream"),
    KnownBug(
        "a lost connection finishes an orphan", "0.6.1", "dead_socket_finishes_the_orphan"
    ),
    KnownBug("the text before an error is lost", "0.8.5", "mark_error_loses_the_text"),
    KnownBug("no answer after its end", "0.8.5", forbid="answer_not_replayed"),
    KnownBug("idle chats are never cleaned up", "0.8.5", forbid="old_streams_stay"),
    KnownBug("tools run twice after a crash", "Think", forbid="chunks_lost_by_a_crash"),
    KnownBug("a flush that was asked for is not done", "Think", "flush_waits_for_ten"),
    KnownBug("a flush that fails half way loses the rest", "all", "flush_loses_the_rest"),
    KnownBug(
        "a completed answer without text", "all", "completes_after_a_failure_without_chunks"
    ),
    KnownBug("an answer that is a JSON array is split", "newest", "an_array_is_split"),
    KnownBug("a sweep leaves rows without chunks", "newest", "sweep_keeps_rows"),
    KnownBug("a silent live stream is swept", "newest", "sweeps_what_still_streams"),
    KnownBug("a chunk lands in another stream", "newest", "stores_under_the_active"),
    KnownBug(
        "the older of two turns is resumed", "all", "", "older_of_a_tie", ResumesTheFirstOfATie
    ),
)
"""In the order of the releases."""
