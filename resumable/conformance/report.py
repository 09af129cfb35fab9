"""The text of a divergence: the program, the step that failed, what was seen and permitted."""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any, Final

from model import ORIGINAL
from model.departure import Departure
from model.rules import rule_at_stake
from resumable.conformance import prose
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.compare import DISK_FAILED
from resumable.conformance.contrast import contrast, place
from resumable.conformance.divergence import Difference, Divergence, Step
from resumable.conformance.setting import DEFAULT, Setting
from resumable.conformance.target import Seen

_SHOWN_MAX: Final = 3
"""Differences shown in full: the first say the most."""

_SUBJECTS: Final = ("metadata", "chunk", "active")


def explain(divergence: Divergence, path: str | None = None) -> str:
    """What went wrong, for a person. ``path`` is where the trace was saved."""
    parts = [
        _headline(divergence),
        *_rule(divergence),
        *_surroundings(divergence),
        "\n".join(_program(divergence.steps)),
        "\n".join(_surprise(divergence) if divergence.forbidden else _differences(divergence)),
    ]
    if path is not None:
        parts.append(_what_to_do(divergence, path))
    return "\n\n".join(parts) + "\n"


def _headline(divergence: Divergence) -> str:
    number, first = len(divergence.steps), divergence.closest[0]
    if divergence.forbidden:
        return (
            f"{divergence.target} does at step {number} what is forbidden:"
            f" {divergence.forbidden}."
        )
    return (
        f"{divergence.target} diverged from the specification at step {number}, in"
        f" {place(first)}."
    )


def rule_of(divergence: Divergence) -> tuple[str, str]:
    """Name and sentence of the rule that differs, or that a surprise makes one wish for."""
    if divergence.forbidden:
        return divergence.forbidden, str(divergence.closest[0].permitted)
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
        is_set_up_oddly=divergence.setting._replace(storage="memory", scans="forwards")
        != DEFAULT,
    )


def _rule(divergence: Divergence) -> Iterator[str]:
    name, sentence = rule_of(divergence)
    if name:
        yield f"The rule: {sentence} ({name})"


def _surroundings(divergence: Divergence) -> Iterator[str]:
    lines = []
    if divergence.limits != ORIGINAL:
        names = zip(ORIGINAL._fields, divergence.limits, ORIGINAL, strict=True)
        others = [f"{name} {limit:,}" for name, limit, usual in names if limit != usual]
        lines.append(f"Limits: {', '.join(others)}")
    if divergence.setting != DEFAULT:
        lines.append(f"The connection: {', '.join(_oddities(divergence.setting))}")
    if lines:
        yield "\n".join(lines)


def _oddities(setting: Setting) -> Iterator[str]:
    if setting.isolation_level != DEFAULT.isolation_level:
        yield f"isolation_level={setting.isolation_level!r}"
    if setting.rows != DEFAULT.rows:
        made = {"Row": "sqlite3.Row", "dict": "one that makes dicts"}[setting.rows]
        yield f"row_factory={made}"
    if setting.scans != DEFAULT.scans:
        yield "reverse_unordered_selects=on"
    if setting.storage != DEFAULT.storage:
        yield _storage(setting)


def _storage(setting: Setting) -> str:
    journal, _, synchronous = setting.storage.partition("-")
    if synchronous:
        return f"journal_mode={journal}, synchronous={synchronous}, on a disk that can fail"
    return "on a file, so that a crash can be looked at between any two statements"


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
        notes.append(prose.count(len(seen.frames), "frame"))
    if seen.disk_failed:
        notes.append("the disk failed")
    return f"   → {', '.join(notes)}" if notes else ""


def _differences(divergence: Divergence) -> Iterator[str]:
    shown = _telling(divergence.closest)
    yield f"At step {len(divergence.steps)}:"
    for difference in shown:
        yield f"  {place(difference)}"
        yield from contrast(
            difference, _permitted_values(difference, divergence), divergence.streams
        )
    rest = [place(each) for each in divergence.closest if each not in shown]
    if rest:
        yield f"  and with that: {', '.join(dict.fromkeys(rest))}"


def _surprise(divergence: Divergence) -> Iterator[str]:
    yield f"At step {len(divergence.steps)} the target {divergence.closest[0].seen}."
    yield "The specification permits that, as the original does it; --forbid does not."


def _telling(differences: Sequence[Difference]) -> list[Difference]:
    """One mistake shows in many places. Of each subject the first place says it, for every
    stream."""
    places: dict[str, str] = {}
    return [
        difference
        for difference in differences
        if places.setdefault(_subject(difference.where), difference.where) == difference.where
    ][:_SHOWN_MAX]


def _subject(where: str) -> str:
    return next((subject for subject in _SUBJECTS if subject in where), where)


def _permitted_values(difference: Difference, divergence: Divergence) -> list[Any]:
    """What the permitted outcomes have there; mostly there is one. Where the disk failed,
    an outcome in which it does not is none."""
    closest, *others = divergence.alternatives
    likely = [each for each in others if not any(one.where == DISK_FAILED for one in each)]
    values = []
    for alternative in (closest, *likely):
        for other in alternative:
            same = (other.where, other.stream) == (difference.where, difference.stream)
            if same and other.permitted not in values:
                values.append(other.permitted)
    return values


def _what_to_do(divergence: Divergence, path: str) -> str:
    command = f"resumable replay {shlex.quote(path)} --target {shlex.quote(divergence.target)}"
    if divergence.forbidden:
        command += f" --forbid {divergence.forbidden}"
    test = "test_" + re.sub(r"\W+", "_", PurePath(path).stem)
    return f"Replay it:       {command}\nMake it a test:  {command} --as-test > {test}.py"
