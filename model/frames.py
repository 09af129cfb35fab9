"""The text that a client receives, byte for byte what ``JSON.stringify`` gives."""

import json

TYPE = "cf_agent_use_chat_response"

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def chunk(body: str, request: str) -> str:
    """One stored chunk."""
    return _frame(body=body, done=False, id=request)


def live_end(request: str) -> str:
    """The end of a replay whose stream still has a reader: more will follow."""
    return _frame(body="", done=False, id=request, replayComplete=True)


def done(request: str) -> str:
    """The end of a replay after which nothing more will come."""
    return _frame(body="", done=True, id=request)


def well_formed(text: str) -> str:
    """``text`` as ``TextEncoder`` has it: each lone surrogate becomes U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _frame(body: str, done: bool, id: str, **last: bool) -> str:
    fields = {"body": body, "done": done, "id": id, "type": TYPE, "replay": True, **last}
    return _ENCODER.encode(fields)
