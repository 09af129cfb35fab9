"""The worked example with another hello: ``python -m tests.protocol.changed CLASS``, and in
``HELLO`` what it says besides, as JSON. Limits that ``open`` changes are the class's own."""

import json
import os
from typing import Any

from resumable import Limits
from tests.protocol.adapter import Adapter, main

NAMES = {
    "flush_chunks": "chunk_buffer_size",
    "buffer_chunks_max": "chunk_buffer_max_size",
    "chunk_bytes_max": "chunk_max_bytes",
    "stale_age_ms": "stream_stale_threshold_ms",
    "sweep_interval_ms": "cleanup_interval_ms",
    "sweep_age_ms": "cleanup_age_threshold_ms",
}


class Changed(Adapter):
    def __init__(self, make: Any) -> None:
        super().__init__(make)
        self.make, self.kind = self.made, make

    def hello(self) -> dict[str, Any]:
        said = json.loads(os.environ["HELLO"])
        return {"protocol": 1, "name": "changed", "can": self.can, **said}

    def do(self, do: str, it: dict[str, Any]) -> object:
        if do == "open":
            self.limits = {NAMES[name]: limit for name, limit in it.get("limits", {}).items()}
        return super().do(do, it)

    def made(self, connection: Any) -> Any:
        return self.kind(
            connection, **({"limits": Limits(**self.limits)} if self.limits else {})
        )


if __name__ == "__main__":
    main(Changed)
