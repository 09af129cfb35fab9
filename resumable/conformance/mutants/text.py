"""Bugs of what becomes of text, and of how its size is measured."""

import json
import re
import unicodedata
from typing import Final

from resumable import ResumableStream
from resumable.conformance.mutants.catalogue import Source, seeded
from resumable.conformance.mutants.kit import OtherLimits
from resumable.conformance.mutants.rules import Rule

_NO_LIMIT: Final = 10**9


class OtherText(ResumableStream):
    """Every body is stored as ``text`` has it."""

    def text(self, body: str) -> str:
        raise NotImplementedError

    def store_chunk(self, stream_id: str, body: str) -> None:
        super().store_chunk(stream_id, self.text(body))


class OtherSize(OtherLimits, chunk_max_bytes=_NO_LIMIT):
    """Every body is as large as ``size`` says, against the right limit."""

    def size(self, body: str) -> int:
        raise NotImplementedError

    def store_chunk(self, stream_id: str, body: str) -> None:
        if self.size(body) <= self._limits.chunk_max_bytes - _NO_LIMIT:
            super().store_chunk(stream_id, body)


@seeded(Rule.TEXT, Source.PORT)
class LoneSurrogateIsAQuestionMark(OtherText):
    """Stores a lone surrogate as a question mark, as ``encode("utf-8", "replace")`` does."""

    def text(self, body: str) -> str:
        return body.encode("utf-8", "replace").decode()


@seeded(Rule.TEXT, Source.PORT)
class LoneSurrogateIsDropped(OtherText):
    """Drops lone surrogates, as ``encode("utf-8", "ignore")`` does."""

    def text(self, body: str) -> str:
        return body.encode("utf-8", "ignore").decode()


@seeded(Rule.TEXT, Source.PORT)
class LoneSurrogateIsRefused(OtherText):
    """Raises for a lone surrogate, as ``encode`` does."""

    def text(self, body: str) -> str:
        return body.encode().decode()


@seeded(Rule.TEXT, Source.PORT)
class LoneSurrogateIsEscaped(OtherText):
    """Stores a lone surrogate as the six letters that JSON has for it."""

    def text(self, body: str) -> str:
        return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", body)


@seeded(Rule.TEXT, Source.PORT)
class LoneSurrogateInARequestIsRefused(ResumableStream):
    """Raises for a request id with a lone surrogate."""

    def start(self, request_id: str) -> str:
        request_id.encode()
        return super().start(request_id)


@seeded(Rule.TEXT, Source.PORT)
class RequestIsToldAsItCame(ResumableStream):
    """Mends a request id on disk, and tells the broken one."""

    def start(self, request_id: str) -> str:
        stream_id = super().start(request_id)
        self._active_request_id = request_id
        return stream_id


@seeded(Rule.TEXT, Source.PORT)
class NulEndsTheText(OtherText):
    """Cuts a body at a NUL, as C does."""

    def text(self, body: str) -> str:
        return body.split("\x00", maxsplit=1)[0]


@seeded(Rule.TEXT, Source.TIDY)
class NulIsDropped(OtherText):
    """Drops NULs, since some databases refuse them."""

    def text(self, body: str) -> str:
        return body.replace("\x00", "")


@seeded(Rule.TEXT, Source.PORT)
class LineSeparatorIsANewline(OtherText):
    """Stores every kind of line end as a newline, as ``splitlines`` has it."""

    def text(self, body: str) -> str:
        return "\n".join(body.splitlines())


@seeded(Rule.TEXT, Source.TIDY)
class JsonIsWrittenAnew(OtherText):
    """Stores a body that is JSON as its own encoder writes it."""

    def text(self, body: str) -> str:
        try:
            return json.dumps(json.loads(body))
        except ValueError:
            return body


@seeded(Rule.TEXT, Source.TIDY)
class AccentsAreTakenApart(OtherText):
    """Stores letters and their accents apart, in Unicode's form D."""

    def text(self, body: str) -> str:
        return unicodedata.normalize("NFD", body)


@seeded(Rule.TEXT, Source.TIDY)
class AccentsArePutTogether(OtherText):
    """Stores letters with their accents, in Unicode's form C."""

    def text(self, body: str) -> str:
        return unicodedata.normalize("NFC", body)


@seeded(Rule.TEXT, Source.TIDY)
class BlanksAreStripped(OtherText):
    """Stores a body without the blanks around it, of which an answer is full."""

    def text(self, body: str) -> str:
        return body.strip(" ")


@seeded(Rule.TEXT, Source.MET_LATER)
class AnArrayIsSplit(ResumableStream):
    """Stores each element of a body that is a JSON array as a chunk; an empty one vanishes."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        elements = json.loads(body) if body.startswith("[") else None
        if not isinstance(elements, list):
            super().store_chunk(stream_id, body)
            return
        for element in elements:
            super().store_chunk(stream_id, json.dumps(element))


@seeded(Rule.SIZE, Source.OFF_BY_ONE)
class SizeLimitExclusive(OtherLimits, chunk_max_bytes=-1):
    """Skips a chunk of exactly 1,800,000 bytes."""


@seeded(Rule.SIZE, Source.OFF_BY_ONE)
class SizeLimitOneMore(OtherLimits, chunk_max_bytes=1):
    """Stores a chunk of 1,800,001 bytes."""


@seeded(Rule.SIZE, Source.PORT)
class SizeCountsCharacters(OtherSize):
    """Measures a chunk in characters, not in bytes."""

    def size(self, body: str) -> int:
        return len(body)


@seeded(Rule.SIZE, Source.PORT)
class SizeCountsCodeUnits(OtherSize):
    """Measures a chunk in UTF-16 units, as JavaScript's ``length`` does."""

    def size(self, body: str) -> int:
        return len(body.encode("utf-16-le", "surrogatepass")) // 2


@seeded(Rule.SIZE, Source.MET_0_1_0)
class OversizedRaises(OtherLimits):
    """Raises for a chunk that is too large, so that the answer ends there."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        if len(body.encode("utf-8", "replace")) > self._limits.chunk_max_bytes:
            raise ValueError("string or blob too big")
        super().store_chunk(stream_id, body)


@seeded(Rule.TEXT, Source.PORT)
class NewlinesAreUniversal(OtherText):
    """Stores a carriage return with its newline as a newline, as text files are read."""

    def text(self, body: str) -> str:
        return body.replace("\r\n", "\n")


@seeded(Rule.TEXT, Source.PORT)
class ByteOrderMarkIsDropped(OtherText):
    """Takes a byte order mark off the front of a body, as utf-8-sig does."""

    def text(self, body: str) -> str:
        return body.removeprefix("\ufeff")


@seeded(Rule.TEXT, Source.PORT)
class NumbersLoseTheirZeros(OtherText):
    """Stores what looks like a number as one, as a column of numbers does."""

    def text(self, body: str) -> str:
        return str(int(body)) if body.isdecimal() else body


@seeded(Rule.TEXT, Source.TIDY)
class EventFieldIsTakenOff(OtherText):
    """Takes a body for a line of server-sent events, and stores what is in it."""

    def text(self, body: str) -> str:
        return body.removeprefix("data: ")


@seeded(Rule.TEXT, Source.TIDY)
class LongTextIsCut(OtherText):
    """Stores the first 65,536 letters of a body."""

    def text(self, body: str) -> str:
        return body[:65_536]


@seeded(Rule.STORE, Source.TIDY)
class TheEndIsNoChunk(ResumableStream):
    """Leaves out the [DONE] that ends an answer of many a provider."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        if body != "[DONE]":
            super().store_chunk(stream_id, body)


@seeded(Rule.STORE, Source.TIDY)
class NoIdIsNoStream(ResumableStream):
    """Does not keep a chunk whose stream has an empty id."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        if stream_id:
            super().store_chunk(stream_id, body)


@seeded(Rule.START, Source.TIDY)
class RequestIsInLowerCase(ResumableStream):
    """Keeps request ids in lower case."""

    def start(self, request_id: str) -> str:
        return super().start(request_id.lower())


@seeded(Rule.SIZE, Source.PORT)
class OversizedTakesAnIndex(ResumableStream):
    """Skips a chunk that is too large, and its index, too."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        before = len(self._buffer), self._next_index
        super().store_chunk(stream_id, body)
        if before == (len(self._buffer), self._next_index):
            self._next_index += 1


@seeded(Rule.SIZE, Source.TIDY)
class OversizedIsCut(OtherText):
    """Stores the beginning of a chunk that is too large."""

    def text(self, body: str) -> str:
        limit, encoded = self._limits.chunk_max_bytes, body.encode("utf-8", "surrogatepass")
        return encoded[:limit].decode("utf-8", "ignore") if len(encoded) > limit else body


@seeded(Rule.SIZE, Source.PORT)
class OversizedFlushes(ResumableStream):
    """Flushes the buffer before it skips a chunk that is too large."""

    def store_chunk(self, stream_id: str, body: str) -> None:
        index = self._next_index
        super().store_chunk(stream_id, body)
        if index == self._next_index:
            self.flush_buffer()
