"""Files that appear whole, or not at all."""

from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8. If that fails, the file is as it was before.

    Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
