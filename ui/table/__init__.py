"""Lists over pages of rows."""
