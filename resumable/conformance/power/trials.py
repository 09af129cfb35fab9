"""Many trials, and the verdict on the harness."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from resumable.conformance.power.score import survivors
from resumable.conformance.power.trial import Fate

Verdict = Literal["all killed", "survived", "unknown"]

EXIT_STATUS: Final[dict[Verdict, int]] = {"all killed": 0, "survived": 1, "unknown": 3}


class Trials(NamedTuple):
    """What came of them."""

    fates: Sequence[Fate]
    lost: Sequence[str] = ()
    """What became of trials that did not come to an end."""

    @property
    def survivors(self) -> list[str]:
        """Mutants that no engine killed."""
        return survivors(self.fates)

    @property
    def false_alarms(self) -> list[Fate]:
        """Counterexamples that the right implementation does not pass either."""
        return [fate for fate in self.fates if not fate.is_real]

    @property
    def verdict(self) -> Verdict:
        if self.survivors or self.false_alarms:
            return "survived"
        return "unknown" if self.lost else "all killed"
