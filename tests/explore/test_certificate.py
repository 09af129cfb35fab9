"""The certificate, in words and as JSON."""

import json

from resumable.conformance.explore.certificate import certificate, words
from resumable.conformance.explore.sameness import SAME
from resumable.conformance.explore.search import MEMORY_MB, Budget, Exploration, Here
from resumable.conformance.targets.builtin import sqlite, sqlite_process
from tests.explore.kit import CORE, FULL, explored


def test_it_says_everything_as_json() -> None:
    result = explored(sqlite(), FULL, 3)
    read = json.loads(json.dumps(certificate(result)))
    assert read["complete"] is True
    assert (read["verdict"], read["depth"]) == ("conforms", 3)
    assert read["scope"]["limits"]["flush_chunks"] == 2
    assert read["scope"]["jumps_ms"] == [1, 4, -1]
    assert "clear_all" in read["alphabet"]
    assert read["states"] == sum(level["states"] for level in read["levels"])
    assert read["transitions"] == sum(level["transitions"] for level in read["levels"])
    assert read["refused"]["insert_stale"] > 0
    assert read["memory_mb"] <= read["memory_mb_max"] == MEMORY_MB
    assert read["next_level"]["transitions"] > read["levels"][-1]["transitions"]
    assert read["coverage"]["sometimes_seen"]
    assert read["same"] == SAME


def test_it_says_everything_in_words() -> None:
    result = explored(sqlite(), FULL, 3)
    text = words(result)
    assert "The full alphabet, in the small scope:" in text
    assert "flush_chunks 2" in text
    assert "  - clear_all" in text
    assert f"{result.states:,} states, {result.figures.transitions:,} commands" in text
    assert "complete: every sequence of up to 3 commands" in text
    assert text.count("\n      ") >= len(result.levels)


def test_it_says_how_the_number_of_states_grows() -> None:
    result = explored(sqlite(), CORE, 4)
    last, before = result.levels[-1].states, result.levels[-2].states
    (line,) = [line for line in words(result).splitlines() if line.split()[:1] == ["4"]]
    assert line.split()[1:3] == [f"{last:,}", f"{last / before:.1f}"]


def test_it_says_how_far_it_got_if_that_is_not_all() -> None:
    result = Exploration(Here(sqlite()), "sqlite", CORE, Budget(5, seconds=0)).run()
    assert certificate(result)["complete"] is False
    assert "complete only to depth 0: the time was over (0 s)" in words(result)


def test_it_says_what_nobody_could_look_into() -> None:
    target = sqlite_process()
    result = explored(target, CORE, 1)
    target.stop()
    assert certificate(result)["memory_is_opaque"] is True
    text = " ".join(words(result).split())
    assert "what it hides there may be missed" in text
    assert "Not by copies: it cannot be copied, since it lives in another process." in text
