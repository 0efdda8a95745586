"""Print, as JSON, what a screen reader is told about a running application.

    /usr/bin/python3 tools/atspi_dump.py PID [--wait SECONDS] [--depth N]

It starts nothing. It runs under the distribution's Python, whose `gi` module speaks AT-SPI (no
wheel carries it), in a process of its own beside the application: a reader in the application's own
process would wait for itself. Both must share a session bus and a display, for instance:

    xvfb-run -a dbus-run-session -- sh -c '
        QT_QPA_PLATFORM=xcb QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 .venv/bin/python -m engage_desktop &
        /usr/bin/python3 tools/atspi_dump.py $! --wait 20; kill $!'

Each node is {"role", "name", "description", "value", "labelled_by", "states", "actions",
"extents", "children"}; empty parts are left out. "extents" is [x, y, width, height] in pixels of
the screen. Exit code 1, with one sentence on standard error, when no application with that pid
appears in time.
"""

import argparse
import json
import sys
import time
import warnings
from typing import Any

TOLD = [
    "FOCUSABLE",
    "FOCUSED",
    "SHOWING",
    "VISIBLE",
    "ENABLED",
    "EDITABLE",
    "SELECTED",
    "SELECTABLE",
    "CHECKED",
    "CHECKABLE",
    "EXPANDED",
    "EXPANDABLE",
    "REQUIRED",
    "READ_ONLY",
    "MODAL",
    "ACTIVE",
    "DEFUNCT",
]


def load() -> Any:
    """The AT-SPI bindings; a sentence and exit code 2 where the distribution lacks them."""
    try:
        import gi

        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi, GLib

        # Which of two spellings is the deprecated one depends on the distribution's release.
        warnings.simplefilter("ignore", DeprecationWarning)
    except (ImportError, ValueError):
        sys.exit("AT-SPI cannot be read: install python3-gi and gir1.2-atspi-2.0.")
    Atspi.Gone = GLib.Error
    return Atspi


def find(atspi: Any, pid: int, seconds: float) -> Any:
    """The application of that process on the accessibility bus, or None after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        desktop = atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child is not None and child.get_process_id() == pid and child.get_child_count():
                return child
        if time.monotonic() > end:
            return None
        time.sleep(0.1)


# The interfaces' methods are called by their full name: a node has `get_text` of its own too, and
# which of the two answers differs between releases of the bindings.


def value_of(atspi: Any, node: Any) -> Any:
    """The text a person would edit or hear, or the number of a slider; None for the rest."""
    if node.get_text_iface() is not None:
        return atspi.Text.get_text(node, 0, atspi.Text.get_character_count(node))
    if node.get_value_iface() is not None:
        return atspi.Value.get_current_value(node)
    return None


def actions_of(atspi: Any, node: Any) -> list[str]:
    if node.get_action_iface() is None:
        return []
    count = atspi.Action.get_n_actions(node)
    return [atspi.Action.get_action_name(node, index) for index in range(count)]


def states_of(atspi: Any, node: Any) -> list[str]:
    held = node.get_state_set()
    return [s.lower() for s in TOLD if held.contains(getattr(atspi.StateType, s))]


def labels_of(atspi: Any, node: Any) -> list[str]:
    """What the labels of a field say; Qt calls a list of choices by its choice on Linux."""
    found = []
    for relation in node.get_relation_set() or []:
        if relation.get_relation_type() == atspi.RelationType.LABELLED_BY:
            targets = (relation.get_target(n) for n in range(relation.get_n_targets()))
            found += [target.get_name() for target in targets if target is not None]
    return found


def extents_of(atspi: Any, node: Any) -> list[int]:
    if node.get_component_iface() is None:
        return []
    box = atspi.Component.get_extents(node, atspi.CoordType.SCREEN)
    return [box.x, box.y, box.width, box.height]


def describe(atspi: Any, node: Any, depth: int) -> dict[str, Any]:
    """One node and what is below it; a node that vanishes meanwhile is told as "defunct"."""
    try:
        told = {
            "role": node.get_role_name(),
            "name": node.get_name(),
            "description": node.get_description(),
            "value": value_of(atspi, node),
            "labelled_by": labels_of(atspi, node),
            "states": states_of(atspi, node),
            "actions": actions_of(atspi, node),
            "extents": extents_of(atspi, node),
        }
        below = [node.get_child_at_index(i) for i in range(node.get_child_count())]
    except atspi.Gone as gone:
        return {"role": "defunct", "name": "", "description": str(gone)}
    if depth > 0:
        told["children"] = [describe(atspi, c, depth - 1) for c in below if c is not None]
    kept = ("role", "name")
    return {k: v for k, v in told.items() if k in kept or v not in (None, "", [])}


def main() -> int:
    parser = argparse.ArgumentParser(description="Print an application's accessible tree as JSON.")
    parser.add_argument("pid", type=int)
    parser.add_argument("--wait", type=float, default=10.0, help="seconds to wait for it")
    parser.add_argument("--depth", type=int, default=40, help="levels to go down")
    asked = parser.parse_args()
    atspi = load()
    found = find(atspi, asked.pid, asked.wait)
    if found is None:
        print(
            f"No application with pid {asked.pid} is on the accessibility bus. Start it with "
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 on the same session bus.",
            file=sys.stderr,
        )
        return 1
    json.dump(describe(atspi, found, asked.depth), sys.stdout, indent=1, ensure_ascii=False)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
