"""A field for a time, such as 12:43.100, that says what is wrong with what is typed. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QWidget

from studio.core.errors import UsageError
from studio.ui.dialogs.time_field import parse_time
from studio.ui.icons import icon
from studio.ui.models.wording import time_code


def write_seconds(ms: int) -> str:
    return f"{ms // 1000}.{ms % 1000:03}"


class TimeSpin(QAbstractSpinBox):
    """Arrow keys step one frame. What is typed counts with Enter, or when the field is left."""

    entered = Signal(int)  # milliseconds
    complained = Signal(str)  # what is wrong with what is typed, "" when it is right again
    done = Signal()  # Enter or Esc: back to the text

    def __init__(
        self, name: str, words: str, write: Callable[[int], str] = time_code, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ms, self._write, self._frame = 0, write, 40.0
        self._typed, self._complaint = False, ""
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setToolTip(f"{words}; arrow keys move it by a frame")
        self.setKeyboardTracking(False)
        self.lineEdit().setAccessibleName(words)
        self.lineEdit().setTextMargins(4, 0, 0, 0)
        self.lineEdit().textEdited.connect(self._on_typed)
        self._sign = self.lineEdit().addAction(icon("error", "err"), QLineEdit.ActionPosition.TrailingPosition)
        self._sign.setVisible(False)
        self.show_time(0)

    def set_frame(self, ms: float) -> None:
        self._frame = ms

    @property
    def ms(self) -> int:
        return self._ms

    def show_time(self, ms: int) -> None:
        """Whatever is typed here makes way."""
        self._ms, self._typed = ms, False
        self._mark("")
        if self.lineEdit().text() != self._write(ms):
            self.lineEdit().setText(self._write(ms))

    def complain(self, words: str) -> None:
        """What is typed cannot be."""
        self._typed = True
        self._mark(words)

    @property
    def complaint(self) -> str:
        return self._complaint

    @property
    def typed(self) -> bool:
        """Whether something is typed that does not count yet."""
        return self._typed

    def _on_typed(self) -> None:
        self._typed = True
        try:
            parse_time(self.lineEdit().text())
        except UsageError as e:
            self._mark(e.problem.what)
        else:
            self._mark("")

    def take(self) -> None:
        """What is typed counts now, if it is a time."""
        if not self._typed:
            return
        try:
            ms = parse_time(self.lineEdit().text())
        except UsageError as e:
            self._mark(e.problem.what)
            return
        self._typed = False
        if ms != self._ms:
            self.entered.emit(ms)
        else:
            self.show_time(ms)

    def _mark(self, words: str) -> None:
        if bool(words) != bool(self.property("wrong")):
            self.setProperty("wrong", bool(words))
            self._sign.setVisible(bool(words))
            self.style().unpolish(self)
            self.style().polish(self)
        if words != self._complaint:
            self._complaint = words
            self.setAccessibleDescription(words)
            self.complained.emit(words)

    # Qt's questions

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        flags = QAbstractSpinBox.StepEnabledFlag
        return flags.StepUpEnabled | flags.StepDownEnabled if self._ms > 0 else flags.StepUpEnabled

    def stepBy(self, steps: int) -> None:
        self.take()
        if not self._typed:
            self.entered.emit(max(0, round(self._ms + steps * self._frame)))
            self.selectAll()

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        return QValidator.State.Acceptable, text, place

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
            if not self._typed:
                self.done.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.show_time(self._ms)
            self.done.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.take()
