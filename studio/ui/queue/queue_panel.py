"""What the left panel and the queue page have in common: the list with its keys and menu, the search, dropped files.

Emits what the user wants; jobs change only when the library says so. Runs on the window's thread.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QMenu, QWidget

from studio.core.jobs import Job, JobState
from studio.ui import icons
from studio.ui.dialogs.problem_dialog import ProblemDialog
from studio.ui.models.queue_model import QueueModel, Section, section_of
from studio.ui.models.wording import answers, counted, may_be_charged
from studio.ui.widgets.search_field import SearchField

from .mime import paths_from_mime
from .queue_list import QueueList
from .row_delegate import RowDelegate

RETRYABLE = (JobState.FAILED, JobState.CANCELLED)
PAUSABLE = (JobState.RUNNING, JobState.WAITING)
STOPPABLE = (*PAUSABLE, JobState.PAUSED)


class QueuePanel(QWidget):
    """Reordering is told by the model's `move_requested`, everything else by these signals."""

    open_requested = Signal(int)
    retry_requested = Signal(int)
    send_again_requested = Signal(int)
    leave_requested = Signal(int)
    account_requested = Signal(str)  # its name
    pause_requested = Signal(int)
    resume_requested = Signal(int)
    cancel_requested = Signal(int)
    remove_requested = Signal(list)  # list[int]
    files_dropped = Signal(list)  # list[Path]
    selection_changed = Signal(list)  # list[int], ids in the order shown

    def __init__(
        self,
        model: QueueModel,
        look: type[RowDelegate],
        prefix: str,
        placeholder: str,
        opens_on_click: bool,
        parent: QWidget | None = None,
    ) -> None:
        """`prefix` begins the objectNames of the parts."""
        super().__init__(parent)
        self._model = model
        self._prefix = prefix
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.search = SearchField(f"{prefix}SearchField", "Find a file in the list", placeholder, self)
        self.search.setToolTip("Show only files whose name contains this; Esc shows all")
        self.search.textChanged.connect(model.set_filter)
        self.list = QueueList(model, look, f"{prefix}List", opens_on_click, self)
        model.filter_changed.connect(self.search.setText)
        self.search.left.connect(self.list.setFocus)
        self.list.activated_job.connect(self.open_requested)
        self.list.action_pressed.connect(self._on_action)
        self.list.key_pressed.connect(self._on_key)
        self.list.menu_wanted.connect(self._show_menu)
        self.list.selectionModel().selectionChanged.connect(lambda: self.selection_changed.emit(self.selected_ids()))

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

    # Keys, buttons and menu

    def _on_key(self, key: int) -> None:
        jobs = self.list.selected_jobs()
        match key:
            case Qt.Key.Key_Delete:
                self._remove(jobs)
            case Qt.Key.Key_R:
                self._retry(jobs)
            case Qt.Key.Key_P:
                self._pause_or_resume(jobs)
            case Qt.Key.Key_C:
                self._cancel(jobs)
            case Qt.Key.Key_D if len(jobs) == 1:
                self._show_details(jobs[0])

    def _on_action(self, action: str, job_id: int) -> None:
        job = self._model.job(job_id)
        match action:
            case "open":
                self.open_requested.emit(job_id)
            case "retry":
                self.retry_requested.emit(job_id)
            case "send_again":
                self.send_again_requested.emit(job_id)
            case "leave":
                self.leave_requested.emit(job_id)
            case "account" if job:
                self.account_requested.emit(job.options.account)
            case "pause" | "resume" if job:
                self._pause_or_resume([job])
            case "details" if job:
                self._show_details(job)

    def _retry(self, jobs: list[Job]) -> None:
        for job in jobs:
            if job.state in RETRYABLE and not may_be_charged(job):
                self.retry_requested.emit(job.id)

    def _pause(self, jobs: list[Job]) -> None:
        for job in jobs:
            if job.state in PAUSABLE:
                self.pause_requested.emit(job.id)

    def _resume(self, jobs: list[Job]) -> None:
        for job in jobs:
            if job.state is JobState.PAUSED:
                self.resume_requested.emit(job.id)

    def _pause_or_resume(self, jobs: list[Job]) -> None:
        self._pause(jobs)
        self._resume(jobs)

    def _cancel(self, jobs: list[Job]) -> None:
        for job in jobs:
            if job.state in STOPPABLE:
                self.cancel_requested.emit(job.id)

    def _remove(self, jobs: list[Job]) -> None:
        if jobs:
            self.remove_requested.emit([job.id for job in jobs])

    def _show_details(self, job: Job) -> None:
        if job.problem:
            ProblemDialog(job.name, job.problem, self).open()

    def _show_menu(self, where: QPoint) -> None:
        jobs = self.list.selected_jobs()
        if jobs:
            menu = self._make_menu(jobs)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(where)

    def _make_menu(self, jobs: list[Job]) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName(f"{self._prefix}Menu")
        states = {job.state for job in jobs}
        if len(jobs) == 1:
            menu.addAction("Open\tEnter", lambda: self.open_requested.emit(jobs[0].id))
        if len(jobs) == 1:
            self._add_answers(menu, jobs[0])
        if any(job.state in RETRYABLE and not may_be_charged(job) for job in jobs):
            menu.addAction(icons.icon("retry"), "Retry\tR", lambda: self._retry(jobs))
        if len(jobs) == 1 and jobs[0].problem:
            menu.addAction(icons.icon("info"), "Show details\tD", lambda: self._show_details(jobs[0]))
        if states & set(PAUSABLE):
            menu.addAction(icons.icon("pause"), "Pause\tP", lambda: self._pause_or_resume(jobs))
        elif JobState.PAUSED in states:
            menu.addAction(icons.icon("play"), "Go on\tP", lambda: self._pause_or_resume(jobs))
        if states & set(STOPPABLE):
            menu.addAction(icons.icon("close"), "Cancel\tC", lambda: self._cancel(jobs))
        if len(jobs) == 1 and section_of(jobs[0]) is Section.WAITING:
            menu.addSeparator()
            self._add_moves(menu, jobs[0])
        menu.addSeparator()
        words = "Remove" if len(jobs) == 1 else f"Remove {counted(len(jobs), 'file', 'files')}"
        menu.addAction(icons.icon("trash", "err"), f"{words}\tDel", lambda: self._remove(jobs))
        return menu

    def _add_answers(self, menu: QMenu, job: Job) -> None:
        """What has no key of its own."""
        for answer in answers(job):
            if answer.action in ("send_again", "leave", "account"):
                action = menu.addAction(icons.icon(answer.icon), answer.words)
                action.setToolTip(answer.tip)
                action.triggered.connect(lambda _=False, name=answer.action: self._on_action(name, job.id))

    def _add_moves(self, menu: QMenu, job: Job) -> None:
        """The keyboard's way to what dragging does."""
        order = self._model.waiting_ids()
        at = order.index(job.id)
        first = self._model.next_in_line()
        targets: list[tuple[str, str, bool, int | None]] = [
            ("arrow-up", "Move up", at > 0, order[max(0, at - 1)]),
            ("arrow-down", "Move down", at + 1 < len(order), order[at + 2] if at + 2 < len(order) else None),
            ("to-start", "Do next", job.id != first, first),
        ]
        for sign, words, possible, before in targets:
            action = menu.addAction(icons.icon(sign), words)
            action.setEnabled(possible)
            action.triggered.connect(lambda _=False, to=before: self._model.move_requested.emit(job.id, to))

    # Files dropped here

    def show_drop(self, held: bool) -> None:
        """Files are held over it, or no longer."""
        raise NotImplementedError

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or paths_from_mime(event.mimeData()):
            event.acceptProposedAction()
            self.show_drop(True)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.show_drop(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.show_drop(False)
        paths = paths_from_mime(event.mimeData())
        if paths:
            event.setDropAction(Qt.DropAction.CopyAction)  # never let the sender delete what it gave
            event.accept()
            self.files_dropped.emit(paths)
