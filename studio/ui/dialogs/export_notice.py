"""What the export dialog has to say: files that are there already, or why it failed. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from studio.services.export import IfExists
from studio.ui import icons, theme


class ExportNotice(QFrame):
    """Hidden until there is something to say."""

    answered = Signal(object)  # IfExists.KEEP_BOTH or REPLACE

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("exportNotice")
        self._role = "warn"
        self._sign = QLabel(self)
        self._text = QLabel(self)
        self._text.setObjectName("exportNoticeText")
        self._text.setWordWrap(True)
        self._buttons = [
            self._button("Keep both", "exportKeepBothButton", IfExists.KEEP_BOTH),
            self._button("Replace", "exportReplaceButton", IfExists.REPLACE),
        ]
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(10)
        row.addWidget(self._sign)
        row.addWidget(self._text, 1)
        for button in self._buttons:
            row.addWidget(button)
        theme.current().changed.connect(self._dress)
        self.hide()

    def ask(self, names: list[str]) -> None:
        """Files of these names are there already."""
        first = f"“{names[0]}”" + (f" and {len(names) - 1} more" if len(names) > 1 else "")
        self._say(f"{first}: already in this folder. Nothing was written yet.", "warn", asking=True)
        self._buttons[0].setFocus()

    def fail(self, sentence: str) -> None:
        self._say(sentence, "err", asking=False)

    def _say(self, sentence: str, role: str, asking: bool) -> None:
        self._role = role
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        for button in self._buttons:
            button.setVisible(asking)
        self._dress()
        self.show()

    def _dress(self) -> None:
        look = theme.current()
        sign = "warning" if self._role == "warn" else "error"
        self._sign.setPixmap(icons.pixmap(sign, self._role, 16, self.devicePixelRatioF()))
        fill = look.color(f"{self._role}_fill").name()
        self.setStyleSheet(f"#exportNotice {{ background: {fill}; border-radius: {theme.RADIUS}px; }}")

    def _button(self, words: str, name: str, answer: IfExists) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(name)
        button.setAccessibleName(words)
        button.setProperty("small", True)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.answered.emit(answer))
        return button
