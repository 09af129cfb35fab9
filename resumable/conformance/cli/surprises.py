"""``resumable surprises``: what the specification permits and a service may forbid, and who
shows it."""

import logging
from typing import Any, Final, Literal

import click

from model.surprises import SURPRISES, Surprise
from resumable.conformance.cli import common
from resumable.conformance.contrast import place
from resumable.conformance.divergence import Divergence
from resumable.conformance.forbidden import forbidding
from resumable.conformance.run import run
from resumable.conformance.target import Target, TargetError
from resumable.conformance.targets.registry import USAGE, open_target, prepare

Answer = Literal["shows it", "does not", "differs", "broke"]

_WIDTH: Final = max(len(name) for name in SURPRISES) + 2


@click.command()
@click.option(
    "--target",
    "targets",
    multiple=True,
    default=("sqlite",),
    show_default=True,
    metavar="TARGET",
    help=f"May be given more than once, for a column each. {USAGE[:1].upper()}{USAGE[1:]}.",
)
@common.json_option
def surprises(targets: tuple[str, ...], *, as_json: bool) -> None:
    """List what the specification permits and --forbid forbids; and run, on each target, the
    shortest program that shows it.

    \b
    shows it   it conforms, and does what is forbidden
    does not   it conforms, and does something else that is permitted
    differs    it diverges from the specification on the way there, in the place that is told
    broke      it could not be run to the end
    """
    logging.disable(logging.CRITICAL)
    columns = {}
    with common.clear_errors(), common.target_prints_to_stderr():
        for spec in targets:
            prepare(spec)
            with open_target(spec) as target:
                columns[spec] = [_answer(target, surprise) for surprise in SURPRISES.values()]
    if as_json:
        common.print_json(_json(columns))
    else:
        _print(columns)


def _answer(target: Target, surprise: Surprise) -> tuple[Answer, str]:
    """What ``target`` does, and where it differs."""
    try:
        with forbidding([surprise.name]):
            found = run(target, surprise.example)
    except TargetError as error:
        return "broke", str(error)
    if found is None:
        return "does not", ""
    return ("shows it", "") if found.forbidden else ("differs", _where(found))


def _where(found: Divergence) -> str:
    return f"at step {len(found.steps)}, in {place(found.closest[0])}"


def _json(columns: dict[str, list[tuple[Answer, str]]]) -> dict[str, Any]:
    return {
        "surprises": [
            {
                "name": surprise.name,
                "says": surprise.says,
                "wanted": surprise.wanted,
                "targets": {
                    spec: {"answer": column[at][0], "where": column[at][1] or None}
                    for spec, column in columns.items()
                },
            }
            for at, surprise in enumerate(SURPRISES.values())
        ]
    }


def _print(columns: dict[str, list[tuple[Answer, str]]]) -> None:
    widths = {spec: max(len(spec), len("shows it")) + 2 for spec in columns}
    titles = [f"{spec:<{width}}" for spec, width in widths.items()]
    common.out.print(" " * _WIDTH + "".join(titles))
    for at, surprise in enumerate(SURPRISES.values()):
        cells = [f"{columns[spec][at][0]:<{width}}" for spec, width in widths.items()]
        common.out.print(f"{surprise.name:<{_WIDTH}}{''.join(cells)}{surprise.says}")
        for spec, column in columns.items():
            if column[at][1]:
                common.out.print(f"{'':<{_WIDTH}}{spec}: {column[at][1]}", style="yellow")
