"""Icons from the one set, tinted to the scheme, drawn at the size and pixel density asked for."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import resources
from ui.theme import theme

_PIXMAPS_KEPT = 512


@lru_cache(maxsize=256)
def _renderer(name: str, pictogram: bool) -> QSvgRenderer:
    svg = resources.pictogram_svg(name) if pictogram else resources.icon_svg(name)
    svg = svg.replace("currentColor", "#000000")
    return QSvgRenderer(QByteArray(svg.encode()))


@lru_cache(maxsize=_PIXMAPS_KEPT)
def _drawn(name: str, colour: str, side: int, ratio: float, pictogram: bool) -> QPixmap:
    pixels = max(1, round(side * ratio))
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer = _renderer(name, pictogram)
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), colour)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def pixmap(
    name: str, colour: str = "text", side: float = 20, *, ratio: float = 1.0, scaled: bool = True
) -> QPixmap:
    """An icon as a picture.

    `colour` is a token of the theme or "#rrggbb"; `side` is in pixels at 100 % text when `scaled`.
    """
    shade = colour if colour.startswith("#") else theme().colour(colour).name()
    return _drawn(name, shade, theme().px(side) if scaled else round(side), ratio, False)


def pictogram(name: str, colour: str = "brand", side: float = 64, *, ratio: float = 1.0) -> QPixmap:
    """An easy-read picture, tinted; `side` in pixels at 100 % text."""
    shade = colour if colour.startswith("#") else theme().colour(colour).name()
    return _drawn(name, shade, theme().px(side), ratio, True)


def icon(name: str, colour: str = "text", *, disabled: bool = False) -> QIcon:
    """An icon for a button or menu, sharp at any text size and pixel density.

    It is tinted as it is made: who keeps one makes it anew when the theme changes, and with
    `disabled` when what it stands on can no longer be pressed.
    """
    made = QIcon(pixmap(name, colour, 24, ratio=2.0))
    if disabled:
        made.addPixmap(pixmap(name, "muted", 24, ratio=2.0), QIcon.Mode.Disabled)
    return made
