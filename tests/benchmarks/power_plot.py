"""The plot of a benchmark: what share of all trials was over after how long, as an SVG."""

import math
from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

from tests.benchmarks.power_table import Outcome, by_engine

WIDTH: Final = 880
HEIGHT: Final = 430
LEFT, RIGHT, TOP, BOTTOM = 56, 610, 40, 380
"""Where the axes are; to their right, the lines have their names."""

FIRST_S: Final = 0.001
COLOURS: Final = ("#e8590c", "#9c5fe0", "#1c7ed6", "#2b9a4b")
LINE_HEIGHT: Final = 20

STYLE: Final = """
text { font: 13px system-ui, sans-serif; fill: #57606a; }
.grid { stroke: #8c959f; stroke-opacity: .3; }
.share { fill: none; stroke-width: 2.5; }
@media (prefers-color-scheme: dark) { text { fill: #b1bac4; } }
"""


def plot(outcomes: Sequence[Outcome], seconds_max: float) -> str:
    """One line for each engine over a logarithmic axis of seconds. It can be read on a light
    ground and on a dark one."""
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' width="{WIDTH}" height="{HEIGHT}" role="img">'
    )
    parts = [
        opening,
        f"<style>{STYLE}</style>",
        _text(LEFT, 20, "Share of the seeded bugs that were found, by seconds of CPU"),
        *_grid(seconds_max),
        *_lines(outcomes, seconds_max),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _grid(seconds_max: float) -> Iterator[str]:
    for percent in range(0, 101, 20):
        y = _y(percent / 100)
        yield f'<path class="grid" d="M{LEFT} {y}H{RIGHT}"/>'
        yield _text(LEFT - 8, y + 4, f"{percent}%", anchor="end")
    for seconds in (FIRST_S, 0.01, 0.1, 1, 10, 100):
        if seconds > seconds_max:
            break
        x = _x(seconds, seconds_max)
        yield f'<path class="grid" d="M{x} {TOP}V{BOTTOM}"/>'
        yield _text(x, BOTTOM + 20, f"{seconds:g} s", anchor="middle")


def _lines(outcomes: Sequence[Outcome], seconds_max: float) -> Iterator[str]:
    ends = []
    for (engine, of_engine), colour in zip(by_engine(outcomes).items(), COLOURS, strict=True):
        found = sorted([one.seconds for one in of_engine if one.is_found])
        path = f"M{LEFT} {_y(0)}"
        for number, seconds in enumerate(found, 1):
            path += f"H{_x(seconds, seconds_max)}V{_y(number / len(of_engine))}"
        yield f'<path class="share" stroke="{colour}" d="{path}H{RIGHT}"/>'
        share = len(found) / len(of_engine)
        ends.append((_y(share), max(found, default=math.inf), f"{share:.0%}  {engine}", colour))
    lowest_yet = -math.inf
    for y, _, said, colour in sorted(ends):
        lowest_yet = max(y, lowest_yet + LINE_HEIGHT)
        yield _text(RIGHT + 10, lowest_yet + 4, said, colour=colour)


def _text(
    x: float, y: float, said: str, *, anchor: str = "start", colour: str | None = None
) -> str:
    style = "" if colour is None else f' style="fill: {colour}"'
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{style}>{escape(said)}</text>'


def _x(seconds: float, seconds_max: float) -> float:
    share = math.log10(max(seconds, FIRST_S) / FIRST_S) / math.log10(seconds_max / FIRST_S)
    return round(LEFT + min(share, 1) * (RIGHT - LEFT), 1)


def _y(share: float) -> float:
    return round(BOTTOM - share * (BOTTOM - TOP), 1)
