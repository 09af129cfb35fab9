"""How what was found is told: once more in a new process, on any terminal, over no other."""

import json
from pathlib import Path
from typing import Any, Final

import click
import pytest

from model import Start
from resumable import ResumableStream
from resumable.conformance.cli import common
from resumable.conformance.cli import resumable as command_line
from resumable.conformance.cli.telling import save
from resumable.conformance.divergence import Divergence
from resumable.conformance.run import run
from resumable.conformance.trace import read
from tests.explore.kit import of
from tests.harness.commands import called, resumable

Capture = pytest.CaptureFixture[str]

SHARES: Final = '''
from tests.strangers.another_hand import AnotherHand

class Shares(AnotherHand):
    """Keeps on the class what belongs to the instance."""

    requests = []

    def start(self, request_id):
        self.requests.append(request_id)
        return super().start(f"{request_id}!" if len(self.requests) > 40 else request_id)

class Wrong(AnotherHand):
    def start(self, request_id):
        return super().start(f"{request_id}!")
'''


RAISES: Final = """
from tests.strangers.another_hand import AnotherHand

class Raises(AnotherHand):
    def look(self):
        return {}["none"]

    def flush_buffer(self):
        self.look()
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "shares.py").write_text(SHARES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("name", "again"), [("Shares", False), ("Wrong", True)])
def test_it_is_said_if_a_new_process_does_not_show_it(
    here: Path, capsys: Capture, name: str, *, again: bool
) -> None:
    assert here.is_dir()
    arguments = ("hunt", "--target", f"shares:{name}", "--sequences", "25", "--workers", "1")
    text = called(capsys, *arguments).stdout
    assert ("In a new process this does not happen again" in text) != again
    found: dict[str, Any] = json.loads(called(capsys, *arguments, "--json").stdout)
    assert [each["comes_again"] for each in found["found"]] == [again]


def test_many_divergences_are_summed_up_by_their_rules(tmp_path: Path, capsys: Capture) -> None:
    target = "tests.strangers.wrong.keeping:ConnectionsAreManaged"
    arguments = ("hunt", "--target", target, "--sequences", "50", "--keep-going")
    text = called(capsys, *arguments, "--out", tmp_path).stdout
    (at,) = [at for at, line in enumerate(text.splitlines()) if " kinds of divergence," in line]
    lines = text.splitlines()[at:]
    total = int(lines[0].split()[0])
    rows = [line.split() for line in lines[1 : lines.index("")]]
    assert sum(int(count) for count, _, _ in rows) == total >= 4
    assert all(Path(trace).is_file() for _, _, trace in rows)


def test_of_what_a_stranger_raises_it_is_told_where(here: Path, capsys: Capture) -> None:
    (here / "raises.py").write_text(RAISES)
    arguments = ("hunt", "--target", "raises:Raises", "--sequences", "25", "--out", here)
    assert "KeyError: 'none' (raises.py, line 6, in look)" in called(capsys, *arguments).stdout


class Shouts(ResumableStream):
    """Is wrong in what it keeps."""

    def start(self, request_id: str) -> str:
        return super().start(request_id.upper())


def diverged(request: str) -> Divergence:
    found = run(of(Shouts), [Start("s1", request)])
    assert found is not None
    return found


def test_no_trace_is_written_over_another_and_the_same_one_only_once(tmp_path: Path) -> None:
    paths = [save(diverged(request), tmp_path, "found") for request in ("a", "b", "a", "c")]
    assert [path.name for path in paths if path] == [
        "start-active_request_id.jsonl",
        "start-active_request_id-2.jsonl",
        "start-active_request_id.jsonl",
        "start-active_request_id-3.jsonl",
    ]
    assert [read(path).commands for path in sorted(tmp_path.iterdir())] == [
        [Start("s1", "b")],
        [Start("s1", "c")],
        [Start("s1", "a")],
    ]


def test_a_terminal_that_lacks_letters_gets_the_rest(tmp_path: Path) -> None:
    target = "resumable.conformance.mutants.lifecycle:MarkErrorStaysLive"
    arguments = ("hunt", "--target", target, "--sequences", "50", "--out", tmp_path)
    for encoding in ("ascii", "cp1252"):
        ended = resumable(*arguments, PYTHONIOENCODING=encoding)
        assert ended.returncode == 1
        assert "Replay it: " in ended.stdout


@pytest.mark.parametrize("error", [KeyError("of the harness"), OSError(28, "No space left")])
def test_an_error_of_the_harness_is_no_divergence(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    @click.command()
    def protocol() -> None:
        raise error

    monkeypatch.setitem(command_line.commands, "protocol", protocol)
    ended = called(capsys, "protocol")
    assert ended.returncode == 3
    assert "resumable: " in ended.stderr


def test_what_runs_long_where_nobody_looks_says_so_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    with common.progress_bar(None) as move:
        move("three sequences", 3)
        assert capsys.readouterr().err == ""
        monkeypatch.setattr(common, "SAID_EVERY_S", 0.0)
        move("four sequences", 4)
    assert "resumable: four sequences" in capsys.readouterr().err
