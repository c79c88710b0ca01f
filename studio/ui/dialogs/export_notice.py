"""What the export dialog has to say: files that are there already, why it failed, rules that stay broken.

Runs on the window's thread.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from studio.services.export import BrokenRules, IfExists
from studio.ui import icons, theme
from studio.ui.models.wording import counted

_NOUNS = {  # of one, of several; other kinds read well as they are
    "gap": ("gap", "gaps"),
    "overlap": ("overlap", "overlaps"),
    "line length": ("long line", "long lines"),
}


class _Notice(QFrame):
    """A sign, a sentence and buttons on a coloured ground. Hidden until there is something to say."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._role = "warn"
        self._sign = QLabel(self)
        self._text = QLabel(self)
        self._text.setObjectName(f"{name}Text")
        self._text.setWordWrap(True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 8, 12, 8)
        self._row.setSpacing(10)
        self._row.addWidget(self._sign)
        self._row.addWidget(self._text, 1)
        theme.current().changed.connect(self._dress)
        self.hide()

    def _show(self, sentence: str, role: str) -> None:
        self._role = role
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        self._dress()
        self.show()

    def _dress(self) -> None:
        look = theme.current()
        sign = "warning" if self._role == "warn" else "error"
        self._sign.setPixmap(icons.pixmap(sign, self._role, 16, self.devicePixelRatioF()))
        fill = look.color(f"{self._role}_fill").name()
        self.setStyleSheet(f"#{self.objectName()} {{ background: {fill}; border-radius: {theme.RADIUS}px; }}")

    def _button(self, words: str, name: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(name)
        button.setAccessibleName(words)
        button.setProperty("small", True)
        button.setAutoDefault(False)
        self._row.addWidget(button)
        return button


class BrokenNotice(_Notice):
    """Which rules the subtitles will break; asks for one such subtitle after the other."""

    show_requested = Signal(int)  # place in the list of segments

    def __init__(self, parent: QWidget) -> None:
        super().__init__("brokenNotice", parent)
        self._places: tuple[int, ...] = ()
        self._next = 0
        self.button = self._button("Show them", "showBrokenButton")
        self.button.setToolTip("Show the first in the preview, then the next")
        self.button.clicked.connect(self._go)

    def set_broken(self, broken: BrokenRules) -> None:
        self._places, self._next = broken.segments, 0
        if not broken.cues:
            self.hide()
            return
        kinds = ", ".join(counted(n, *_NOUNS.get(kind, (kind, kind))) for kind, n in broken.kinds)
        what = "cue still breaks" if broken.cues == 1 else "cues still break"
        self._show(f"{broken.cues} {what} the rules: {kinds}. You can export anyway.", "warn")

    def _go(self) -> None:
        if self._places:
            self.show_requested.emit(self._places[self._next])
            self._next = (self._next + 1) % len(self._places)


class ExportNotice(_Notice):
    """Files that are there already, or why nothing was written."""

    answered = Signal(object)  # IfExists.KEEP_BOTH or REPLACE

    def __init__(self, parent: QWidget) -> None:
        super().__init__("exportNotice", parent)
        self._buttons = [
            self._button("Keep both", "exportKeepBothButton"),
            self._button("Replace", "exportReplaceButton"),
        ]
        for button, answer in zip(self._buttons, (IfExists.KEEP_BOTH, IfExists.REPLACE), strict=True):
            button.clicked.connect(lambda _, a=answer: self.answered.emit(a))

    def ask(self, names: list[str]) -> None:
        """Files of these names are there already."""
        first = f"“{names[0]}”" + (f" and {len(names) - 1} more" if len(names) > 1 else "")
        self._say(f"{first}: already in this folder. Nothing was written yet.", "warn", asking=True)
        self._buttons[0].setFocus()

    def fail(self, sentence: str) -> None:
        self._say(sentence, "err", asking=False)

    def _say(self, sentence: str, role: str, asking: bool) -> None:
        for button in self._buttons:
            button.setVisible(asking)
        self._show(sentence, role)
