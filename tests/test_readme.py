"""The README is true: its examples run, its commands exist, its lists are complete."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from model.surprises import SURPRISES
from resumable.conformance.cli import resumable
from resumable.conformance.faults.planted import PLANTED
from resumable.conformance.mutants import MUTANTS
from resumable.conformance.mutants.known import KNOWN

ROOT: Final = Path(__file__).parent.parent
README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS: Final = re.findall(r"```(\w+)\n(.*?)```", README, flags=re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def test_the_quick_start_replays_what_was_stored(tmp_path: Path) -> None:
    source = next(text for text in blocks("python") if "answers.db" in text)
    run = subprocess.run(
        [sys.executable, "-c", source], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    frames = [json.loads(line) for line in run.stdout.splitlines()]
    deltas = [json.loads(frame["body"])["delta"] for frame in frames if frame["body"]]
    assert "".join(deltas) == "Hello, world"
    assert [frame["done"] for frame in frames] == [False, False, False, True]


def test_the_counterexample_is_what_its_command_prints(tmp_path: Path) -> None:
    shown = next(text for text in blocks("console") if "diverged" in text)
    command, _, expected = shown.removeprefix("$ ").partition("\n")
    run = subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stdout.startswith(expected)


@pytest.mark.parametrize(
    "command",
    sorted({line for text in blocks("sh") for line in text.splitlines() if line.strip()}),
)
def test_every_command_and_option_of_the_readme_exists(command: str) -> None:
    """Those of ``resumable`` are not run: their options are looked for in the help."""
    words = shlex.split(command.replace("sh -c '", ""), posix=False)
    files = [word for word in words if word.startswith("tests/") and word.endswith(".py")]
    assert [file for file in files if not (ROOT / file).is_file()] == []
    programs = [Path(word).name for word in words]
    if "resumable" not in programs:
        assert {"pytest", "python"}.intersection(programs)
        return
    name, *arguments = words[programs.index("resumable") + 1 :]
    options = [word for word in arguments if word.startswith("--")]
    shown = CliRunner().invoke(resumable, [name, "--help"])
    assert shown.exit_code == 0
    assert [option for option in options if option not in shown.output] == []


def test_ci_runs_the_commands_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    run, test = [text.split(" && ")[-1].strip() for text in blocks("sh")[:2]]
    assert run.removeprefix(".venv/bin/") in script.splitlines()
    assert test.removeprefix(".venv/bin/") in script.splitlines()


def test_every_surprise_is_listed_with_the_sentence_of_its_trace() -> None:
    listed = dict(
        re.findall(r"^- \[`(\w+)`\]\(tests/traces/\1\.jsonl\): (.+)$", README, re.MULTILINE)
    )
    notes = {
        path.stem: json.loads(path.read_text(encoding="utf-8").splitlines()[0])["note"]
        for path in (ROOT / "tests" / "traces").glob("*.jsonl")
    }
    assert len(notes) >= 15
    assert listed == notes


def test_the_figures_that_can_be_counted_are_right() -> None:
    def is_told(text: str) -> bool:
        return text in " ".join(README.split())

    met = {bug.mutant for bug in KNOWN if bug.mutant}
    assert is_told(f"plants {len(MUTANTS)} bugs")
    assert is_told(f"{len(met)} of them (`--met`)")
    assert is_told(f"{len(KNOWN) - len(met)} more times conforms")
    assert is_told(f"which of {len(PLANTED)} planted bugs")
    assert is_told(f"Which of the {len(SURPRISES)} surprises")
