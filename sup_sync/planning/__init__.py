"""What should change in Redmine, and which notes are due."""
