"""What enters, checked: text, which is made well-formed and measured, and all the rest."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from resumable.stream.errors import ArgumentTypeError

T = TypeVar("T")

UTF8_BYTES_PER_CHAR_MAX: Final = 4


def well_formed(name: str, value: object) -> str:
    """``value`` with each lone surrogate as U+FFFD, as the original's ``TextEncoder`` has it.

    NUL and U+2028 pass unchanged. Raises ArgumentTypeError, which names ``name``, for
    anything but a ``str``.
    """
    if type(value) is str and value.isascii():  # Most text is, and this costs next to nothing.
        return value
    text = expect(name, value, str)
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def utf8_bytes(text: str) -> int:
    """The length of well-formed ``text`` in UTF-8 bytes."""
    return len(text) if text.isascii() else len(text.encode())


def expect(name: str, value: object, kind: type[T]) -> T:
    """``value``, if it is of ``kind`` (``True`` is no ``int``); else ArgumentTypeError."""
    if isinstance(value, kind) and not isinstance(value, bool):
        return value
    raise ArgumentTypeError(f"{name} must be {kind.__name__}, not {type(value).__name__}")


def expect_callable(name: str, value: object) -> Callable[..., Any]:
    """``value``, if it can be called; else ArgumentTypeError."""
    if callable(value):
        return value
    raise ArgumentTypeError(f"{name} must be callable, not {type(value).__name__}")


def expect_sent(sent: object) -> None:
    """What ``send`` returned means nothing, unless it has to be awaited: nobody will, so that
    nothing was sent. Raises ArgumentTypeError then."""
    if sent is None or not hasattr(sent, "__await__"):
        return
    if hasattr(sent, "close"):
        sent.close()
    raise ArgumentTypeError(
        "connection.send must have sent when it returns, and this one is async; give it a"
        " function that hands the frame to the event loop, or to a queue"
    )
