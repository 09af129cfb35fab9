"""What a disk may hold when it is switched on again: the art of losing what was not synced.

Only what was synced is certain. Of everything else, the operating system may have written
any part in any order: nothing, all, what came first, some of it, a write without some of its
512-byte sectors, the data without the names of new files, or the names alone.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import Final

from resumable.conformance.faults.disk import (
    Created,
    Deleted,
    Event,
    Image,
    Synced,
    Truncated,
    Written,
    overwrite,
)

SECTOR_BYTES: Final = 512

ALL: Final = "all"
NONE: Final = "none"
NAMES: Final = "names"
DATA: Final = "data"
FIRST: Final = "first"
SOME: Final = "some"
TORN: Final = "torn"

USAGE: Final = (
    f'"{ALL}" (nothing is lost, as when a process is killed), "{NONE}" of what was not synced,'
    f' its "{DATA}" without the names of files, "{NAMES}" without data, "{FIRST} 3" changes,'
    f' "{SOME} 7" or "{TORN} 7" (drawn with that seed; "{TORN}" loses single sectors)'
)

PLAIN_WAYS: Final = (NONE, ALL, DATA, NAMES, f"{FIRST} 1")
"""From the plainest on."""

_EVEN: Final = 0.5

Pending = Sequence[Event]


class Platter:
    """What is certain on a disk while events go by, and what is not yet."""

    def __init__(self, base: Image) -> None:
        self._names: Final[dict[str, int]] = {name: number for number, name in enumerate(base)}
        self._contents: Final[dict[int, bytearray]] = {
            number: bytearray(data) for number, data in enumerate(base.values())
        }
        self.pending: list[Event] = []
        """What was not synced, in order."""

    def note(self, event: Event) -> None:
        """Take in what SQLite did next."""
        match event:
            case Synced(number, with_directory):
                self._settle(lambda each: _file_of(each) == number)
                if with_directory:
                    self._settle(_is_of_directory)
            case Deleted(_, True):
                self.pending.append(event)
                self._settle(_is_of_directory)
            case _:
                self.pending.append(event)

    def image(self, kept: Iterable[Event]) -> Image:
        """The files, if ``kept`` got onto the disk besides what is certain."""
        names, contents = dict(self._names), self._contents
        changed: dict[int, bytearray] = {}
        for event in kept:
            match event:
                case Created() | Deleted():
                    _rename(names, event)
                case Written(number) | Truncated(number):
                    if number not in changed:
                        changed[number] = bytearray(contents.get(number, b""))
                    _change(changed[number], event)
        return {
            name: bytes(changed.get(number, contents.get(number, b"")))
            for name, number in names.items()
        }

    def _settle(self, is_settled: Callable[[Event], bool]) -> None:
        """What was pending has become certain."""
        rest: list[Event] = []
        for event in self.pending:
            if not is_settled(event):
                rest.append(event)
            elif isinstance(event, Created | Deleted):
                _rename(self._names, event)
            elif isinstance(event, Written | Truncated):
                _change(self._contents.setdefault(event.number, bytearray()), event)
        self.pending = rest


def at(base: Image, events: Iterable[Event]) -> Platter:
    """The disk once ``events`` have happened to it."""
    platter = Platter(base)
    for event in events:
        platter.note(event)
    return platter


def surviving(pending: Pending, kept: str) -> list[Event]:
    """Which of the pending events got onto the disk. Raises ValueError for a ``kept`` that is
    none."""
    word, _, number = kept.partition(" ")
    if not number and word in _PLAIN:
        return [event for event in pending if _PLAIN[word](event)]
    if number.isdecimal() and word in {FIRST, SOME, TORN}:
        if word == FIRST:
            return list(pending[: int(number)])
        return list(_drawn(pending, Random(int(number)), tears=word == TORN))  # noqa: S311
    raise ValueError(f"{kept!r} says nothing of what is kept of a disk; it is one of {USAGE}")


def ways(pending: Pending, draws: Iterable[int]) -> Iterator[str]:
    """What may be kept of ``pending``: each plain way, each beginning, and for each of
    ``draws`` one of either kind that is drawn."""
    yield ALL
    if not pending:
        return
    yield NONE
    if any(map(_is_of_directory, pending)):
        yield from (DATA, NAMES)
    yield from [f"{FIRST} {count}" for count in range(1, len(pending))]
    for draw in draws:
        yield f"{SOME} {draw}"
        yield f"{TORN} {draw}"


def _is_of_directory(event: Event) -> bool:
    return isinstance(event, Created | Deleted)


_PLAIN: Final[dict[str, Callable[[Event], bool]]] = {
    ALL: lambda _: True,
    NONE: lambda _: False,
    NAMES: _is_of_directory,
    DATA: lambda event: not _is_of_directory(event),
}


def _drawn(pending: Pending, random: Random, *, tears: bool) -> Iterator[Event]:
    """Each event or not; with ``tears``, every write, but not each of its sectors."""
    for event in pending:
        if not tears or not isinstance(event, Written):
            if random.random() < _EVEN:
                yield event
            continue
        for sector in _sectors(event):
            if random.random() < _EVEN:
                yield sector


def _sectors(event: Written) -> Iterator[Written]:
    """A write, in parts that end where sectors of the disk do."""
    number, offset, data = event
    start = 0
    while start < len(data):
        end = start + SECTOR_BYTES - (offset + start) % SECTOR_BYTES
        yield Written(number, offset + start, data[start:end])
        start = end


def _file_of(event: Event) -> int | None:
    return event.number if isinstance(event, Written | Truncated) else None


def _rename(names: dict[str, int], event: Created | Deleted) -> None:
    if isinstance(event, Created):
        names[event.name] = event.number
    else:
        names.pop(event.name, None)


def _change(content: bytearray, event: Written | Truncated) -> None:
    if isinstance(event, Written):
        overwrite(content, event.offset, event.data)
    else:
        del content[event.size :]
