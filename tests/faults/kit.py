"""What the tests of faults share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from model import Command
from model.crash import Durability
from resumable.conformance.explore.scope import small
from resumable.conformance.faults import vfs
from resumable.conformance.faults.coming_back import after
from resumable.conformance.faults.database import SimulatedDatabase
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.setting import DEFAULT
from resumable.conformance.target import Target


@contextmanager
def database(durability: Durability, image: Any = None) -> Iterator[SimulatedDatabase]:
    """A database on a simulated disk, opened."""
    found = SimulatedDatabase(durability, image)
    found.connect(DEFAULT._replace(isolation_level=None))
    try:
        yield found
    finally:
        found.close()
    vfs.raise_if_broken()


@contextmanager
def sequence(target: Target, mode: Durability, *commands: Command) -> Iterator[Lockstep]:
    """A lockstep on a disk that can fail, once ``commands`` have been sent."""
    with after(target, small("core"), mode, commands) as lockstep:
        yield lockstep
