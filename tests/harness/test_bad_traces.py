"""What is no trace is refused, with the line where it ceases to be one, and with the cure."""

from pathlib import Path
from typing import Final

import pytest

from resumable.conformance.trace import TraceError, loads, read

HEADER: Final = '{"resumable_trace": 1, "verdict": "conforms", "target": "sqlite"}\n'
START: Final = '{"at": 0, "do": "start", "stream": "s1", "request": "r1"}\n'
DISK: Final = '"do": "while_disk_fails", "rows_written"'

BAD: Final[dict[str, tuple[str, str]]] = {
    "an empty file": ("", r'line 1: missing.*begins with {"resumable_trace": 1'),
    "no JSON": ("once upon a time\n", r"line 1: not JSON.*column 1"),
    "half a line": (HEADER + START[:20], r"line 2: not JSON.*column"),
    "a line left out": (HEADER + "\n" + START, r"line 2: not JSON"),
    "no version": ("{}\n", r'line 1: not a trace.*{"resumable_trace": 1'),
    "no object": ("[]\n", r"line 1: not a trace"),
    "another version": (
        '{"resumable_trace": 2}\n',
        r"line 1: a trace of version 2.*reads 1.*record it anew",
    ),
    "a version that is none": ('{"resumable_trace": true}', r"line 1: a trace of version True"),
    "an unknown verdict": (
        '{"resumable_trace": 1, "verdict": "fine"}',
        r"line 1: the verdict must be one of conforms, diverged, unknown",
    ),
    "a note that is no text": ('{"resumable_trace": 1, "note": 7}', r"line 1: 'note'.*str"),
    "an unknown setting": (
        '{"resumable_trace": 1, "setting": {"colour": "red"}}',
        r"line 1: setting has no 'colour', only isolation_level, rows, storage",
    ),
    "a bad setting": (
        '{"resumable_trace": 1, "setting": {"rows": "lists"}}',
        r"line 1: a setting must be one of .*'Row'.*, not 'lists'",
    ),
    "settings in a list": (
        '{"resumable_trace": 1, "setting": [1]}',
        r"line 1: setting.*object",
    ),
    "an unknown limit": (
        '{"resumable_trace": 1, "limits": {"flush": 3}}',
        r"line 1: limits has no 'flush', only flush_chunks",
    ),
    "a limit of nothing": (
        '{"resumable_trace": 1, "limits": {"flush_chunks": 0}}',
        r"line 1: every limit must be a whole number above 0",
    ),
    "a limit that is no number": (
        '{"resumable_trace": 1, "limits": {"flush_chunks": true}}',
        r"line 1: every limit must be a whole number",
    ),
    "a number for a command": (HEADER + "7\n", r'line 2: a command is an object with "do"'),
    "no command": (HEADER + '{"at": 0}\n', r'line 2: a command is an object with "do"'),
    "an unknown command": (
        HEADER + START + '{"do": "dance"}\n',
        r"line 3: no command is called 'dance'; there are start, store",
    ),
    "a missing field": (
        HEADER + '{"do": "start", "stream": "s1"}\n',
        r"line 2: start needs 'request'",
    ),
    "a field too many": (
        HEADER + '{"do": "flush", "stream": "s1"}\n',
        r"line 2: flush has no 'stream', only do, at, reply",
    ),
    "a text that is none": (
        HEADER + '{"do": "complete", "stream": 7}\n',
        r"line 2: 'stream': text must be a string",
    ),
    "a run of less than nothing": (
        HEADER + '{"do": "store", "stream": "s1", "body": [["a", -1]]}\n',
        r"line 2: 'body': a part is a string or \[letter, count",
    ),
    "a run that fills the memory": (
        HEADER + '{"do": "store", "stream": "s1", "body": [["a", 99999999999]]}\n',
        r"line 2: 'body': .*count up to 100,000,000",
    ),
    "a number that is none": (
        HEADER + '{"do": "advance", "ms": "1 min"}\n',
        r"line 2: 'ms' must be a whole number .*not '1 min'",
    ),
    "half a millisecond": (HEADER + '{"do": "advance", "ms": 0.5}\n', r"line 2: 'ms' must"),
    "a yes for a number": (HEADER + '{"do": "advance", "ms": true}\n', r"line 2: 'ms' must"),
    "a number beyond SQLite": (
        HEADER + '{"do": "advance", "ms": 99999999999999999999}\n',
        r"line 2: 'ms' must be .*to 1,000,000,000,000,000",
    ),
    "less than nothing": (
        HEADER + '{"do": "burst", "stream": "s1", "body": "b", "count": -1}\n',
        r"line 2: 'count' must be a whole number from 0",
    ),
    "no call inside": (
        HEADER + f'{{{DISK}: 0, "call": {{"do": "restart"}}}}\n',
        r"line 2: restart is not the call of a method",
    ),
    "a fault inside a fault": (
        HEADER + f'{{{DISK}: 0, "call": {{{DISK}: 0, "call": {{"do": "flush"}}}}}}\n',
        r"line 2: while_disk_fails is not the call of a method",
    ),
    "a dead socket inside send": (
        HEADER
        + '{"do": "replay_while_sending", "request": "r1", "at_frame": 0, "call":'
        + ' {"do": "replay_to_dead_socket", "request": "r1", "frames_taken": 0}}\n',
        r"line 2: replay_to_dead_socket is not the call of a method",
    ),
    "another time": (
        HEADER + START + '{"at": 5, "do": "flush"}\n',
        r"line 3: at is 5, but .*clock to 0; change it, or the advance",
    ),
    "a time that is none": (HEADER + '{"at": null, "do": "flush"}\n', r"line 2: at is None"),
    "a name started twice": (
        HEADER + START + START,
        r"line 3: s1 starts here, but was named before; name it otherwise",
    ),
    "a name used before its start": (
        HEADER + '{"do": "complete", "stream": "s1"}\n' + START,
        r"line 3: s1 starts here, but was named before",
    ),
    "a reply that is none": (HEADER + '{"do": "flush", "reply": []}\n', r"line 2: reply must"),
    "an unknown part of a reply": (
        HEADER + '{"do": "flush", "reply": {"frame": "x"}}\n',
        r"line 2: reply has no 'frame', only value, frames",
    ),
    "frames in a text": (
        HEADER + '{"do": "flush", "reply": {"frames": "x"}}\n',
        r"line 2: 'frames' must be of type list, not 'x'",
    ),
    "a refusal that is no text": (
        HEADER + '{"do": "flush", "reply": {"refused": 7}}\n',
        r"line 2: 'refused' must be of type str",
    ),
    "endless brackets": (HEADER + "[" * 100_000, r"line 2: nested too deeply"),
}


@pytest.mark.parametrize(("text", "message"), BAD.values(), ids=BAD)
def test_a_bad_trace_is_refused_with_its_line_and_the_cure(text: str, message: str) -> None:
    with pytest.raises(TraceError, match=message):
        loads(text)


def test_reading_a_bad_trace_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(HEADER + "{}\n")
    with pytest.raises(TraceError, match=r"bad\.jsonl: line 2: "):
        read(path)


def test_a_file_in_another_encoding_is_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "latin.jsonl"
    path.write_bytes(HEADER.encode() + b'{"do": "store", "stream": "s1", "body": "\xe9"}\n')
    with pytest.raises(TraceError, match=r"latin\.jsonl: not UTF-8"):
        read(path)
