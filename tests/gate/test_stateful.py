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

# An example takes twice as long on a file, and three times where children are forked.
for case, slowness in ((TestItConformsOnAFile, 2), (TestItConformsInAProcess, 3)):
    case.settings = settings(case.settings, max_examples=case.settings.max_examples // slowness)
