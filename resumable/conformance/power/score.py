"""What many trials come to: the share that an engine killed, and what a kill cost it."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any, NamedTuple

from resumable.conformance.power.trial import Fate


class Spread(NamedTuple):
    """Of many figures, the one in the middle and the largest."""

    median: float
    max: float


class Score(NamedTuple):
    """One engine over many mutants; the figures are those of its kills."""

    engine: str
    mutants: int
    killed: int
    steps: Spread
    seconds: Spread
    trace: Spread
    slowest: str
    """The mutant that took it longest; "" if it killed none."""

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        spreads = {
            name: getattr(self, name)._asdict() for name in ("steps", "seconds", "trace")
        }
        return {**self._asdict(), **spreads}


def scores(fates: Iterable[Fate]) -> list[Score]:
    """By engine, in the order in which the engines come."""
    by_engine: dict[str, list[Fate]] = {}
    for fate in fates:
        by_engine.setdefault(fate.engine, []).append(fate)
    return [_score(engine, of_engine) for engine, of_engine in by_engine.items()]


def survivors(fates: Iterable[Fate]) -> list[str]:
    """The mutants that no engine killed."""
    killed: dict[str, bool] = {}
    for fate in fates:
        killed[fate.mutant] = killed.get(fate.mutant, False) or fate.is_killed
    return [mutant for mutant, is_killed in killed.items() if not is_killed]


def _score(engine: str, fates: Sequence[Fate]) -> Score:
    kills = [fate for fate in fates if fate.is_killed]
    slowest = max(kills, key=lambda fate: fate.seconds, default=None)
    return Score(
        engine,
        len(fates),
        len(kills),
        _spread([fate.steps for fate in kills]),
        _spread([fate.seconds for fate in kills]),
        _spread([fate.trace_steps for fate in kills]),
        "" if slowest is None else slowest.mutant,
    )


def _spread(figures: Sequence[float]) -> Spread:
    return Spread(median(figures), max(figures)) if figures else Spread(0, 0)
