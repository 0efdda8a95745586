"""What an officer writes down: one module for each kind of record."""
