"""Which text is plainer than another: for shrinking, where what is odd has to have a reason."""

from collections.abc import Iterator
from typing import Final

BODY: Final = "a"
REQUEST: Final = "r1"

_ANOTHER_REQUEST: Final = "r2"
_PLAIN_FIRST: Final = ("", "\x00", " ", "[]", "{}", "é", "\ud800")
_SHORT: Final = 40
"""Letters of a text that is taken apart; a longer one is there for its size."""


def plainer(text: str, plainest: str) -> Iterator[str]:
    """Texts to put in its place, the plainest first. Some are not plainer; see ``oddity``."""
    yield plainest
    if plainest == REQUEST:
        yield _ANOTHER_REQUEST
    yield from _PLAIN_FIRST
    if len(text) > _SHORT:
        yield "a" * len(text.encode("utf-8", "surrogatepass"))
        return
    middle = len(text) // 2
    yield text[:middle]
    yield text[middle:]
    yield from text


def oddity(text: str, plainest: str) -> int:
    """How much there is to wonder at in a text."""
    if text == plainest:
        return 0
    if text == _ANOTHER_REQUEST:
        return 1
    return min(2 + len(text), 50) + (not text.isascii())
