"""What goes over the wire, byte for byte."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.stream.bench import Bench

TYPE = "cf_agent_use_chat_response"

QUOTED = {
    "": '""',
    "plain": '"plain"',
    'say "hi"': r'"say \"hi\""',
    "back\\slash": r'"back\\slash"',
    "a/b </script>": '"a/b </script>"',
    "\b\f\n\r\t": r'"\b\f\n\r\t"',
    "\x00\x01\x0b\x1b\x1f": r'"\u0000\u0001\u000b\u001b\u001f"',
    "\x7f": '"\x7f"',
    "\x80\x9f": '"\x80\x9f"',
    "\u2028\u2029": '"\u2028\u2029"',
    "é漢😀": '"é漢😀"',
    "\ufeff\uffff\U0010ffff": '"\ufeff\uffff\U0010ffff"',
    "\ud83d": '"\ufffd"',
    '{"a":[1,2]}': r'"{\"a\":[1,2]}"',
}
"""Text, and what JSON.stringify makes of it once TextEncoder has seen it."""

quoted = pytest.mark.parametrize(("text", "literal"), QUOTED.items())


@quoted
def test_a_chunk_is_framed_as_the_original_does(bench: Bench, text: str, literal: str) -> None:
    stream_id = bench.start()
    bench.store(stream_id, text)
    assert bench.replay("R")[0] == (
        f'{{"body":{literal},"done":false,"id":"R","type":"{TYPE}","replay":true}}'
    )


@quoted
def test_a_live_replay_ends_as_the_original_does(bench: Bench, text: str, literal: str) -> None:
    bench.start()
    (frame,) = bench.replay(text)
    assert frame == (
        f'{{"body":"","done":false,"id":{literal},"type":"{TYPE}","replay":true,'
        '"replayComplete":true}'
    )


@quoted
def test_an_orphans_replay_ends_as_the_original_does(
    bench: Bench, text: str, literal: str
) -> None:
    bench.start()
    bench.reopen()
    assert bench.replay(text) == [
        f'{{"body":"","done":true,"id":{literal},"type":"{TYPE}","replay":true}}'
    ]


@quoted
def test_the_id_of_a_chunks_frame_is_framed_alike(
    bench: Bench, text: str, literal: str
) -> None:
    bench.start(chunks=1)
    assert bench.replay(text)[0] == (
        f'{{"body":"0","done":false,"id":{literal},"type":"{TYPE}","replay":true}}'
    )


STRINGIFY = """
const texts = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
const type = "cf_agent_use_chat_response";
const frames = texts.map((text) => {
  const kept = new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    new TextEncoder().encode(text));
  return JSON.stringify({ body: kept, done: false, id: kept, type, replay: true });
});
process.stdout.write(JSON.stringify(frames));
"""


NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="needs node for its JSON.stringify")
def test_frames_are_what_javascript_makes(bench: Bench, tmp_path: Path) -> None:
    texts = [*QUOTED, *_every_kind_of_code_point()]
    given = tmp_path / "texts.json"
    given.write_text(json.dumps(texts), "ascii")
    made = subprocess.run(
        [str(NODE), "-e", STRINGIFY, str(given)], capture_output=True, check=True, timeout=60
    )
    ours = []
    for text in texts:
        bench.store(bench.start(), text)
        ours.append(bench.replay(text)[0])
    assert ours == json.loads(made.stdout)


def _every_kind_of_code_point() -> list[str]:
    """All of the first plane's first and last thousand, a few from the rest, and what
    surrogates do beside each other."""
    letters = [*range(0x500), *range(0x1FF0, 0x2040), *range(0xD7F0, 0xE010, 7)]
    letters += [*range(0xFE00, 0x10010), *range(0x10010, 0x110000, 0x1001)]
    surrogates = ["\ud800", "\udbff", "\udc00", "\udfff", "x"]
    pairs = [first + second for first in surrogates for second in surrogates]
    return [*(f"<{chr(letter)}>" for letter in letters), *pairs]
