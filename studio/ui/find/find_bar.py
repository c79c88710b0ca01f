"""The bar to find and replace, above the text. Runs on the window's thread; changes nothing itself."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton

from studio.core.replace import Query
from studio.ui.commands import Commands
from studio.ui.icons import icon
from studio.ui.widgets.error_line import ErrorLine

# Letters that no menu has: Alt with them reaches the button from field and text.
_OPTIONS = (
    ("findCaseButton", "Aa", "Capitals count", "Alt+S"),
    ("findWordButton", "“ab”", "Whole words only", "Alt+W"),
    ("findRegexButton", ".*", "Regular expression; in the replacement $1 is the first group", "Alt+X"),
    ("findSelectionButton", "In selection", "Only in the selected passages", "Alt+L"),
)
_FIELD, _WIDEST = 220, 420


class FindBar(QFrame):
    changed = Signal()  # what is to be found
    next_requested = Signal()
    previous_requested = Signal()
    replace_requested = Signal()
    replace_all_requested = Signal()
    closed = Signal()

    def __init__(self, commands: Commands) -> None:
        super().__init__()
        self.setObjectName("findBar")
        self.setAccessibleName("Find and replace")
        self.setProperty("role", "bar")
        self.field = self._field("searchField", "Find in the transcript", "Find", "search")
        self.replacement = self._field("replaceField", "Put in its place", "Replace by", "replace")
        self._count = QLabel()
        self._count.setObjectName("searchMatches")
        self._count.setProperty("role", "note")
        self._problem = ErrorLine("searchProblem")
        self._case, self._word, self._regex, self.in_selection = (self._option(*o) for o in _OPTIONS)
        self._lower = QFrame()
        self._arrange(commands)
        self.field.textChanged.connect(self.changed)
        self.show_count(0, None)
        self.hide()

    def _field(self, name: str, words: str, placeholder: str, picture: str) -> QLineEdit:
        field = QLineEdit()
        field.setObjectName(name)
        field.setAccessibleName(words)
        field.setPlaceholderText(placeholder)
        field.setMinimumWidth(_FIELD)
        field.setMaximumWidth(_WIDEST)
        field.addAction(icon(picture, "text3"), QLineEdit.ActionPosition.LeadingPosition).setText(words)
        return field

    def _option(self, name: str, text: str, tip: str, key: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setProperty("kind", "flat")
        button.setCheckable(True)
        button.setText(text)
        button.setAccessibleName(tip.partition(";")[0])
        button.setShortcut(key)
        button.setToolTip(f"{tip} ({key.replace('+', ' ')})")
        button.toggled.connect(self.changed)
        return button

    def _arrange(self, commands: Commands) -> None:
        beside = QHBoxLayout()  # the options and the count, beside the upper field
        beside.setSpacing(4)
        for button in (self._case, self._word, self._regex, self.in_selection):
            beside.addWidget(button)
        beside.addSpacing(4)
        beside.addWidget(self._count, 1)
        for name, words in (("findPrevious", "Previous place"), ("findNext", "Next place")):
            button = QToolButton()
            button.setObjectName(f"{name}Button")
            button.setProperty("kind", "flat")
            button.setDefaultAction(commands[f"{name}Action"])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setAccessibleName(words)
            beside.addWidget(button)
        close = QToolButton()
        close.setObjectName("closeFindButton")
        close.setAccessibleName("Close the search")
        close.setToolTip("Close (Esc)")
        close.setIcon(icon("close"))
        close.setProperty("kind", "flat")
        close.clicked.connect(self.closed)
        beside.addWidget(close)
        lower = QHBoxLayout(self._lower)
        lower.setContentsMargins(4, 0, 0, 0)
        lower.setSpacing(8)
        one = self._button("replaceOneButton", "&Replace", "Replace this place and go to the next (Alt R)")
        one.clicked.connect(self.replace_requested)
        every = self._button("replaceAllButton", "Replace &all", "Replace all places at once; one undo (Alt A)")
        every.clicked.connect(self.replace_all_requested)
        lower.addWidget(one)
        lower.addWidget(every)
        lower.addStretch(1)
        self._needs_match = (one, every)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 2, 12, 6)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(4)
        grid.addWidget(self.field, 0, 0)
        grid.addLayout(beside, 0, 1)
        grid.addWidget(self._problem, 1, 0, 1, 2)
        grid.addWidget(self.replacement, 2, 0)
        grid.addWidget(self._lower, 2, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self._show_replacement(False)
        order = [
            self.field,
            self.replacement,
            self._case,
            self._word,
            self._regex,
            self.in_selection,
            *self._needs_match,
        ]
        for first, second in pairwise(order):
            self.setTabOrder(first, second)

    def _show_replacement(self, shown: bool) -> None:
        self.replacement.setVisible(shown)
        self._lower.setVisible(shown)

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text.replace("&", ""))
        button.setToolTip(tip)
        return button

    def open(self, replace: bool, text: str = "") -> None:
        """Show the bar, with `text` to find if there is any; the field has the focus."""
        if text:
            self.field.setText(text)
        self._show_replacement(replace)
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def query(self) -> Query | None:
        """What is to be found; None while the field is empty."""
        text = self.field.text()
        if not text:
            return None
        return Query(text, self._case.isChecked(), self._word.isChecked(), self._regex.isChecked())

    def show_count(self, found: int, number: int | None) -> None:
        """How many places there are, and which of them (counted from 0) is selected."""
        if not self.field.text():
            text = ""
        elif not found:
            text = "Not found"
        else:
            text = f"{found:,} found" if number is None else f"{number + 1:,} of {found:,}"
        self._count.setText(text)
        self._tell("")
        if not found and any(button.hasFocus() for button in self._needs_match):
            self.field.setFocus()  # else Qt gives it to whatever comes next
        for button in self._needs_match:
            button.setEnabled(found > 0)

    def show_problem(self, sentence: str) -> None:
        """Why it cannot be searched."""
        self.show_count(0, None)
        self._count.setText("")
        self._tell(sentence)

    def _tell(self, problem: str) -> None:
        self._problem.show_text(problem)
        if bool(self.field.property("wrong")) != bool(problem):
            self.field.setProperty("wrong", bool(problem))
            self.field.style().polish(self.field)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes; Enter goes on, backwards with Shift, and replaces in the field for that."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.replacement.hasFocus():
                self.replace_requested.emit()
            elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.previous_requested.emit()
            else:
                self.next_requested.emit()
        else:
            super().keyPressEvent(event)
