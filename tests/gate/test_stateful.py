"""The implementation conforms, wherever it runs. In memory and on a file it reads the clock
that a service would have it read, which is frozen; in a process of its own it is handed one.
"""

from hypothesis import settings

from resumable import ResumableStream
from resumable.conformance.machine import lockstep_machine
from resumable.conformance.targets.builtin import classify, sqlite_process
from resumable.conformance.targets.frozen import Frozen


def in_memory() -> Frozen:
    return Frozen(ResumableStream, name="sqlite", classify=classify)


def on_file() -> Frozen:
    return Frozen(ResumableStream, name="sqlite-file", classify=classify, always_on_file=True)


TestItConformsInMemory = lockstep_machine(in_memory).TestCase
TestItConformsOnAFile = lockstep_machine(on_file).TestCase
TestItConformsInAProcess = lockstep_machine(sqlite_process).TestCase

# A child is forked at every restart, so that an example takes three times as long.
TestItConformsInAProcess.settings = settings(
    TestItConformsInAProcess.settings, max_examples=settings().max_examples // 3
)
