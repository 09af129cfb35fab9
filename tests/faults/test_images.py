"""What a disk may hold after a loss of power: what was synced, and any part of the rest."""

from random import Random

import pytest

from resumable.conformance.faults.disk import (
    Created,
    Deleted,
    Event,
    Synced,
    Truncated,
    Written,
)
from resumable.conformance.faults.images import (
    ALL,
    DATA,
    NAMES,
    NONE,
    PLAIN_WAYS,
    at,
    surviving,
    ways,
)

BASE = {"db": b"old"}
NEW: list[Event] = [Created("new", 1), Written(1, 0, b"data"), Written(0, 0, b"NEW")]


def image(events: list[Event], kept: str) -> dict[str, bytes]:
    platter = at(BASE, events)
    return dict(platter.image(surviving(platter.pending, kept)))


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        (ALL, {"db": b"NEW", "new": b"data"}),
        (NONE, {"db": b"old"}),
        (DATA, {"db": b"NEW"}),
        (NAMES, {"db": b"old", "new": b""}),
        ("first 1", {"db": b"old", "new": b""}),
        ("first 2", {"db": b"old", "new": b"data"}),
    ],
)
def test_what_is_kept_of_what_was_not_synced(kept: str, found: dict[str, bytes]) -> None:
    assert image(NEW, kept) == found


def test_what_was_synced_is_kept_and_its_name_only_with_the_directory() -> None:
    assert image([*NEW, Synced(1, with_directory=True)], NONE) == {"db": b"old", "new": b"data"}
    assert image([*NEW, Synced(1, with_directory=False)], NONE) == {"db": b"old"}
    assert image([*NEW, Synced(1, with_directory=False)], NAMES) == {
        "db": b"old",
        "new": b"data",
    }


def test_a_sync_makes_no_other_file_durable() -> None:
    assert image([*NEW, Synced(0, with_directory=False)], NONE) == {"db": b"NEW"}


def test_a_file_that_was_deleted_comes_back_unless_the_directory_was_synced() -> None:
    assert image([Deleted("db", with_directory=False)], NONE) == BASE
    assert image([Deleted("db", with_directory=False)], ALL) == {}
    assert image([Deleted("db", with_directory=True)], NONE) == {}


def test_a_cut_that_was_not_synced_may_be_undone_and_later_writes_kept() -> None:
    events: list[Event] = [Truncated(0, 1), Written(0, 1, b"xy")]
    assert image(events, ALL) == {"db": b"oxy"}
    assert image(events, "first 1") == {"db": b"o"}
    assert image(events, NONE) == BASE


def test_torn_writes_lose_whole_sectors_and_nothing_but_sectors() -> None:
    write = Written(0, 256, bytes([1]) * 1024)
    for seed in range(20):
        found = image([write], f"torn {seed}")["db"].ljust(1280, b"\0")
        parts = (found[256:512], found[512:1024], found[1024:1280])
        assert all(len(set(part)) == 1 for part in parts)
    tears = {image([write], f"torn {seed}")["db"] for seed in range(20)}
    assert len(tears) > 3


def test_a_draw_is_the_same_each_time_and_another_with_another_seed() -> None:
    events: list[Event] = [Written(0, place, b"x") for place in range(16)]
    assert surviving(events, "some 3") == surviving(events, "some 3")
    drawn = {tuple(surviving(events, f"some {seed}")) for seed in range(8)}
    assert len(drawn) == 8


def test_the_ways_hold_every_beginning_and_each_plain_one_once() -> None:
    found = list(ways(NEW, (0, 1)))
    assert len(set(found)) == len(found)
    assert {*PLAIN_WAYS, "first 2", "some 0", "some 1", "torn 0", "torn 1"} == set(found)
    assert list(ways([], (0, 1))) == [ALL]


@pytest.mark.parametrize("kept", ["", "most", "first", "some x", "none 3", "first -1"])
def test_a_word_that_says_nothing_is_refused_with_those_that_do(kept: str) -> None:
    with pytest.raises(ValueError, match="it is one of"):
        surviving((), kept)


def test_no_image_holds_what_was_never_written() -> None:
    die = Random(1)  # noqa: S311 - it has to come out the same again
    events: list[Event] = [Created("new", 1)]
    for number in range(30):
        events.append(Written(die.randrange(2), die.randrange(3000), bytes([number + 1]) * 600))
        if die.random() < 0.2:
            events.append(Synced(die.randrange(2), with_directory=die.random() < 0.5))
    platter = at(BASE, events)
    written = {0, *b"old", *range(1, 31)}
    for kept in ways(platter.pending, range(10)):
        for data in platter.image(surviving(platter.pending, kept)).values():
            assert set(data) <= written
