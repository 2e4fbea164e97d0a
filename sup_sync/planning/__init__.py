"""What should change and what should be said."""
