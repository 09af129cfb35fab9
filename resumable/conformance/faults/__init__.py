"""Faults at every point: a disk of the harness's own under SQLite, and what becomes of it."""
