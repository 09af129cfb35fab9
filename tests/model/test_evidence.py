"""What each predicate tells of the observed, and what only comes close."""

from inspect import isfunction
from typing import Any, Final, NamedTuple

import pytest

from model import Complete, InTransaction, Replay, Store
from model import evidence as it
from tests.model.departures import (
    FRAME_A,
    LISTED,
    ON_DISK,
    READ,
    RENUMBERED,
    Predicate,
    departure,
    row,
)
from tests.model.lives import NOW_MS, started
from tests.model.shown_by_chunks import CHUNKS, ROWS
from tests.model.shown_by_text import FRAMES, TEXT

TABLE: Final = CHUNKS | ROWS | TEXT | FRAMES


class Raised(NamedTuple):
    """What is there in place of a value that could not be read is a tuple of a kind."""

    error: str


ODD: Final[list[Any]] = [
    *(None, 7, 0.5, True, "text", "\ud800", b"\xff", {}, {"s1": {}}, {"é"}),
    *([], (), [()], ((), ()), [None], [b"a"], [[]], [{}], [["a", 0]], (("a", 0), {})),
    *([("\ud800", 0)], [("a", [])], [({}, 0)], [(b"a", 0)], [("a", True)], [("a", 0, 0)]),
    *((("s1", "\ud800", 0, {}),), (("s1", {}, "\ud800", 0),), ({}, []), ((("a", 0),),)),
    *(Raised("Error: no"), [Raised("Error: no")], (("s1", ("a", 0), [], {}, None),)),
]

PERMITTED: Final[dict[str, Any]] = {
    "frames": (FRAME_A,),
    READ: [("a", 0)],
    RENUMBERED: [("a", 0)],
    ON_DISK: (("s1", "a", 0, NOW_MS),),
    LISTED: (row("é"),),
    "rows of metadata": (("s1", "é", "streaming", NOW_MS, None),),
    "get_stream_metadata()": ("streaming", "é"),
    "active_request_id": "é",
    "is_live": True,
    "raises": None,
    "returns": None,
    "a crash inside it": [((), ())],
}


def claims(number: int) -> list[Any]:
    """Those that a predicate holds, or those that it does not."""
    return [
        pytest.param(predicate, each, id=f"{predicate.__name__}: {claim}")
        for predicate, both in TABLE.items()
        for claim, each in both[number].items()
    ]


@pytest.mark.parametrize(("predicate", "shown"), claims(0))
def test_it_is_so_where(predicate: Predicate, shown: Any) -> None:
    assert predicate(shown) is True


@pytest.mark.parametrize(("predicate", "shown"), claims(1))
def test_it_is_not_so_where(predicate: Predicate, shown: Any) -> None:
    assert predicate(shown) is False


def test_every_predicate_is_in_the_table() -> None:
    own = [
        each
        for each in vars(it).values()
        if isfunction(each) and each.__module__ == it.__name__
    ]
    assert {each for each in own if not each.__name__.startswith("_")} == set(TABLE)


@pytest.mark.parametrize("seen", ODD, ids=repr)
@pytest.mark.parametrize(("where", "permitted"), PERMITTED.items(), ids=PERMITTED)
def test_whatever_is_seen_there_is_an_answer(where: str, permitted: Any, seen: Any) -> None:
    """A socket takes frames one by one, and that much is certain."""
    value = (seen,) if where == "frames" else seen
    for last in (Complete("s1"), Replay("é"), InTransaction(Store("s1", "\ud800"))):
        shown = departure(where, value, permitted, *started(4), last)
        assert {predicate(shown) for predicate in TABLE} <= {True, False}
