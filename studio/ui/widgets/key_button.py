"""A button that shows its key at the right, as a chip. Runs on the window's thread."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from studio.ui import theme
from studio.ui.icons import icon

Much = Literal["all", "text", "icon"]
_GAP, _PAD, _HEIGHT = 8, 5, 18


class KeyButton(QPushButton):
    """`keys`: as people read them, "Ctrl Shift J"; the chip is for the eyes, the tooltip names it too."""

    def __init__(self, name: str, text: str, sign: str, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(icon(sign), text, parent)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self._keys, self._text = keys, text
        self._much: Much | None = None
        self.setToolTip(f"{text} ({keys.replace(' ', '+')})")
        self.setFixedHeight(theme.CONTROL)
        self.show_as("all")
        theme.current().changed.connect(self.update)

    def set_words(self, text: str) -> None:
        """The button says something else now."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.setToolTip(f"{text} ({self._keys.replace(' ', '+')})")
            self.setText(text if self.text() else "")

    def set_keys(self, keys: str) -> None:
        """The user gave it others."""
        if keys != self._keys:
            self._keys, much, self._much = keys, self._much or "all", None
            self.setToolTip(f"{self._text} ({keys.replace(' ', '+')})")
            self.show_as(much)

    def show_as(self, much: Much) -> None:
        """Less where there is less room."""
        if much == self._much:
            return
        self._much = much
        self._chip = much == "all" and bool(self._keys)
        room = self._chip_width() + _GAP + 6 if self._chip else 9
        self.setText("" if much == "icon" else self._text)
        self.setStyleSheet(f"QPushButton {{ padding: 0 {room}px 0 9px; text-align: left; }}")
        self.updateGeometry()

    def _chip_width(self) -> int:
        return QFontMetrics(theme.font(theme.RULER)).horizontalAdvance(self._keys) + 2 * _PAD

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._chip:
            return
        look, width = theme.current(), self._chip_width()
        chip = QRectF(self.width() - width - 6, (self.height() - _HEIGHT) / 2, width, _HEIGHT)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setOpacity(1.0 if self.isEnabled() else theme.DISABLED)
            painter.setPen(QPen(look.color("border"), 1))
            painter.setBrush(look.color("raised"))
            painter.drawRoundedRect(chip.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            painter.setFont(theme.font(theme.RULER))
            painter.setPen(look.color("text2"))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, self._keys)
