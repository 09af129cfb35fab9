"""The wire frames of a replay: the original's text, byte for byte."""

from json import JSONEncoder
from typing import Final

MESSAGE_TYPE: Final = "cf_agent_use_chat_response"

_quote = JSONEncoder(ensure_ascii=False).encode


class Frames:
    """The frames of one replay to one request.

    Built from parts, since only the body changes from chunk to chunk: quoting it is then
    the whole cost of a frame.
    """

    __slots__ = ("_tail", "done", "live_end")

    def __init__(self, request_id: str) -> None:
        after_done = f',"id":{_quote(request_id)},"type":"{MESSAGE_TYPE}","replay":true'
        self._tail = f',"done":false{after_done}}}'
        self.live_end: Final = f'{{"body":"","done":false{after_done},"replayComplete":true}}'
        self.done: Final = f'{{"body":"","done":true{after_done}}}'

    def chunk(self, body: str) -> str:
        return '{"body":' + _quote(body) + self._tail
