"""The hunt: seeded sequences of commands, as fast as the target allows, and their shrinking."""
