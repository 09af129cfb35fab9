"""The mutants that no test can tell from the source, each with the reason."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

FILE: Final = Path(__file__).with_name("equivalent.toml")


class Equivalent(NamedTuple):
    """A line somewhere, and all that it may become without a difference."""

    file: str
    place: str
    line: str
    becomes: list[str]
    reason: str


@cache
def equivalents() -> list[Equivalent]:
    """All of them, as they stand in the file."""
    return [Equivalent(**entry) for entry in tomllib.loads(FILE.read_text("utf-8"))["mutant"]]


def is_equivalent(file: str, place: str, before: str, after: str) -> bool:
    return any(
        each[:3] == (file, place, before) and after in each.becomes for each in equivalents()
    )
