"""Targets in any language: a command that is started, and spoken to in JSON lines.

``PROTOCOL.md``, beside this file, says how; ``resumable protocol`` prints it.
"""
