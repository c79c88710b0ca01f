"""The left panel: queue and library in one list, a search field, and a place to drop files.

Emits what the user wants; jobs change only when the library says so. Runs on the window's thread.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QLabel, QMenu, QVBoxLayout, QWidget

from studio.core.jobs import Job, JobState
from studio.ui import icons, theme
from studio.ui.models.queue_model import QueueModel
from studio.ui.models.wording import counted
from studio.ui.search_field import SearchField

from .drop_hint import DropHint
from .mime import paths_from_mime as paths_from_mime
from .queue_list import QueueList

_RETRYABLE = (JobState.FAILED, JobState.CANCELLED)
_STOPPABLE = (JobState.RUNNING, JobState.WAITING, JobState.PAUSED)


class QueueView(QWidget):
    """Reordering is told by the model's `move_requested`, everything else by these signals."""

    open_requested = Signal(int)
    retry_requested = Signal(int)
    pause_requested = Signal(int)
    resume_requested = Signal(int)
    cancel_requested = Signal(int)
    remove_requested = Signal(list)  # list[int]
    files_dropped = Signal(list)  # list[Path]
    selection_changed = Signal(list)  # list[int], ids in the order shown

    def __init__(self, model: QueueModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setObjectName("queueView")
        self.setAccessibleName("Queue and library")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.setMinimumWidth(theme.LEFT_MIN)
        self.search = self._make_search()
        self.list = QueueList(model, self)
        self._nothing = QLabel(self)
        self._hint = DropHint(self)
        self._arrange()
        self.search.left.connect(self.list.setFocus)
        self.list.activated_job.connect(self.open_requested)
        self.list.retry_pressed.connect(self.retry_requested)
        self.list.key_pressed.connect(self._on_key)
        self.list.menu_wanted.connect(self._show_menu)
        self.list.selectionModel().selectionChanged.connect(lambda: self.selection_changed.emit(self.selected_ids()))
        for signal in (model.counts_changed, model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._show_nothing)
        self._show_nothing()

    def _make_search(self) -> SearchField:
        search = SearchField("queueSearchField", "Find a file in the list", "Find a file", self)
        search.setToolTip("Show only files whose name contains this; Esc shows all")
        search.textChanged.connect(self._model.set_filter)
        return search

    def _arrange(self) -> None:
        title = QLabel("Queue and library", self)
        title.setObjectName("queueTitle")
        title.setFont(theme.font(theme.BODY, theme.SEMIBOLD))
        title.setBuddy(self.list)
        self._nothing.setObjectName("queueEmptyLabel")
        self._nothing.setWordWrap(True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._nothing.setContentsMargins(16, 4, 16, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(0)
        head, foot = QVBoxLayout(), QVBoxLayout()
        head.setContentsMargins(12, 0, 12, 8)
        head.setSpacing(10)
        title.setIndent(4)
        head.addWidget(title)
        head.addWidget(self.search)
        foot.setContentsMargins(12, 8, 12, 0)
        foot.addWidget(self._hint)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addWidget(self._nothing, 1)
        column.addLayout(foot)

    # What the window asks and tells

    def model(self) -> QueueModel:
        return self._model

    def selected_ids(self) -> list[int]:
        return [job.id for job in self.list.selected_jobs()]

    def select_job(self, job_id: int) -> None:
        """Make it the selected and current row, if it is shown."""
        index = self._model.index_of(job_id)
        if index.isValid():
            self.list.setCurrentIndex(index)
            self.list.scroll_to(index)

    def _show_nothing(self) -> None:
        shown = self._model.rowCount() == 0
        self.list.setVisible(not shown)
        self._nothing.setVisible(shown)
        if self._model.total:
            self._nothing.setText("No file in the list has this in its name.")
        else:
            rest = "Everything you add stays in this list, with its transcript, until you remove it."
            self._nothing.setText(f'<span style="font-weight: 600">No recordings yet</span><br>{rest}')
        self.search.setVisible(self._model.total > 0)

    # Keys and menu

    def _on_key(self, key: int) -> None:
        jobs = self.list.selected_jobs()
        match key:
            case Qt.Key.Key_Delete if jobs:
                self.remove_requested.emit([job.id for job in jobs])
            case Qt.Key.Key_R:
                self._retry(jobs)
            case Qt.Key.Key_P:
                self._pause_or_resume(jobs)
            case Qt.Key.Key_C:
                self._cancel(jobs)

    def _retry(self, jobs: list[Job]) -> None:
        for job in jobs:
            if job.state in _RETRYABLE:
                self.retry_requested.emit(job.id)

    def _pause_or_resume(self, jobs: list[Job]) -> None:
        for job in jobs:
            if job.state in (JobState.RUNNING, JobState.WAITING):
                self.pause_requested.emit(job.id)
            elif job.state is JobState.PAUSED:
                self.resume_requested.emit(job.id)

    def _cancel(self, jobs: list[Job]) -> None:
        for job in jobs:
            if job.state in _STOPPABLE:
                self.cancel_requested.emit(job.id)

    def _show_menu(self, where: QPoint) -> None:
        jobs = self.list.selected_jobs()
        if jobs:
            menu = self._make_menu(jobs)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(where)

    def _make_menu(self, jobs: list[Job]) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("queueMenu")
        states = {job.state for job in jobs}
        if len(jobs) == 1:
            menu.addAction("Open\tEnter", lambda: self.open_requested.emit(jobs[0].id))
        if states & set(_RETRYABLE):
            menu.addAction(icons.icon("retry"), "Retry\tR", lambda: self._retry(jobs))
        if states & {JobState.RUNNING, JobState.WAITING}:
            menu.addAction(icons.icon("pause"), "Pause\tP", lambda: self._pause_or_resume(jobs))
        elif JobState.PAUSED in states:
            menu.addAction(icons.icon("play"), "Go on\tP", lambda: self._pause_or_resume(jobs))
        if states & set(_STOPPABLE):
            menu.addAction(icons.icon("close"), "Cancel\tC", lambda: self._cancel(jobs))
        if len(jobs) == 1 and jobs[0].state in (JobState.WAITING, JobState.PAUSED):
            menu.addSeparator()
            self._add_moves(menu, jobs[0])
        menu.addSeparator()
        words = "Remove" if len(jobs) == 1 else f"Remove {counted(len(jobs), 'file', 'files')}"
        menu.addAction(
            icons.icon("trash", "err"), f"{words}\tDel", lambda: self.remove_requested.emit([j.id for j in jobs])
        )
        return menu

    def _add_moves(self, menu: QMenu, job: Job) -> None:
        """The keyboard's way to what dragging does."""
        order = self._model.waiting_ids()
        at = order.index(job.id)
        targets: list[tuple[str, str, bool, int | None]] = [
            ("arrow-up", "Move up", at > 0, order[max(0, at - 1)]),
            ("arrow-down", "Move down", at + 1 < len(order), order[at + 2] if at + 2 < len(order) else None),
            ("to-start", "Do next", at > 0, order[0]),
        ]
        for sign, words, possible, before in targets:
            action = menu.addAction(icons.icon(sign), words)
            action.setEnabled(possible)
            action.triggered.connect(lambda _=False, to=before: self._model.move_requested.emit(job.id, to))

    # Files dropped on the panel

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or paths_from_mime(event.mimeData()):
            event.acceptProposedAction()
            self._hint.set_hot(True)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._hint.set_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._hint.set_hot(False)
        paths = paths_from_mime(event.mimeData())
        if paths:
            event.setDropAction(Qt.DropAction.CopyAction)  # never let the sender delete what it gave
            event.accept()
            self.files_dropped.emit(paths)
