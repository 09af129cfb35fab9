"""An adapter that does as if it died, before the first statement of a call or after its end:
``python -m tests.protocol.pretending package.module:Class``."""

from contextlib import suppress
from typing import Any

from tests.protocol.adapter import main
from tests.protocol.mortal import Mortal


class Pretending(Mortal):
    def die_during(self, do: str, it: dict[str, Any]) -> object:
        if it.pop("statements_run"):
            with suppress(Exception):
                self.do(do, it)
        if do == "start":  # nobody was told the id
            self.ids.pop(it["stream"], None)
        return self.connect()


if __name__ == "__main__":
    main(Pretending)
