"""A card below the speakers that offers something: a title, a sentence, buttons. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.ui.icons import icon


class OfferCard(QFrame):
    """Hidden until `offer`."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "card")
        self._title, self._text = QLabel(self), QLabel(self)
        self._title.setObjectName(f"{name}Title")
        self._title.setProperty("role", "heading")
        self._text.setObjectName(f"{name}Text")
        self._text.setProperty("role", "note")
        for label in (self._title, self._text):
            label.setWordWrap(True)
        self._row = QHBoxLayout()
        self.buttons: list[QPushButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addLayout(self._row)
        self._row.addStretch()
        self.hide()

    def add_button(self, name: str, text: str, do: Callable[[], object], picture: str = "") -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setProperty("small", True)
        if picture:
            button.setIcon(icon(picture))
        button.clicked.connect(lambda: do())
        self._row.insertWidget(len(self.buttons), button)
        self.buttons.append(button)
        return button

    def offer(self, title: str, text: str = "") -> None:
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.setAccessibleName(f"{title} {text}".strip())
        self.show()
