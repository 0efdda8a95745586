"""What the application means, without a window."""

__version__ = "0.1.0"
