"""What texts and frames show of a mistake."""

from typing import Final

from model import Flush, InsertStale, InTransaction, Start, Store, frames
from model import evidence as it
from tests.model.departures import (
    DONE,
    END,
    FRAME_A,
    FRAME_B,
    RENUMBERED,
    Claims,
    Table,
    departure,
    frame,
    listed,
    on_disk,
    read,
    refused,
    row,
    sent,
)

PLAIN: Final = ["a", "Z", "b0", "r12"]
UNUSUAL: Final = ["", "ab", "a-", "0", "a0b", "é", "a³", "a\n", "\ud800"]

CHANGED: Final[Claims] = {
    "an unusual chunk is refused": refused(Store("s1", "é")),
    "an unusual chunk is refused in a transaction": refused(InTransaction(Store("s1", "é"))),
    "a stale stream is refused for its request": refused(InsertStale("s1", "é", 0)),
    "a frame has a lesser body": sent((FRAME_A, END), (FRAME_B, END)),
    "a frame has a greater body": sent((FRAME_B, END), (FRAME_A, END)),
    "a frame has a longer body": sent((frame(body="ab"),), (FRAME_A,)),
    "an unusual request changes in one row of two": listed(
        (row("?"), row("r", id="s2")), (row("é"), row("r", id="s2"))
    ),
    "two unusual requests change": listed(
        [row("?"), row("!", id="s2")], (row("é"), row("è", id="s2"))
    ),
    "an unusual body is gone": read([], [("é", 0)]),
    "two unusual bodies are gone": read([], [("é", 0), ("", 1)]),
    "a body is less": read([("a", 0)], [("b", 0)]),
    "a body is greater": read([("b", 0)], [("a", 0)]),
    "a body on disk is another": on_disk((("s1", "b", 0, 1),), (("s1", "a", 0, 1),)),
    **{
        f"the active request was {text!r}": departure("active_request_id", None, text)
        for text in UNUSUAL
    },
}

NOT_CHANGED: Final[Claims] = {
    "a plain chunk is refused": refused(Store("s1", "a")),
    "a call without text is refused": refused(Flush()),
    "a start should be refused": refused(Start("s1", "é"), permitted="closed"),
    "a frame is gone before one with another body": sent((FRAME_B,), (FRAME_A, FRAME_B)),
    "there is a frame too many before one": sent((END, FRAME_B), (FRAME_B,)),
    "the body of an end is not empty": sent((frame(body="b"),), (END,)),
    "the id of a frame is another": sent((frame(id="q"),), (FRAME_A,)),
    "what is sent means nothing": sent(('{"x":1}',), (FRAME_A,)),
    "the second frame has another body": sent((frame(id="q"), FRAME_B), (FRAME_A, FRAME_A)),
    "a plain request changes": listed((row("?"),), (row("r"),)),
    "a plain request changes with an unusual one": listed(
        (row("?"), row("?", id="s2")), (row("é"), row("r", id="s2"))
    ),
    "a request changes with the id": listed((row("?", id="s2"),), (row("é"),)),
    "a request changes with the status": listed((row("?", "error"),), (row("é"),)),
    "a request changes with the time": listed((row("?", at=1),), (row("é"),)),
    "a request changes where a row is gone": listed((row("?"),), (row("é"), row("r", id="s2"))),
    "rows have changed places": listed(
        (row("é", id="s2"), row("é")), (row("é"), row("é", id="s2"))
    ),
    "rows are right": listed((row("é"),), (row("é"),)),
    "no row is there": listed(None, (row("é"),)),
    "a plain body is gone": read([], [("a", 0)]),
    "a plain body is gone with an unusual one": read([], [("a", 0), ("é", 1)]),
    "a body has a greater index": read([("a", 1)], [("a", 0)]),
    "a body has a lesser index": read([("a", 0)], [("a", 1)]),
    "an unusual body has another index": departure(RENUMBERED, [("é", 1)], [("é", 0)]),
    "a crash tears what has an unusual name": departure("a crash inside it", None, "é"),
    "an unusual text is returned": departure("returns", None, "é"),
    "no request is active": departure("active_request_id", "é", None),
    **{
        f"the active request was {text!r}": departure("active_request_id", None, text)
        for text in PLAIN
    },
}

TEXT: Final[Table] = {
    it.changes_text: (CHANGED, NOT_CHANGED),
    it.refuses_text: (
        {
            **CHANGED,
            "a start is refused for its request": refused(Start("s1", "é")),
            "a start is refused in a transaction": refused(InTransaction(Start("s1", "é"))),
            "an id comes back as it came": sent((frame(id="\ud800"),), (frame(id="\ufffd"),)),
        },
        {
            **NOT_CHANGED,
            "an id is less": sent((frame(id="q"),), (frame(id="r"),)),
            "an id is greater": sent((frame(id="s"),), (frame(id="r"),)),
            "a frame is right but for a space": sent((FRAME_A + " ",), (FRAME_A,)),
        },
    ),
}

MEANINGLESS: Final = {
    "no text": None,
    "no JSON": "no",
    "JSON that nobody can read": "[" * 100_000,
    "a number": "7",
    "an object of nothing": "{}",
    "one without an id": '{"body":"a","done":false}',
    "one whose done is null": frame(done=None),
    "one whose body is a number": frame(body=7),
    "one whose id is a list": frame(id=[]),
}

FRAMES: Final[Table] = {
    it.is_written_differently: (
        {
            "there is a space": sent((FRAME_A + " ", END), (FRAME_A, END)),
            "there is a space and a frame too many": sent((END + " ", END), (END,)),
            "what it means stands in bytes": sent((FRAME_A.encode(),), (FRAME_A,)),
            **{
                f"it is {kind}": sent((each,), (FRAME_A,)) for kind, each in MEANINGLESS.items()
            },
        },
        {
            "it is right": sent((FRAME_A,), (FRAME_A,)),
            "the body is another": sent((FRAME_B,), (FRAME_A,)),
            "the id is another": sent((frame(id="q"),), (FRAME_A,)),
            "it is done": sent((DONE,), (frames.chunk("", "r"),)),
            "the replay is not complete": sent((frames.chunk("", "r"),), (END,)),
            "the replay is complete": sent((END,), (frames.chunk("", "r"),)),
            "only the second is": sent((FRAME_B, END + " "), (FRAME_A, END)),
            "the last is not sent": sent((FRAME_A,), (FRAME_A, END)),
            "nothing is sent": sent((), (END,)),
            "it is a text that is read": departure("returns", FRAME_A + " ", FRAME_A),
            "it is a text for people": departure("connection", FRAME_A + " ", FRAME_A),
        },
    ),
    it.is_sent_under_another_id: (
        {
            "it is less": sent((frame(id="q"),), (FRAME_A,)),
            "it is greater": sent((frame(id="s"),), (FRAME_A,)),
        },
        {
            "the body is another": sent((FRAME_B,), (FRAME_A,)),
            "only that of a second frame is": sent(
                (FRAME_B, frame(id="q")), (FRAME_A, FRAME_A)
            ),
            "nothing is sent": sent((), (FRAME_A,)),
            **{
                f"it is {kind}": sent((each,), (FRAME_A,)) for kind, each in MEANINGLESS.items()
            },
        },
    ),
    it.sends_other_chunks: (
        {
            "one is gone": sent((END,), (FRAME_A, END)),
            "there is one too many": sent((FRAME_A, END), (END,)),
            "one is another": sent((FRAME_B, END), (FRAME_A, END)),
            "one is a lesser one": sent((FRAME_A, END), (FRAME_B, END)),
        },
        {
            "the end is another": sent((FRAME_A, DONE), (FRAME_A, END)),
            "the end is gone": sent((FRAME_A,), (FRAME_A, END)),
            "there is an end too many": sent((FRAME_A, END, DONE), (FRAME_A, END)),
            **{
                f"there is one too many: {kind}": sent((FRAME_A, each), (FRAME_A,))
                for kind, each in MEANINGLESS.items()
            },
        },
    ),
}
