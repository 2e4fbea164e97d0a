"""The values that all other parts use: requests, the regulation, working time."""
