"""Programs that break: ``python -m tests.protocol.broken HOW``. Until a stream is completed,
each does what the worked example does."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from resumable import ResumableStream
from tests.protocol.adapter import Adapter

LINE_BYTES: Final = 70_000_000


def write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def complain(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def hang(_: str) -> None:
    complain("about to hang\n")
    while True:
        signal.pause()


def ignore_everything(_: str) -> None:
    """Not even the end of its input ends it."""
    if "GROUP" in os.environ:
        Path(os.environ["GROUP"]).with_name("ignoring").touch()
    while True:
        sys.stdin.readline()


def die(_: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave(_: str) -> None:
    complain("Traceback (most recent call last):\n  no such table\n")
    os._exit(5)


def print_rubbish(reply: str) -> None:
    write("opening the database \x1b[31m…\n")
    write(reply)


def print_a_list(_: str) -> None:
    write("[]\n")


def answer_twice(reply: str) -> None:
    write(reply + reply)


def answer_another(reply: str) -> None:
    write(json.dumps({**json.loads(reply), "n": 0}) + "\n")


def answer_nothing(_: str) -> None:
    """Every further answer is then one too early."""


def answer_by_half(reply: str) -> None:
    write(reply[: len(reply) // 2])
    os._exit(0)


def observe_nothing(reply: str) -> None:
    write(json.dumps({"n": json.loads(reply)["n"]}) + "\n")


def make_up_a_reason(reply: str) -> None:
    write(json.dumps({**json.loads(reply), "refused": "bored", "error": "no"}) + "\n")


def never_end_the_line(_: str) -> None:
    write('{"frames":["' + "a" * LINE_BYTES)
    signal.pause()


def close_its_output(_: str) -> None:
    os.close(1)
    time.sleep(60)


def complain_a_lot(reply: str) -> None:
    complain("a line of a log that is far too long\n" * 100_000)
    write(reply)


def answer_late(reply: str) -> None:
    time.sleep(2)
    write(reply)


def close_its_input(reply: str) -> None:
    os.close(0)
    write(reply)


def answer_slowly(reply: str) -> None:
    time.sleep(0.3)
    write(reply)


def leave_a_child(_: str) -> None:
    """The child inherits all that is open, and lives on."""
    if os.fork() == 0:
        time.sleep(60)
    os._exit(6)


def greet(hello: str) -> str:
    return "Welcome!\n" + hello


def speak_a_later_version(hello: str) -> str:
    return json.dumps({**json.loads(hello), "protocol": 2}) + "\n"


def claim_too_much(hello: str) -> str:
    return json.dumps({**json.loads(hello), "can": ["fly"]}) + "\n"


def have_no_name(hello: str) -> str:
    said = json.loads(hello)
    del said["name"]
    return json.dumps(said) + "\n"


def leave_at_once(_: str) -> str:
    complain("cannot find module 'agents'\n")
    sys.exit(1)


def main() -> None:
    broken: Callable[[str], Any] = globals()[sys.argv[1]]
    begins_so = broken.__annotations__["return"] is str
    if "GROUP" in os.environ:
        Path(os.environ["GROUP"]).write_text(str(os.getpgrp()))
    adapter = Adapter(ResumableStream)
    for line in sys.stdin:
        it = json.loads(line)
        if it["do"] == "hello":
            text = json.dumps({"n": it["n"], **adapter.hello()}) + "\n"
            write(broken(text) if begins_so else text)
            continue
        reply = json.dumps({"n": it["n"], **adapter.answer(it)}, default=list) + "\n"
        if it["do"] == "complete":
            broken(reply)
        else:
            write(reply)


if __name__ == "__main__":
    main()
