"""What the system says about processes."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

PROC = Path("/proc")

needs_proc = pytest.mark.skipif(not PROC.exists(), reason="there is no /proc to look into")


def living(group: int) -> set[int]:
    """The processes of a group; one that is dead, but not yet buried, does not count."""
    found = set()
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            state, its_group = _state_and_group(folder)
            if its_group == group and state != "Z":
                found.add(int(folder.name))
    return found


def all_end(group: int) -> bool:
    """Whether no process of a group goes on living; to die takes each a moment."""
    return eventually(lambda: not living(group))


def eventually(holds: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether it comes true within ``seconds``: other processes take the time they take."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _state_and_group(folder: Path) -> tuple[str, int]:
    try:
        stat = (folder / "stat").read_text()
    except OSError:  # it has ended since it was listed
        return "Z", 0
    _, _, after_name = stat.rpartition(") ")
    state, _parent, group, *_ = after_name.split()
    return state, int(group)
