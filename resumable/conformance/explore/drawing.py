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
_NODE: Final = (196, 56)

_BEND: Final = 0.14
"""How far a way is bent to one side, in parts of its length: the way back takes the other."""

_LABEL_AT: Final = 0.36
"""Where on a way its label is: nearer to the node that it leaves."""

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
    ]
    for way in between:
        lines.extend(_arrow(way, most))
    lines.extend([_label(way) for way in between])
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


def _label(way: Way) -> str:
    first, *others = way.commands
    text = f"{first} +{len(others)}" if others else first
    visible = _visible(way)
    point = visible[int(len(visible) * _LABEL_AT)]
    return (
        f'<text x="{point.x:.1f}" y="{point.y + 4:.1f}" font-size="12" text-anchor="middle"'
        f' fill="{_COLOURS[way.start]}" stroke="white" stroke-width="4"'
        f' paint-order="stroke"><title>{_tooltip(way)}</title>{escape(text)}</text>'
    )


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
    (width, height), centre = _NODE, _place(node)
    return abs(point.x - centre.x) < width / 2 and abs(point.y - centre.y) < height / 2


def _tooltip(way: Way) -> str:
    return escape("\n".join([f"{way.start} → {way.end}", *way.commands]))


def save(edges: Mapping[Edge, int], path: Path, title: str) -> tuple[Path, Path]:
    """Write the graph as ``path`` with the endings ``.dot`` and ``.svg``; return both."""
    written = path.with_suffix(".dot"), path.with_suffix(".svg")
    for each, text in zip(written, (dot(edges), svg(edges, title)), strict=True):
        each.write_text(text, encoding="utf-8")
    return written
