"""``resumable replay``: the same program, the same verdict, for ever."""

import logging
from pathlib import Path
from typing import Any

import click

from resumable.conformance.cli import common
from resumable.conformance.divergence import Divergence
from resumable.conformance.gate import check_permitted
from resumable.conformance.regression_test import regression_test
from resumable.conformance.run import run
from resumable.conformance.targets.registry import open_target
from resumable.conformance.trace import Trace, TraceError, read


@click.command()
@click.argument(
    "path", metavar="TRACE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--target",
    default=None,
    metavar="TARGET",
    help="As for check. The default is the target that the trace was recorded on.",
)
@click.option("--as-test", is_flag=True, help="Run nothing; print a pytest file that does.")
@common.json_option
def replay(path: Path, target: str | None, *, as_test: bool, as_json: bool) -> None:
    """Send the commands of TRACE to a target and compare everything after each.

    \b
    To find the commit that broke it:
        git bisect run resumable replay TRACE --target package.module:callable
    """
    try:
        trace = read(path)
        check_permitted(path, trace)
    except TraceError as error:
        common.fail(str(error))
    spec = target or trace.target
    if as_test:
        click.echo(regression_test(trace, spec, path.stem), nl=False)
        return
    logging.disable(logging.CRITICAL)
    with common.clear_errors(), common.target_prints_to_stderr(), open_target(spec) as system:
        divergence = run(system, trace.commands, setting=trace.setting, limits=trace.limits)
    _report(path, trace, spec, divergence, as_json=as_json)


def _report(
    path: Path, trace: Trace, spec: str, divergence: Divergence | None, *, as_json: bool
) -> None:
    verdict: Any = "conforms" if divergence is None else "diverged"
    if as_json:
        found = [] if divergence is None else [common.divergence_json(divergence, path)]
        common.print_json(
            {"verdict": verdict, "target": spec, "steps": len(trace.steps), "found": found}
        )
    elif divergence is None:
        common.out.print(f"{spec} conforms: {path}, {len(trace.steps)} steps", style="green")
    else:
        common.print_divergence(divergence, path)
    common.leave(verdict)
