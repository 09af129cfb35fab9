"""For all tests: how Hypothesis draws, and how they can be interrupted.

Hypothesis gives the same examples each time where ``CI=true``, others at home.
"""

import os
import signal

from hypothesis import settings

from resumable.conformance.machine import register_profiles

register_profiles()
settings.load_profile("ci" if os.environ.get("CI") == "true" else "dev")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # What a shell starts in the background is deaf to Ctrl-C, and so are its children; but
    # some tests send it to theirs.
    signal.signal(signal.SIGINT, signal.default_int_handler)
