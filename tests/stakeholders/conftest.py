"""Laptops whose stores are real, made in a moment from one template."""

from tests.db.conftest import ann, blank, make_laptop, store

__all__ = ["ann", "blank", "make_laptop", "store"]
