"""Which mutants the tests kill.

A test session takes seconds before its first test begins, which for thousands of mutants is
too much. So the tests are collected once, and watched once for the lines that each of them
runs. Each mutant then gets a fork of that session, in which the functions that it changes
are exchanged under the feet of everybody who has imported them; only the tests that run the
changed lines follow, the quick ones first.

What runs while a module is imported cannot be exchanged afterwards (a constant, a decorator),
and what a test runs in another process cannot be watched. So whatever survives is put to a
whole session, in a fork of a process that has imported nothing of the project yet.
"""

import gc
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from math import ceil
from pathlib import Path
from types import CodeType, FunctionType
from typing import Final

import coverage
import pytest

from tests.mutation.children import CleanProcess, fails
from tests.mutation.mutants import Mutant

OPTIONS: Final = [
    *("-q", "-x", "-p", "no:randomly", "-p", "no:xdist"),
    *("-p", "no:cacheprovider", "-p", "no:benchmark"),
    "-Wignore::pytest.PytestAssertRewriteWarning",  # of what the clean process has loaded
]

_BESIDES_TESTS_S: Final = 20
"""To import everything, and to find the tests."""

IMPORTED: Final = ""
"""What coverage calls the lines that ran outside of any test."""


class Judge:
    """A plugin for pytest: after a session in which every test passed, it judges mutants."""

    def __init__(self, root: Path, tests: list[str]) -> None:
        """Has to be made before anything of the project is imported."""
        self._root: Final = root
        self._tests: Final = tests
        self._clean: Final = CleanProcess(lambda files: run([*OPTIONS, *files]))
        self._seconds: Final[defaultdict[str, float]] = defaultdict(float)
        self._coverage: Final = coverage.Coverage(
            data_file=None, config_file=False, source=["model", "resumable.stream"]
        )

    def watch(self, then: Callable[[], None]) -> None:
        """Run each test once, and call ``then`` before the session ends: only then are there
        mutants killed. Raises RuntimeError if a test fails by itself."""
        self._then = then
        self._coverage.start()
        with redirect_stdout(StringIO()):
            is_well = run([*OPTIONS, *self._tests], self)
        if not is_well:
            raise RuntimeError(f"these tests fail without any mutant: {self._tests}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._session = session
        self._items = {item.nodeid: item for item in session.items}
        self._is_watching = True
        is_well = _all_pass(session, session.items)
        self._is_watching = False
        self._coverage.stop()
        if is_well:
            self._functions = [each for each in gc.get_objects() if type(each) is FunctionType]
            gc.freeze()  # A fork copies what it touches, and collecting touches everything.
            if fails(lambda: _all_pass(session, session.items), self._ample(self._items)):
                raise RuntimeError("these tests fail in a fork, whatever the mutant")
            self._then()
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        if not self._is_watching:
            return (yield)
        self._coverage.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self._coverage.switch_context(IMPORTED)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.nodeid] += report.duration

    def kills(self, mutant: Mutant) -> bool:
        """Whether a test fails with it: one that runs what is changed; or else any test in the
        files that run anything of the module. Among these may be one that runs it in another
        process, where nobody watches."""
        file = self._root / mutant.path
        text = file.read_text("utf-8")
        file.write_text(mutant.text, "utf-8")
        try:
            if self._is_killed_in_place(mutant, text):
                return True
            files = self._files(mutant.path)
            tests = [test for test in self._items if test.partition("::")[0] in files]
            return self._clean.fails(files, self._ample(tests))
        finally:
            file.write_text(text, "utf-8")

    def _running(self, mutant: Mutant) -> set[str]:
        """The tests that run what is changed."""
        by_line = self._tests_by_line(mutant.path)
        return {test for line in mutant.lines for test in by_line.get(line, [])} - {IMPORTED}

    def _files(self, path: str) -> list[str]:
        """The files with tests that run the module, or all; the quick ones first."""
        by_line = self._tests_by_line(path)
        tests = {test for tests in by_line.values() for test in tests} - {IMPORTED}
        seconds: defaultdict[str, float] = defaultdict(float)
        for test in tests or self._items:
            seconds[test.partition("::")[0]] += self._seconds[test]
        return sorted(seconds, key=seconds.__getitem__)

    def _tests_by_line(self, path: str) -> dict[int, list[str]]:
        return self._coverage.get_data().contexts_by_lineno(str(self._root / path))

    def _is_killed_in_place(self, mutant: Mutant, text: str) -> bool:
        changed = dict(_changed(text, mutant.text, str(self._root / mutant.path)))
        functions = [each for each in self._functions if each.__code__ in changed]
        tests = sorted(self._running(mutant), key=self._seconds.__getitem__)

        def all_pass() -> bool:
            for function in functions:
                function.__code__ = changed[function.__code__]
            return _all_pass(self._session, [self._items[test] for test in tests])

        return bool(functions and tests) and fails(all_pass, self._ample(tests))

    def _ample(self, tests: Iterable[str]) -> int:
        """Seconds in which these tests end, unless a mutant never does."""
        return _BESIDES_TESTS_S + ceil(3 * sum(self._seconds[test] for test in tests))


def run(arguments: list[str], *plugins: object) -> bool:
    """Whether a test session ends well."""
    return pytest.main(arguments, plugins) == pytest.ExitCode.OK


def _all_pass(session: pytest.Session, items: list[pytest.Item]) -> bool:
    """As pytest's own loop; it ends with the first failure."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return False
    return True


def _changed(text: str, new_text: str, file: str) -> Iterator[tuple[CodeType, CodeType]]:
    """The code of each function that differs, before and after."""
    before, after = (_codes(compile(each, file, "exec")) for each in (text, new_text))
    return (pair for pair in zip(before, after, strict=False) if pair[0] != pair[1])


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A module's code, and that of all in it."""
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)
