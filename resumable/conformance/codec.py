"""Commands and replies as JSON objects, and back."""

import dataclasses
import re
from collections.abc import Sequence
from typing import Any, Final, get_args, get_type_hints

from model import Command
from model.commands import KINDS, Fault
from resumable.conformance import symbolic
from resumable.conformance.faults.images import surviving
from resumable.conformance.target import Seen


def snake(kind: type) -> str:
    """The name of a kind of command in files and on the command line: ``mark_error``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


_MS_MAX: Final = 10**15
"""Thirty thousand years: far from what SQLite cannot hold."""

_COUNT_MAX: Final = 1_000_000

_KINDS: Final[dict[str, type[Command]]] = {snake(kind): kind for kind in KINDS}


def encode_command(command: Command) -> dict[str, Any]:
    """``{"do": "store", "stream": "s1", "body": "a"}``; a surrounded call is an object."""
    fields = {
        field.name: _encode_argument(getattr(command, field.name))
        for field in dataclasses.fields(command)
    }
    return {"do": snake(type(command)), **fields}


def decode_command(value: Any, besides: tuple[str, ...] = ()) -> Command:
    """The inverse; the keys ``besides`` are left to the caller. Raises ValueError, which
    names what is wrong and what would be right."""
    if not isinstance(value, dict) or not isinstance(value.get("do"), str):
        raise ValueError('a command is an object with "do"')
    kind = _KINDS.get(value["do"])
    if kind is None:
        raise ValueError(f"no command is called {value['do']!r}; there are {', '.join(_KINDS)}")
    fields, hints = dataclasses.fields(kind), get_type_hints(kind)
    known(value["do"], value, ("do", *[field.name for field in fields], *besides))
    arguments = {}
    for field in fields:
        if field.name not in value:
            raise ValueError(f"{value['do']} needs {field.name!r}")
        arguments[field.name] = _decode_argument(
            field.name, hints[field.name], value[field.name]
        )
    return kind(**arguments)


def encode_reply(seen: Seen) -> dict[str, Any]:
    """Only what is not as in the plainest reply."""
    reply: dict[str, Any] = {}
    if seen.value is not None:
        reply["value"] = _as_text(seen.value)
    if seen.frames:
        reply["frames"] = [symbolic.encode(_as_text(frame)) for frame in seen.frames]
    if seen.refused is not None:
        reply["refused"] = seen.refused
        reply["error"] = seen.error
    if seen.disk_failed:
        reply["disk_failed"] = True
    return reply


def _as_text(value: Any) -> str:
    """What should be a text, but may be whatever the target makes of it."""
    return value if isinstance(value, str) else repr(value)


def decode_reply(value: Any) -> Seen:
    """The inverse. Raises ValueError."""
    reply = known("reply", value, ("value", "frames", "refused", "disk_failed", "error"))
    return Seen(
        typed("value", reply.get("value"), str | None),
        tuple(
            [symbolic.decode(frame) for frame in typed("frames", reply.get("frames", []), list)]
        ),
        typed("refused", reply.get("refused"), str | None),
        typed("disk_failed", reply.get("disk_failed", False), bool),
        typed("error", reply.get("error", ""), str),
    )


def known(what: str, value: Any, names: Sequence[str]) -> dict[str, Any]:
    """``value``, which has to be an object with no other keys. Raises ValueError."""
    if not isinstance(value, dict):
        raise ValueError(f"{what} must be an object, not {value!r}")
    for name in value:
        if name not in names:
            raise ValueError(f"{what} has no {name!r}, only {', '.join(names)}")
    return value


def typed(name: str, value: Any, kind: Any) -> Any:
    """``value``, which has to be of ``kind``. Raises ValueError."""
    if not isinstance(value, kind):
        kind_name = getattr(kind, "__name__", str(kind))
        raise ValueError(f"{name!r} must be of type {kind_name}, not {value!r}")
    return value


def _encode_argument(argument: Any) -> Any:
    if dataclasses.is_dataclass(argument):
        return encode_command(argument)  # type: ignore[arg-type]  # only calls are nested
    return symbolic.encode(argument) if isinstance(argument, str) else argument


def _decode_argument(name: str, kind: Any, value: Any) -> Any:
    if name == "call":
        return _decode_call(kind, value)
    if name == "kept":
        return _checked_kept(value)
    if kind is Fault:
        return _one_of(get_args(Fault), name, value)
    if kind is str:
        return _decode_text(name, value)
    lowest, highest = (-_MS_MAX, _MS_MAX) if name in {"ms", "age_ms"} else (0, _COUNT_MAX)
    if type(value) is not int or not lowest <= value <= highest:
        raise ValueError(
            f"{name!r} must be a whole number from {lowest:,} to {highest:,}, not {value!r}"
        )
    return value


def _checked_kept(value: Any) -> str:
    surviving((), typed("kept", value, str))
    return str(value)


def _one_of(options: Sequence[str], name: str, value: Any) -> str:
    if value not in options:
        raise ValueError(f"{name!r} must be one of {', '.join(options)}, not {value!r}")
    return str(value)


def _decode_call(kinds: Any, value: Any) -> Command:
    call = decode_command(value)
    if type(call) not in get_args(kinds):
        raise ValueError(
            f"{value['do']} is not the call of a method that can be made in these surroundings"
        )
    return call


def _decode_text(name: str, value: Any) -> str:
    try:
        return symbolic.decode(value)
    except ValueError as error:
        raise ValueError(f"{name!r}: {error}") from error
