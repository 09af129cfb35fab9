"""``resumable explore``: every sequence there is, up to a depth."""

from pathlib import Path
from typing import Any, Final

import click

from resumable.conformance.about import About, about
from resumable.conformance.cli import common
from resumable.conformance.cli.telling import tell
from resumable.conformance.divergence import Divergence
from resumable.conformance.explore.certificate import certificate, title, words
from resumable.conformance.explore.drawing import save as save_graph
from resumable.conformance.explore.result import Explored
from resumable.conformance.explore.scope import AlphabetName, Scope, original, small
from resumable.conformance.explore.search import MEMORY_MB, Budget, Exploration
from resumable.conformance.shrink import Shrinking
from resumable.conformance.workers import Workers

SECONDS: Final = 60.0


@click.command()
@common.target_option
@click.option(
    "--alphabet",
    type=click.Choice(("core", "full")),
    default="core",
    show_default=True,
    help="core: start, store, flush, complete, replay, restart, and the clock. full: all.",
)
@click.option("--depth", type=click.IntRange(min=1), help="How many commands, at the most.")
@click.option("--time", "seconds", type=common.DURATION, help="How long, at the most.")
@click.option(
    "--memory",
    "memory_mb",
    type=click.IntRange(min=10),
    default=MEMORY_MB,
    show_default=True,
    help="How many MB the states may take, at the most.",
)
@click.option(
    "--graph",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write how a stream lives, and how often each way was taken: FILE.svg is a picture,"
    " FILE.dot is for Graphviz, and without an ending both are written.",
)
@common.workers_option
@common.out_option
@common.forbid_option
@common.json_option
def explore(
    target: str,
    alphabet: AlphabetName,
    depth: int | None,
    seconds: float | None,
    memory_mb: int,
    graph: Path | None,
    workers: int,
    folder: Path,
    *,
    as_json: bool,
) -> None:
    """Send every sequence of commands up to a depth, each state once, breadth first.

    Limits are made small for a target that takes them (a parameter ``limits``), so that
    every boundary is a few commands away; others are explored under the original's. It ends
    with a certificate, or with the shortest counterexample there is. Without --depth and
    --time it stops after 60 s.
    """
    if depth is None and seconds is None:
        seconds = SECONDS
    common.check_writable(folder)
    if graph is not None:
        common.check_writable(graph.parent, "--graph")
    with common.clear_errors(), Workers(target, workers) as pool:
        scope = scope_for(about(pool), alphabet)
        result = run(pool, target, scope, Budget(depth, seconds, memory_mb))
    drawn = [] if graph is None else _draw(result, graph)
    _report(result, folder, drawn, as_json=as_json)


def scope_for(about: About, alphabet: AlphabetName) -> Scope:
    """Small limits, if the target takes limits at all."""
    return (small if about.takes_limits else original)(alphabet, about.left_out)


def run(pool: Workers, target: str, scope: Scope, budget: Budget) -> Explored:
    """One exploration, with its progress on the terminal."""
    with common.progress_bar(budget.seconds) as move:

        def show(result: Explored) -> None:
            move(
                f"depth {result.depth + 1}: {result.states:,} states,"
                f" {result.figures.transitions:,} commands",
                result.seconds,
            )

        result = Exploration(pool, target, scope, budget, show).run()
    if result.found is not None:
        _make_plain(pool, result, result.found)
    return result


def _make_plain(pool: Workers, result: Explored, found: Divergence) -> None:
    """No program is shorter, but its arguments may be plainer."""
    shrunk = pool.ask(Shrinking(found))
    if isinstance(shrunk, Divergence):
        result.found = shrunk


def _draw(result: Explored, path: Path) -> list[Path]:
    """Write the graph, and return where. If that fails, the certificate is still to come."""
    try:
        return save_graph(result.figures.edges, path, title(result))
    except OSError as error:
        common.err.print(f"resumable: could not write {error.filename}: {error.strerror}")
        return []


def report_found(result: Explored, folder: Path, *, as_json: bool) -> list[dict[str, Any]]:
    """Save the counterexample, if there is one, and print it unless it goes into JSON."""
    if result.found is None:
        return []
    note = "found by explore: there is no shorter one"
    told = tell(result.found, folder, note, as_json=as_json)
    if not as_json:
        common.out.print()
    return [told]


def _report(result: Explored, folder: Path, drawn: list[Path], *, as_json: bool) -> None:
    found = report_found(result, folder, as_json=as_json)
    if as_json:
        graph = [str(path) for path in drawn]
        common.print_json({**certificate(result), "graph": graph, "found": found})
    else:
        common.out.print(words(result))
        for path in drawn:
            common.out.print(f"graph: {path}")
        common.print_left_out(result.scope.left_out)
        figures = f"{result.states:,} states, {result.figures.transitions:,} commands"
        common.print_verdict(result.target, result.verdict, figures)
    common.leave(result.verdict)
