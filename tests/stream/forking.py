"""A real fork, for tests."""

import os
import warnings
from collections.abc import Callable
from typing import NoReturn


def in_child(act: Callable[[], object]) -> str:
    """What ``act`` returned in a forked child, or raised there, as text."""
    ours, theirs = os.pipe()
    with warnings.catch_warnings():
        # A child of a process with threads may hang on a lock; this one takes none.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _act_and_end(act, theirs)
    os.close(theirs)
    with os.fdopen(ours) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    assert status == 0, f"the child ended with {os.waitstatus_to_exitcode(status)}"
    return said


def _act_and_end(act: Callable[[], object], pipe: int) -> NoReturn:
    try:
        said = repr(act())
    except Exception as error:  # noqa: BLE001 - the parent looks at it
        said = f"{type(error).__name__}: {error}"
    os.write(pipe, said.encode())
    os._exit(0)
