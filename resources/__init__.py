"""Fonts, pictograms, reference lists and sample data, and one accessor to reach them."""
