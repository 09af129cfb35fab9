"""The original's package, installed once into a cache folder, by name and with npm."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from resumable.conformance.target import TargetError

CACHE_VARIABLE: Final = "RESUMABLE_CACHE"

NODE_MIN: Final = 20

# What the class loads, and SQLite. Of the ways to SQLite that were tried this one needs no
# compiler, no newer Node and no second host, and works on files: it is there in a second.
# better-sqlite3 takes 3 µs a statement instead of 4, and over a minute to be built where there
# is no ready-made one; sql.js takes 12, and knows no files; node:sqlite is not in Node 20.
_BESIDES: Final = ("ai@6", "nanoid@5", "zod@4", "node-sqlite3-wasm@0.8")

_INSTALL: Final = (
    "install",
    "--legacy-peer-deps",  # the class needs nothing of what the rest of the package does
    "--ignore-scripts",
    "--no-package-lock",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
)
_MINUTES_MAX: Final = 10
_SAID_MAX: Final = 800
_VERSION: Final = re.compile(r"\d+\.\d+\.\d+[\w.+-]*")


def installed(version: str) -> Path:
    """The folder that holds the package in this version, such as "0.9.0", or "latest".

    The first time this takes some seconds. Raises TargetError, which says what to do, if it
    cannot be installed.
    """
    node, npm = _tool("node"), _tool("npm")
    version = published(version)
    packages = (f"agents@{version}", *_BESIDES)
    digest = hashlib.sha256(" ".join(packages).encode()).hexdigest()
    folder = cache_folder() / f"agents-{version}-{digest[:8]}"
    if not folder.is_dir():
        _check_age(node)
        _install(npm, packages, folder)
    return folder


def published(version: str) -> str:
    """The version that a tag such as "latest" stands for today; a version is one already.
    Raises TargetError."""
    if _VERSION.fullmatch(version):
        return version
    done = _run([_tool("npm"), "view", f"agents@{version}", "version"])
    found = _VERSION.findall(done.stdout)
    if done.returncode or not found:
        raise _npm_failed(f"look up agents@{version}", done)
    return str(found[-1])


def cache_folder() -> Path:
    """Where packages are kept: $RESUMABLE_CACHE, or a folder in the user's cache."""
    own = os.environ.get(CACHE_VARIABLE)
    if own:
        return Path(own).absolute()
    shared = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(shared) / "resumable-stream"


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise TargetError(
            f"the original runs on Node.js, and there is no {name!r} on the PATH: install"
            f" Node.js {NODE_MIN} or later, npm included, or leave this target out"
        )
    return path


def _check_age(node: str) -> None:
    said = _run([node, "--version"]).stdout.strip()
    if int(re.sub(r"\D.*", "", said.removeprefix("v")) or 0) < NODE_MIN:
        raise TargetError(
            f"the original needs Node.js {NODE_MIN} or later, and {node} is {said}"
        )


def _install(npm: str, packages: tuple[str, ...], folder: Path) -> None:
    """It is there as a whole, or not at all, whoever else does the same at this moment."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".installing-", dir=folder.parent))
    except OSError as error:
        raise TargetError(
            f"cannot write to {folder.parent}: {error.strerror}; set {CACHE_VARIABLE} to a"
            " folder where packages may be kept"
        ) from error
    try:
        (temporary / "package.json").write_text('{"private": true}\n')
        done = _run([npm, *_INSTALL, *packages], temporary)
        if done.returncode:
            raise _npm_failed(f"install {packages[0]}", done)
        try:
            temporary.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _run(command: list[str], folder: Path | None = None) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(  # noqa: S603 - node and npm, as found on the PATH
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60 * _MINUTES_MAX,
        )
    except subprocess.TimeoutExpired as error:
        raise TargetError(
            f"{command[0]} took over {_MINUTES_MAX} minutes; try again"
        ) from error


def _npm_failed(what: str, done: "subprocess.CompletedProcess[str]") -> TargetError:
    said = done.stderr.strip()[-_SAID_MAX:]
    return TargetError(
        f"npm could not {what} (status {done.returncode}); it needs a registry that it can"
        f" reach, and a version that was published (npm view agents versions). It said:\n{said}"
    )
