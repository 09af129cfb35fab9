"""Tables for the terminal."""

from typing import Final

from rich.console import Console
from rich.table import Table

from resumable.conformance.cli import common
from resumable.conformance.codec import snake
from resumable.conformance.coverage import Coverage, moments, possible
from resumable.conformance.tally import Tally
from resumable.conformance.vocabulary import WEIGHTS

_GAPS_MAX: Final = 12
_WIDE: Final = 170


def print_wide(table: Table) -> None:
    """A table of which no column may be cut, however narrow the terminal is."""
    Console(width=_WIDE, highlight=False).print(table)


def print_tally(tally: Tally) -> None:
    """How often each kind of command was tried, and refused."""
    if not tally.steps:
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("command")
    for title in ("tried", "refused"):
        table.add_column(title, justify="right")
    for kind in WEIGHTS:
        if tally.tried[kind]:
            refused = tally.refused[kind]
            table.add_row(
                snake(kind), f"{tally.tried[kind]:,}", f"{refused:,}" if refused else ""
            )
    common.out.print(table)


def print_coverage(coverage: Coverage) -> None:
    """What the run has seen, and every gap in it."""
    empty, unseen = coverage.empty_cells(), coverage.unseen()
    cells, telling = len(possible(coverage.left_out)), len(moments(coverage.left_out))
    common.out.print(
        f"states × commands: {cells - len(empty)} of {cells} cells reached;"
        f" telling moments: {telling - len(unseen)} of {telling} seen"
    )
    gaps = [f"never sent: {column}, in the state: {state}" for state, column in empty]
    gaps += [f"never seen: {moment}" for moment in unseen]
    for gap in gaps[:_GAPS_MAX]:
        common.out.print(f"  {gap}", style="yellow")
    if len(gaps) > _GAPS_MAX:
        common.out.print(f"  and {len(gaps) - _GAPS_MAX} more; --json has all", style="yellow")
