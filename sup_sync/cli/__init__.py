"""The command line: alone knows the terminal, the environment and the present moment."""

from sup_sync.cli.main import main

__all__ = ["main"]
