"""Wrong in what is remembered, and in what a restart finds again."""

import uuid
from typing import Any

from tests.strangers.another_hand import AnotherHand, Mind
from tests.strangers.tables import Held, Script


class ReturnsAnotherId(AnotherHand):
    """Returns an id in capitals that it has stored in small letters."""

    def start(self, request_id: str) -> str:
        return super().start(request_id).upper()


class StartGoesOnCounting(AnotherHand):
    def started(self, stream_id: str, request_id: str) -> Mind:
        number = self.mind.number
        return super().started(stream_id, request_id)._replace(number=number)


class StartForgetsTheSweep(AnotherHand):
    """Makes a new memory for a new stream, and with it forgets when it swept."""

    def started(self, stream_id: str, request_id: str) -> Mind:
        return super().started(stream_id, request_id)._replace(swept_at=0)


class EveryStreamCounts(AnotherHand):
    def holding(self, stream_id: str, body: str) -> Mind:
        held = [chunk.number for chunk in self.mind.held if chunk.stream_id == stream_id]
        number = held[-1] + 1 if held else self.next_number(stream_id)
        chunk = Held(str(uuid.uuid4()), stream_id, body, number)
        return self.mind._replace(held=(*self.mind.held, chunk), number=number + 1)


class OnlyTheActiveIsForgotten(AnotherHand):
    def ended(self, stream_id: str, swept_at: int) -> Mind:
        if stream_id != self.mind.active:
            return self.mind._replace(held=(), swept_at=swept_at)
        return super().ended(stream_id, swept_at)


class EndGoesOnCounting(AnotherHand):
    def ended(self, stream_id: str, swept_at: int) -> Mind:
        return super().ended(stream_id, swept_at)._replace(number=self.mind.number)


class EndStaysLive(AnotherHand):
    def ended(self, stream_id: str, swept_at: int) -> Mind:
        return super().ended(stream_id, swept_at)._replace(live=self.mind.live)


class ClearKeepsTheBuffer(AnotherHand):
    def cleared(self) -> Mind:
        return super().cleared()._replace(held=self.mind.held)


class ClearTurnsLiveOff(AnotherHand):
    def cleared(self) -> Mind:
        return super().cleared()._replace(live=False)


class ClearGoesOnCounting(AnotherHand):
    def cleared(self) -> Mind:
        return super().cleared()._replace(number=self.mind.number)


class ClearKeepsTheRows(AnotherHand):
    def emptying(self) -> Script:
        return super().emptying()[:1]


class StaleAtFiveMinutes(AnotherHand):
    def is_stale(self, age_ms: int) -> bool:
        return age_ms >= self.STALE_MS


class StaleInTheFuture(AnotherHand):
    def is_stale(self, age_ms: int) -> bool:
        return abs(age_ms) > self.STALE_MS


class StaleStreamsGoAtOnce(AnotherHand):
    """Goes on to the next stale row, until a fresh one, or none, is left."""

    def restored(self) -> Mind:
        before = self.newest()
        found = super().restored()
        return found if self.newest() == before else self.restored()


class StaleLeavesChunks(AnotherHand):
    def deleting(self, stream_id: str) -> Script:
        return super().deleting(stream_id)[1:]


class StaleForgetsTheActive(AnotherHand):
    def restored(self) -> Mind:
        found = super().restored()
        return found._replace(active=None, request=None) if found == self.mind else found


class RestoresTheFirstRow(AnotherHand):
    def newest(self) -> list[Any]:
        return self.rows(
            "select id, request_id, created_at from cf_ai_chat_stream_metadata"
            " where status = 'streaming' limit 1"
        )


class RestoresErrors(AnotherHand):
    def newest(self) -> list[Any]:
        return self.rows(
            "select id, request_id, created_at from cf_ai_chat_stream_metadata"
            " where status <> 'completed' order by created_at desc limit 1"
        )


class RestoresNothingInATie(AnotherHand):
    def newest(self) -> list[Any]:
        return self.rows(
            "select id, request_id, created_at from cf_ai_chat_stream_metadata"
            " where status = 'streaming' group by created_at having count(*) = 1"
            " order by created_at desc limit 1"
        )


class RestoredIsLive(AnotherHand):
    def adopted(self, stream_id: str, request_id: str) -> Mind:
        return super().adopted(stream_id, request_id)._replace(live=True)


class RestoreTurnsLiveOff(AnotherHand):
    def adopted(self, stream_id: str, request_id: str) -> Mind:
        return super().adopted(stream_id, request_id)._replace(live=False)


class RestoreDropsTheBuffer(AnotherHand):
    def adopted(self, stream_id: str, request_id: str) -> Mind:
        return super().adopted(stream_id, request_id)._replace(held=())


class RestoresTheIndexOfAnyStream(AnotherHand):
    """Goes on after the highest index of all."""

    def adopted(self, stream_id: str, request_id: str) -> Mind:
        ((highest,),) = self.rows("select max(chunk_index) from cf_ai_chat_stream_chunks")
        number = 0 if highest is None else highest + 1
        return super().adopted(stream_id, request_id)._replace(number=number)


class RestoresTheLastIndex(AnotherHand):
    """Forgets to add one, but for the first."""

    def next_number(self, stream_id: str) -> int:
        return max(0, super().next_number(stream_id) - 1)


class RestoreTakesZeroForNothing(AnotherHand):
    def next_number(self, stream_id: str) -> int:
        following = super().next_number(stream_id)
        return 0 if following == 1 else following
