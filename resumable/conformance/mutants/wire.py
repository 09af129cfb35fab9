"""Bugs of the text on the wire: each makes JSON that is not the original's."""

import json
from collections.abc import Iterable
from typing import Any

from resumable.conformance.mutants.catalogue import Source, seeded
from resumable.conformance.mutants.kit import OtherFrames
from resumable.conformance.mutants.rules import Rule


def compact(fields: dict[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


@seeded(Rule.FRAME, Source.PORT)
class FrameHasSpaces(OtherFrames):
    """Puts a space after each comma and colon, as ``json.dumps`` does."""

    def frames(self, frame: str) -> Iterable[str]:
        yield json.dumps(json.loads(frame), ensure_ascii=False)


@seeded(Rule.FRAME, Source.PORT)
class FrameIsAscii(OtherFrames):
    """Escapes all that is not ASCII, as ``json.dumps`` does."""

    def frames(self, frame: str) -> Iterable[str]:
        yield json.dumps(json.loads(frame), separators=(",", ":"))


@seeded(Rule.FRAME, Source.PORT)
class FrameSortsItsKeys(OtherFrames):
    """Sends the keys in the order of the alphabet."""

    def frames(self, frame: str) -> Iterable[str]:
        yield compact(dict(sorted(json.loads(frame).items())))


@seeded(Rule.FRAME, Source.FORGOTTEN)
class FrameDoesNotSayReplay(OtherFrames):
    """Leaves out that the frame is part of a replay."""

    def frames(self, frame: str) -> Iterable[str]:
        yield frame.replace(',"replay":true', "")


@seeded(Rule.FRAME, Source.PORT)
class FrameNamesTheTypeDifferently(OtherFrames):
    """Sends the type without its prefix."""

    def frames(self, frame: str) -> Iterable[str]:
        yield frame.replace('"type":"cf_agent_', '"type":"')


@seeded(Rule.FRAME, Source.FORGOTTEN)
class EndHasNoId(OtherFrames):
    """Leaves the request id out of the frame that ends a replay."""

    def frames(self, frame: str) -> Iterable[str]:
        fields = json.loads(frame)
        if fields["done"] or "replayComplete" in fields:
            del fields["id"]
        yield compact(fields)


@seeded(Rule.FRAME, Source.PORT)
class EndHasNoBody(OtherFrames):
    """Leaves the empty body out of the frame that ends a replay."""

    def frames(self, frame: str) -> Iterable[str]:
        fields = json.loads(frame)
        if fields["done"] or "replayComplete" in fields:
            del fields["body"]
        yield compact(fields)


@seeded(Rule.FRAME, Source.PORT)
class EveryFrameHasReplayComplete(OtherFrames):
    """Says ``replayComplete: false`` where the original says nothing."""

    def frames(self, frame: str) -> Iterable[str]:
        fields = json.loads(frame)
        fields.setdefault("replayComplete", False)
        yield compact(fields)


@seeded(Rule.FRAME, Source.PORT)
class BodyIsParsed(OtherFrames):
    """Sends a body that is JSON as an object, not as text."""

    def frames(self, frame: str) -> Iterable[str]:
        fields = json.loads(frame)
        try:
            fields["body"] = json.loads(fields["body"])
        except ValueError:
            yield frame
        else:
            yield compact(fields)


@seeded(Rule.FRAME, Source.PORT)
class LineSeparatorsAreEscaped(OtherFrames):
    """Escapes U+2028, as encoders do that write JSON into scripts."""

    def frames(self, frame: str) -> Iterable[str]:
        yield frame.replace("\u2028", "\\u2028")


@seeded(Rule.FRAME, Source.PORT)
class SlashesAreEscaped(OtherFrames):
    """Escapes each slash, as encoders do that write JSON into HTML."""

    def frames(self, frame: str) -> Iterable[str]:
        yield frame.replace("/", "\\/")


@seeded(Rule.FRAME, Source.PORT)
class MarkupIsEscaped(OtherFrames):
    """Escapes what begins a tag, as the encoders of many a framework do."""

    def frames(self, frame: str) -> Iterable[str]:
        yield frame.replace("<", "\\u003c")


@seeded(Rule.FRAME, Source.PORT)
class DelIsEscaped(OtherFrames):
    """Escapes U+007F, which JSON leaves raw."""

    def frames(self, frame: str) -> Iterable[str]:
        yield frame.replace("\x7f", "\\u007f")


@seeded(Rule.FRAME, Source.PORT)
class EscapesAreInUpperCase(OtherFrames):
    """Writes the digits of an escape in upper case: 001F for 001f."""

    def frames(self, frame: str) -> Iterable[str]:
        yield frame.replace("\\u001f", "\\u001F")


@seeded(Rule.FRAME, Source.PORT)
class FrameEndsWithANewline(OtherFrames):
    """Ends each frame with a newline, as lines of JSON do."""

    def frames(self, frame: str) -> Iterable[str]:
        yield frame + "\n"


@seeded(Rule.FRAME, Source.OFF_BY_ONE)
class FrameComesTwice(OtherFrames):
    """Sends the frame that ends a replay twice."""

    def frames(self, frame: str) -> Iterable[str]:
        yield frame
        if '"body":""' in frame:
            yield frame
