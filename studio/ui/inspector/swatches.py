"""The eight colours that speakers may have, as a row of buttons and as icons for menus. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from studio.ui import icons, theme

COLOURS = ("Blue", "Orange", "Green", "Magenta", "Teal", "Brown", "Violet", "Taupe")  # as the theme has them
_SIDE = 16  # of the coloured square; the target is larger


class Swatches(QWidget):
    """A click chooses; the keyboard stays where it is, in the field above (the menu has the same for the keyboard)."""

    chosen = Signal(int)  # place in the palette

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("speakerSwatches")
        self.setAccessibleName("Colour")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        self._buttons = [_Swatch(place, self) for place in range(len(COLOURS))]
        for place, button in enumerate(self._buttons):
            button.clicked.connect(lambda _=False, p=place: self.chosen.emit(p))
            row.addWidget(button)
        row.addStretch()

    def show_chosen(self, color: int) -> None:
        for place, button in enumerate(self._buttons):
            button.setChecked(place == color)


class _Swatch(QAbstractButton):
    def __init__(self, place: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._place = place
        self.setObjectName(f"swatch{place}")
        self.setAccessibleName(COLOURS[place])
        self.setToolTip(COLOURS[place])
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedSize(theme.CONTROL_SMALL, theme.CONTROL_SMALL)

    def sizeHint(self) -> QSize:
        return QSize(theme.CONTROL_SMALL, theme.CONTROL_SMALL)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, area = theme.current(), QRectF(self.rect())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.isChecked():
                painter.setPen(QPen(look.color("accent"), 2))
                painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), theme.RADIUS, theme.RADIUS)
            _paint(painter, area.center().x() - _SIDE / 2, area.center().y() - _SIDE / 2, self._place)


def swatch_icon(place: int, ratio: float, chosen: bool = False) -> QIcon:
    """A square of this colour, for menus, which show no tick beside an icon."""
    picture = QPixmap(round(_SIDE * ratio), round(_SIDE * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint(painter, 0, 0, place)
        if chosen:
            painter.drawPixmap(2, 2, icons.pixmap("check", "on_accent", _SIDE - 4, ratio))
    return QIcon(picture)


def _paint(painter: QPainter, x: float, y: float, place: int) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.current().speaker_color(place))
    painter.drawRoundedRect(QRectF(x, y, _SIDE, _SIDE), 4, 4)
