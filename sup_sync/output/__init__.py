"""What people read: terminal, pages, texts."""
