"""The real window, read from outside as a screen reader reads it: areas, rows, fields, dialogs."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time

import pytest

from engage_desktop.records.registry import REGISTRY
from tests.day.office import PASSPHRASE, make_workspace
from tests.day.test_day_names import PROGRAM_WORDS
from tests.realwindow import accessible_tree, needs_real_windows, real_session, running, walk

AREAS = ("Today", "Stakeholders", "Events", "Feedback", "You said, we did", "Reports",
         "Send and receive", "Team")  # fmt: skip
PRESSED = ("push button", "button", "check box", "radio button", "page tab")
TABLES = ("table", "tree table")
TYPED = ("text", "entry", "combo box", "password text")

pytestmark = [
    needs_real_windows,
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="keys are pressed by xdotool"),
]


class Reader:
    """A screen reader beside the window, and a hand on its keyboard."""

    def __init__(self, env, process):
        self.env, self.process = env, process

    def tree(self):
        return accessible_tree(self.env, self.process.pid)

    def until(self, found, what, seconds=60.0):
        """Look again until something is heard."""
        end = time.monotonic() + seconds
        while True:
            tree = self.tree()
            if found(tree):
                return tree
            assert self.process.poll() is None, "the program ended"
            assert time.monotonic() < end, f"never heard: {what}; {names(tree)}"

    def keys(self, *keys):
        subprocess.run(["xdotool", "key", "--delay", "40", *keys], env=self.env, check=True)

    def type(self, words):
        subprocess.run(["xdotool", "type", "--delay", "20", words], env=self.env, check=True)

    def focus_window(self):
        """No window manager is here to do it."""
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)],
            env=self.env, capture_output=True, text=True, check=False,
        ).stdout.split()  # fmt: skip
        for window in found[-1:]:
            subprocess.run(["xdotool", "windowfocus", window], env=self.env, check=False)


def names(tree, *roles):
    """Names of what shows, of these roles."""
    return [n["name"] for n in showing(tree) if not roles or n["role"] in roles]


def showing(tree):
    return [n for n in walk(tree) if "showing" in n.get("states", ())]


@contextlib.contextmanager
def opened(*args):
    with real_session(1366, 768) as env, running(env, "-m", "engage_desktop", *args) as process:
        yield Reader(env, process)


def unheard(tree):
    """What a listener could press or type into and not know what it is."""
    found = []
    for node in showing(tree):
        if node["role"] in (*PRESSED, *TYPED) and "enabled" in node.get("states", ()):
            name = node["name"] or " ".join(node.get("labelled_by", ()))
            if not name.strip() or PROGRAM_WORDS.search(name):
                found.append((node["role"], name))
    return found


def test_the_sample_is_heard_from_the_welcome_page_to_a_record():
    with opened() as reader:
        tree = reader.until(
            lambda t: any("sample" in n.casefold() for n in names(t)), "the sample on the welcome"
        )
        assert unheard(tree) == []
        reader.focus_window()
        sample = next(n for n in names(tree, *PRESSED) if "sample" in n.casefold())
        at = focused(reader.tree())
        for _ in range(12):
            if sample in at:
                break
            reader.keys("Tab")
            at = focused(reader.until(lambda t, at=at: focused(t) != at, "where Tab leads"))
        reader.keys("Return")
        tree = reader.until(lambda t: heads(t) == set(AREAS), "the areas")
        assert unheard(tree) == []
        reader.focus_window()
        reader.keys("ctrl+2")
        tree = reader.until(lambda t: "Search stakeholders" in names(t), "the list")
        tree = reader.until(lambda t: len(cells(t)) > 5, "its rows")
        table = next(n for n in showing(tree) if n["role"] in TABLES)
        assert table["name"]
        reader.keys("ctrl+n")
        labels = [s.label for s in REGISTRY["stakeholder"].specs().values()]
        tree = reader.until(lambda t: labels[0] in " ".join(names(t, *TYPED, *PRESSED)), "a form")
        tree = reader.until(lambda t: len(names(t, *TYPED)) > 3, "all of it")
        assert unheard(tree) == []
        said = " ".join(
            f"{n['name']} {' '.join(n.get('labelled_by', ()))}"
            for n in showing(tree) if n["role"] in (*TYPED, *PRESSED)
        )  # fmt: skip
        assert len(names(tree, *PRESSED)) > 20
        heard = [label for label in labels if label in said]
        assert len(heard) >= 5, said


def cells(tree):
    """What is said in the cells of all tables that show."""
    tables = [n for n in showing(tree) if n["role"] in TABLES]
    found = [n["name"] for t in tables for n in walk(t) if n["role"] in ("table cell", "cell")]
    return [name for name in found if name.strip()]


def focused(tree):
    return [n["name"] for n in walk(tree) if "focused" in n.get("states", ())]


def heads(tree):
    """The areas that are named, with or without what is said of their badges."""
    said = names(tree)
    return {area for area in AREAS if any(n == area or n.startswith(f"{area}, ") for n in said)}


def test_a_workspace_opens_by_its_passphrase_and_locks_to_a_listener_too(tmp_path):
    folder = tmp_path / "Marlshire"
    make_workspace(folder, filled=True).close()
    with opened(str(folder)) as reader:
        tree = reader.until(lambda t: "Passphrase" in names(t), "the question")
        assert any(n["role"] == "password text" for n in showing(tree))
        assert unheard(tree) == []
        reader.focus_window()
        reader.type(PASSPHRASE)
        reader.keys("Return")
        tree = reader.until(lambda t: heads(t) == set(AREAS), "the areas")
        whole = " ".join(n["name"] for n in walk(tree))
        assert PASSPHRASE not in whole
        reader.focus_window()
        reader.keys("ctrl+l")
        tree = reader.until(lambda t: "Locked" in names(t), "the cover")
        assert not set(AREAS) & {n["name"] for n in walk(tree)}
