"""The values everything else is built from: requests, the regulation, working time."""
