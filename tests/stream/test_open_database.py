"""What a service opens: durable, with one owner, and errors that say what to do."""

import errno
import fcntl
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import pytest

from resumable import (
    ArgumentTypeError,
    DatabaseOpenError,
    DatabaseOwnedError,
    ForkedError,
    ResumableStream,
    ResumableStreamError,
    open_database,
)
from resumable.stream import owner
from resumable.stream.database import SETTINGS
from tests.stream.bench import Client, rows
from tests.stream.forking import in_child
from tests.stream.owners import another_process, said


@pytest.fixture
def opened(database_path: str) -> Iterator[sqlite3.Connection]:
    with closing(open_database(database_path)) as connection:
        yield connection


def opens(path: str) -> bool:
    """Whether another owner is let in, who closes it again."""
    try:
        open_database(path).close()
    except DatabaseOwnedError:
        return False
    return True


# -- Settings --


def test_a_commit_waits_for_the_disk(opened: sqlite3.Connection) -> None:
    pragmas = ("journal_mode", "synchronous", "busy_timeout", "fullfsync")
    values = [opened.execute(f"pragma {name}").fetchone()[0] for name in pragmas]
    assert values == ["wal", 2, 1000, 1]
    assert {setting.pragma for setting in SETTINGS} == set(pragmas)


def test_every_setting_has_its_reason() -> None:
    for setting in SETTINGS:
        assert setting.reason.endswith(".")
        assert setting.cost


def test_a_stray_statement_of_the_caller_leaves_no_transaction_open(
    opened: sqlite3.Connection, database_path: str
) -> None:
    stream = ResumableStream(opened)
    opened.execute("create table mine (x)")
    opened.execute("insert into mine values (1)")
    stream.store_chunk(stream.start("request"), "a")
    stream.flush_buffer()
    with closing(sqlite3.connect(database_path)) as onlooker:
        assert len(rows(onlooker)[1]) == 1


def test_a_rollback_journal_becomes_a_write_ahead_log(database_path: str) -> None:
    with closing(sqlite3.connect(database_path)) as connection:
        ResumableStream(connection).start("request")
    with closing(open_database(database_path)) as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
        assert ResumableStream(connection).active_request_id == "request"


def test_what_others_keep_in_the_database_stays_as_it_was(database_path: str) -> None:
    with closing(sqlite3.connect(database_path)) as connection:
        connection.execute("pragma user_version = 7")
        connection.execute("create table mine (x)")
    with closing(open_database(database_path)) as connection:
        assert connection.execute("pragma user_version").fetchone() == (7,)
        assert connection.execute("select count(*) from mine").fetchone() == (0,)


# -- One owner, in one process --


def test_a_second_owner_in_one_process_is_refused_and_harms_nothing(
    opened: sqlite3.Connection, database_path: str
) -> None:
    stream = ResumableStream(opened)
    stream_id = stream.start("request")
    with pytest.raises(DatabaseOwnedError, match=f"belongs to process {os.getpid()} on "):
        open_database(database_path)
    stream.store_chunk(stream_id, "a")
    stream.complete(stream_id)
    assert not opens(database_path)


def test_a_database_that_was_closed_can_be_opened_again(database_path: str) -> None:
    for _ in range(3):
        connection = open_database(database_path)
        assert not opens(database_path)
        connection.close()
        connection.close()
    assert opens(database_path)


def test_another_name_of_the_same_file_has_the_same_owner(
    database_path: str, tmp_path: Path
) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(database_path)
    assert opens(str(link))
    with closing(open_database(database_path)):
        assert not opens(str(link))
        assert not opens(f"{tmp_path}/./stream.db")


@pytest.mark.usefixtures("opened")
def test_a_hard_link_or_a_new_name_does_not_let_a_second_owner_in(
    database_path: str, tmp_path: Path
) -> None:
    (tmp_path / "other.db").hardlink_to(database_path)
    with pytest.raises(DatabaseOwnedError, match="close every connection to the database"):
        open_database(tmp_path / "other.db")


@pytest.mark.usefixtures("opened")
def test_other_databases_in_the_folder_have_owners_of_their_own(tmp_path: Path) -> None:
    assert opens(str(tmp_path / "another.db"))


def test_a_copy_is_another_database_which_nobody_owns(
    opened: sqlite3.Connection, database_path: str, tmp_path: Path
) -> None:
    ResumableStream(opened).start("request")
    (tmp_path / "copies").mkdir()
    copy = tmp_path / "copies" / "stream.db"
    for suffix in ("", "-wal", "-owner"):
        shutil.copy(database_path + suffix, f"{copy}{suffix}")
    with closing(open_database(copy)) as connection:
        assert ResumableStream(connection).active_request_id == "request"
    assert not opens(database_path), "to read the owner's file lets nobody in"


@pytest.mark.parametrize("tries", [1, 3])
def test_removing_the_owners_file_lets_nobody_in_while_the_owner_lives(
    opened: sqlite3.Connection, database_path: str, tries: int
) -> None:
    Path(database_path + owner.SUFFIX).unlink()
    assert not any(opens(database_path) for _ in range(tries))
    opened.close()
    assert opens(database_path)


def test_without_a_name_in_the_owners_file_nobody_may_have_the_database_open(
    database_path: str,
) -> None:
    with closing(sqlite3.connect(database_path)) as reader:
        reader.execute("pragma journal_mode = wal")
        reader.execute("create table mine (x)")
        assert not opens(database_path)
    assert opens(database_path)
    with closing(sqlite3.connect(database_path)) as reader:
        assert reader.execute("select * from mine").fetchall() == []
        assert opens(database_path), "its first owner has left his name"


def test_an_owners_file_that_is_removed_while_it_is_being_locked_is_made_again(
    database_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, flock = Path(database_path + owner.SUFFIX), fcntl.flock
    removals = iter([path.unlink, path.unlink, lambda: None])

    def removed_before(descriptor: int, how: int) -> None:
        next(removals)()
        flock(descriptor, how)

    with monkeypatch.context() as patched:
        patched.setattr(fcntl, "flock", removed_before)
        connection = open_database(database_path)
    with closing(connection):
        assert not opens(database_path)
        assert path.read_text().startswith(f"process {os.getpid()} on ")


def test_an_open_that_fails_leaves_no_owner(database_path: str) -> None:
    Path(database_path).write_bytes(b"no database" * 1000)
    for _ in range(2):
        with pytest.raises(DatabaseOpenError, match="not a database"):
            open_database(database_path)
    Path(database_path).unlink()
    assert opens(database_path)


def test_who_only_reads_is_welcome(opened: sqlite3.Connection, database_path: str) -> None:
    stream_id = ResumableStream(opened).start("request")
    with closing(sqlite3.connect(database_path)) as reader:
        ((found, *_),) = rows(reader)[0]
    assert found == stream_id


# -- One owner, between processes --


def test_a_second_process_is_told_whose_it_is_and_ends_no_live_stream(
    opened: sqlite3.Connection, database_path: str
) -> None:
    stream = ResumableStream(opened)
    stream_id = stream.start("request")
    with another_process(database_path, "try") as other:
        answer = said(other)
    assert answer.startswith("DatabaseOwnedError: ")
    assert f"process {os.getpid()} " in answer
    assert "open it again" in answer
    assert stream.is_live
    assert stream.get_all_stream_metadata()[0]["status"] == "streaming"
    assert stream.active_stream_id == stream_id


def test_an_owner_that_is_killed_leaves_what_it_had_acknowledged_and_no_lock(
    database_path: str,
) -> None:
    with another_process(database_path, "own") as other:
        _, stream_id = said(other).split()
        with pytest.raises(DatabaseOwnedError, match=f"process {other.pid} "):
            open_database(database_path)
        other.send_signal(signal.SIGKILL)
        assert other.wait() == -signal.SIGKILL
    with closing(open_database(database_path)) as connection:
        stream = ResumableStream(connection)
        client = Client()
        assert stream.replay_chunks(client, "request") == stream_id
        assert len(client.frames) == 11


def test_an_owner_that_ends_lets_the_next_one_in(database_path: str) -> None:
    with another_process(database_path, "own") as other:
        said(other)
        assert not opens(database_path)
        assert other.stdin is not None
        other.stdin.close()
        assert other.wait() == 0
    assert opens(database_path)


@pytest.mark.parametrize("act", ["own and fork", "own and run a program"])
def test_a_child_of_a_killed_owner_keeps_nobody_out(database_path: str, act: str) -> None:
    with another_process(database_path, act) as other:
        child = int(said(other))
        assert not opens(database_path)
        other.kill()
        other.wait()
        try:
            os.kill(child, 0)
            assert opens(database_path)
        finally:
            os.kill(child, signal.SIGKILL)


def test_a_forked_child_does_not_own(opened: sqlite3.Connection, database_path: str) -> None:
    def child() -> object:
        with pytest.raises(ForkedError, match="open the database anew"):
            ResumableStream(opened)
        opened.close()
        assert opened.total_changes == 0, "it closes nothing"
        with pytest.raises(DatabaseOwnedError):
            open_database(database_path)
        return "refused"

    assert in_child(child) == "'refused'"
    ResumableStream(opened).start("request")
    assert not opens(database_path), "what the child closed was not the parent's"


def test_a_child_may_own_what_its_parent_has_closed(database_path: str) -> None:
    open_database(database_path).close()

    def child() -> object:
        with closing(open_database(database_path)) as connection:
            return ResumableStream(connection, new_id=lambda: "the child's").start("request")

    assert in_child(child) == '"the child\'s"'


# -- Errors --

Refused = Callable[[Path], "str | os.PathLike[str]"]


def no_database(folder: Path) -> Path:
    (folder / "a.db").write_bytes(b"PDF, say" * 1000)
    return folder / "a.db"


REFUSED: dict[str, tuple[Refused, str]] = {
    "not a database": (no_database, "give the path of a SQLite database, or of no file"),
    "no directory": (lambda folder: folder / "no" / "a.db", "no is not there; make it first"),
    "a directory": (lambda folder: folder, "is a directory; give the path of a file in it"),
    "memory": (lambda _: ":memory:", "use sqlite3.connect for that"),
    "no name": (lambda _: "", "use sqlite3.connect for that"),
}


@pytest.mark.parametrize(("make", "cure"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_opened_is_refused_with_a_cure(
    tmp_path: Path, make: Refused, cure: str
) -> None:
    path = make(tmp_path)
    with pytest.raises(DatabaseOpenError, match=cure) as refused:
        open_database(path)
    assert isinstance(refused.value, ResumableStreamError)
    assert isinstance(refused.value, sqlite3.Error)


@pytest.mark.parametrize("path", [None, 5, b"stream.db"])
def test_a_path_of_another_type_is_refused(path: Any) -> None:
    with pytest.raises(ArgumentTypeError, match="path must be str or PathLike"):
        open_database(path)


def refused_to_nobody(path: str) -> str:
    """What a process without any right is told, whoever runs the tests."""

    def child() -> NoReturn:
        if os.geteuid() == 0:
            os.setuid(65534)
        open_database(path)
        raise AssertionError("it was opened")

    return in_child(child)


@pytest.fixture
def writable_by_all(tmp_path: Path) -> Path:
    """A folder that every user can reach and write to."""
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | 0o711)
    tmp_path.chmod(0o777)
    return tmp_path


def test_a_read_only_file_is_refused_with_a_cure(writable_by_all: Path) -> None:
    path = writable_by_all / "stream.db"
    open_database(path).close()
    path.chmod(0o444)
    Path(f"{path}{owner.SUFFIX}").chmod(0o666)
    answer = refused_to_nobody(str(path))
    assert answer.startswith("DatabaseOpenError: ")
    assert answer.endswith("give this process write access to the file")


def test_a_folder_that_cannot_be_written_is_refused_with_a_cure(writable_by_all: Path) -> None:
    path = writable_by_all / "stream.db"
    open_database(path).close()
    Path(f"{path}{owner.SUFFIX}").unlink()
    writable_by_all.chmod(0o555)
    answer = refused_to_nobody(str(path))
    assert answer.startswith("DatabaseOpenError: ")
    assert answer.endswith("write access to it and to its directory")


def test_a_lock_of_somebody_who_does_not_own_is_told_as_that(database_path: str) -> None:
    open_database(database_path).close()
    with closing(sqlite3.connect(database_path, isolation_level=None)) as stranger:
        stranger.execute("begin immediate")
        with pytest.raises(DatabaseOpenError, match="who is not its owner has locked it"):
            open_database(database_path)
    assert opens(database_path)


def test_a_file_system_without_locks_is_refused_with_a_cure(
    database_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(_descriptor: int, _how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with pytest.raises(DatabaseOpenError, match=r"No locks available; .* a local disk"):
        open_database(database_path)


def test_a_system_without_flock_is_refused_with_a_cure(
    database_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with pytest.raises(DatabaseOpenError, match="has no flock"):
        open_database(database_path)
