"""Exhaustive exploration: every sequence of commands up to a depth, in a small scope."""
