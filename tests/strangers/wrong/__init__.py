"""Strangers that are wrong in one rule each, small changes of the right one.

Each can be named as a target: ``tests.strangers.wrong.memory:StaleAtFiveMinutes``.
"""
