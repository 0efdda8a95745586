"""Taking cards, at a stand or from a box: what a card is, and how it gets into the store."""

NOTES = "waiting:"
"""Before the name of a draft that notes a card which the store has yet to take."""
