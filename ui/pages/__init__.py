"""One area of the window each."""
