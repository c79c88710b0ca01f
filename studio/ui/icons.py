"""Icons: our own drawings in resources/icons, in the theme's colours. Runs on the window's thread.

An icon follows the theme by itself: it is drawn in the colour the role has when it is painted.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from studio.resources import resource
from studio.ui import theme


def icon(name: str, role: str = "text2") -> QIcon:
    """The icon resources/icons/<name>.svg in a colour token; `accent` where it is switched on, faint where disabled."""
    return QIcon(_Engine(name, role))


def pixmap(name: str, role: str = "text2", size: int = 16, ratio: float = 1.0, opacity: float = 1.0) -> QPixmap:
    """The icon as a picture of `size` logical pixels for a screen with this device pixel ratio."""
    color = theme.current().color(role).name()
    key = f"studio {name} {color} {size} {ratio} {opacity}"
    made = QPixmap()
    if QPixmapCache.find(key, made):
        return made
    made = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    made.fill(Qt.GlobalColor.transparent)
    with QPainter(made) as painter:
        painter.setOpacity(opacity)
        QSvgRenderer(QByteArray(svg(name, color).encode())).render(painter, QRectF(made.rect()))
    made.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, made)
    return made


def svg(name: str, color: str) -> str:
    """The drawing as text with its colour filled in."""
    return _source(name).replace("currentColor", color)


def names() -> list[str]:
    """All icons there are."""
    return sorted(path.stem for path in resource("icons").glob("*.svg"))


@cache
def _source(name: str) -> str:
    return resource(f"icons/{name}.svg").read_text("utf-8")


class _Engine(QIconEngine):
    """Draws one icon in the present theme, whenever Qt asks."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        _source(name)  # a misspelt name fails here, not in a paint event
        self._name, self._role = name, role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatioF()
        size = min(rect.width(), rect.height())
        made = self._draw(size, ratio, mode, state)
        painter.drawPixmap(rect.x() + (rect.width() - size) // 2, rect.y() + (rect.height() - size) // 2, made)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        """`size` is in logical pixels."""
        return self._draw(min(size.width(), size.height()), scale, mode, state)

    def _draw(self, size: int, ratio: float, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        role = "accent" if state == QIcon.State.On and self._role.startswith("text") else self._role
        opacity = theme.DISABLED if mode == QIcon.Mode.Disabled else 1.0
        return pixmap(self._name, role, size, ratio, opacity)

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._role)
