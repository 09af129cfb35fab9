"""How the programs of these tests are called."""

import sys
from typing import Final

RIGHT: Final = "tests.strangers.another_hand:AnotherHand"


def spoken(stranger: str = RIGHT, adapter: str = "adapter") -> str:
    """``--target`` for a class in Python, at the other end of the protocol."""
    return f"command: {sys.executable} -m tests.protocol.{adapter} {stranger}"


def broken(how: str) -> str:
    """``--target`` for a program that breaks."""
    return f"command: {sys.executable} -m tests.protocol.broken {how}"
