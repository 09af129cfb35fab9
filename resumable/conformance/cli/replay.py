"""``resumable replay``: the same program, the same verdict, for ever."""

import logging
from pathlib import Path

import click

from resumable.conformance.cli import common
from resumable.conformance.divergence import Divergence
from resumable.conformance.gate import can_follow, check_permitted
from resumable.conformance.left_out import left_out_of
from resumable.conformance.regression_test import regression_test
from resumable.conformance.run import run
from resumable.conformance.target import Target, TargetError
from resumable.conformance.targets.registry import open_target
from resumable.conformance.trace import Trace, TraceError, Verdict, read


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
@common.forbid_option
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
        if not can_follow(trace, left_out_of(system)):
            raise TargetError(f"{spec} cannot do all that is in {path}")
        divergence, broken = _outcome(system, trace)
    _report(path, trace, spec, divergence, broken, as_json=as_json)


def _outcome(target: Target, trace: Trace) -> tuple[Divergence | None, str]:
    """The divergence, or how the target broke; neither, if it conforms."""
    try:
        return run(target, trace.commands, setting=trace.setting, limits=trace.limits), ""
    except TargetError as error:
        return None, str(error)


def _report(
    path: Path,
    trace: Trace,
    spec: str,
    divergence: Divergence | None,
    broken: str,
    *,
    as_json: bool,
) -> None:
    verdict: Verdict = "unknown" if broken else "diverged" if divergence else "conforms"
    if broken:
        common.err.print(f"resumable: the target {broken}", style="red")
    if as_json:
        found = [] if divergence is None else [common.divergence_json(divergence, path)]
        common.print_json(
            {
                "verdict": verdict,
                "target": spec,
                "steps": len(trace.steps),
                "broken": broken or None,
                "found": found,
            }
        )
    elif divergence is not None:
        common.print_divergence(divergence, path)
    elif not broken:
        common.out.print(f"{spec} conforms: {path}, {len(trace.steps)} steps", style="green")
    common.leave(verdict)
