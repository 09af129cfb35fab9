"""A database has one owner at a time, however the owner ends, and whatever is done to files."""

import fcntl
import os
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from resumable import (
    DatabaseOpenError,
    DatabaseOwnedError,
    ForkedError,
    ResumableStream,
    open_database,
)
from resumable.stream import database, owner
from tests.stream.bench import Client, rows
from tests.stream.forking import in_child
from tests.stream.owners import another_process, opens, said

# -- In one process --


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


def test_the_owners_file_has_the_name_of_the_last_owner_and_nothing_else(
    database_path: str,
) -> None:
    path = Path(database_path + owner.SUFFIX)
    path.write_text("the name of an owner from long ago" * 9)
    with closing(open_database(database_path)):
        assert path.read_text() == f"process {os.getpid()} on {os.uname().nodename}\n"


def test_who_is_refused_is_not_kept_waiting(database_path: str) -> None:
    with closing(sqlite3.connect(database_path)) as reader:
        reader.execute("pragma journal_mode = wal")
        reader.execute("create table mine (x)")
        began = time.monotonic()
        with pytest.raises(DatabaseOwnedError, match="close every connection"):
            open_database(database_path)
        assert time.monotonic() - began < 4, "sqlite3 itself would wait for five seconds"


def test_an_owners_file_that_is_removed_while_it_is_being_locked_is_made_again(
    database_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, flock = Path(database_path + owner.SUFFIX), fcntl.flock
    removals = iter([path.unlink, path.unlink, lambda: None])
    files_open = len([*Path("/dev/fd").iterdir()])

    def removed_before(descriptor: int, how: int) -> None:
        next(removals)()
        flock(descriptor, how)

    with monkeypatch.context() as patched:
        patched.setattr(fcntl, "flock", removed_before)
        connection = open_database(database_path)
    with closing(connection):
        assert not opens(database_path)
        assert path.read_text().startswith(f"process {os.getpid()} on ")
    assert len([*Path("/dev/fd").iterdir()]) == files_open


def test_the_owners_file_is_for_everybody_whom_the_umask_lets_in(database_path: str) -> None:
    umask = os.umask(0)
    try:
        open_database(database_path).close()
    finally:
        os.umask(umask)
    assert Path(database_path + owner.SUFFIX).stat().st_mode & 0o777 == 0o666


def test_an_open_that_fails_leaves_no_owner(database_path: str) -> None:
    Path(database_path).write_bytes(b"no database" * 1000)
    for _ in range(2):
        with pytest.raises(DatabaseOpenError, match="not a database"):
            open_database(database_path)
    Path(database_path).unlink()
    assert opens(database_path)


def test_an_owner_that_cannot_connect_is_none(
    database_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def own_too_early(file: str) -> int:
        descriptor = owner.own(file)
        Path(file).mkdir()
        return descriptor

    with monkeypatch.context() as patched:
        patched.setattr(database, "own", own_too_early)
        with pytest.raises(DatabaseOpenError, match="unable to open") as refused:
            open_database(database_path)
    Path(database_path).rmdir()
    assert opens(database_path)
    assert refused.value.__traceback__ is not None, "what was made lives on in it"


def test_who_only_reads_is_welcome(opened: sqlite3.Connection, database_path: str) -> None:
    stream_id = ResumableStream(opened).start("request")
    with closing(sqlite3.connect(database_path)) as reader:
        ((found, *_),) = rows(reader)[0]
    assert found == stream_id


# -- Between processes --


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
