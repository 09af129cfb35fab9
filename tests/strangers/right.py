"""Right, each in a way of its own: whoever finds them wrong is wrong."""

from typing import Any

from tests.strangers.another_hand import AnotherHand
from tests.strangers.tables import Script


class OwnTables(AnotherHand):
    """Keeps its rows where nobody else looks for them."""

    def run(self, script: Script) -> None:
        super().run([(_own(query), values) for query, values in script])

    def rows(self, query: str, *values: object) -> list[Any]:
        return super().rows(_own(query), *values)


class ClearsByDropping(AnotherHand):
    """Drops the tables and makes them again, so that no row counts as deleted."""

    def emptying(self) -> Script:
        return [*self.dropping(), *self.creating()]


class HasATemporaryView(AnotherHand):
    """Makes what ends with its connection, and does not ask whether it is there."""

    def creating(self) -> Script:
        view = "create temp view living as select * from cf_ai_chat_stream_metadata"
        return [*super().creating(), (view, ())]

    def dropping(self) -> Script:
        return [("drop view living", ()), *super().dropping()]


def _own(query: str) -> str:
    return query.replace("cf_ai_chat_stream", "mine")
