"""The queue with all there is to know of each job, over the whole width of the window. Runs on the window's thread."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.core.jobs import Job
from studio.ui import theme
from studio.ui.models.queue_model import QueueModel, Section, section_of
from studio.ui.models.wording import counted
from studio.ui.widgets.key_button import KeyButton

from .page_delegate import VCENTRE, PageDelegate, columns
from .queue_list import QueueList
from .queue_panel import QueuePanel
from .selection_bar import SelectionBar

_SHORT = {None: "All", Section.WORKING: "Working", Section.NEEDS_YOU: "Needs you"}
_EMPTY = {
    None: "No recordings yet. Drop files here.",
    Section.WORKING: "Nothing is being worked on.",
    Section.NEEDS_YOU: "Nothing needs you.",
    Section.WAITING: "Nothing waits.",
    Section.DONE: "Nothing is done yet.",
}


class QueuePage(QueuePanel):
    """A click selects, a double click or Enter opens. The sections can be shown one at a time."""

    back_requested = Signal()

    def __init__(self, model: QueueModel, parent: QWidget | None = None) -> None:
        super().__init__(model, PageDelegate, "queuePage", "Find a job", False, parent)
        self.setObjectName("queuePage")
        self.setAccessibleName("Queue")
        self._only: Section | None = None
        self._about = QLabel(self)
        self._nothing = QLabel(self)
        self._segments: dict[Section | None, QPushButton] = {}
        self.bar = SelectionBar(self)
        self._titles = _Titles(self.list, self)
        self._arrange()
        self._connect_bar()
        esc = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)  # works while the page is shown, wherever the focus is
        esc.activated.connect(self.back_requested)
        model.counts_changed.connect(self._refresh)
        for signal in (model.counts_changed, model.line_changed, model.modelReset):
            signal.connect(self._show_selection)
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._show_nothing)
        model.line_changed.connect(self.list.viewport().update)
        self.selection_changed.connect(self._show_selection)
        self._refresh()
        self._show_selection()

    # Layout

    def _arrange(self) -> None:
        self._nothing.setObjectName("queuePageEmptyLabel")
        self._nothing.setProperty("role", "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self._header(), self.bar, self._titles):
            column.addWidget(part)
        column.addWidget(self.list, 1)
        column.addWidget(self._nothing, 1)
        order = [*self.findChildren(QPushButton, "queueBackButton"), *self._segments.values(), self.search]
        for before, after in pairwise([*order, *self.bar.controls, self.list]):
            self.setTabOrder(before, after)

    def _header(self) -> QFrame:
        header = QFrame(self)
        header.setObjectName("queuePageHeader")
        header.setProperty("role", "bar")
        header.setFixedHeight(theme.FILE_HEADER)
        title = QLabel("Queue", header)
        title.setObjectName("queuePageTitle")
        title.setProperty("role", "subtitle")
        title.setBuddy(self.list)
        self._about.setObjectName("queuePageAbout")
        self._about.setProperty("role", "muted")
        self.search.setFixedWidth(200)
        row = QHBoxLayout(header)
        row.setContentsMargins(20, 0, 20, 0)
        row.setSpacing(8)
        row.addWidget(self._back_button(header))
        row.addSpacing(8)
        row.addWidget(title)
        row.addWidget(self._about)
        row.addSpacing(8)
        row.addWidget(self._make_segments(header))
        row.addStretch()
        row.addWidget(self.search)
        return header

    def _back_button(self, parent: QWidget) -> QPushButton:
        back = KeyButton("queueBackButton", "Back to editor", "arrow-left", "Esc", parent)
        back.clicked.connect(self.back_requested)
        return back

    def _make_segments(self, parent: QWidget) -> QFrame:
        frame, group = QFrame(parent), QButtonGroup(self)
        frame.setProperty("role", "segments")
        frame.setFixedHeight(32)
        row = QHBoxLayout(frame)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        for section in (None, *Section):
            segment = QPushButton(frame)
            segment.setObjectName(f"queueFilter{section.name.title().replace('_', '') if section else 'All'}")
            segment.setProperty("kind", "segment")
            segment.setCheckable(True)
            segment.clicked.connect(lambda _=False, s=section: self.show_only(s))
            group.addButton(segment)
            row.addWidget(segment)
            self._segments[section] = segment
        return frame

    def _connect_bar(self) -> None:
        bar, chosen = self.bar, self.list.selected_jobs
        bar.all.clicked.connect(self._select_all_or_none)
        bar.start.clicked.connect(lambda: self._start(chosen()))
        bar.pause.clicked.connect(lambda: self._pause(chosen()))
        bar.retry.clicked.connect(lambda: self._retry(chosen()))
        bar.to_top.clicked.connect(lambda: self._to_top(chosen()))
        bar.remove.clicked.connect(lambda: self._remove(chosen()))
        bar.clear.clicked.connect(self.list.clearSelection)

    # What is shown

    def show_only(self, section: Section | None) -> None:
        """Show the jobs of one section, or of all."""
        self._only = section
        self._model.show_only(section)
        self._refresh()

    def show_drop(self, held: bool) -> None:
        self._about.setText("Drop to add to the queue" if held else counted(self._model.total, "job", "jobs"))

    def _refresh(self) -> None:
        self.show_drop(False)
        for section, segment in self._segments.items():
            count = self._model.count(section) if section else sum(map(self._model.count, Section))
            segment.setText(f"{_SHORT.get(section) or section.value} {count}")  # type: ignore[union-attr]
            segment.setChecked(section == self._only)
        self._show_nothing()

    def _show_nothing(self) -> None:
        empty = self._model.rowCount() == 0
        self.list.setVisible(not empty)
        self._nothing.setVisible(empty)
        searched = self._model.total and not sum(map(self._model.count, Section))
        self._nothing.setText("No file in the list has this in its name." if searched else _EMPTY[self._only])

    def _show_selection(self) -> None:
        shown = sum(map(self._model.count, Section)) if self._only is None else self._model.count(self._only)
        self.bar.show_jobs(self.list.selected_jobs(), shown)

    # What is done with the selected jobs

    def _select_all_or_none(self) -> None:
        if self.list.selected_jobs():
            self.list.clearSelection()
        else:
            self.list.selectAll()
        self._show_selection()

    def _start(self, jobs: list[Job]) -> None:
        self._resume(jobs)
        self._retry(jobs)

    def _to_top(self, jobs: list[Job]) -> None:
        ids = [job.id for job in jobs if section_of(job) is Section.WAITING]
        before = self._model.next_in_line(set(ids))
        if before is not None:
            for id in ids:
                self._model.move_requested.emit(id, before)


class _Titles(QWidget):
    """The titles above the columns that the delegate paints."""

    def __init__(self, table: QueueList, parent: QWidget) -> None:
        super().__init__(parent)
        self._list = table
        self.setObjectName("queuePageTitles")
        self.setAccessibleName("Columns: File, Length, Engine, State, Time")
        self.setFixedHeight(28)
        table.verticalScrollBar().rangeChanged.connect(self.update)
        theme.current().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), look.color("raised"))
            painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), look.color("border"))
            painter.setFont(theme.font(theme.NOTE, theme.SEMIBOLD))
            painter.setPen(look.color("text2"))
            for title, (x, width) in columns(self._list.viewport().width()).items():
                painter.drawText(QRect(x, 0, width, self.height() - 1), VCENTRE, title)
