"""``resumable explore`` as a person uses it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from resumable.conformance.cli import resumable


def explore(folder: Path, *arguments: str) -> Result:
    """Run it with one worker."""
    options = ("--workers", "1", "--out", str(folder / "out"))
    return CliRunner().invoke(resumable, ["explore", *options, *arguments])


def test_a_graph_is_written_where_it_was_asked_for(tmp_path: Path) -> None:
    graph = tmp_path / "new" / "life"
    result = explore(tmp_path, "--depth", "2", "--graph", str(graph), "--json")
    written = json.loads(result.stdout)["graph"]
    assert written == [f"{graph}.dot", f"{graph}.svg"]
    assert all(Path(path).read_text(encoding="utf-8") for path in written)
    assert "of up to 2 commands" in Path(written[1]).read_text(encoding="utf-8")


def test_a_graph_that_cannot_be_written_is_told_before_anything_is_explored(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    graph = tmp_path / "file" / "life.svg"
    result = explore(tmp_path, "--depth", "2", "--graph", str(graph))
    assert result.exit_code == 2
    assert "cannot write to --graph" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_graph_that_cannot_be_written_in_the_end_takes_nothing_else_along(
    tmp_path: Path,
) -> None:
    (tmp_path / "life.dot").mkdir()
    result = explore(tmp_path, "--depth", "2", "--graph", str(tmp_path / "life"))
    assert result.exit_code == 0
    assert f"could not write {tmp_path / 'life.dot'}: " in result.stderr
    assert "complete: every sequence of up to 2 commands" in result.stdout


@pytest.mark.parametrize("depth", ["2", "4"])
def test_it_ends_with_how_far_it_got_and_what_one_more_depth_would_cost(
    depth: str, tmp_path: Path
) -> None:
    result = explore(tmp_path, "--depth", depth)
    assert result.exit_code == 0
    assert f"complete: every sequence of up to {depth} commands" in result.stdout
    assert "next" in result.stdout
