"""Above the comparison while a second opinion is still being written: how far it is. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QWidget

_WIDTH = 140


class AwaitedStrip(QFrame):
    """Hidden while nothing is waited for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("awaitedStrip")
        self.setAccessibleName("Second opinion in the making")
        self.setProperty("role", "bar")
        self._words = QLabel()
        self._words.setObjectName("awaitedWords")
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar()
        self._bar.setObjectName("awaitedProgress")
        self._bar.setAccessibleName("Progress of the second opinion")
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setFixedWidth(_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(10)
        row.addWidget(self._words, 1)
        row.addWidget(self._bar)
        self.hide()

    def show_progress(self, words: str, fraction: float) -> None:
        self._words.setText(words)
        self._words.setToolTip(words)
        self._bar.setValue(round(fraction * 1000))
        self.show()
