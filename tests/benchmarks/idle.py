"""A target that answers everything, and does nothing: the least that a reply costs."""

import json
import sys

OBSERVED = dict.fromkeys(("active_stream_id", "active_request_id"))
OBSERVED |= {"has_active_stream": False, "is_live": False, "metadata": []}

for line in sys.stdin:
    number = json.loads(line)["n"]
    reply = {"n": number, "protocol": 1, "name": "idle", "observed": OBSERVED}
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()
