"""What an engine has tried and reached, counted."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from model import Command, Outcome
from resumable.conformance.codec import snake


@dataclass
class Tally:
    """Counts that add up over sequences, batches and workers."""

    steps: int = 0
    tried: Counter[type[Command]] = field(default_factory=Counter)
    refused: Counter[type[Command]] = field(default_factory=Counter)

    def note(self, command: Command, outcome: Outcome) -> None:
        """Count one command and what came of it."""
        kind = type(command)
        self.steps += 1
        self.tried[kind] += 1
        if outcome.reply.refused is not None:
            self.refused[kind] += 1

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "steps": self.steps,
            "commands": {
                snake(kind): {"tried": count, "refused": self.refused[kind]}
                for kind, count in sorted(self.tried.items(), key=lambda item: snake(item[0]))
            },
        }

    def add(self, other: "Tally") -> None:
        """Count in what another has counted."""
        self.steps += other.steps
        self.tried.update(other.tried)
        self.refused.update(other.refused)
