"""What all the rest is said in: requests, the regulation, working time."""
