"""The command line: the only part that knows the terminal, the environment and the current time."""

from sup_sync.cli.main import main

__all__ = ["main"]
