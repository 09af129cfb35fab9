"""Is every small change to the source noticed by a test?

    python -m tests.mutation [FILE ...]

makes the mutants of the files, or of the class and of the specification, and puts each to
the tests, in a copy of the repository. It prints what survives, and ends with status 0 if
that is only what ``equivalent.toml`` explains. What was killed is noted in ``resumable-out``:
a run that was cut short goes on from there, as long as neither source nor tests change.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("resumable/stream", "model")
COPIED: Final = ("model", "resumable", "tests", "pyproject.toml")
IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - where there is one, to sync takes no time
HEADINGS: Final = ("mutants", "killed", "equivalent", "survived", "time")


def main(chosen: list[str]) -> int:
    where = IN_MEMORY if IN_MEMORY.is_dir() else None
    print(f"{'':<36}" + "".join(f"{heading:>11}" for heading in HEADINGS), flush=True)
    with tempfile.TemporaryDirectory(prefix="mutation-", dir=where) as folder:
        for name in COPIED:
            _copy(ROOT / name, Path(folder, name))
        return max(_judge(package, chosen, folder) for package in PACKAGES)


def _judge(package: str, chosen: list[str], folder: str) -> int:
    """The exit status for the files of a package."""
    paths = sorted(str(each.relative_to(ROOT)) for each in (ROOT / package).glob("*.py"))
    paths = [path for path in paths if path in chosen or not chosen]
    notes = ROOT / "resumable-out" / f"mutation-{package.replace('/', '-')}.txt"
    environment = os.environ | {
        "CI": "true",  # Hypothesis draws the same each time.
        "PYTHONDONTWRITEBYTECODE": "1",  # It would go by the second of the last change.
        "PYTHONPATH": folder,
        "TMPDIR": folder,
    }
    command = [sys.executable, "-m", "tests.mutation.report", package, str(notes), *paths]
    return subprocess.call(command, cwd=folder, env=environment) if paths else 0


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
