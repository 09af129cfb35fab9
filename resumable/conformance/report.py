"""The text of a divergence: the program, the step that failed, what was seen and permitted."""

import difflib
import shlex
from collections.abc import Iterator, Sequence
from typing import Any, Final

from model import ORIGINAL
from model.departure import Departure
from model.rules import rule_at_stake
from resumable.conformance import prose
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.divergence import Difference, Divergence, Step
from resumable.conformance.setting import DEFAULT
from resumable.conformance.target import Raised, Seen

_SHOWN_MAX: Final = 3
"""Differences shown in full. One mistake shows in many places; the first say the most."""

_ROWS_MAX: Final = 6
_FRAME_CHARS: Final = 96


def explain(divergence: Divergence, path: str | None = None) -> str:
    """What went wrong, for a person. ``path`` is where the trace was saved."""
    parts = [
        _headline(divergence),
        *_rule(divergence),
        *_surroundings(divergence),
        "\n".join(_program(divergence.steps)),
        "\n".join(_differences(divergence)),
    ]
    if path is not None:
        parts.append(_what_to_do(divergence, path))
    return "\n\n".join(parts) + "\n"


def _headline(divergence: Divergence) -> str:
    number, first = len(divergence.steps), divergence.closest[0]
    return (
        f"{divergence.target} diverged from the specification at step {number}, in"
        f" {_place(first)}."
    )


def rule_of(divergence: Divergence) -> tuple[str, str]:
    """Name and sentence of the rule that differs."""
    rule = rule_at_stake(_departure(divergence))
    return (rule.name, rule.sentence) if rule else ("", "")


def _departure(divergence: Divergence) -> Departure:
    *earlier, last = divergence.steps
    first = divergence.closest[0]
    others = tuple([difference.where for difference in divergence.closest])
    return Departure(
        divergence.before,
        last.command,
        last.at_ms,
        divergence.limits,
        first.where,
        first.seen,
        first.permitted,
        others,
        rows_agree=divergence.rows_compared and not any("rows" in other for other in others),
        earlier=tuple([step.command for step in earlier]),
        disk_failed=last.seen.disk_failed,
        is_set_up_oddly=divergence.setting._replace(storage="memory") != DEFAULT,
    )


def _rule(divergence: Divergence) -> Iterator[str]:
    name, sentence = rule_of(divergence)
    if name:
        yield f"The rule: {sentence} ({name})"


def _surroundings(divergence: Divergence) -> Iterator[str]:
    lines = []
    if divergence.limits != ORIGINAL:
        limits = divergence.limits._asdict().items()
        lines.append("Limits: " + ", ".join([f"{name} {value:,}" for name, value in limits]))
    if divergence.setting != DEFAULT:
        setting = divergence.setting._asdict().items()
        lines.append(
            "The database: " + ", ".join([f"{name} {value}" for name, value in setting])
        )
    if lines:
        yield "\n".join(lines)


def _program(steps: Sequence[Step]) -> list[str]:
    times = [prose.instant(step.at_ms - EPOCH_MS) for step in steps]
    width = max(len(time) for time in times)
    lines = [f"     {'clock':<{max(width, 5)}}  command"]
    for number, (step, time) in enumerate(zip(steps, times, strict=True), 1):
        mark = "▸" if number == len(steps) else " "
        command = prose.command(step.command) + _reply(step.seen)
        lines.append(f"{mark}{number:>3} {time:<{max(width, 5)}}  {command}")
    return lines


def _reply(seen: Seen) -> str:
    """Only what a reader of the program wants to know besides the command."""
    notes = []
    if seen.refused is not None:
        notes.append(f"raised {seen.error}" if seen.error else f"refused: {seen.refused}")
    if seen.frames:
        notes.append(f"{len(seen.frames)} frames")
    if seen.disk_failed:
        notes.append("the disk failed")
    return f"   → {', '.join(notes)}" if notes else ""


def _differences(divergence: Divergence) -> Iterator[str]:
    shown, rest = divergence.closest[:_SHOWN_MAX], divergence.closest[_SHOWN_MAX:]
    yield f"At step {len(divergence.steps)}:"
    for difference in shown:
        yield f"  {_place(difference)}"
        yield from _aligned(difference, _permitted_values(difference, divergence))
    if rest:
        yield f"  (so differ also: {', '.join(dict.fromkeys(_place(each) for each in rest))})"


def _place(difference: Difference) -> str:
    if difference.stream is None:
        return difference.where
    return difference.where.replace("()", f"({difference.stream})")


def _permitted_values(difference: Difference, divergence: Divergence) -> list[Any]:
    """What the permitted outcomes have there; mostly there is one."""
    values = []
    for alternative in divergence.alternatives:
        for other in alternative:
            same = (other.where, other.stream) == (difference.where, difference.stream)
            if same and other.permitted not in values:
                values.append(other.permitted)
    return values


def _aligned(difference: Difference, permitted: Sequence[Any]) -> Iterator[str]:
    if all(_is_rows(value) for value in (difference.seen, *permitted)):
        for number, value in enumerate(permitted):
            yield from ["    or"] if number else []
            yield from _aligned_rows(difference.where, difference.seen, value)
        return
    yield f"    the target did  {_one(difference.seen)}"
    yield f"    permitted       {' or '.join([_one(value) for value in permitted])}"


def _is_rows(value: Any) -> bool:
    return isinstance(value, tuple | list)


def _one(value: Any) -> str:
    if isinstance(value, Raised):
        return f"raised {value.error}"
    return "nothing" if value in ((), []) else prose.value(value)


def _aligned_rows(where: str, seen: Sequence[Any], permitted: Sequence[Any]) -> Iterator[str]:
    """Only the rows that differ; the others are counted."""
    left = [_row(where, row) for row in seen]
    right = [_row(where, row) for row in permitted]
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    alike = sum(block.size for block in matcher.get_matching_blocks())
    seen_only: list[str] = []
    permitted_only: list[str] = []
    for tag, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if tag != "equal":
            seen_only += left[a_from:a_to]
            permitted_only += right[b_from:b_to]
    yield from _block("the target did", seen_only)
    yield from _block("permitted", permitted_only)
    if len(seen_only) == len(permitted_only) == 1:
        yield _caret(seen_only[0], permitted_only[0])
    if alike:
        yield f"    ({alike} more alike)"


def _block(title: str, rows: Sequence[str]) -> Iterator[str]:
    for number, row in enumerate(rows[:_ROWS_MAX] or ["nothing"]):
        yield f"    {title if number == 0 else '':<14}  {_shortened(row)}"
    if len(rows) > _ROWS_MAX:
        yield f"    {'':<14}  … {len(rows) - _ROWS_MAX} more"


def _caret(left: str, right: str) -> str:
    """A mark under the first letter that differs."""
    pairs = zip(left, right, strict=False)
    column = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))
    return f"    {'':<14}  {' ' * column}^" if column < _FRAME_CHARS else ""


def _shortened(row: str) -> str:
    if len(row) <= 2 * _FRAME_CHARS:
        return row
    return f"{row[:_FRAME_CHARS]}… ({len(row):,} characters) …{row[-_FRAME_CHARS:]}"


def _row(where: str, row: Any) -> str:
    """One row or frame on a line; times as in the program."""
    match where, row:
        case "get_all_stream_metadata()", (stream, status, request, int(created)):
            return f"{stream}  {status}  {prose.value(request)}  created {_at(created)}"
        case "rows of metadata", (stream, request, status, int(created), ended):
            end = "never" if ended is None else _at(ended)
            start = f"{stream}  {status}  {prose.value(request)}  created {_at(created)}"
            return f"{start}  completed_at {end}"
        case "rows of chunks", (stream, body, index, int(flushed)):
            return f"{stream}[{index}]  {prose.value(body)}  created {_at(flushed)}"
        case "frames", str():
            return row
        case _, (body, int(index)):
            return f"[{index}]  {prose.value(body)}"
        case _:
            return prose.value(row)


def _at(now_ms: Any) -> str:
    return prose.instant(now_ms - EPOCH_MS) if isinstance(now_ms, int) else repr(now_ms)


def _what_to_do(divergence: Divergence, path: str) -> str:
    command = f"resumable replay {shlex.quote(path)} --target {shlex.quote(divergence.target)}"
    return (
        f"Replay it:       {command}\nMake it a test:  {command} --as-test > test_regression.py"
    )
