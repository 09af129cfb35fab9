"""A disk of the harness's own: files in memory, and a record of all that changed them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from resumable.conformance.faults.strike import Operation, Strike

Image = Mapping[str, bytes]
"""Files by their names: all that a machine that is switched on again finds."""


class Created(NamedTuple):
    """A name came into the directory, for the file of this number."""

    name: str
    number: int


class Written(NamedTuple):
    """Bytes were written to the file of this number."""

    number: int
    offset: int
    data: bytes


class Truncated(NamedTuple):
    """The file of this number was cut."""

    number: int
    size: int


class Synced(NamedTuple):
    """What was written to the file of this number is durable; its directory, too, if SQLite
    asks for that: with the first sync of a new journal or WAL."""

    number: int
    with_directory: bool


class Deleted(NamedTuple):
    """A name left the directory, durably if ``with_directory``."""

    name: str
    with_directory: bool


Event = Created | Written | Truncated | Synced | Deleted


class Contents:
    """One file. ``number`` stays its own when its name goes to another one."""

    __slots__ = ("data", "needs_directory", "number")

    def __init__(self, number: int, data: bytes = b"") -> None:
        self.number: Final = number
        self.data: Final = bytearray(data)
        self.needs_directory = False
        """Whether its first sync takes the directory with it."""


class Disk:
    """The files that SQLite works on, what was done to them, and the strike that waits.

    ``base`` is what was there at first, durably. ``events`` are those that have happened to
    it since; their files are numbered by the order in which they came.
    ``on_event`` is called after each event: a process may be killed there.
    """

    def __init__(self, base: Image, events: Iterable[Event] = ()) -> None:
        self.base: Final[Image] = base
        self.files: Final[dict[str, Contents]] = {
            name: Contents(number, data) for number, (name, data) in enumerate(base.items())
        }
        self.events: Final[list[Event]] = list(events)
        self.strike: Strike | None = None
        self.on_event: Callable[[Event], None] = lambda _: None
        numbered = {file.number: file for file in self.files.values()}
        for event in self.events:
            _repeat(event, self.files, numbered)
        self._count = len(numbered)

    def fork(self, events: int | None = None) -> "Disk":
        """Another disk, to which the same has happened, or only the first so many events."""
        return Disk(self.base, self.events[:events])

    def code_for(self, operation: Operation) -> int:
        """What this call has to return instead of doing anything; 0 if it may go on."""
        return 0 if self.strike is None else self.strike.code_for(operation)

    def create(self, name: str) -> Contents:
        """A new and empty file."""
        file = self.files[name] = Contents(self._count)
        self._count += 1
        self._note(Created(name, file.number))
        return file

    def write(self, file: Contents, offset: int, data: bytes) -> None:
        overwrite(file.data, offset, data)
        self._note(Written(file.number, offset, data))

    def truncate(self, file: Contents, size: int) -> None:
        del file.data[size:]
        self._note(Truncated(file.number, size))

    def sync(self, file: Contents) -> None:
        self._note(Synced(file.number, file.needs_directory))
        file.needs_directory = False

    def delete(self, name: str, *, with_directory: bool) -> None:
        del self.files[name]
        self._note(Deleted(name, with_directory))

    def image(self) -> Image:
        """The files as they are, synced or not: what a killed process leaves."""
        return {name: bytes(file.data) for name, file in self.files.items()}

    def _note(self, event: Event) -> None:
        self.events.append(event)
        self.on_event(event)


def _repeat(event: Event, files: dict[str, Contents], numbered: dict[int, Contents]) -> None:
    match event:
        case Created(name, number):
            files[name] = numbered[number] = Contents(number)
        case Deleted(name):
            del files[name]
        case Written(number, offset, data):
            overwrite(numbered[number].data, offset, data)
        case Truncated(number, size):
            del numbered[number].data[size:]


def overwrite(content: bytearray, offset: int, data: bytes) -> None:
    """Write; what lies between the end so far and ``offset`` reads as zeros."""
    if offset > len(content):
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data
