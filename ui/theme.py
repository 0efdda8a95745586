"""Colours, type, spacing and radii: the one file that decides how everything looks.

Nothing else names a colour or a pixel. Sizes are written for 100 % text and go through `Theme.px`
(or the `u` unit of the style sheet), so that text at 200 % takes its room with it.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

import resources
from ui.style_sheet import SHEET

FAMILY = "Atkinson Hyperlegible Next"
SMALLEST, LARGEST, STEP = 100, 200, 25
"""Text size in percent."""


@dataclass(frozen=True)
class Colours:
    """One scheme. Every pair that carries words is 4.5:1 or better (7:1 in high contrast)."""

    text: str
    muted: str
    line: str  # between things; carries no meaning
    control: str  # borders of controls, 3:1 or better on surface
    page: str
    surface: str
    action: str
    on_action: str
    action_hover: str
    brand: str
    selected: str
    on_selected: str
    good: str
    good_back: str
    warning: str
    warning_back: str
    bad: str
    bad_back: str
    info: str
    info_back: str
    badge: str
    on_badge: str
    track: str  # the empty part of a bar
    bar: str  # the filled part of a bar
    focus: str
    focus_line: str


LIGHT = Colours(
    text="#212B32", muted="#4C6272", line="#D8DDE0", control="#768692", page="#F4F6F7",
    surface="#FFFFFF", action="#005EB8", on_action="#FFFFFF", action_hover="#004A93",
    brand="#003087", selected="#E6F0FA", on_selected="#003087", good="#00541F",
    good_back="#D9F0E1", warning="#5C4300", warning_back="#FFF2CC", bad="#9A1508",
    bad_back="#FBDFDC", info="#003087", info_back="#E6F0FA", badge="#D5281B",
    on_badge="#FFFFFF", track="#E8EDEE", bar="#005EB8", focus="#FFB81C", focus_line="#212B32",
)  # fmt: skip
DARK = Colours(
    text="#F0F4F5", muted="#B4C2CC", line="#37454F", control="#8A9AA6", page="#12191E",
    surface="#1C262D", action="#7CBDF7", on_action="#06192B", action_hover="#A5D3FB",
    brand="#9CCBF8", selected="#17364F", on_selected="#CDE6FD", good="#A6E9C1",
    good_back="#123D26", warning="#FFE08A", warning_back="#463700", bad="#FFBDB5",
    bad_back="#58160F", info="#BBDDFB", info_back="#17364F", badge="#FF8A80",
    on_badge="#3A0500", track="#33414B", bar="#7CBDF7", focus="#FFB81C", focus_line="#FFFFFF",
)  # fmt: skip
CONTRAST = Colours(
    text="#FFFFFF", muted="#FFFFFF", line="#FFFFFF", control="#FFFFFF", page="#000000",
    surface="#000000", action="#FFE600", on_action="#000000", action_hover="#FFFFFF",
    brand="#FFFFFF", selected="#003A70", on_selected="#FFFFFF", good="#8CFFBB",
    good_back="#00220F", warning="#FFE600", warning_back="#2B2500", bad="#FFC2BC",
    bad_back="#3B0300", info="#B9E0FF", info_back="#001A33", badge="#FFE600",
    on_badge="#000000", track="#3A3A3A", bar="#FFE600", focus="#FFB81C", focus_line="#FFFFFF",
)  # fmt: skip
SCHEMES = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}

TONES = ("plain", "good", "warning", "bad", "info")
"""How a pill, banner or icon tile is meant. Always shown with words, never by colour alone."""

SIZES = {"small": 13, "body": 15, "heading": 17, "number": 20, "title": 24, "huge": 28}
"""Type sizes in pixels at 100 %."""

_WEIGHTS = {
    "regular": QFont.Weight.Normal,
    "medium": QFont.Weight.Medium,
    "semi": QFont.Weight.DemiBold,
    "bold": QFont.Weight.Bold,
}
_UNIT = re.compile(r"(-?\d+(?:\.\d+)?)u\b")
_TOKEN = re.compile(r"@(\w+)")


class Theme(QObject):
    """The scheme and text size in use. Widgets that paint themselves listen to `changed`."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self.scheme = "light"
        self.percent = SMALLEST
        self._fonts_in = False

    @property
    def colours(self) -> Colours:
        """The colours in use."""
        return SCHEMES[self.scheme]

    def px(self, size: float) -> int:
        """A length at the text size in use; never less than 1 for a length above 0."""
        return max(1, round(size * self.percent / 100)) if size > 0 else 0

    def colour(self, name: str) -> QColor:
        """A colour of the scheme by its token."""
        return QColor(getattr(self.colours, name))

    def tone(self, tone: str) -> tuple[QColor, QColor]:
        """Words and ground of a tone."""
        if tone == "plain":
            return self.colour("muted"), self.colour("track")
        return self.colour(tone), self.colour(f"{tone}_back")

    def font(self, size: str = "body", weight: str = "regular") -> QFont:
        """A face in one of `SIZES`."""
        font = QFont(FAMILY)
        font.setPixelSize(self.px(SIZES[size]))
        font.setWeight(_WEIGHTS[weight])
        return font

    def set(self, *, scheme: str | None = None, percent: int | None = None) -> None:
        """Change the scheme or the text size, and repaint everything."""
        wanted = scheme if scheme in SCHEMES else self.scheme
        size = min(LARGEST, max(SMALLEST, percent if percent is not None else self.percent))
        if (wanted, size) != (self.scheme, self.percent):
            self.scheme, self.percent = wanted, size
            self.apply()

    def apply(self) -> None:
        """Give the application its style, palette, font and sheet."""
        if not self._fonts_in:
            self._fonts_in = True
            _load_fonts()
            self._app.setStyle("Fusion")
            for effect in (Qt.UIEffect.UI_AnimateMenu, Qt.UIEffect.UI_AnimateCombo):
                self._app.setEffectEnabled(effect, False)  # nothing here moves of itself
        self._app.setPalette(_palette(self.colours))
        self._app.setFont(self.font())
        self._app.setStyleSheet(self.sheet(SHEET))
        self.changed.emit()

    def sheet(self, template: str) -> str:
        """A style sheet from its template: `@token` is a colour or size, `4u` is 4 px at 100 %."""
        tokens: dict[str, Any] = asdict(self.colours)
        tokens |= {f"size_{name}": f"{self.px(size)}px" for name, size in SIZES.items()}
        tokens["family"] = f'"{FAMILY}"'
        filled = _TOKEN.sub(lambda found: str(tokens[found.group(1)]), template)
        return _UNIT.sub(lambda found: f"{self._signed(float(found.group(1)))}px", filled)

    def _signed(self, size: float) -> int:
        return self.px(size) if size >= 0 else -self.px(-size)


def _load_fonts() -> None:
    for weight in resources.font_families()[FAMILY]:
        QFontDatabase.addApplicationFont(str(resources.font_path(FAMILY, weight)))


def _palette(c: Colours) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, colour in {
        role.Window: c.page, role.WindowText: c.text, role.Base: c.surface,
        role.AlternateBase: c.page, role.Text: c.text, role.Button: c.surface,
        role.ButtonText: c.text, role.BrightText: c.bad, role.Highlight: c.action,
        role.HighlightedText: c.on_action, role.Link: c.action, role.LinkVisited: c.brand,
        role.PlaceholderText: c.muted, role.ToolTipBase: c.text, role.ToolTipText: c.surface,
        role.Light: c.surface, role.Mid: c.line, role.Dark: c.control, role.Shadow: c.control,
        role.Accent: c.action,
    }.items():  # fmt: skip
        palette.setColor(which, QColor(colour))
    for which in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(c.muted))
    return palette


_theme: list[Theme] = []


def theme() -> Theme:
    """The application's theme; made and applied on first use."""
    if not _theme:
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("A QApplication is needed before the theme.")
        _theme.append(Theme(app))
        _theme[0].apply()
    return _theme[0]


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio of two colours, 1 to 21."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
