"""Subtitle mode: rules, the table of cues, and the editor of the chosen one. Runs on the window's thread.

Views over the TranscriptModel; they show a selection that is shared with the others, and tell what the user wishes.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from studio.core.profiles import CueRules
from studio.ui.editor.placeholder import Placeholder
from studio.ui.editor.search import Place, Search, Searched
from studio.ui.editor.spans import Span, units, word_spans
from studio.ui.models.cue_model import CueModel
from studio.ui.models.findings import Findings
from studio.ui.models.transcript_model import TranscriptModel
from studio.ui.models.wording import counted

from .cue_editor import CueEditor
from .cue_table import CueTable
from .rules_choice import RulesBar

_LOW = 420  # pixels of height, below which everything stands closer and the rules are in the panel only


class SubtitlesPage(QWidget, Searched):
    rows_selected = Signal(list, int)  # segment ids, the current one
    text_edited = Signal(int, str)  # segment id, its text as it is typed now
    typing_ended = Signal()
    split_requested = Signal(int, int)  # segment id, offset in its text

    def __init__(
        self, model: TranscriptModel, findings: Findings, search: Search, parent: QWidget | None = None
    ) -> None:
        """`search`: shared with the transcript as text."""
        super().__init__(parent)
        self.search = search
        self.setObjectName("subtitlesPage")
        self.setAccessibleName("Subtitles")
        self._model = model
        self._typing = False
        self._most_lines = 2
        self._heard = -1  # milliseconds: where playback is
        self.bar = RulesBar()
        self.table = CueTable(CueModel(model, findings, self))
        self.editor = CueEditor(model)
        self.nothing = Placeholder(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.bar, self.table, self.nothing, self.editor):
            column.addWidget(part, 1 if part in (self.table, self.nothing) else 0)
        self._wire()
        self._on_rows()

    def _wire(self) -> None:
        text = self.editor.text
        self.table.rows_selected.connect(self.rows_selected)
        self.table.typing_wanted.connect(text.setFocus)
        text.text_edited.connect(self._on_typed)
        text.left.connect(self.leave_cue)
        for changed in (self._model.modelReset, self._model.rowsInserted, self._model.rowsRemoved):
            changed.connect(self._on_rows)
        self._model.dataChanged.connect(self._on_changed)

    @property
    def tab_plays(self) -> bool:
        """Whether the tab key plays while typing, or goes on to the next part of the window."""
        return self.editor.text.tab_plays

    @tab_plays.setter
    def tab_plays(self, on: bool) -> None:
        self.editor.text.tab_plays = on

    # What the desk tells

    def set_rules(self, profile: str, rules: CueRules) -> None:
        self.bar.show_rules(profile, rules)
        self.editor.set_rules(rules)
        self._most_lines = rules.max_lines
        self._fit()

    def show_selection(self, ids: Sequence[int], current: int | None) -> None:
        """What is selected anywhere: its rows, and the current one in the editor."""
        self.table.select_ids(ids, current)
        if current != self.editor.shown:
            self.leave_cue()
            self.editor.show_cue(current)
            self.show_hits()
        if current is not None and self.hasFocus():
            self.editor.text.setFocus()

    def go_to(self, id: int, offset: int) -> None:
        segment = self.editor.segment()
        if segment is not None and segment.id == id and self.isVisible():
            at = units(segment.text, offset)
            self.editor.text.select((at, at))

    # Searching

    def caret(self) -> tuple[int, int, int]:
        cursor = self.editor.text.textCursor()
        row = self._model.row_of(self.editor.shown) if self.editor.shown is not None else 0
        return row, cursor.selectionStart(), cursor.selectionEnd()

    def select_place(self, place: Place | None) -> bool:
        if place is None:
            return False
        row, span = place
        id = self._model.segment(row).id
        self.rows_selected.emit([id], id)
        self.table.scrollTo(self.table.model().index(row, 0))
        self.editor.text.select(span)
        return True

    def show_hits(self) -> None:
        """The places of the search in the cue that is shown."""
        self.editor.text.set_hits(self.search.by_row.get(self.caret()[0], ()))

    def set_position(self, ms: int) -> None:
        """Where playback is; marks the cue and its word."""
        self._heard = ms
        row = self._model.segment_at(ms)
        self.table.set_playing_row(row if row >= 0 else self._model.last_begun(ms))
        self.editor.text.set_word(self._word_at(row, ms))

    def _word_at(self, row: int, ms: int) -> Span:
        if row < 0 or self._model.segment(row).id != self.editor.shown:
            return 0, 0
        word, spans = self._model.word_at(row, ms), word_spans(self._model.segment(row), self.editor.text.text())
        return spans[word] if 0 <= word < len(spans) else (0, 0)

    # Typing

    def split(self) -> None:
        """Cut the cue at the caret; the caret goes to the start of the second part."""
        segment = self.editor.segment()
        if segment is None:
            return
        offset, before = self.editor.text.caret(segment.text), self._model.rowCount()
        row = self._model.row_of(segment.id)
        self.split_requested.emit(segment.id, offset)
        if self._model.rowCount() > before:
            second = self._model.segment(row + 1).id
            self.rows_selected.emit([second], second)

    def leave_cue(self) -> None:
        """Typing is over: the text is shown as the model has it."""
        segment = self.editor.segment()
        if segment is not None:
            self.editor.text.settle(segment.text)
        if self._typing:
            self._typing = False
            self.typing_ended.emit()

    def _on_typed(self, text: str) -> None:
        if self.editor.shown is not None:
            self._typing = True
            self.text_edited.emit(self.editor.shown, text)

    # Following the model

    def _on_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        row = self._model.row_of(self.editor.shown) if self.editor.shown is not None else -1
        if first.row() <= row <= last.row() and self.isVisible():
            self.editor.refresh()

    def _on_rows(self) -> None:
        rows = self._model.rowCount()
        if rows == 0 and (focus := QApplication.focusWidget()) and self.isAncestorOf(focus):
            self.setFocus()  # until there are cues again; Qt would give it to another panel
        for part in (self.table, self.editor):
            part.setVisible(rows > 0)
        self.nothing.setVisible(rows == 0)
        self.bar.count.setText(counted(rows, "cue", "cues"))
        if rows == 0:
            self.editor.show_cue(None)
        self.editor.refresh()  # of a cue that is gone nothing is touched: the next one is told, and the focus stays
        self.set_position(self._heard)  # the cue that is heard may have another number now

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.editor.refresh()  # what was changed meanwhile

    # Room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        low = self.height() < _LOW
        self.bar.setVisible(not low)
        self.editor.set_low(low)
        self.table.set_lines(self._most_lines if not low else min(self._most_lines, 2), low)
