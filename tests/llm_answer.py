"""A maker of answers as a chat service sees them: UI message chunks, each as JSON.

The answer is made up, but not its form: it thinks, calls a tool, gets a large output back,
calls another, and speaks. It is the same each time.
"""

import itertools
import json
from collections.abc import Iterator
from typing import Any, Final

# What tends to break something between a model and a browser: scripts, emoji of several code
# points, quotes, line separators, a NUL.
WORDS: Final = (
    *("The", "answer", "答えは", "그리고", "\n\n-", "`code`", '"quoted"', "👩‍💻", "naïve"),
    *("Ω≈ç", "\u2028", "\\n", "漢字", "🎉", "</script>", "שלום", "\x00", "done."),
)

REASONING_DELTAS: Final = 40
TEXT_DELTAS: Final = 240


def make_answer() -> list[str]:
    """The chunks of one answer: some hundred, two of them over 100 KB."""
    parts = itertools.chain(
        [{"type": "start", "messageId": "msg_1"}],
        _step(_pieces("reasoning", "r1", REASONING_DELTAS), _tool_call("call_1", 1_500)),
        _step(_tool_call("call_2", 1_000)),
        _step(_pieces("text", "t1", TEXT_DELTAS)),
        [{"type": "finish"}],
    )
    return [json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in parts]


def _step(*parts: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield {"type": "start-step"}
    yield from itertools.chain(*parts)
    yield {"type": "finish-step"}


def _pieces(kind: str, id: str, deltas: int) -> Iterator[dict[str, Any]]:
    yield {"type": f"{kind}-start", "id": id}
    for number, word in zip(range(deltas), itertools.cycle(WORDS), strict=False):
        yield {"type": f"{kind}-delta", "id": id, "delta": f"{word} {number} "}
    yield {"type": f"{kind}-end", "id": id}


def _tool_call(id: str, rows_found: int) -> Iterator[dict[str, Any]]:
    call: dict[str, Any] = {"toolCallId": id}
    question = {"query": '天気 ☔ in "Zürich"', "limit": rows_found}
    yield {"type": "tool-input-start", **call, "toolName": "search"}
    text = json.dumps(question, ensure_ascii=False)
    for start in range(0, len(text), 8):
        delta = text[start : start + 8]
        yield {"type": "tool-input-delta", **call, "inputTextDelta": delta}
    yield {"type": "tool-input-available", **call, "toolName": "search", "input": question}
    rows = [{"row": row, "text": f"結果 {row} 🌧️ " * 5} for row in range(rows_found)]
    yield {"type": "tool-output-available", **call, "output": rows}
