"""Something that happens at one of many moments of a job."""

from collections.abc import Callable


class Count:
    """Acts at one of many looks."""

    def __init__(self, at: int, act: Callable[[], object]) -> None:
        self.at, self.act, self.count = at, act, 0

    def __call__(self) -> None:
        self.count += 1
        if self.count == self.at:
            self.act()
