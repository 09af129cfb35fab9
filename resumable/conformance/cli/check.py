"""``resumable check``: everything that a gate needs, and one verdict."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click

from resumable.conformance.about import About, about
from resumable.conformance.cli import common
from resumable.conformance.cli.explore import report_found as report_explored
from resumable.conformance.cli.explore import run as explore_all
from resumable.conformance.cli.explore import scope_for
from resumable.conformance.cli.faults import obstacle_of
from resumable.conformance.cli.faults import report_found as report_struck
from resumable.conformance.cli.faults import run as strike_all
from resumable.conformance.cli.hunt import (
    hunt_json,
    hunt_progress,
    print_broken,
    report_found,
    summary,
    verdict_of,
)
from resumable.conformance.cli.tables import print_coverage, print_tally
from resumable.conformance.cli.telling import tell
from resumable.conformance.coverage import Coverage
from resumable.conformance.explore.certificate import certificate
from resumable.conformance.explore.result import Explored
from resumable.conformance.explore.search import Budget as ExploreBudget
from resumable.conformance.faults.certificate import certificate as fault_certificate
from resumable.conformance.faults.figures import IN_A_CHECK
from resumable.conformance.faults.result import Struck
from resumable.conformance.faults.run import Extent
from resumable.conformance.gate import (
    EXPLORED_DEPTH,
    SEQUENCES,
    STRUCK_DEPTH,
    Replaying,
    TraceFound,
    can_follow,
    known_traces,
)
from resumable.conformance.hunt.hunt import Budget, Hunt, HuntResult
from resumable.conformance.power.canary import Canary, obituary
from resumable.conformance.trace import Trace, TraceError, Verdict
from resumable.conformance.workers import Lost, Workers


@click.command()
@common.target_option
@common.seed_option
@click.option(
    "--time",
    "seconds",
    type=common.DURATION,
    help=f"How long to hunt: 30s, 10m. Without it, {SEQUENCES:,} sequences.",
)
@common.traces_option("Folder of your own traces, which are replayed after the known ones.")
@common.workers_option
@common.out_option
@common.forbid_option
@common.json_option
def check(
    target: str,
    seed: int,
    seconds: float | None,
    traces: Path | None,
    workers: int,
    folder: Path,
    *,
    as_json: bool,
) -> None:
    """Hold a target against the specification, and say whether it conforms.

    First, a canary: a bug that is known to be there, and that every engine has to find.
    Then known traces; then a hunt with seeded sequences under the original's limits, since
    most of what is wrong is found there within a second; then every sequence of up to four
    commands (three, under the original's limits), with small limits if the target takes them,
    so that nothing short was missed; then crashes and errors at every point of every sequence
    of up to two.
    The target conforms if nothing diverged, and if the run has seen all that it must have seen
    to prove anything: every cell of the matrix of states and commands.
    """
    common.check_writable(folder)
    try:
        known = known_traces(traces)
    except TraceError as error:
        common.fail(str(error))
    with common.clear_errors(), Workers(target, workers) as pool:
        run = _Run(target, seed, folder, about(pool), as_json=as_json)
        budget = Budget(seconds, None if seconds else SEQUENCES)
        run.test_engines(pool)
        if run.replay(pool, known) and run.hunt(pool, budget) and run.explore(pool):
            run.strike(pool)
    run.report()


_TOO_SHORT: Final = (
    f"The hunt was too short to see everything: leave out --time ({SEQUENCES:,} sequences), or"
    " give it more."
)


def _explored(about: About) -> ExploreBudget:
    """Under the original's limits no boundary is near, and each sequence starts anew."""
    return ExploreBudget(EXPLORED_DEPTH if about.takes_limits else max(EXPLORED_DEPTH - 1, 1))


@dataclass
class _Run:
    """One check: its stages, and what they have found out so far."""

    target: str
    seed: int
    folder: Path
    about: About
    as_json: bool
    replayed: int = 0
    traces_left_out: int = 0
    departed: list[TraceFound] = field(default_factory=list)
    broken: str = ""
    blind: list[str] = field(default_factory=list)
    """Engines that did not find the canary."""

    explored: Explored | None = None
    hunted: HuntResult | None = None
    struck: Struck | None = None
    not_struck: str = ""
    """Why no fault could be brought about."""

    coverage: Coverage = field(default_factory=Coverage)

    def test_engines(self, pool: Workers) -> None:
        """Whether each engine finds a bug that is known to be there."""
        result = pool.ask(Canary())
        if isinstance(result, Lost):
            self.broken = result.reason
        else:
            self.blind = result

    def replay(self, pool: Workers, traces: list[tuple[Path, Trace]]) -> bool:
        """Whether the target conforms on every known trace that it can follow."""
        asked = [each for each in traces if can_follow(each[1], self.about.left_out)]
        self.traces_left_out = len(traces) - len(asked)
        self.coverage.left_out = self.about.left_out
        result = pool.ask(Replaying(asked))
        if isinstance(result, Lost):
            self.broken = result.reason
        else:
            self.departed = result
            self.replayed = len(asked)
        return not self.departed and not self.broken

    def hunt(self, pool: Workers, budget: Budget) -> bool:
        """Whether the target conforms on long sequences, under the original's limits."""
        with common.progress_bar(budget.seconds or budget.sequences) as move:
            hunt = Hunt(pool, self.seed, budget, on_progress=hunt_progress(move, budget))
            self.hunted = hunt.run()
        self.coverage.add(self.hunted.coverage)
        return verdict_of(self.hunted) == "conforms"

    def explore(self, pool: Workers) -> bool:
        """Whether the target conforms on every short sequence."""
        scope = scope_for(self.about, "full")
        self.explored = explore_all(pool, self.target, scope, _explored(self.about))
        self.coverage.add(self.explored.figures.coverage)
        return self.explored.verdict == "conforms"

    def strike(self, pool: Workers) -> None:
        """Crashes and errors at every point of what is shorter still."""
        self.not_struck = obstacle_of(pool)
        if not self.not_struck:
            extent = Extent(IN_A_CHECK, STRUCK_DEPTH, seed=self.seed)
            self.struck = strike_all(pool, self.target, extent)

    @property
    def verdict(self) -> Verdict:
        """What was never tried is not known: a gap is no "conforms"."""
        hunted = "unknown" if self.hunted is None else verdict_of(self.hunted)
        explored = "unknown" if self.explored is None else self.explored.verdict
        struck = "conforms" if self.struck is None else self.struck.verdict
        if self.departed or "diverged" in {hunted, explored, struck}:
            return "diverged"
        has_gaps = bool(self.coverage.empty_cells() or self.coverage.unseen())
        if self.broken or self.blind or has_gaps or struck == "unknown":
            return "unknown"
        return explored

    def report(self) -> None:
        """Print it all, and leave with the exit status."""
        found = self._departed()
        if self.hunted is not None:
            found += report_found(self.hunted, self.folder, as_json=self.as_json)
            print_broken(self.hunted, self.target)
        if self.explored is not None:
            found += report_explored(self.explored, self.folder, as_json=self.as_json)
            self.broken = self.broken or self.explored.broken.removeprefix("the target ")
        if self.struck is not None:
            found += report_struck(self.struck, self.folder, as_json=self.as_json)
            self.broken = self.broken or self.struck.broken.removeprefix("the target ")
        if self.broken:
            common.err.print(f"resumable: the target {self.broken}", style="red")
        if self.blind:
            common.err.print(f"resumable: {obituary(self.blind)}", style="red")
        if self.as_json:
            common.print_json(self._json(found))
        else:
            self._print_figures()
        common.leave(self.verdict)

    def _departed(self) -> list[dict[str, Any]]:
        """Of all known traces that diverged, the one with the shortest program: mostly they
        have one reason."""
        if not self.departed:
            return []
        found = min(self.departed, key=lambda each: len(each.divergence.steps))
        note = f"found by {found.path.name}"
        told = tell(found.divergence, self.folder, note, as_json=self.as_json)
        if not self.as_json:
            names = ", ".join([each.path.stem for each in self.departed])
            common.out.print(f"\nKnown traces that diverged: {names}\n")
        return [told]

    def _print_figures(self) -> None:
        figures = [] if self.blind else ["the canary was found"]
        figures.append(f"{self.replayed} known traces")
        if self.traces_left_out:
            figures.append(f"{self.traces_left_out} more left out")
        if self.hunted is not None:
            print_tally(self.hunted.tally)
            figures.append(summary(self.hunted))
        if self.explored is not None:
            if self.explored.verdict == "conforms":
                print_coverage(self.coverage)
                if self._was_too_short(self.hunted):
                    common.out.print(_TOO_SHORT, style="yellow")
            elif self.explored.verdict == "unknown":
                why = f"The exploration knows nothing: {self.explored.stopped}."
                common.out.print(why, style="yellow")
            figures.append(f"every sequence of up to {self.explored.depth} commands")
        if self.struck is not None:
            points = self.struck.figures.total().points
            figures.append(f"faults at {points:,} points of those of up to {STRUCK_DEPTH}")
        if self.not_struck:
            common.out.print(f"no faults: the target {self.not_struck}", style="yellow")
        common.print_left_out(self.about.left_out)
        common.print_declared(self.about.declared)
        common.print_verdict(self.target, self.verdict, "; ".join(figures))

    def _was_too_short(self, hunted: HuntResult | None) -> bool:
        has_gaps = bool(self.coverage.empty_cells() or self.coverage.unseen())
        return has_gaps and hunted is not None and hunted.sequences < SEQUENCES

    def _json(self, found: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "target": self.target,
            "canary_lives_under": self.blind,
            "traces": self.replayed,
            "traces_left_out": self.traces_left_out,
            "left_out": self.about.left_out.words(),
            "declared": self.about.declared,
            "exploration": None if self.explored is None else certificate(self.explored),
            "faults": None if self.struck is None else fault_certificate(self.struck),
            "not_struck": self.not_struck or None,
            "hunt": None if self.hunted is None else hunt_json(self.hunted),
            "coverage": self.coverage.as_json(),
            "broken": self.broken or None,
            "found": found,
        }
