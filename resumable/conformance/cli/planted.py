"""``resumable faults --planted``: which kind of fault finds which bug."""

from typing import Any, NoReturn

from rich.table import Table

from resumable.conformance.cli import common
from resumable.conformance.cli.tables import print_wide
from resumable.conformance.faults.figures import KINDS
from resumable.conformance.faults.planted import PLANTED, Planted
from resumable.conformance.faults.trying import RIGHT, Tried, Trying
from resumable.conformance.target import TargetError
from resumable.conformance.trace import Verdict
from resumable.conformance.workers import Lost, Workers


def try_planted(workers: int, *, as_json: bool) -> NoReturn:
    """Strike each bug's workload with every kind of fault, and the right stream with all
    their workloads: that one has to pass, and each bug to be found."""
    tried: dict[str, Tried] = {}
    workloads = tuple(dict.fromkeys([planted.workload for planted in PLANTED]))
    tasks = [Trying(each.target, (each.workload,)) for each in PLANTED]
    tasks.insert(0, Trying(RIGHT, workloads))
    with (
        common.clear_errors(),
        common.progress_bar(len(tasks)) as move,
        Workers(RIGHT, workers) as pool,
    ):
        for task, result in pool.run(tasks):
            if isinstance(result, Lost):
                raise TargetError(f"{task.target} could not be tried: it {result.reason}")
            if result is not None:
                tried[task.target] = result
            move(f"{len(tried)} tried", len(tried))
    _report(tried, as_json=as_json)


def _report(tried: dict[str, Tried], *, as_json: bool) -> NoReturn:
    survivors = [planted for planted in PLANTED if not tried[planted.target].found_by]
    is_right = not tried[RIGHT].found_by
    verdict: Verdict = "conforms" if is_right and not survivors else "diverged"
    if as_json:
        common.print_json(_as_json(tried, verdict))
    else:
        _print_table(tried)
        if not is_right:
            common.out.print("the right stream diverges, too", style="red")
        for planted in survivors:
            common.out.print(f"nothing found {planted.bug.__name__}", style="red")
        found = len(PLANTED) - len(survivors)
        common.print_verdict("planted bugs", verdict, f"{found} of {len(PLANTED)} found")
    common.leave(verdict)


def _print_table(tried: dict[str, Tried]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("planted", no_wrap=True)
    for kind in KINDS:
        table.add_column(kind, justify="center", no_wrap=True)
    for planted in PLANTED:
        found_by = tried[planted.target].found_by
        table.add_row(planted.name, *["×" if kind in found_by else "·" for kind in KINDS])
    print_wide(table)
    for planted in PLANTED:
        common.out.print(f"  {planted.name}: {planted.sentence}", style="dim")


def _as_json(tried: dict[str, Tried], verdict: Verdict) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "right_stream_found_by": sorted(tried[RIGHT].found_by),
        "planted": [_bug_as_json(planted, tried[planted.target]) for planted in PLANTED],
    }


def _bug_as_json(planted: Planted, tried: Tried) -> dict[str, Any]:
    found_by = [kind for kind in KINDS if kind in tried.found_by]
    return {
        "name": planted.name,
        "sentence": planted.sentence,
        "target": planted.target,
        "found_by": found_by,
    }
