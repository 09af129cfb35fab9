"""The specification's text and frames, which share no line with the implementation's."""

import pytest

from model import (
    InsertStale,
    Replay,
    Restart,
    Start,
    Store,
)
from model.frames import chunk, done, live_end, well_formed
from tests.model.lives import after, life_of

TYPE = "cf_agent_use_chat_response"

TEXTS = [
    ("a\ud83db", "a\ufffdb"),
    ("a\ude00b", "a\ufffdb"),
    ("a\ud83d", "a\ufffd"),
    ("\ude00\ud83d", "\ufffd\ufffd"),
    ("\ud83d\ud83d\ude00", "\ufffd😀"),
    ("\ud83d\ude00", "😀"),
    ("😀\ud83d", "😀\ufffd"),
    ("a\x00b", "a\x00b"),
    ("\u2028\ufeff\uffff", "\u2028\ufeff\uffff"),
    ("plain", "plain"),
    ("", ""),
]

texts = pytest.mark.parametrize(("given", "kept"), TEXTS)


@texts
def test_text_is_made_well_formed(given: str, kept: str) -> None:
    assert well_formed(given) == kept


@texts
def test_text_is_made_well_formed_wherever_it_enters(given: str, kept: str) -> None:
    state = after(Start("s1", given), Store("s1", given), InsertStale("s2", given, 0))
    assert state.memory.request == kept
    assert [row.request for row in state.disk.streams] == [kept, kept]
    assert [pending.body for pending in state.memory.buffer] == [kept]


@texts
def test_frames_carry_well_formed_text(given: str, kept: str) -> None:
    life = life_of(Start("s1", "r"), Store("s1", given))
    assert life.do(Replay(given)).reply.frames == (chunk(kept, kept), live_end(kept))


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ('say "hi" \\', r'"say \"hi\" \\"'),
        ("\b\f\n\r\t\x00\x1f", r'"\b\f\n\r\t\u0000\u001f"'),
        ("\x7f\u2028é漢😀</", '"\x7f\u2028é漢😀</"'),
    ],
)
def test_frames_are_byte_for_byte_those_of_the_original(text: str, literal: str) -> None:
    end = f'"id":{literal},"type":"{TYPE}","replay":true'
    assert chunk(text, text) == f'{{"body":{literal},"done":false,{end}}}'
    assert live_end(text) == f'{{"body":"","done":false,{end},"replayComplete":true}}'
    assert done(text) == f'{{"body":"","done":true,{end}}}'


def test_an_orphan_ends_with_done() -> None:
    frames = life_of(Start("s1", "r"), Restart()).do(Replay("r")).reply.frames
    assert frames == (done("r"),)
