"""Adapters: the systems under test, each behind the same interface."""
