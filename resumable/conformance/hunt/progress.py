"""Where a hunt stands, kept in a file, so that another can go on from there."""

import json
from pathlib import Path
from typing import Final, NamedTuple

from resumable.conformance.files import write_whole
from resumable.conformance.hunt.swarm import GENERATION

FILE: Final = "hunt.json"


class Standing(NamedTuple):
    """The first sequence of ``seed`` that was not run yet on ``target``."""

    target: str
    seed: int
    next: int


class StandingError(ValueError):
    """There is no hunt to go on with; the message says why."""


def save(standing: Standing, folder: Path) -> None:
    """Raises OSError."""
    text = json.dumps({"generation": GENERATION, **standing._asdict()})
    write_whole(folder / FILE, text + "\n")


def load(folder: Path) -> Standing:
    """Raises StandingError."""
    path = folder / FILE
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        generation = value.pop("generation")
        standing = Standing(**value)
    except FileNotFoundError:
        raise StandingError(f"{path} does not exist: no hunt has stopped there") from None
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise StandingError(f"{path} cannot be read: {error}; begin a new hunt") from error
    if generation != GENERATION:
        raise StandingError(f"{path} is of another version of the hunt; begin a new one")
    return standing
