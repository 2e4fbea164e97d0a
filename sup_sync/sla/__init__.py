"""How one request stands before the regulation."""
