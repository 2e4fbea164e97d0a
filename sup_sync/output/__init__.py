"""Output for people: terminal screens, pages, and their texts."""
