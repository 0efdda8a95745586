"""A screen reader's view is read from outside, over the real bus, in a real window."""

import subprocess
from pathlib import Path

from tests.realwindow import (
    ROOT,
    SYSTEM_PYTHON,
    accessible_tree,
    needs_real_windows,
    real_session,
    running,
    walk,
)

PROBE = """
from PySide6.QtWidgets import QApplication, QCheckBox, QFormLayout, QLineEdit, QWidget
app = QApplication(["probe"])
app.setApplicationName("probe")
window = QWidget()
window.setWindowTitle("Comment card")
form = QFormLayout(window)
words = QLineEdit("The queue was long")
words.setAccessibleName("What they said")
words.setAccessibleDescription("In their own words")
agreed = QCheckBox("Agreed to be quoted")
agreed.setChecked(True)
form.addRow("Words", words)
form.addRow(agreed)
window.show()
app.exec()
"""


@needs_real_windows
def test_names_values_and_states_reach_the_accessibility_bus(tmp_path: Path) -> None:
    script = tmp_path / "probe.py"
    script.write_text(PROBE, encoding="utf-8")
    with real_session() as env, running(env, str(script)) as app:
        tree = accessible_tree(env, app.pid)
    nodes = {node["name"]: node for node in walk(tree)}
    assert "Comment card" in nodes
    words = nodes["What they said"]
    assert words["value"] == "The queue was long"
    assert words["description"] == "In their own words"
    assert {"editable", "focusable", "showing"} <= set(words["states"])
    assert "checked" in nodes["Agreed to be quoted"]["states"]
    assert words["extents"][2] > 20


@needs_real_windows
def test_a_process_that_is_not_there_gets_a_sentence() -> None:
    with real_session() as env:
        done = subprocess.run(
            [SYSTEM_PYTHON, str(ROOT / "tools/atspi_dump.py"), "1", "--wait", "0.2"],
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert "No application with pid 1" in done.stderr
    assert "Traceback" not in done.stderr
