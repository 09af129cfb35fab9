"""What ``--target`` means: from a word to a system under test."""

import importlib
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final, cast

from resumable.conformance.clock import FrozenTime
from resumable.conformance.protocol.target import CommandTarget
from resumable.conformance.target import Target, TargetError
from resumable.conformance.targets import builtin
from resumable.conformance.targets.frozen import Frozen
from resumable.conformance.targets.stream_like import Factory
from resumable.conformance.upstream.handover import HandOver
from resumable.conformance.upstream.install import installed
from resumable.conformance.upstream.target import Upstream, is_upstream, pinned, version_of

PREFIX: Final = "command:"

BUILT_IN: Final[dict[str, Callable[[], Target]]] = {
    "sqlite": builtin.sqlite,
    "sqlite-file": builtin.sqlite_file,
    "sqlite-process": builtin.sqlite_process,
    "upstream": lambda: Upstream("upstream"),
    "handover": HandOver,
}

USAGE: Final = (
    f"a target is one of {', '.join(BUILT_IN)}, or upstream@VERSION, or"
    " package.module:callable, which is called with an open sqlite3.Connection and returns an"
    " object with the methods of resumable.ResumableStream, or a command in any language,"
    " 'command: node adapter.mjs' (resumable protocol says what it has to do)"
)


def prepare(spec: str) -> str:
    """Do what takes long, once, before the target is made in many processes; return how it
    is called from now on, so that it is the same in each."""
    if is_upstream(spec):
        spec = pinned(spec)
    if is_upstream(spec) or spec == "handover":
        installed(version_of(spec))
    return spec


@contextmanager
def open_target(spec: str) -> Iterator[Target]:
    """The target that ``spec`` names. While it is open, the time that it reads is frozen.

    Raises TargetError, which says what to do, if there is no such target.
    """
    with ExitStack() as opened:
        if spec in BUILT_IN:
            target = BUILT_IN[spec]()
        elif spec.startswith(PREFIX):
            target = spoken_to(spec)
            target.hello  # noqa: B018 - it raises for whatever is no target
        elif is_upstream(spec):
            target = Upstream(spec)
        else:
            # While it is imported, too: a clock that a default argument keeps is then frozen.
            opened.enter_context(FrozenTime())
            target = Frozen(load(spec), name=spec)
        opened.callback(target.stop)
        yield target


def spoken_to(spec: str) -> CommandTarget:
    """The target behind a command, which is split as a shell would, and not started yet.
    Raises TargetError."""
    usage = f"write '{PREFIX} node adapter.mjs'"
    if not spec.startswith(PREFIX):
        raise TargetError(f"{spec!r} is no command; {usage}")
    try:
        command = shlex.split(spec.removeprefix(PREFIX))
    except ValueError as error:
        raise TargetError(f"{spec} cannot be split into words: {error}") from error
    if not command:
        raise TargetError(f"{spec} names no command; {usage}")
    return CommandTarget(spec, command)


def load(spec: str) -> Factory:
    """The callable that ``package.module:callable`` names; the current directory is
    importable. Raises TargetError."""
    module_name, colon, path = spec.partition(":")
    if not colon or not module_name or not path:
        raise TargetError(f"no target is called {spec!r}: {USAGE}")
    found = _import(module_name)
    for name in path.split("."):
        try:
            found = getattr(found, name)
        except AttributeError as error:
            raise TargetError(f"{module_name} has no {path!r}: {error}") from error
    if not callable(found):
        raise TargetError(f"{spec} is {found!r}, which cannot be called: {USAGE}")
    return cast(Factory, found)


def _import(name: str) -> Any:
    if os.getcwd() not in sys.path:  # noqa: PTH109 - sys.path holds strings
        sys.path.insert(0, os.getcwd())  # noqa: PTH109
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise TargetError(
            f"cannot import {name!r}: {error}; run in the folder that holds {error.name!r}, or"
            " install it"
        ) from error
    except SystemExit as error:
        raise TargetError(f"{name} exits when it is imported (status {error.code})") from error
    except Exception as error:
        raised = f"{type(error).__name__}: {error}{_hidden(error)}"
        raise TargetError(f"{name} raises when it is imported: {raised}") from error


def _hidden(error: Exception) -> str:
    """What may be behind it if a module of the user's is called as the specification is."""
    if re.search(r"\bmodel\b", str(error)) is None:
        return ""
    return "; the harness has a package called model, which hides another"
