"""Taking feedback quickly: one person at a stand, or a shoebox of cards at a desk."""
