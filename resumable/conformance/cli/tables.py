"""Tables for the terminal."""

from rich.table import Table

from resumable.conformance.cli import common
from resumable.conformance.codec import snake
from resumable.conformance.tally import Tally
from resumable.conformance.vocabulary import WEIGHTS


def print_tally(tally: Tally) -> None:
    """How often each kind of command was tried, and refused."""
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
