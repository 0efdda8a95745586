"""Maps of stakeholders to work in: drawn, dragged, walked by keyboard, read as tables."""
