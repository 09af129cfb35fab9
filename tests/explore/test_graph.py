"""The graph: every command that was sent is on one of its edges, and it can be drawn."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from model.classes import DESTROYED, IDLE, LIVE_EMPTY, ORPHANED
from resumable.conformance.explore.drawing import save, svg
from resumable.conformance.explore.graph import IDLE_STALE, NODES, dot, ways
from resumable.conformance.targets.builtin import sqlite
from tests.explore.kit import FULL, explored

EXPLORED = explored(sqlite(), FULL, 3)
EDGES = EXPLORED.figures.edges


def test_every_command_is_on_an_edge() -> None:
    assert sum(EDGES.values()) == EXPLORED.figures.transitions
    assert sum(way.total for way in ways(EDGES)) == EXPLORED.figures.transitions


def test_the_life_of_a_stream_is_in_it() -> None:
    found = {(way.start, way.end): way.times for way in ways(EDGES)}
    assert set(found[IDLE, LIVE_EMPTY]) == {"start"}
    assert "restart" in found[LIVE_EMPTY, ORPHANED]
    assert "replay" in found[ORPHANED, IDLE]
    assert set(found[LIVE_EMPTY, DESTROYED]) == {"destroy"}
    assert "insert_stale" in found[IDLE, IDLE_STALE]


def test_dot_has_each_edge_with_how_often_it_was_taken() -> None:
    text = dot(EDGES)
    assert text.startswith("digraph")
    assert text.count(" -> ") == len(ways(EDGES))
    counts = [int(each.replace(",", "")) for each in re.findall(r" ([\d,]+)(?=\\n|\")", text)]
    assert sum(counts) == EXPLORED.figures.transitions


def test_the_drawing_is_xml_with_a_box_for_each_node_that_was_met() -> None:
    drawing = ET.fromstring(svg(EDGES, "a < b & c"))  # noqa: S314 - it is our own
    texts = [each.text for each in drawing.iter("{http://www.w3.org/2000/svg}text")]
    met = {way.start for way in ways(EDGES)} | {way.end for way in ways(EDGES)}
    assert "a < b & c" in texts
    assert {node for node in NODES if node in texts} == met


def test_every_way_between_two_nodes_has_a_head_and_a_label() -> None:
    drawing = ET.fromstring(svg(EDGES, ""))  # noqa: S314 - it is our own
    between = [way for way in ways(EDGES) if way.start != way.end]
    assert len(list(drawing.iter("{http://www.w3.org/2000/svg}polygon"))) == len(between)
    titles = [each.text or "" for each in drawing.iter("{http://www.w3.org/2000/svg}title")]
    for way in between:
        assert sum(f"{way.start} → {way.end}\n" in title for title in titles) == 2


def test_no_label_lies_upon_a_node_or_another_label() -> None:
    drawing = ET.fromstring(svg(EDGES, ""))  # noqa: S314 - it is our own
    labels = [
        (float(each.get("x", "")), float(each.get("y", "")))
        for each in drawing.iter("{http://www.w3.org/2000/svg}text")
        if each.get("stroke") is not None
    ]
    assert len(labels) == len([way for way in ways(EDGES) if way.start != way.end])
    for number, (x, y) in enumerate(labels):
        assert all(abs(x - a) > 40 or abs(y - b) >= 15 for a, b in labels[:number])


@pytest.mark.parametrize(
    ("file", "written"),
    [
        ("life.dot", ["life.dot"]),
        ("life.svg", ["life.svg"]),
        ("life", ["life.dot", "life.svg"]),
        ("v1.2", ["v1.2.dot", "v1.2.svg"]),
    ],
)
def test_the_ending_says_in_which_form_it_is_written(
    file: str, written: list[str], tmp_path: Path
) -> None:
    texts = {".dot": dot(EDGES), ".svg": svg(EDGES, "a title")}
    found = save(EDGES, tmp_path / file, "a title")
    assert [path.name for path in found] == written
    assert sorted(tmp_path.iterdir()) == sorted(found)
    for path in found:
        assert path.read_text(encoding="utf-8") == texts[path.suffix]
