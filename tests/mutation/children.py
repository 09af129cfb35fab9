"""A child process for each mutant: it may crash, or never end."""

import os
import resource
import select
import signal
from collections.abc import Callable
from importlib import import_module
from typing import Final, NoReturn

SECONDS_MAX: Final = 180
CPU_SECONDS_MAX: Final = 90
BYTES_MAX: Final = 4 << 30
"""With one more, a mutant never ends, and is killed by that."""

LOADED_BEFORE: Final = ("freezegun", "hypothesis.stateful", "nanoid", "rich.console", "sqlite3")
"""What takes tests long to import, and is not the project's."""


def fails(act: Callable[[], bool]) -> bool:
    """Whether ``act`` returns False, raises or never returns, in a child process."""
    child = os.fork()
    if child == 0:
        _act_in_child(act)
    ended = os.pidfd_open(child)
    is_over, _, _ = select.select([ended], [], [], SECONDS_MAX)
    os.close(ended)
    if not is_over:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return status != 0


def _act_in_child(act: Callable[[], bool]) -> NoReturn:
    """Nothing is printed, and whatever happens, the child ends here."""
    is_well = False
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nowhere, descriptor)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
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
                os.write(answers, b"1" if fails(lambda: act(words)) else b"0")
            os._exit(0)
        os.close(orders)
        os.close(answers)

    def fails(self, words: list[str]) -> bool:
        """Whether ``act(words)`` does, in a child."""
        os.write(self._orders, " ".join(words).encode())
        return os.read(self._answers, 1) == b"1"
