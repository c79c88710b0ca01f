"""Which rules the subtitles keep: a set to choose, and one's own to change. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from studio.core.errors import UsageError
from studio.core.profiles import OWN, PROFILES, CueRules, rules_from_dict, rules_to_dict
from studio.ui import theme
from studio.ui.dialogs.export_rules import RulesForm
from studio.ui.icons import icon
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.error_line import ErrorLine


def in_words(rules: CueRules) -> str:
    """ "42 × 2, 20 characters a second, 25 fps"."""
    return f"{rules.max_line} × {rules.max_lines}, {rules.max_cps:g} characters a second, {rules.frame_rate:g} fps"


class RulesChoice(Choice):
    """The sets by name, and one's own."""

    chosen = Signal(str)  # Profile.id

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__("Rules", name, parent)
        for profile in PROFILES.values():
            self.addItem(profile.title, profile.id)
        self.addItem("My own", OWN)
        self.activated.connect(lambda place: self.chosen.emit(self.itemData(place)))

    def show_rules(self, profile: str, rules: CueRules) -> None:
        self.select(profile)
        self.setToolTip(in_words(rules))


class RulesBar(QFrame):
    """Above the table: the rules in words, and the way to change them."""

    edit_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rulesBar")
        self.setProperty("role", "bar")
        self.setFixedHeight(theme.EDIT_BAR + 4)
        self.choice = RulesChoice("rulesChoice")
        self._words = QLabel()
        self._words.setObjectName("rulesInWords")
        self._words.setProperty("role", "note")
        edit = QToolButton()
        edit.setObjectName("editRulesButton")
        edit.setIcon(icon("pencil"))
        edit.setProperty("kind", "flat")
        edit.setAccessibleName("Change the rules")
        edit.setToolTip("Change the rules: line length, reading speed, durations, gap, frame rate")
        edit.clicked.connect(self.edit_requested)
        self.count = QLabel()
        self.count.setObjectName("cueCount")
        self.count.setProperty("role", "note")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(6)
        row.addWidget(self.choice)
        row.addWidget(edit)
        row.addSpacing(6)
        row.addWidget(self._words, 1)
        row.addWidget(self.count)

    def show_rules(self, profile: str, rules: CueRules) -> None:
        self.choice.show_rules(profile, rules)
        self._words.setText(in_words(rules))


class RulesDialog(QDialog):
    """One's own rules; a set to start from can be chosen in it."""

    rules_chosen = Signal(object)  # CueRules

    def __init__(self, rules: CueRules, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rulesDialog")
        self.setWindowTitle("Subtitle rules")
        self.setAccessibleName("Subtitle rules")
        self.form = RulesForm(rules, with_rate=True, parent=self)
        self._problem = ErrorLine("rulesProblem")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        use = buttons.addButton("Use these rules", QDialogButtonBox.ButtonRole.AcceptRole)
        use.setObjectName("useRulesButton")
        use.setProperty("kind", "primary")
        use.setDefault(True)
        buttons.accepted.connect(self._use)
        buttons.rejected.connect(self.reject)
        note = QLabel("Checks, repairs, re-flow and export go by them.", self)
        note.setProperty("role", "note")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        for part in (self.form, note, self._problem, buttons):
            column.addWidget(part)
        self.form.changed.connect(lambda: self._problem.show_text(""))

    def _use(self) -> None:
        """Unless no subtitle could obey them."""
        try:
            rules = rules_from_dict(rules_to_dict(self.form.rules()))
        except UsageError as e:
            self._problem.show_text(e.problem.sentence)
            return
        self.rules_chosen.emit(rules)
        self.accept()
