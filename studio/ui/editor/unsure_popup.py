"""The popup at a word that recognition was not sure of: how sure, and other spellings. Runs on the window's thread.

The keyboard stays with the text: the popup only takes the keys that it names, and goes away with the first other one.
What is typed over a selected word answers it: the popup stays until Enter, which then does not cut the passage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from studio.core.suggestions import bare
from studio.core.transcript import Segment
from studio.ui import theme
from studio.ui.icons import icon

from .transcript_view import TranscriptView
from .unsure import UNSURE

Candidates = Callable[[Segment, int], Sequence[str]]  # other spellings of the word with this number
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_AWAY = 6  # pixels below the word
_MOST = 4  # spellings shown


class UnsurePopup(QFrame):
    kept = Signal(int, int)  # segment id, number of the word
    replaced = Signal(int, int, str)  # the same, and what is to stand there
    play_requested = Signal(int, int)  # milliseconds

    def __init__(self, view: TranscriptView, candidates: Candidates) -> None:
        super().__init__(view.viewport())
        self._view, self._candidates = view, candidates
        self._place = -1, -1  # row and number of the word
        self._caret = -1, -1  # where caret and anchor were when it opened
        self._around: tuple[str, str] | None = None  # what stands before and behind a word that may be typed over
        self._typed = False  # it was
        self._heard = 0, 0  # milliseconds
        self._choice = 0
        self._texts: list[str] = []
        self.setObjectName("unsurePopup")
        self.setProperty("role", "card")
        self._word = QLabel()
        self._word.setObjectName("unsureWord")
        self._word.setProperty("role", "heading")
        self._sure = QLabel()
        self._sure.setObjectName("unsureShare")
        self._sure.setProperty("role", "muted")
        self._hint = QLabel()
        self._hint.setObjectName("unsureHint")
        self._hint.setProperty("role", "note")
        self._buttons: list[QPushButton] = []
        self._arrange()
        self.hide()
        view.word_clicked.connect(lambda row, word: self._open(row, word, ""))
        view.cursorPositionChanged.connect(self._on_caret)
        view.textChanged.connect(self._on_text)
        view.model.modelReset.connect(self.close_popup)
        view.verticalScrollBar().valueChanged.connect(lambda _: self._put())

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._word, 1)
        top.addWidget(self._sure)
        self._row = QHBoxLayout()
        self._row.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addLayout(top)
        column.addLayout(self._row)
        column.addWidget(self._hint)

    def open_at_caret(self) -> bool:
        """At the selected word; False where none is selected."""
        row, start, end = self._view.caret()
        word = self._view.word_with(row, (start, end))
        if word < 0:
            return False
        self._open(row, word, ", type to replace")
        text = self._view.textCursor().block().text()
        self._around = text[:start], text[end:]
        return True

    @property
    def word(self) -> str:
        """What it is about, "" while it is closed."""
        return self._word.text() if self.isVisible() else ""

    @property
    def choices(self) -> list[str]:
        """What the buttons say, first the word as it stands."""
        return [button.text() for button in self._buttons]

    def _open(self, row: int, word: int, more: str) -> None:
        """`more`: what else may be done."""
        segment = self._view.model.segment(row)
        self._place, self._around, self._typed = (row, word), None, False
        self._heard = segment.words[word].start, segment.words[word].end
        text = segment.words[word].text
        confidence = segment.words[word].confidence
        self._word.setText(bare(text) or text)
        unsure = confidence is not None and confidence < UNSURE
        self._sure.setText(f"{int((confidence or 0) * 100)} % sure" if unsure else "the other text differs")
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        while self._row.count():
            self._row.takeAt(0)
        self._texts = [text, *self._candidates(segment, word)[:_MOST]]
        self._buttons = [self._button(n, bare(choice) or choice) for n, choice in enumerate(self._texts)]
        self._row.addStretch()
        enter = "Left and Right choose, Enter takes it" if len(self._texts) > 1 else "Enter keeps it"
        self._hint.setText(f"{enter}{more}, Alt P plays it again.")
        self.setAccessibleName(f"{self._word.text()}, {self._sure.text()}")
        self._choose(0)
        cursor = self._view.textCursor()
        self._caret = cursor.anchor(), cursor.position()
        self.adjustSize()
        self.show()
        self.raise_()
        self._view.installEventFilter(self)
        self._put()
        spoken = ", ".join((self.accessibleName(), *self.choices[1:], self._hint.text()))
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._view, spoken))

    def _button(self, number: int, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(f"unsureChoice{number}")
        button.setAccessibleName(f"Keep {text}" if number == 0 else f"Write {text}")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setCheckable(True)
        button.setMinimumHeight(theme.CONTROL)
        button.clicked.connect(partial(self._take, number))
        self._row.addWidget(button)
        return button

    def _choose(self, number: int) -> None:
        self._choice = number
        for n, button in enumerate(self._buttons):
            button.setChecked(n == number)
            button.setIcon(icon("check", "accent") if n == number else QIcon())

    def _take(self, number: int) -> None:
        row, word = self._place
        text = self._texts[number]
        self.close_popup()
        id = self._view.model.segment(row).id
        if number == 0:
            self.kept.emit(id, word)
        else:
            self.replaced.emit(id, word, text)

    def close_popup(self) -> None:
        if self._place[0] < 0:
            return
        self._place = -1, -1
        self._view.removeEventFilter(self)
        self.hide()

    def _put(self) -> None:
        """Below the word, above it where there is no room; nowhere while the word is off the screen."""
        row, word = self._place
        if row < 0:
            return
        rect = self._view.word_rect(row, word)
        area = self._view.viewport().rect()
        if rect is None or not area.contains(rect.center().toPoint()):
            self.close_popup()
            return
        y = round(rect.bottom()) + _AWAY
        if y + self.height() > area.height():
            y = round(rect.top()) - _AWAY - self.height()
        self.move(max(4, min(round(rect.left()) - 4, area.width() - self.width() - 4)), y)

    def _on_caret(self) -> None:
        cursor = self._view.textCursor()
        if self.isVisible() and (cursor.anchor(), cursor.position()) != self._caret and not self._typing():
            self.close_popup()

    def _on_text(self) -> None:
        if not self._typing():
            self.close_popup()
        elif not self._typed:
            self._typed = True
            for button in self._buttons:
                button.hide()
            self._hint.setText("Enter keeps what you typed, Alt P plays it again.")
            if layout := self.layout():
                layout.activate()  # without the buttons
            self.adjustSize()
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._view, self._hint.text()))

    def _typing(self) -> bool:
        """Whether the caret is in what was typed over the word, and nothing else is another."""
        cursor = self._view.textCursor()
        if self._around is None or cursor.hasSelection() or cursor.blockNumber() != self._place[0]:
            return False
        text, (before, behind) = cursor.block().text(), self._around
        return (
            text.startswith(before)
            and text.endswith(behind)
            and len(before) <= cursor.positionInBlock() <= len(text) - len(behind)
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the text while the popup is open."""
        if event.type() == QEvent.Type.FocusOut:
            self.close_popup()
        elif isinstance(event, QKeyEvent) and self._is_mine(event):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()  # Alt+P is not the menu's now
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._press(event)
                return True
        return False

    def _is_mine(self, event: QKeyEvent) -> bool:
        key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key == Qt.Key.Key_P:
            return modifiers == Qt.KeyboardModifier.AltModifier
        if modifiers:
            return False
        sideways = key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and len(self._buttons) > 1 and not self._typed
        return sideways or key == Qt.Key.Key_Escape or (key in _ENTER and not self._view.isReadOnly())

    def _press(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape or (self._typed and event.key() in _ENTER):
            self.close_popup()
        elif event.key() in _ENTER:
            self._take(self._choice)
        elif event.key() == Qt.Key.Key_P:
            self.play_requested.emit(*self._heard)
        else:
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            self._choose((self._choice + step) % len(self._buttons))
