"""The wire frames of a replay: the original's text, byte for byte."""

from collections.abc import Iterable, Iterator
from json.encoder import encode_basestring as quote  # of JSONEncoder(ensure_ascii=False)
from typing import Final

MESSAGE_TYPE: Final = "cf_agent_use_chat_response"


class Frames:
    """The frames of one replay to one request.

    Built from parts, since only the body changes from chunk to chunk: quoting it is then
    the whole cost of a frame.
    """

    __slots__ = ("_tail", "done", "live_end")

    def __init__(self, request_id: str) -> None:
        after_done = f',"id":{quote(request_id)},"type":"{MESSAGE_TYPE}","replay":true'
        self._tail = f',"done":false{after_done}}}'
        self.live_end: Final = f'{{"body":"","done":false{after_done},"replayComplete":true}}'
        self.done: Final = f'{{"body":"","done":true{after_done}}}'

    def chunks(self, bodies: Iterable[str]) -> Iterator[str]:
        tail = self._tail
        return (f'{{"body":{quoted}{tail}' for quoted in map(quote, bodies))
