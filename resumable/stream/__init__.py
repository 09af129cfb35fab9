"""The implementation over SQLite; its public names are those of ``resumable``."""
