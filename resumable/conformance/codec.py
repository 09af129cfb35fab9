"""Commands and replies as JSON objects, and back."""

import dataclasses
import re
from typing import Any, Final

from model import Command
from model.commands import KINDS
from model.outcome import Reply
from resumable.conformance import symbolic
from resumable.conformance.target import Seen


def snake(kind: type[Command]) -> str:
    """The name of a kind of command in files and on the command line: ``mark_error``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


_KINDS: Final[dict[str, type[Command]]] = {snake(kind): kind for kind in KINDS}


def encode_command(command: Command) -> dict[str, Any]:
    """``{"do": "store", "stream": "s1", "body": "a"}``; a surrounded call is an object."""
    fields = {
        field.name: _encode_argument(getattr(command, field.name))
        for field in dataclasses.fields(command)
    }
    return {"do": snake(type(command)), **fields}


def decode_command(value: Any) -> Command:
    """The inverse; extra keys are left to the caller. Raises ValueError, which names what
    is wrong and what would be right."""
    if not isinstance(value, dict) or not isinstance(value.get("do"), str):
        raise ValueError('a command is an object with "do"')
    kind = _KINDS.get(value["do"])
    if kind is None:
        raise ValueError(f"no command is called {value['do']!r}; there are {', '.join(_KINDS)}")
    arguments = {}
    for field in dataclasses.fields(kind):
        if field.name not in value:
            raise ValueError(f"{value['do']} needs {field.name!r}")
        arguments[field.name] = _decode_argument(field, value[field.name])
    return kind(**arguments)


def encode_reply(seen: Seen) -> dict[str, Any]:
    """Only what is not as in the plainest reply."""
    reply: dict[str, Any] = {}
    if seen.value is not None:
        reply["value"] = seen.value if isinstance(seen.value, str) else repr(seen.value)
    if seen.frames:
        reply["frames"] = [symbolic.encode(frame) for frame in seen.frames]
    if seen.refused is not None:
        reply["refused"] = seen.refused
        reply["error"] = seen.error
    if seen.disk_failed:
        reply["disk_failed"] = True
    return reply


def decode_reply(value: Any) -> Seen:
    """The inverse. Raises ValueError."""
    if not isinstance(value, dict) or not isinstance(value.get("frames", []), list):
        raise ValueError('a reply is an object, its "frames" a list')
    return Seen(
        value.get("value"),
        tuple([symbolic.decode(frame) for frame in value.get("frames", [])]),
        value.get("refused"),
        value.get("disk_failed", False),
        value.get("error", ""),
    )


PLAIN: Final = Seen(*Reply())


def _encode_argument(argument: Any) -> Any:
    if dataclasses.is_dataclass(argument):
        return encode_command(argument)  # type: ignore[arg-type]  # only calls are nested
    return symbolic.encode(argument) if isinstance(argument, str) else argument


def _decode_argument(field: "dataclasses.Field[Any]", value: Any) -> Any:
    if field.name == "call":
        return decode_command(value)
    if field.type is str:
        return symbolic.decode(value)
    if type(value) is not int:
        raise ValueError(f"{field.name!r} must be a whole number, not {value!r}")
    return value
