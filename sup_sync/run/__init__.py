"""One run: gather, decide, write."""
