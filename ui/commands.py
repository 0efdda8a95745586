"""Every command of the window, with its key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from db.record import Registry
from engage_desktop.rules import CARDS, FEEDBACK, written_by_import
from ui.actions import Actions, Command
from ui.theme import STEP, theme
from ui.words import kind_words, lower_first, translate

if TYPE_CHECKING:
    from ui.main_window import MainWindow

NEW = ("event", "stakeholder", "venue", "response", "you_said", "theme", "counted_return")

DIGITS = "123456789"
"""Ctrl with these goes to the first nine areas; with Shift held as well, to the next nine."""


def area_key(number: int) -> str:
    """The key of the area that stands at this place in the rail, from 1; none after the 18th.

    Ctrl+0 is the usual key for text at 100 %, so the tenth has Ctrl+Shift+1.
    """
    row, place = divmod(number - 1, len(DIGITS))
    if row > 1:
        return ""
    return f"Ctrl+{'Shift+' if row else ''}{DIGITS[place]}"


IMPORTED = ("stakeholder", "event", "venue", "theme", "you_said", "counted_return")


def added_since(registry: Registry) -> list[str]:
    """Kinds that a person writes down and that have no words of their own here yet."""
    return [
        cls.meta.name
        for cls in registry
        if cls.meta.by_hand and not cls.meta.parent and cls.meta.name not in NEW
    ]


def _show_keys(window: MainWindow, actions: Actions) -> None:
    from ui.keys import show_keys

    show_keys(window, actions)


def add_commands(window: MainWindow, actions: Actions) -> None:
    """Tell the registry what this window can do."""
    _places(window, actions)
    _adding(window, actions)
    _record(window, actions)
    _list(window, actions)
    _looks(window, actions)


def _places(window: MainWindow, actions: Actions) -> None:
    for number, area in enumerate(window._areas.values(), 1):
        words = translate("command", "Go to {area}").format(area=area.name)
        go = partial(window.visit, area.id)
        actions.add(Command(f"go.{area.id}", words, go, area_key(number), area.icon, shown=True))
    actions.add(
        Command("find", translate("command", "Find anything"), lambda: window.palette_.summon(),
                "Ctrl+K", "search", listed=False)
    )  # fmt: skip


def _adding(window: MainWindow, actions: Actions) -> None:
    flows = window.flows
    actions.add(Command("primary", translate("command", "New"), window.run_primary, "Ctrl+N",
                        "add", listed=False))  # fmt: skip
    registry, adding = window.workspace.store.registry, window.context.rights.adding

    def add(command_id: str, words: str, run: Callable[[], object], key: str, icon: str,
            *writes: str) -> None:  # fmt: skip
        actions.add(Command(command_id, words, run, key, icon, refusal=partial(adding, *writes),
                            adds=writes))  # fmt: skip

    add("stand", translate("command", "Take feedback at a stand"),
        partial(flows.open_stand, window), "Ctrl+Shift+F", "storefront", *CARDS)  # fmt: skip
    add("cards", translate("command", "Key in comment cards"),
        partial(flows.key_cards, window), "Ctrl+Shift+K", "keyboard", *CARDS)  # fmt: skip
    for kind in (*NEW, *added_since(registry)):
        meta = registry[kind].meta
        words = translate("command", "Add {what}").format(what=kind_words(meta.label, meta.plural))
        add(f"new.{kind}", words, partial(window.begin_record, kind, {}), "", "add", kind)
    for kind in (FEEDBACK, *IMPORTED, *added_since(registry)):
        meta = None if kind == FEEDBACK else registry[kind].meta
        what = lower_first(meta.plural) if meta else translate("command", "feedback")
        words = translate("command", "Import {what} from a file").format(what=what)
        add(f"import.{kind}", words, partial(flows.import_file, window, kind), "", "upload",
            *written_by_import(kind))  # fmt: skip


def _record(window: MainWindow, actions: Actions) -> None:
    actions.add(Command("save", translate("command", "Save"), lambda: window.page.save(),
                        "Ctrl+S", "save"))  # fmt: skip
    actions.add(Command("undo", translate("command", "Undo"), window.undo.undo, "Ctrl+Z", "undo"))
    actions.add(Command("redo", translate("command", "Do again"), window.undo.redo,
                        "Ctrl+Shift+Z | Ctrl+Y", "redo"))  # fmt: skip


def _list(window: MainWindow, actions: Actions) -> None:
    def on_list(name: str) -> Callable[[], None]:
        def act() -> None:
            page = window.page.list_page
            if page is not None:
                getattr(page, name)()

        return act

    def has_list() -> bool:
        return window.page.list_page is not None

    def refused(act: str) -> Callable[[], str]:
        return lambda: window.page.list_page.why_not(act) if has_list() else ""

    for command_id, words, name, key, icon in (
        ("search", translate("command", "Search this list"), "search", "Ctrl+F", "search"),
        ("export", translate("command", "Export this list"), "export_list", "Ctrl+E", "download"),
        ("print", translate("command", "Print this list"), "print_list", "Ctrl+P", "print"),
        ("import", translate("command", "Import into this list"), "import_file", "Ctrl+I",
         "upload"),
        ("bin", translate("command", "Show or leave the bin"), "toggle_bin", "Ctrl+B", "delete"),
        ("restore", translate("command", "Restore from the bin"), "restore_selected", "Ctrl+R",
         "restore_from_trash"),
        ("erase", translate("command", "Erase for good…"), "erase_selected", "Ctrl+Shift+Del",
         "delete"),
    ):  # fmt: skip
        refusal = refused(command_id) if command_id in ("import", "restore", "erase") else None
        actions.add(Command(command_id, words, on_list(name), key, icon, has_list,
                            refusal=refusal))  # fmt: skip


def _looks(window: MainWindow, actions: Actions) -> None:
    def size(percent: int) -> Callable[[], None]:
        return lambda: window.set_look(percent=percent)

    def by(step: int) -> Callable[[], None]:
        return lambda: window.set_look(percent=theme().percent + step)

    add = actions.add
    add(Command("bigger", translate("command", "Bigger text"), by(STEP), "Ctrl++ | Ctrl+=",
                "text_increase"))  # fmt: skip
    add(Command("smaller", translate("command", "Smaller text"), by(-STEP), "Ctrl+-", "zoom_out"))
    add(Command("normal", translate("command", "Text at 100 %"), size(100), "Ctrl+0", "zoom_in"))
    for scheme, words, icon in (
        ("light", translate("command", "Light colours"), "light_mode"),
        ("dark", translate("command", "Dark colours"), "dark_mode"),
        ("contrast", translate("command", "High contrast"), "contrast"),
    ):
        add(Command(scheme, words, partial(window.set_look, scheme=scheme), "", icon))
    add(Command("names", translate("command", "Hide or show names"), window.hide_names, "F9",
                "visibility_off"))  # fmt: skip
    add(Command("lock", translate("command", "Lock"), window.lock, "Ctrl+L", "lock"))
    add(Command("settings", translate("command", "Settings"),
                partial(window.flows.settings, window), "Ctrl+,", "settings"))  # fmt: skip
    add(Command("backup", translate("command", "Make a backup"),
                partial(window.flows.back_up, window), "", "save"))  # fmt: skip
    add(Command("keys", translate("command", "Keys"), partial(_show_keys, window, actions), "F1",
                "keyboard"))  # fmt: skip
    add(Command("about", translate("command", "About Engage Desktop"),
                partial(window.flows.about, window), "", "info"))  # fmt: skip
    add(Command("quit", translate("command", "Close the window"), window.close, "Ctrl+Q",
                "logout"))  # fmt: skip
