"""A generic encrypted record store; it knows nothing of events or feedback."""
