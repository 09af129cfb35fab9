"""What was seen, above what is permitted, with a mark under the first letter that differs."""

import difflib
from collections.abc import Collection, Iterator, Sequence
from itertools import zip_longest
from typing import Any, Final

from resumable.conformance import prose
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.compare import ANY_ERROR, CRASH
from resumable.conformance.divergence import Difference
from resumable.conformance.target import Misshapen, Raised

_ROWS_MAX: Final = 6
_CHARS_MAX: Final = 112
_CONTEXT_CHARS: Final = 40
"""What stays in front of a difference in a row that is longer than ``_CHARS_MAX``."""

_LABELS: Final = {
    "raises": "what it raises",
    "returns": "what it returns",
    "frames": "the frames that it sends",
    "connection": "the caller's connection",
    CRASH: "what a crash inside it leaves on disk",
}
_REFUSALS: Final = {
    None: "nothing",
    "closed": "an error, since the instance was destroyed",
    "duplicate": "an error, since the id is taken",
    "socket": "the very exception that send raised",
    "disk": "an error, since the disk failed",
}


def place(difference: Difference) -> str:
    """What was read, as a user would call it."""
    label = _LABELS.get(difference.where, difference.where).replace("index in", "index of")
    if difference.stream is None:
        return label
    return label.replace("()", f"({prose.stream(difference.stream)})")


def contrast(
    difference: Difference, permitted: Sequence[Any], streams: Collection[str]
) -> Iterator[str]:
    """The lines for one difference; ``streams`` are the names that are no mere texts."""
    where, seen = difference.where, difference.seen
    if where == CRASH:
        yield from _block("the target did", _disk(seen))
        for number, disk in enumerate(dict.fromkeys(permitted[0])):
            yield from _block("or" if number else "permitted", _disk(disk))
    elif not all(_has_rows(where, value) for value in (seen, *permitted)):
        values = [_right(where, value, streams) for value in permitted]
        yield f"    the target did  {_wrong(where, seen, streams)}"
        yield f"    permitted       {' or '.join(values)}"
    elif len(permitted) == 1:
        yield from _rows(where, seen, permitted[0])
    else:
        yield from _block("the target did", [_row(where, row) for row in seen])
        for number, rows in enumerate(permitted):
            title = "or" if number else "permitted"
            yield from _block(title, [_row(where, row) for row in rows])


def _has_rows(where: str, value: Any) -> bool:
    """Rows, or frames; not a single pair."""
    is_list = isinstance(value, tuple | list) and not isinstance(value, Raised | Misshapen)
    return is_list and (where == "frames" or all(type(row) is tuple for row in value))


def _wrong(where: str, value: Any, streams: Collection[str]) -> str:
    if where == "raises":
        return "nothing: the call returned" if value is None else str(value)
    if isinstance(value, Raised):
        return f"raised {value.error}"
    if isinstance(value, Misshapen):
        return f"returned {_cut(repr(value.returned), 0)}, which is no {value.wanted}"
    return str(value) if where == "connection" else _named(value, streams)


def _right(where: str, value: Any, streams: Collection[str]) -> str:
    if where == "raises":
        return _REFUSALS[value]
    return str(value) if where == "connection" else _named(value, {*streams, ANY_ERROR})


def _named(value: Any, names: Collection[str]) -> str:
    if value in ((), []):
        return "nothing"
    is_name = isinstance(value, str) and value in names
    return str(value) if is_name else prose.value(value)


def _disk(value: Any) -> list[str]:
    streams, chunks = value
    lines = [_row("rows of metadata", row) for row in streams]
    return lines + [_row("rows of chunks", row) for row in chunks]


# -- Rows: only those that differ; the others are counted --


def _rows(where: str, seen: Sequence[Any], permitted: Sequence[Any]) -> Iterator[str]:
    left = [_row(where, row) for row in seen]
    right = [_row(where, row) for row in permitted]
    if sorted(left) == sorted(right):  # Their order is the matter.
        yield from _block("the target did", left)
        yield from _block("permitted", right)
        return
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    alike = sum(block.size for block in matcher.get_matching_blocks())
    seen_only: list[str] = []
    permitted_only: list[str] = []
    for tag, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if tag != "equal":
            seen_only += left[a_from:a_to]
            permitted_only += right[b_from:b_to]
    if len(seen_only) == len(permitted_only) == 1:
        yield from _pair(seen_only[0], permitted_only[0])
    else:
        nothing = "(not there)" if alike else "nothing"
        yield from _block("the target did", seen_only, nothing)
        yield from _block("permitted", permitted_only, nothing)
    if alike:
        yield f"    {'':<14}  ({alike} more agree)"


def _pair(seen: str, permitted: str) -> Iterator[str]:
    """Two rows with a mark under the first letter that differs."""
    letters = enumerate(zip_longest(seen, permitted))
    column = next((at for at, (left, right) in letters if left != right), 0)
    start = 0 if column < _CHARS_MAX - _CONTEXT_CHARS // 2 else column - _CONTEXT_CHARS
    yield f"    the target did  {_cut(seen, start)}"
    yield f"    permitted       {_cut(permitted, start)}"
    yield f"    {'':<14}  {' ' * (column - start + (start > 0))}^"


def _block(title: str, rows: Sequence[str], nothing: str = "nothing") -> Iterator[str]:
    for number, row in enumerate(rows[:_ROWS_MAX] or [nothing]):
        yield f"    {title if number == 0 else '':<14}  {_cut(row, 0)}"
    if len(rows) > _ROWS_MAX:
        yield f"    {'':<14}  … {len(rows) - _ROWS_MAX} more"


def _cut(row: str, start: int) -> str:
    before, after = "…" if start else "", "…" if len(row) > start + _CHARS_MAX else ""
    return f"{before}{row[start : start + _CHARS_MAX]}{after}"


def _row(where: str, row: Any) -> str:
    """One row or frame on a line; times as in the program."""
    match where, row:
        case "get_all_stream_metadata()", (stream, status, request, int(created)):
            begun = f"{status}  {prose.value(request)}  created at {_at(created)}"
            return f"{prose.stream(stream)}  {begun}"
        case "rows of metadata", (stream, request, status, int(created), ended):
            begun = f"{status}  {prose.value(request)}  created at {_at(created)}"
            end = "not ended" if ended is None else f"ended at {_at(ended)}"
            return f"{prose.stream(stream)}  {begun}  {end}"
        case "rows of chunks", (stream, body, index, int(flushed)):
            chunk = f"{prose.stream(stream)}[{index}]"
            return f"{chunk}  {prose.value(body)}  created at {_at(flushed)}"
        case "frames", str():
            return prose.visible(row)
        case _, (body, int(index)):
            return f"[{index}]  {prose.value(body)}"
        case _:
            return prose.value(row)


def _at(now_ms: Any) -> str:
    return prose.instant(now_ms - EPOCH_MS) if isinstance(now_ms, int) else repr(now_ms)
