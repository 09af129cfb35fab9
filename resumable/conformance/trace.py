"""Traces: what was done to a target, as a versioned file of JSON lines.

The first line says what the file is; each further one is a command with its time (``at``, in
ms since the start) and the reply that it got. A trace outlives changes of every engine: it
holds the commands themselves, not the seed that made them.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeVar, get_args

from model import ORIGINAL, Command, Limits, Start
from model.commands import innermost, moved, stream_of
from resumable.conformance import codec
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.divergence import Divergence, Step
from resumable.conformance.files import write_whole
from resumable.conformance.setting import DEFAULT, Isolation, Rows, Scans, Setting, Storage

VERSION: Final = 1
_BEGINNING: Final = f'{{"resumable_trace": {VERSION}'

T = TypeVar("T")

Verdict = Literal["conforms", "diverged", "unknown"]


class Trace(NamedTuple):
    """A program for a target, with the replies that it got when it was recorded."""

    steps: tuple[Step, ...]
    setting: Setting = DEFAULT
    limits: Limits = ORIGINAL
    verdict: Verdict = "conforms"
    """What came of it when it was recorded, on ``target``."""

    target: str = "sqlite"
    note: str = ""
    """A sentence for people."""

    @property
    def commands(self) -> list[Command]:
        return [step.command for step in self.steps]


class TraceError(ValueError):
    """A file is not a trace; the message names the line and the cure."""


def of_divergence(divergence: Divergence, note: str = "") -> Trace:
    """The trace that leads to ``divergence``."""
    return Trace(
        tuple(divergence.steps),
        divergence.setting,
        divergence.limits,
        "diverged",
        divergence.target,
        note,
    )


def write(trace: Trace, path: Path) -> None:
    """Write the file: it appears whole, or not at all. Raises OSError."""
    write_whole(path, dumps(trace))


def read(path: Path) -> Trace:
    """Raises TraceError, which names file and line, for anything but a trace; OSError."""
    try:
        return loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise TraceError(f"{path}: not UTF-8, which every trace is: {error}") from error
    except TraceError as error:
        raise TraceError(f"{path}: {error}") from error


def dumps(trace: Trace) -> str:
    """The text of the file."""
    lines = [_encode_header(trace), *[_encode_step(step) for step in trace.steps]]
    return "".join([json.dumps(line) + "\n" for line in lines])


def loads(text: str) -> Trace:
    """The inverse of ``dumps``. Raises TraceError, which names the line."""
    if not text:
        raise TraceError(f"line 1: missing; a trace begins with {_BEGINNING}")
    lines = text.removesuffix("\n").split("\n")
    trace = _of_line(1, lines[0], _decode_header)
    steps: list[Step] = []
    names: dict[str, None] = {}
    for number, line in enumerate(lines[1:], start=2):
        now_ms = steps[-1].at_ms if steps else EPOCH_MS
        steps.append(_of_line(number, line, partial(_decode_step, now_ms)))
        if misuses_name(steps[-1].command, names):
            name = stream_of(steps[-1].command)
            raise TraceError(
                f"line {number}: {name} starts here, but was named before; name it otherwise"
            )
    return trace._replace(steps=tuple(steps))


def misuses_name(command: Command, names: dict[str, None]) -> bool:
    """Whether ``command`` starts a stream under a name in ``names``, to which its own is
    added. The harness could not tell the new stream from what had that name."""
    name = stream_of(command)
    if name is None:
        return False
    call = innermost(command)
    if isinstance(call, Start) and name in names:
        return True
    names[name] = None
    return False


def _of_line(number: int, line: str, decode: Callable[[Any], T]) -> T:
    try:
        return decode(_parsed(line))
    except ValueError as error:
        raise TraceError(f"line {number}: {error}") from error


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        where = f"{error.msg} at column {error.colno}"
        raise ValueError(f"not JSON, as each line of a trace is: {where}") from error
    except RecursionError as error:
        raise ValueError("nested too deeply for a trace") from error


def _encode_header(trace: Trace) -> dict[str, Any]:
    header: dict[str, Any] = {"resumable_trace": VERSION, "verdict": trace.verdict}
    header["target"] = trace.target
    if trace.note:
        header["note"] = trace.note
    if trace.setting != DEFAULT:
        header["setting"] = trace.setting._asdict()
    if trace.limits != ORIGINAL:
        header["limits"] = trace.limits._asdict()
    return header


def _decode_header(header: Any) -> Trace:
    version = header.get("resumable_trace") if isinstance(header, dict) else None
    if version is None:
        raise ValueError(f"not a trace, which begins with {_BEGINNING}")
    if type(version) is not int or version != VERSION:
        raise ValueError(
            f"a trace of version {version!r}, while this program reads {VERSION}; read it with"
            " the program that wrote it, or record it anew"
        )
    verdict = header.get("verdict", "unknown")
    if verdict not in get_args(Verdict):
        raise ValueError(f"the verdict must be one of {', '.join(get_args(Verdict))}")
    return Trace(
        (),
        _decode_setting(header.get("setting", {})),
        _decode_limits(header.get("limits", {})),
        verdict,
        codec.typed("target", header.get("target", "sqlite"), str),
        codec.typed("note", header.get("note", ""), str),
    )


def _decode_setting(value: Any) -> Setting:
    setting = DEFAULT._replace(**codec.known("setting", value, Setting._fields))
    options: Sequence[tuple[object, Sequence[object]]] = (
        (setting.isolation_level, (*get_args(Isolation), None)),
        (setting.rows, get_args(Rows)),
        (setting.storage, get_args(Storage)),
        (setting.scans, get_args(Scans)),
    )
    for choice, allowed in options:
        if choice not in allowed:
            raise ValueError(f"a setting must be one of {allowed}, not {choice!r}")
    return setting


def _decode_limits(value: Any) -> Limits:
    limits = ORIGINAL._replace(**codec.known("limits", value, Limits._fields))
    if not all(type(number) is int and number > 0 for number in limits):
        raise ValueError("every limit must be a whole number above 0")
    return limits


def _encode_step(step: Step) -> dict[str, Any]:
    line = {"at": step.at_ms - EPOCH_MS, **codec.encode_command(step.command)}
    reply = codec.encode_reply(step.seen)
    return {**line, "reply": reply} if reply else line


def _decode_step(now_ms: int, value: Any) -> Step:
    command = codec.decode_command(value, besides=("at", "reply"))
    at_ms = moved(now_ms, command)
    at = value.get("at", at_ms - EPOCH_MS)
    if at != at_ms - EPOCH_MS:
        raise ValueError(
            f"at is {at!r}, but the commands before it take the clock to {at_ms - EPOCH_MS};"
            " change it, or the advance"
        )
    return Step(command, at_ms, codec.decode_reply(value.get("reply", {})))
