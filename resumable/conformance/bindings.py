"""Which real stream id stands for which symbolic name."""

from typing import Any


class Bindings:
    """Grows as streams start. A name that was never bound is its own id: unknown."""

    __slots__ = ("ids", "names", "used")

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.used: dict[str, None] = {}
        """Every name that a command has used, in order."""

    def copy(self, other: "Bindings") -> None:
        """Know all that ``other`` knows."""
        self.ids.update(other.ids)
        self.names.update(other.names)
        self.used.update(other.used)

    def rename(self, ids: dict[str, str]) -> None:
        """Know these ids by their names, and no others."""
        self.ids = dict(ids)
        self.names = dict(zip(ids.values(), ids, strict=True))

    def bind(self, name: str, id: Any) -> None:
        """Note that ``name`` is called ``id``, unless that is no id or was given out before:
        then it keeps its other name, and is found to be the wrong one."""
        if isinstance(id, str) and id and id not in self.names and id not in self.used:
            self.ids[name] = id
            self.names[id] = name

    def name(self, id: Any) -> Any:
        """The symbolic name of an id; anything else as it is, so that a report shows it."""
        return self.names.get(id, id) if isinstance(id, str) else id
