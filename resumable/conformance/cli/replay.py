"""``resumable replay``: the same program, the same verdict, for ever."""

import logging
from pathlib import Path
from typing import NamedTuple

import click

from resumable.conformance.cli import common
from resumable.conformance.cli.telling import divergence_json, print_divergence
from resumable.conformance.divergence import Divergence
from resumable.conformance.gate import can_follow, check_permitted
from resumable.conformance.left_out import LeftOut, left_out_of
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
        ending = _ending(system, trace)
    _report(path, trace, spec, ending, as_json=as_json)


class _Ending(NamedTuple):
    """What came of a replay."""

    divergence: Divergence | None
    broken: str
    """How the target broke; "" if it did not."""

    left_out: LeftOut
    """What could not be compared."""

    @property
    def verdict(self) -> Verdict:
        if self.broken:
            return "unknown"
        return "conforms" if self.divergence is None else "diverged"


def _ending(target: Target, trace: Trace) -> _Ending:
    found, broken = None, ""
    try:
        found = run(target, trace.commands, setting=trace.setting, limits=trace.limits)
    except TargetError as error:
        broken = str(error)
    # All that the trace asks for can be done: what is left is what is not looked at.
    left_out = left_out_of(target)._replace(
        kinds=frozenset(), lone_surrogates=False, files=False, limits=()
    )
    return _Ending(found, broken, left_out)


def _report(path: Path, trace: Trace, spec: str, ending: _Ending, *, as_json: bool) -> None:
    divergence, broken, left_out = ending
    if broken:
        common.err.print(f"resumable: the target {broken}", style="red")
    if as_json:
        found = [] if divergence is None else [divergence_json(divergence, path)]
        common.print_json(
            {
                "verdict": ending.verdict,
                "target": spec,
                "steps": len(trace.steps),
                "left_out": left_out.words(),
                "broken": broken or None,
                "found": found,
            }
        )
    elif divergence is not None:
        print_divergence(divergence, path)
    elif not broken:
        common.print_left_out(left_out)
        common.out.print(f"{spec} conforms: {path}, {len(trace.steps)} steps", style="green")
    common.leave(ending.verdict)
