"""Texts for people, kept as files. ``UPDATE_GOLDEN=1`` writes them anew; then read them."""

import os
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent.parent / "golden"


def assert_golden(name: str, text: str) -> None:
    """``text`` is what is in the file of this name."""
    path = FOLDER / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
