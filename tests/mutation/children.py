"""A child process for each mutant: it may crash, or never end."""

import os
import resource
import select
import signal
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Final, NoReturn

IDLE_SECONDS_MAX: Final = 90
"""What a child may wait besides: what it waits for longer never comes."""

BYTES_MAX: Final = 4 << 30

LOADED_BEFORE: Final = ("freezegun", "hypothesis.stateful", "nanoid", "rich.console", "sqlite3")
"""What takes tests long to import, and is not the project's."""


def fails(act: Callable[[], bool], cpu_seconds: int) -> bool:
    """Whether ``act`` returns False, raises or does not return, in a child process that may
    take so much CPU time."""
    child = os.fork()
    if child == 0:
        _act_in_child(act, cpu_seconds)
    ended = os.pidfd_open(child)
    is_over, _, _ = select.select([ended], [], [], cpu_seconds + IDLE_SECONDS_MAX)
    os.close(ended)
    if not is_over:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return status != 0


def _act_in_child(act: Callable[[], bool], cpu_seconds: int) -> NoReturn:
    """Nothing is printed, and whatever happens, the child ends here."""
    is_well = False
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nowhere, descriptor)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
        resource.setrlimit(resource.RLIMIT_AS, (BYTES_MAX, BYTES_MAX))
        is_well = act()
    finally:
        os._exit(0 if is_well else 1)


class CleanProcess:
    """Forks children from how this process is now, whatever it imports later."""

    def __init__(self, act: Callable[[list[str]], bool]) -> None:
        for module in LOADED_BEFORE:
            import_module(module)
        orders, self._orders = os.pipe()
        self._answers, answers = os.pipe()
        if os.fork() == 0:
            os.close(self._orders)
            while words := os.read(orders, 1 << 16).decode().split():
                cpu_seconds, *rest = words
                is_bad = fails(partial(act, rest), int(cpu_seconds))
                os.write(answers, b"1" if is_bad else b"0")
            os._exit(0)
        os.close(orders)
        os.close(answers)

    def fails(self, words: list[str], cpu_seconds: int) -> bool:
        """Whether ``act(words)`` does, in a child."""
        os.write(self._orders, " ".join([str(cpu_seconds), *words]).encode())
        return os.read(self._answers, 1) == b"1"
