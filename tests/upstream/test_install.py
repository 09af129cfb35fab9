"""Installing the original: once, as a whole, and with words that help if it cannot be.

A script takes the place of npm, so that nothing is fetched and nobody waits.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from resumable.conformance.target import TargetError
from resumable.conformance.upstream.install import cache_folder, installed
from tests.harness.commands import called
from tests.upstream.conftest import require

Tools = Callable[..., None]

NPM = """#!/bin/sh
echo "$@" >> "$CALLS"
[ "$1" = view ] && {{ echo 9.9.9; exit {view}; }}
echo "npm error no such registry" >&2
mkdir -p node_modules/agents
exit {install}
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    """Puts a Node and an npm on the PATH that do as they are told, and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("RESUMABLE_CACHE", str(tmp_path / "cache"))

    def make(*, node: str = "v20.1.0", view: int = 0, install: int = 0) -> None:
        script(folder / "node", f"#!/bin/sh\necho {node}\n")
        script(folder / "npm", NPM.format(view=view, install=install))

    return make


def script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def calls(tmp_path: Path) -> list[str]:
    path = tmp_path / "calls"
    return path.read_text().splitlines() if path.exists() else []


def test_it_is_installed_once_into_the_cache(tools: Tools, tmp_path: Path) -> None:
    tools()
    folder = installed("0.9.0")
    assert folder == installed("0.9.0")
    assert folder.parent == tmp_path / "cache"
    assert (folder / "node_modules/agents").is_dir()
    assert len(calls(tmp_path)) == 1
    assert "agents@0.9.0 ai@6" in calls(tmp_path)[0]


def test_each_version_has_a_folder_of_its_own(tools: Tools) -> None:
    tools()
    assert installed("0.9.0") != installed("0.10.0")


def test_a_tag_is_the_version_that_it_stands_for_today(tools: Tools, tmp_path: Path) -> None:
    tools()
    assert installed("latest") == installed("9.9.9")
    assert calls(tmp_path)[0] == "view agents@latest version"


def test_what_was_installed_halfway_is_not_there(tools: Tools) -> None:
    tools(install=1)
    with pytest.raises(TargetError, match=r"npm could not install agents@0\.9\.0"):
        installed("0.9.0")
    assert list(cache_folder().iterdir()) == []


def test_several_may_install_at_once(tools: Tools) -> None:
    tools()
    with ThreadPoolExecutor(4) as pool:
        folders = set(pool.map(installed, ["0.9.0"] * 4))
    assert len(folders) == 1
    assert list(cache_folder().iterdir()) == list(folders)


def test_without_node_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TargetError, match=r"install Node\.js 20 or later"):
        installed("0.9.0")


def test_a_node_that_is_too_old_is_named(tools: Tools) -> None:
    tools(node="v18.2.0")
    with pytest.raises(TargetError, match=r"needs Node\.js 20 or later.* is v18\.2\.0"):
        installed("0.9.0")


def test_without_a_registry_it_says_what_npm_said(tools: Tools) -> None:
    tools(install=1)
    with pytest.raises(TargetError, match=r"(?s)registry that it can reach.*no such registry"):
        installed("0.9.0")


def test_a_cache_that_cannot_be_written_is_named(
    tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RESUMABLE_CACHE", str(tmp_path / "file"))
    with pytest.raises(TargetError, match="set RESUMABLE_CACHE to a folder"):
        installed("0.9.0")


def test_the_cache_is_the_users_unless_said_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RESUMABLE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "resumable-stream"


@pytest.mark.parametrize("command", ["check", "hunt", "compare"])
def test_no_command_passes_silently(
    command: str, tools: Tools, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tools(install=1)
    done = called(capsys, command, "--target", "upstream", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "npm could not install agents@0.9.0" in done.stderr


def test_tests_are_skipped_without_it(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    tools(install=1)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="npm could not install"):
        require("0.9.0")


def test_under_ci_that_is_a_failure(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    tools(install=1)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="npm could not install"):
        require("0.9.0")
