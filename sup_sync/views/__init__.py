"""What people ask for, as data."""
