"""It ends the process that imports it, and leaves no time for a word."""

import os

os._exit(9)
