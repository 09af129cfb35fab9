"""A mutant on trial: what is sent to it is counted, and its time is limited."""

from collections.abc import Callable
from time import process_time

from model import Command
from resumable.conformance.bindings import Bindings
from resumable.conformance.mutants import Factory
from resumable.conformance.mutants.target import MutantTarget
from resumable.conformance.target import Seen


class OutOfTimeError(KeyboardInterrupt):
    """The trial is over. An engine ends at it as at a Ctrl-C, and finds no fault in it."""


class Subject(MutantTarget):
    """A mutant for ``seconds`` of this process's own time, however busy the machine is;
    then the next command raises OutOfTimeError. ``beat`` is called before each."""

    def __init__(
        self, name: str, factory: Factory, seconds: float, beat: Callable[[], None]
    ) -> None:
        super().__init__(name, factory)
        self.performed = 0
        self._until = process_time() + seconds
        self._beat = beat

    def perform(self, command: Command, bindings: Bindings, now_ms: int) -> Seen:
        if process_time() > self._until:
            raise OutOfTimeError
        self._beat()
        self.performed += 1
        return super().perform(command, bindings, now_ms)
