"""Laptops in memory, for volume: the product's own merge, judge and fold over random schedules.

What stands in for something else: laptops keep their ops in a dict and files are tuples in a
list, so that a seed takes milliseconds; signatures are a hash (`keys`). What decides is the
product's: `db.merge`, `db.judging`, `db.changes`, `db.erasing`, `engage_desktop.sync.authority`,
`roster`, `fold` and `entries`. What ought to come out is worked out again, plainly, from what is
known to whoever watches all laptops at once (`truth`, `check`).
"""
