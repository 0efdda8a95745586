"""Qt widgets: the only package that knows Qt."""
