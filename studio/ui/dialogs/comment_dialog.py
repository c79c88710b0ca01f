"""The note to a passage, written right at it. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from .buttons import button

_WIDTH, _HIGH = 380, 96  # of the popup, of the field


class CommentDialog(QDialog):
    """Ctrl+Enter saves, Esc cancels. The field may be left empty: then there is no comment."""

    written = Signal(str)  # what the comment says now, "" for none

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("commentDialog")
        self.setWindowTitle("Comment")
        self.setAccessibleName("Comment")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(_WIDTH)
        self._field = QPlainTextEdit(text)
        self._field.setObjectName("commentField")
        self._field.setAccessibleName("Comment")
        self._field.setProperty("role", "field")
        self._field.setFixedHeight(_HIGH)
        self._field.setTabChangesFocus(True)
        self._field.moveCursor(QTextCursor.MoveOperation.End)
        self._arrange(bool(text))

    def show_at(self, place: QPoint) -> None:
        """Open with the upper left corner at a place on the screen, or as near as the screen has room."""
        self.adjustSize()
        room = self.screen().availableGeometry()
        x = max(room.left() + 8, min(place.x(), room.right() - self.width() - 8))
        y = max(room.top() + 8, min(place.y(), room.bottom() - self.height() - 8))
        self.move(x, y)
        self.open()
        self._field.setFocus(Qt.FocusReason.PopupFocusReason)

    def _arrange(self, there: bool) -> None:
        card = QFrame()
        card.setProperty("role", "card")
        title = QLabel("Comment")
        title.setProperty("role", "heading")
        note = QLabel("For you and your team; never part of the text.")
        note.setProperty("role", "note")
        save = button("commentSaveButton", "Save", self._save, kind="primary")
        save.setToolTip("Save (Ctrl+Enter)")
        delete = button("commentDeleteButton", "Delete", self._delete, kind="danger")
        delete.setVisible(there)
        cancel = button("commentCancelButton", "Cancel", self.reject)
        cancel.setToolTip("Keep it as it was (Esc)")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(delete)
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(save)
        column = QVBoxLayout(card)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        for part in (title, self._field, note):
            column.addWidget(part)
        column.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(card)
        for before, after in ((self._field, save), (save, cancel), (cancel, delete)):
            self.setTabOrder(before, after)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._save()
        else:
            super().keyPressEvent(event)

    def _save(self) -> None:
        self.written.emit(self._field.toPlainText().strip())
        self.accept()

    def _delete(self) -> None:
        self.written.emit("")
        self.accept()
