"""What the commands share: options, output, exit status."""

import json
import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, Final, NoReturn, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from model.surprises import SURPRISES
from resumable.conformance.forbidden import forbidding
from resumable.conformance.left_out import LeftOut
from resumable.conformance.target import TargetError
from resumable.conformance.targets.registry import USAGE
from resumable.conformance.trace import Verdict

F = TypeVar("F", bound=Callable[..., Any])

EXIT_STATUS: Final[dict[Verdict, int]] = {"conforms": 0, "diverged": 1, "unknown": 3}
WRONG_USAGE: Final = 2
_WIDTH: Final = 92
SAID_EVERY_S: Final = 60.0

out: Final = Console(highlight=False, soft_wrap=True, emoji=False, markup=False)
err: Final = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False, markup=False)


class Duration(click.ParamType[float]):
    """A span of time, in seconds."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, float):
            return value
        match = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m|h)?", str(value).strip())
        if match is None or float(match[1]) == 0:
            self.fail(f"{value!r} is no time above zero; write 30s, 10m or 2h", param, ctx)
        return float(match[1]) * {"s": 1, "m": 60, "h": 3600, None: 1}[match[2]]


DURATION: Final = Duration()

target_option = click.option(
    "--target", default="sqlite", show_default=True, metavar="TARGET", help=f"{USAGE}."
)
seed_option = click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(min=0),
    help="The same seed gives the same sequences, on any machine.",
)
workers_option = click.option(
    "--workers",
    default=lambda: os.cpu_count() or 1,
    show_default="one for each core",
    type=click.IntRange(min=1),
    help="Processes to use. The sequences are the same, however many.",
)


def _forbid(context: click.Context, _option: click.Parameter, names: Sequence[str]) -> None:
    """For as long as the command runs."""
    if "list" in names:
        for surprise in SURPRISES.values():
            out.print(f"{surprise.name}: it {surprise.says}")
        context.exit()
    for name in names:
        if name not in SURPRISES:
            raise click.BadParameter(f"{name!r} is no surprise; --forbid list has them all")
    context.with_resource(forbidding(names))


forbid_option = click.option(
    "--forbid",
    multiple=True,
    metavar="NAME",
    expose_value=False,
    callback=_forbid,
    help="Count a surprise of the original's as a divergence; may be given more than once."
    " 'list' has their names.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print the result as one JSON object."
)
out_option = click.option(
    "--out",
    "folder",
    default="resumable-out",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the traces of what is found.",
)


def traces_option(says: str) -> Callable[[F], F]:
    """Where known traces are besides those that come with the harness; ``says`` what for."""
    return click.option(
        "--traces",
        type=click.Path(file_okay=False, path_type=Path),
        callback=_there_if_named,
        help=says,
    )


def _there_if_named(
    context: click.Context, option: click.Parameter, folder: Path | None
) -> Path | None:
    if folder is not None and not folder.is_dir():
        raise click.BadParameter(f"there is no folder {str(folder)!r}", context, option)
    return folder


def fail(message: str) -> NoReturn:
    """Wrong usage: say so, and leave with status 2."""
    err.print(f"resumable: {message}", style="red")
    sys.exit(WRONG_USAGE)


@contextmanager
def clear_errors() -> Iterator[None]:
    """A target that cannot be run is wrong usage."""
    try:
        yield
    except TargetError as error:
        fail(str(error))


@contextmanager
def target_prints_to_stderr() -> Iterator[None]:
    """What a target prints must not get between the lines of a report, or into JSON."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def check_writable(folder: Path, option: str = "--out") -> None:
    """Find out now, not when there is something to save. Leaves no empty folder behind."""
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.write_text("")
        probe.unlink()
        if is_new:
            folder.rmdir()
    except OSError as error:
        fail(f"cannot write to {option} {folder}: {error.strerror}; give another folder")


def leave(verdict: Verdict) -> NoReturn:
    """End with the exit status of the verdict."""
    sys.exit(EXIT_STATUS[verdict])


def print_verdict(target: str, verdict: Verdict, figures: str) -> None:
    """The last line: who, what, and how much was done to know it."""
    style = {"conforms": "bold green", "diverged": "bold red", "unknown": "bold yellow"}
    out.print(f"{target}: {verdict}  ({figures})", style=style[verdict])


def print_left_out(left_out: LeftOut) -> None:
    """What the verdict does not cover, since the target cannot do it."""
    if left_out:
        said = f"Left out, since {left_out.by} cannot: {', '.join(left_out.words())}."
        out.print(textwrap.fill(said, _WIDTH))


def print_declared(differences: dict[str, str]) -> None:
    """Where the target departs on purpose: there it was held against what it declares."""
    if differences:
        out.print("Declared differences, and no others:")
    for name, says in differences.items():
        said = textwrap.wrap(f"{name}: {says}", _WIDTH - 2, subsequent_indent="  ")
        out.print(textwrap.indent("\n".join(said), "  "))


def print_json(value: dict[str, Any]) -> None:
    """One object on standard output, and nothing else there."""
    click.echo(json.dumps(value, indent=2))


@contextmanager
def progress_bar(total: float | None) -> Iterator[Callable[[str, float], None]]:
    """Shows how far a run is, on a terminal; elsewhere it says so once a minute, since what is
    silent is taken for dead. Gives the function that moves it."""
    if not err.is_terminal:
        yield _saying_it_now_and_then()
        return
    bar = Progress(
        SpinnerColumn(),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=total)
        yield lambda text, done: bar.update(task, description=text, completed=done)


def _saying_it_now_and_then() -> Callable[[str, float], None]:
    said_at = monotonic()

    def move(text: str, _done: float) -> None:
        nonlocal said_at
        if monotonic() - said_at >= SAID_EVERY_S:
            said_at = monotonic()
            err.print(f"resumable: {text}")

    return move
