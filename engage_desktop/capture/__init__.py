"""Taking cards, at a stand or from a box: what a card is, and how it gets into the store."""
