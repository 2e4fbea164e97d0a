"""What people read: the terminal, pages, and their texts."""
