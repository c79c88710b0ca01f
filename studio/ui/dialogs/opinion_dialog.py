"""Where the second opinion comes from: another job, a file, or one made now. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.core.jobs import JobOptions
from studio.services.accounts import Offer
from studio.services.opinion import Candidate
from studio.ui import theme
from studio.ui.widgets.error_line import ErrorLine

from .buttons import button
from .rerun_options import RerunFields

_ROW, _MOST = 30, 5
_NONE = "No other text of this recording yet. Take a file, or make one now."


class OpinionDialog(QDialog):
    job_chosen = Signal(object)  # Job, which is done
    file_wanted = Signal()
    make_requested = Signal(object)  # HearOptions

    def __init__(
        self,
        candidates: Sequence[Candidate],
        used: JobOptions,
        ready: frozenset[str],
        offers: Sequence[Offer],
        spoken: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("opinionDialog")
        self.setWindowTitle("Second opinion")
        self.setAccessibleName("Second opinion")
        self.setMinimumWidth(560)
        self._candidates = candidates
        self._list = QListWidget()
        self._list.setObjectName("opinionList")
        self._list.setAccessibleName("Other texts of this recording")
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for candidate in candidates:
            item = QListWidgetItem(f"{candidate.title.removeprefix('whisper-')} · {candidate.about}")
            item.setSizeHint(QSize(0, _ROW))
            if not candidate.ready:
                item.setForeground(theme.current().faint("text3"))
                item.setToolTip("Its text is not ready yet")
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self._list.addItem(item)
        self._list.setFixedHeight(_ROW * min(_MOST, max(1, len(candidates))) + 4)
        self._fields = RerunFields(used, ready, offers, spoken, another=True)
        self._note = ErrorLine("opinionNote")
        self._arrange()

    def _arrange(self) -> None:
        compare = button("compareButton", "Compare", self._choose, kind="primary")
        compare.setEnabled(False)
        file = button("opinionFileButton", "Take a file …", self.file_wanted.emit, "folder")
        make = button("opinionMakeButton", "Queue it now", self._make, "add")
        cancel = button("opinionCancelButton", "Cancel", self.reject)
        self._list.currentRowChanged.connect(lambda row: compare.setEnabled(self._ready(row)))
        self._list.itemActivated.connect(lambda _: self._choose())
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        column.addWidget(_section("In the library"))
        nothing = QLabel(_NONE)
        nothing.setProperty("role", "note")
        column.addWidget(self._list if self._candidates else nothing)
        first = QHBoxLayout()
        first.addWidget(file)
        first.addStretch()
        first.addWidget(compare)
        column.addLayout(first)
        column.addWidget(_section("Make one now"))
        column.addWidget(self._fields)
        column.addWidget(self._note)
        last = QHBoxLayout()
        last.addWidget(make)
        last.addStretch()
        last.addWidget(cancel)
        column.addLayout(last)
        usable = next((n for n, c in enumerate(self._candidates) if c.ready), -1)
        self._list.setVisible(bool(self._candidates))
        self._list.setCurrentRow(usable)
        (compare if usable >= 0 else make).setDefault(True)

    def _ready(self, row: int) -> bool:
        return 0 <= row < len(self._candidates) and self._candidates[row].ready

    def _choose(self) -> None:
        if self._ready(self._list.currentRow()):
            self.job_chosen.emit(self._candidates[self._list.currentRow()].job)

    def _make(self) -> None:
        self.make_requested.emit(self._fields.options())

    def show_problem(self, sentence: str) -> None:
        self._note.show_text(sentence)


def _section(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "section")
    return label
