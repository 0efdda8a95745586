"""Fields to editors, by type."""
