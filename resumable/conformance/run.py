"""Running a given program: the whole of ``resumable replay``, and what shrinking repeats."""

from collections.abc import Sequence

from model import INITIAL, Command, step
from model.limits import ORIGINAL, Limits
from resumable.conformance import prose
from resumable.conformance.ahead import plan
from resumable.conformance.compare import agrees
from resumable.conformance.divergence import DivergedError, Divergence
from resumable.conformance.left_out import left_out_of
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.setting import DEFAULT, Setting
from resumable.conformance.target import Target, TargetError
from resumable.conformance.targets.in_process import InProcess
from resumable.conformance.trace import Trace


def run(
    target: Target,
    commands: Sequence[Command],
    *,
    setting: Setting = DEFAULT,
    limits: Limits = ORIGINAL,
) -> Divergence | None:
    """Send the commands to a new database, compare everything after each; the divergence, if
    there is one.

    Raises TargetError if the target cannot be run, or cannot do what is in there.
    """
    left_out = left_out_of(target)
    for command in commands:
        if left_out.forbids(command):
            raise TargetError(f"{target.name} cannot do this: {prose.command(command)}")
    if isinstance(target, InProcess):
        target.renew()
    plan(target, commands, looks=True)
    lockstep = Lockstep(target, limits=limits, setting=setting)
    try:
        for command in commands:
            lockstep.do(command)
    except DivergedError as error:
        return error.divergence
    finally:
        target.close()
    return None


def no_longer_permitted(trace: Trace) -> int | None:
    """The first step whose recorded reply the specification forbids, by index; None if it
    permits them all. That of a trace that conformed once must never change."""
    states = [INITIAL]
    for number, (command, at_ms, seen) in enumerate(trace.steps):
        states = [
            outcome.state
            for state in states
            for outcome in step(state, command, at_ms, trace.limits)
            if agrees(outcome.reply, seen)
        ]
        if not states:
            return number
    return None
