"""All mutants, file by file, and what became of them."""

import hashlib
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Final

from tests.mutation.equivalent import is_equivalent
from tests.mutation.judge import Judge
from tests.mutation.mutants import Mutant, mutants_of

TESTS: Final = {
    "resumable/stream": ["tests/stream"],
    "model": [
        "tests/model",
        "tests/harness/test_rules_are_named.py",
        "tests/harness/test_known_traces.py",
        "tests/harness/test_reports.py",
        "tests/harness/test_leniency.py",
        "tests/faults/test_hindsight.py",
    ],
}
"""What is mutated, and the tests that have to kill it."""

FATES: Final = ("killed", "equivalent", "survived")


class Notes:
    """Which mutants were killed, from one run to the next, while nothing else changes."""

    def __init__(self, file: Path, root: Path) -> None:
        self._file: Final = file
        code = b"".join(each.read_bytes() for each in sorted(root.rglob("*.py")))
        state = hashlib.sha256(code).hexdigest()
        lines = file.read_text("utf-8").split() if file.exists() else []
        self._killed: Final = {*lines} if state in lines else set()
        if not self._killed:
            file.parent.mkdir(exist_ok=True)
            file.write_text(f"{state}\n", "utf-8")

    def has_killed(self, mutant: Mutant) -> bool:
        return _digest(mutant) in self._killed

    def add_killed(self, mutant: Mutant) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{_digest(mutant)}\n")


def _digest(mutant: Mutant) -> str:
    return hashlib.sha256(f"{mutant.path} {mutant.text}".encode()).hexdigest()


class Report:
    """What became of the mutants, printed file by file."""

    def __init__(self, judge: Judge, notes: Notes) -> None:
        self._judge: Final = judge
        self._notes: Final = notes
        self._out: Final = sys.stdout  # While the judge sits, print goes nowhere.
        self.fates: Final[Counter[str]] = Counter()

    def add_all(self, paths: tuple[str, ...]) -> None:
        """Judge the mutants of each file."""
        for path in paths:
            self._add(path)

    def _add(self, path: str) -> None:
        began, fates = time.monotonic(), Counter[str]()
        for mutant in mutants_of(Path.cwd(), path):
            fate = self._fate(mutant)
            fates[fate] += 1
            if fate == "survived":
                self._say(f"{path}, {mutant.place}\n  - {mutant.before}\n  + {mutant.after}")
        self.fates.update(fates)
        self._say(row(path, fates, time.monotonic() - began))

    def _fate(self, mutant: Mutant) -> str:
        if self._notes.has_killed(mutant):
            return "killed"
        if is_equivalent(mutant.path, mutant.place, mutant.before, mutant.after):
            return "equivalent"
        if self._judge.kills(mutant):
            self._notes.add_killed(mutant)
            return "killed"
        return "survived"

    def _say(self, text: str) -> None:
        print(text, file=self._out, flush=True)


def row(name: str, fates: Counter[str], seconds: float) -> str:
    """One line of the table: of how many mutants, how many were killed, and so on."""
    counts = [fates.total(), *(fates[fate] for fate in FATES)]
    return f"{name:<36}" + "".join(f"{count:>11,}" for count in counts) + f"{seconds:>9.0f} s"


def main(package: str, notes: str, *paths: str) -> int:
    """Judge the mutants of some files of a package, in a copy of the repository."""
    began = time.monotonic()
    judge = Judge(Path.cwd(), TESTS[package])
    report = Report(judge, Notes(Path(notes), Path.cwd()))
    judge.watch(lambda: report.add_all(paths))
    print(row(package, report.fates, time.monotonic() - began))
    return 1 if report.fates["survived"] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
