"""One run: gather, decide, write, remember."""
