"""A field for a time or a length of time, to the millisecond. Runs on the window's thread."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.core.errors import UsageError
from studio.ui.icons import icon

_TIME = re.compile(r"([+\-−–]?)\s*(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,6})(?:[.,](\d{1,3}))?")
_STEP = 100  # milliseconds of the arrow keys; ten times that with Shift


def parse_time(text: str, signed: bool = False) -> int:
    """Milliseconds of "1:02:03.250", "2:03,25" or "-1.5". Raises UsageError that says what is wrong."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise UsageError("Write a time like 0:01:02.500.")
    sign, hours, minutes, seconds, rest = found.groups()
    if sign and not signed:
        raise UsageError("A time has no sign.")
    if minutes and int(seconds) > 59:
        raise UsageError("Seconds go from 0 to 59.")
    if hours and int(minutes) > 59:
        raise UsageError("Minutes go from 0 to 59.")
    ms = (int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)) * 1000 + int((rest or "0").ljust(3, "0"))
    return ms if sign in ("", "+") else -ms


def time_text(ms: int, signed: bool = False) -> str:
    """What `parse_time` reads: "0:01:02.500", signed "-0:00:01.250"."""
    seconds, rest = divmod(abs(ms), 1000)
    sign = "-" if ms < 0 else "+" if signed else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


class TimeField(QLineEdit):
    """The arrow keys change the time by 0.1 s, with Shift by 1 s."""

    def __init__(self, name: str, words: str, ms: int = 0, signed: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setToolTip(f"{words}: hours, minutes, seconds. Up and Down change it by 0.1 s")
        self.setFixedWidth(150)
        self._signed = signed
        self._sign = self.addAction(icon("error", "err"), QLineEdit.ActionPosition.TrailingPosition)
        self._sign.setVisible(False)
        self.set_ms(ms)

    def ms(self) -> int:
        """Raises UsageError while no time is written here."""
        return parse_time(self.text(), self._signed)

    def set_ms(self, ms: int) -> None:
        self.setText(time_text(ms, self._signed))

    def set_wrong(self, wrong: bool) -> None:
        if wrong != bool(self.property("wrong")):
            self.setProperty("wrong", wrong)
            self._sign.setVisible(wrong)
            self.style().polish(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            super().keyPressEvent(event)
            return
        step = _STEP * (10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        try:
            ms = self.ms() + (step if event.key() == Qt.Key.Key_Up else -step)
        except UsageError:
            return  # it is said below the field
        self.set_ms(ms if self._signed else max(0, ms))
