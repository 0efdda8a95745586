"""Which program this is, and whose work is in it."""

from __future__ import annotations

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from engage_desktop.about import NAME, notices, versions, works
from ui.dialogs.parts import button, card, column
from ui.dialogs.small import SmallDialog
from ui.theme import theme
from ui.widgets.base import Label, named
from ui.widgets.buttons import Combo
from ui.words import translate

LICENCE_HEIGHT = 180
"""Of the licence's own words, in units of the theme."""


class AboutDialog(SmallDialog):
    """The version, to read out to whoever helps, and the licences of what others made."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._versions = versions() | {"qt": qVersion()}
        title = translate("about", "About {program}").format(program=NAME)
        version = translate("about", "Version {version}").format(**self._versions)
        super().__init__(title, version, parent=parent)
        self.body.addWidget(Label(translate(
            "about", "For people who go out and listen. What is written here stays encrypted on "
            "this laptop, and leaves it only when you send it.")))  # fmt: skip
        self.body.addWidget(self._works())
        self.done_ = button(translate("about", "Done"), "primary", pressed=self.accept)
        self.foot.add(self.done_)
        self.copy = button(
            translate("about", "Copy for whoever helps"), "secondary", icon="content_copy",
            pressed=self.copy_versions,
        )  # fmt: skip
        self.foot.add(self.copy)
        self.done_.setFocus()
        self.fit()

    def _works(self) -> QWidget:
        words = translate("about", "Made with the work of others")
        frame = card(words)
        box = column(frame, gap=8, edges=(16, 12, 16, 14))
        box.addWidget(Label(words, "heading"))
        self._found = works()
        items = [(str(at), f"{work.what}: {work.licence}") for at, work in enumerate(self._found)]
        self.choice = Combo(translate("about", "Whose work"), items)
        self.choice.setSizeAdjustPolicy(
            Combo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.choice.setMinimumContentsLength(20)
        self.choice.currentIndexChanged.connect(self._chosen)
        box.addWidget(self.choice)
        self.licence = named(QPlainTextEdit(), translate("about", "The licence"))
        self.licence.setReadOnly(True)
        self.licence.setTabChangesFocus(True)
        self._again()
        theme().changed.connect(self._again)
        box.addWidget(self.licence)
        box.addWidget(Label(" ".join(notices()), "small"))
        self._chosen(0)
        return frame

    def _again(self) -> None:
        self.licence.setFixedHeight(theme().px(LICENCE_HEIGHT))

    def _chosen(self, at: int) -> None:
        self.licence.setPlainText(self._found[at].text)

    def copy_versions(self) -> None:
        """Version and system, to the clipboard; nothing of the workspace."""
        lines = [f"{name}: {told}" for name, told in self._versions.items()]
        QGuiApplication.clipboard().setText("\n".join([NAME, *lines]))
        self.copy.say(translate("about", "Copied"))
