"""Below the comparison: how the current passage will be saved, and what can be done about it.

Runs on the window's thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QPlainTextEdit, QStackedLayout, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.widgets.key_button import KeyButton

from . import flow

_LINES = 3


class Footer(QFrame):
    text_entered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareFooter")
        self.setProperty("role", "transport")
        self._words = _Words()
        self._field = QPlainTextEdit()
        self._field.setObjectName("ownTextField")
        self._field.setAccessibleName("Your own text for this passage")
        self._field.setProperty("role", "field")
        self._field.setFont(theme.font(theme.TRANSCRIPT))
        self._field.installEventFilter(self)
        self.keep_left = KeyButton("keepLeftButton", "Keep left", "arrow-left", "Alt ←")
        self.keep_right = KeyButton("keepRightButton", "Keep right", "arrow-right", "Alt →")
        self.type_own = KeyButton("typeOwnButton", "Type my own", "pencil", "Enter")
        self.type_own.clicked.connect(self.begin_typing)
        self._arrange()

    def _arrange(self) -> None:
        title = QLabel("Will be saved as")
        title.setProperty("role", "section")
        words = QWidget()
        self._stack = QStackedLayout(words)
        self._stack.addWidget(self._words)
        self._stack.addWidget(self._field)
        words.setFixedHeight(_LINES * flow.LINE)
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addWidget(title)
        left.addWidget(words)
        row = QHBoxLayout(self)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.setContentsMargins(16, 8, 16, 6)
        row.setSpacing(12)
        row.addLayout(left, 1)
        for button in (self.keep_left, self.keep_right, self.type_own):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.CENTRE_MIN, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for button in (self.keep_left, self.keep_right, self.type_own):
            button.show_as("all" if self.width() >= 860 else "text" if self.width() >= 640 else "icon")

    def show_passage(self, pieces: Sequence[flow.Piece], differs: bool) -> None:
        """`pieces`: what will be saved; nothing can be chosen where nothing differs."""
        self.end_typing()
        self._words.set_pieces(pieces)
        for button in (self.keep_left, self.keep_right, self.type_own):
            button.setEnabled(differs)
        self.type_own.setEnabled(differs and any(not p.sign for p in pieces))

    def begin_typing(self) -> None:
        if self.type_own.isEnabled():
            self._field.setPlainText(self._words.text())
            self._stack.setCurrentWidget(self._field)
            self._field.setFocus(Qt.FocusReason.OtherFocusReason)
            self._field.selectAll()

    def end_typing(self) -> None:
        self._stack.setCurrentWidget(self._words)

    @property
    def typing(self) -> bool:
        return self._stack.currentWidget() is self._field

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.typing:
            if event.key() == Qt.Key.Key_Escape:
                self.text_entered.emit("")
                return True
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.text_entered.emit(self._field.toPlainText().strip())
                return True
        return super().eventFilter(watched, event)


class _Words(QWidget):
    """Marked words in as many lines as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("savedWords")
        self._setter = flow.Setter()
        self._pieces: Sequence[flow.Piece] = ()
        self._flow = self._setter.flow((), 0)
        theme.current().changed.connect(self.update)

    def set_pieces(self, pieces: Sequence[flow.Piece]) -> None:
        self._pieces = pieces
        self.setAccessibleName(f"Will be saved as: {self.text()}")
        self.setToolTip(self.text())
        self._set()

    def text(self) -> str:
        parts = [("\n" if p.line else " " if p.space else "") + p.text for p in self._pieces if not p.sign]
        return "".join(parts).strip()

    def _set(self) -> None:
        self._flow = self._setter.flow(self._pieces, max(40, self.width() - 8))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, _LINES * flow.LINE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            flow.paint(painter, self._pieces, self._flow, QPointF(4, 0))
