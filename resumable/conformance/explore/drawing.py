"""The drawing of a graph as SVG: its nodes stand around an ellipse, so that no way between
two of them crosses a third."""

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final, NamedTuple

from model.classes import (
    DESTROYED,
    IDLE,
    IDLE_PENDING,
    LIVE_EMPTY,
    LIVE_FULL,
    LIVE_PART,
    ORPHANED,
    ORPHANED_PENDING,
)
from resumable.conformance.explore.graph import IDLE_STALE, Edge, Way, dot, ways

_WIDTH: Final = 1600
_HEIGHT: Final = 1040
_RADII: Final = (660, 400)
_CENTRE: Final = (800, 550)
_NODE: Final = (196.0, 56.0)

_BEND: Final = 0.14
"""How far a way is bent to one side, in parts of its length: the way back takes the other."""

_LABEL_AT: Final = (0.36, 0.3, 0.42, 0.24, 0.48, 0.18, 0.54, 0.6, 0.66, 0.72)
"""Where on a way its label may be, the best first: nearer to the node that it leaves."""

_LETTER: Final = (7.2, 15.0)
"""How much room a letter of a label takes."""

_LEGEND: Final = (
    "A number tells how often that command led this way, and +3 that three other kinds of"
    " command did, too: point at a label to see them all."
)

_STEPS: Final = 200
_HEAD: Final = 13

_COLOURS: Final = {
    IDLE: "#475569",
    LIVE_EMPTY: "#15803d",
    LIVE_PART: "#0f766e",
    LIVE_FULL: "#4d7c0f",
    ORPHANED_PENDING: "#9a3412",
    ORPHANED: "#ea580c",
    DESTROYED: "#dc2626",
    IDLE_STALE: "#a16207",
    IDLE_PENDING: "#6d28d9",
}
"""Of each node, in the order around the ellipse: from the left, clockwise."""


class Point(NamedTuple):
    """A place on the drawing, in its units."""

    x: float
    y: float


class Curve(NamedTuple):
    """A quadratic Bézier curve."""

    start: Point
    bend: Point
    end: Point

    def at(self, t: float) -> Point:
        """The point at ``t``, which goes from 0 to 1."""
        weights = ((1 - t) ** 2, 2 * t * (1 - t), t**2)
        return Point(
            sum(weight * point.x for weight, point in zip(weights, self, strict=True)),
            sum(weight * point.y for weight, point in zip(weights, self, strict=True)),
        )


def svg(edges: Mapping[Edge, int], title: str) -> str:
    """A picture of the graph. The label of a way names its most frequent command; pointing
    at it shows them all."""
    between = [way for way in ways(edges) if way.start != way.end]
    staying = {way.start: way for way in ways(edges) if way.start == way.end}
    met = {way.start for way in between} | {way.end for way in between} | staying.keys()
    most = max([way.total for way in between], default=1)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">',
        "<style>text { font-family: DejaVu Sans, Verdana, sans-serif }</style>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="30" y="48" font-size="24">{escape(title)}</text>',
        f'<text x="30" y="76" font-size="14">{_LEGEND}</text>',
    ]
    for way in between:
        lines.extend(_arrow(way, most))
    lines.extend(_labels(between))
    for node in _COLOURS:
        if node in met:
            lines.extend(_box(node, staying.get(node)))
    return "\n".join([*lines, "</svg>", ""])


def _place(node: str) -> Point:
    angle = math.pi + 2 * math.pi * list(_COLOURS).index(node) / len(_COLOURS)
    return Point(
        _CENTRE[0] + _RADII[0] * math.cos(angle), _CENTRE[1] + _RADII[1] * math.sin(angle)
    )


def _curve(way: Way) -> Curve:
    start, end = _place(way.start), _place(way.end)
    dx, dy = end.x - start.x, end.y - start.y
    middle = Point((start.x + end.x) / 2, (start.y + end.y) / 2)
    return Curve(start, Point(middle.x - dy * _BEND, middle.y + dx * _BEND), end)


def _visible(way: Way) -> list[Point]:
    """The points of a way that neither of its nodes covers, closely one after the other."""
    curve = _curve(way)
    points = [curve.at(step / _STEPS) for step in range(_STEPS + 1)]
    return [
        point
        for point in points
        if not _covers(way.start, point) and not _covers(way.end, point)
    ]


def _arrow(way: Way, most: int) -> Iterator[str]:
    """The line, as wide as the way is frequent, and its head where it meets the node."""
    colour = _COLOURS[way.start]
    width = 0.8 + 3.2 * math.log1p(way.total) / math.log1p(most)
    *line, tip = _visible(way)
    line = [point for point in line if math.dist(point, tip) > _HEAD * 0.8]
    yield f'<g stroke="{colour}" fill="{colour}" opacity="0.6">'
    yield f"<title>{_tooltip(way)}</title>"
    yield f'<polyline points="{_text(line)}" fill="none" stroke-width="{width:.1f}"/>'
    yield f'<polygon points="{_text(_head(line[-1], tip))}" stroke="none"/>'
    yield "</g>"


def _head(behind: Point, tip: Point) -> list[Point]:
    angle = math.atan2(tip.y - behind.y, tip.x - behind.x)
    turned = (angle + math.pi - 0.4, angle + math.pi + 0.4)
    wings = [
        Point(tip.x + _HEAD * math.cos(each), tip.y + _HEAD * math.sin(each)) for each in turned
    ]
    return [tip, *wings]


def _text(points: Sequence[Point]) -> str:
    return " ".join([f"{point.x:.1f},{point.y:.1f}" for point in points])


def _labels(ways: Sequence[Way]) -> Iterator[str]:
    """Each where it covers neither a node nor another label, if there is such a place."""
    taken = [(_place(node), _NODE) for node in _COLOURS]
    for way in ways:
        first, *others = way.commands
        text = f"{first} +{len(others)}" if others else first
        room = (len(text) * _LETTER[0], _LETTER[1])
        visible = _visible(way)
        points = [visible[int(len(visible) * at)] for at in _LABEL_AT]
        free = [point for point in points if not any(_meet(point, room, *one) for one in taken)]
        point = [*free, *points][0]
        taken.append((point, room))
        yield (
            f'<text x="{point.x:.1f}" y="{point.y + 4:.1f}" font-size="12"'
            f' text-anchor="middle" fill="{_COLOURS[way.start]}" stroke="white"'
            f' stroke-width="4" paint-order="stroke"><title>{_tooltip(way)}</title>'
            f"{escape(text)}</text>"
        )


def _meet(
    one: Point, room: tuple[float, float], other: Point, taken: tuple[float, float]
) -> bool:
    """Whether two rectangles around these points overlap."""
    width, height = (room[0] + taken[0]) / 2, (room[1] + taken[1]) / 2
    return abs(one.x - other.x) < width and abs(one.y - other.y) < height


def _box(node: str, staying: Way | None) -> Iterator[str]:
    (width, height), centre = _NODE, _place(node)
    yield (
        f'<rect x="{centre.x - width / 2:.1f}" y="{centre.y - height / 2:.1f}" rx="10"'
        f' width="{width}" height="{height}" fill="{_COLOURS[node]}" stroke="white"'
        ' stroke-width="3"/>'
    )
    name = f'<text x="{centre.x:.1f}" text-anchor="middle" fill="white"'
    yield f'{name} y="{centre.y - 3:.1f}" font-size="14">{escape(node)}</text>'
    if staying is not None:
        text = f"stays: {staying.total:,}"
        yield (
            f'{name} y="{centre.y + 17:.1f}" font-size="12"><title>{_tooltip(staying)}</title>'
            f"{text}</text>"
        )


def _covers(node: str, point: Point) -> bool:
    return _meet(point, (0, 0), _place(node), _NODE)


def _tooltip(way: Way) -> str:
    return escape("\n".join([f"{way.start} → {way.end}", *way.commands]))


def save(edges: Mapping[Edge, int], path: Path, title: str) -> list[Path]:
    """Write the graph as ``path``, whose ending says which form; return what was written.
    Without such an ending both are written, each under its own."""
    forms = {".dot": dot(edges), ".svg": svg(edges, title)}
    endings = [path.suffix] if path.suffix in forms else list(forms)
    written = [path if path.suffix in forms else Path(f"{path}{end}") for end in endings]
    path.parent.mkdir(parents=True, exist_ok=True)
    for each in written:
        each.write_text(forms[each.suffix], encoding="utf-8")
    return written
