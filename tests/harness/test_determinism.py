"""The same command gives the same result in every process."""

import json
from pathlib import Path
from typing import Any, Final

from tests.harness.commands import resumable

TARGET: Final = "tests.harness.targets.wrong:InTwoWays"


def hunted(hash_seed: str, out: Path, *options: str) -> Any:
    """What came of a hunt; the folder that it wrote to is each time another."""
    budget = ("--sequences", "50", "--json", *options)
    run = resumable("hunt", "--target", TARGET, "--out", out, *budget, PYTHONHASHSEED=hash_seed)
    return json.loads(run.stdout.replace(str(out), "OUT"))


def test_neither_the_seed_of_hashes_nor_the_number_of_workers_matters(tmp_path: Path) -> None:
    folders = tmp_path / "first", tmp_path / "second"
    first = hunted("0", folders[0], "--keep-going", "--workers", "1")
    second = hunted("1", folders[1], "--keep-going", "--workers", "2")
    assert first["found"]
    assert first == second
    files, others = (
        [(path.name, path.read_text()) for path in sorted(folder.iterdir())]
        for folder in folders
    )
    assert files == others
