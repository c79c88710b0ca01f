"""A voice made from a stretch of the recording: what it is called, and who agrees to what. Runs on the window's thread.

Tells of wishes by signals; ui/desks/cloning_desk.py makes the voice and closes the dialog.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from studio.ui.dialogs.buttons import button
from studio.ui.models.wording import time_code
from studio.ui.widgets.error_line import ErrorLine

_SENT = "Nothing is sent now: the stretch goes there with each text that this voice says."
_UNNAMED = "…"  # in the consent, until the voice has a name


class CloneDialog(QDialog):
    """`consent` gives the words for an account and a title. Frees itself when it is closed."""

    play_requested = Signal()
    wanted = Signal(str, str, str, str)  # account, title, who agrees, the words they agree to

    def __init__(
        self,
        span: tuple[int, int],
        title: str,
        accounts: Sequence[str],
        consent: Callable[[str, str], str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("cloneDialog")
        self.setWindowTitle("Make a voice from this stretch")
        self.setAccessibleName(self.windowTitle())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(520)
        self._consent = consent
        self._account = QComboBox()
        self._account.addItems(list(accounts))
        self._title, self._agrees = QLineEdit(title), QLineEdit()
        self._agrees.setPlaceholderText("First and last name")
        self._words = QLabel()
        self._words.setObjectName("cloneConsent")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._problem = ErrorLine("cloneProblem")
        self._make = button("cloneMake", "Agree and make the voice", self._tell, kind="primary")
        self._arrange(span)
        self._account.currentIndexChanged.connect(lambda _: self._show())
        for field in (self._title, self._agrees):
            field.textChanged.connect(lambda _: self._show())
        self._show()
        self._title.setFocus()
        self._title.selectAll()

    def _arrange(self, span: tuple[int, int]) -> None:
        start, end = span
        stretch = QLabel(f"{time_code(start)} to {time_code(end)}, {(end - start) / 1000:.1f} s")
        play = button("clonePlay", "Hear it", self.play_requested.emit, "play")
        heard = QHBoxLayout()
        heard.setSpacing(10)
        heard.addWidget(stretch)
        heard.addWidget(play)
        heard.addStretch()
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.addRow("Stretch", heard)
        for words, name, field in (
            ("It speaks at", "cloneAccount", self._account),
            ("Name of the voice", "cloneTitle", self._title),
            ("Who agrees", "cloneAgrees", self._agrees),
        ):
            field.setObjectName(name)
            field.setAccessibleName(words)
            form.addRow(words, field)
        card = QFrame()
        card.setProperty("role", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(14, 10, 14, 12)
        inner.setSpacing(6)
        heading = QLabel("What is agreed to")
        heading.setProperty("role", "heading")
        note = QLabel(f"{_SENT} These words, the name and the time are kept with the voice.")
        note.setProperty("role", "note")
        note.setWordWrap(True)
        for label in (heading, self._words, note):
            inner.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        row.addWidget(button("cloneCancel", "Cancel", self.reject))
        row.addWidget(self._make)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(14)
        column.addLayout(form)
        column.addWidget(card)
        column.addWidget(self._problem)
        column.addStretch(1)
        column.addLayout(row)

    def show_problem(self, sentence: str) -> None:
        self._problem.show_text(sentence)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()
        self.resize(self.width(), self.minimumHeight())

    def _fit(self) -> None:
        """High enough for all its sentences: what is agreed to is never cut off."""
        if self.isVisible() and (layout := self.layout()):
            layout.activate()
            self.setMinimumHeight(layout.totalHeightForWidth(self.width()))

    def _show(self) -> None:
        """What would be agreed to, and whether enough is typed for it."""
        title, agrees = self._title.text().strip(), self._agrees.text().strip()
        self._words.setText(self._consent(self._account.currentText(), title or _UNNAMED))
        lacking = [what for what, there in (("name the voice", title), ("type who agrees", agrees)) if not there]
        self._make.setEnabled(not lacking)
        self._make.setToolTip(f"First {' and '.join(lacking)}." if lacking else "")
        self._fit()

    def _tell(self) -> None:
        self._problem.show_text("")
        self._make.setEnabled(False)
        account, title = self._account.currentText(), self._title.text().strip()
        self.wanted.emit(account, title, self._agrees.text().strip(), self._words.text())
