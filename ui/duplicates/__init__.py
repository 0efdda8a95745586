"""Stakeholders that may be one: reviewed side by side, made one, and made two again."""
